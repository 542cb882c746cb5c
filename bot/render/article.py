"""An issue in, the article out: `content` as it is sent, and what goes with it."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import escape

from bot.model import WEEKDAYS, Article, Cover, Issue, Picture

DIGEST_LIMIT = 120  # characters; draft/add
TITLE_LIMIT = 32
AUTHOR_LIMIT = 16
MARK = 'data-rikan=""'
MARK_LENGTH = 12  # hexadecimal digits of the fingerprint; enough to tell two texts of a day apart


@dataclass(frozen=True, slots=True)
class Imprint:
    """What stands on every article beside the issue itself."""

    author: str
    organisation: str
    partners: str
    disclaimer: str
    public_url: str


def article_templates(folder: Path) -> Environment:
    """Templates whose text is escaped and whose missing names are errors."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["plain_address"] = plain_address
    return environment


def write_article(
    issue: Issue,
    imprint: Imprint,
    templates: Environment,
    cover: Cover,
    footer: Picture,
    footer_url: str,
) -> Article:
    """The article of `issue`; `footer_url` is where the platform holds the footer."""
    content = templates.get_template("article/article.html").render(
        issue=issue,
        day=f"{issue.date.year}年{issue.date.month}月{issue.date.day}日",
        weekday=f"星期{WEEKDAYS[issue.date.weekday()]}",
        organisation=issue.organisation or imprint.organisation,
        partners=issue.partners or imprint.partners,
        disclaimer=imprint.disclaimer,
        footer_url=footer_url,
        footer_alt="二维码：公众号与网站",
        footer_width=footer.width,
    )
    html = compact(content)
    base = {
        "title": issue.name[:TITLE_LIMIT],
        "author": imprint.author[:AUTHOR_LIMIT],
        "digest": digest(issue.summary),
        "source_url": f"{imprint.public_url.rstrip('/')}/issues/{issue.id}"
        if imprint.public_url
        else "",
    }
    mark = fingerprint(issue.id, html, cover.wide.digest, *base.values())
    marked = html.replace(MARK, f'data-rikan="{escape(issue.id)}:{mark[:MARK_LENGTH]}"', 1)
    return Article(issue_id=issue.id, html=marked, fingerprint=mark, **base)


def fingerprint(*parts: str) -> str:
    """SHA-256 over everything a reader could see changed."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def compact(html: str) -> str:
    """Without line breaks and indents between tags: they count, and some become empty list items."""
    return "".join(line.strip() for line in html.splitlines())


def digest(summary: str) -> str:
    """The summary's first sentences, as many as fit into the digest."""
    summary = "".join(summary.splitlines())
    if len(summary) <= DIGEST_LIMIT:
        return summary
    head = summary[: DIGEST_LIMIT - 1]
    end = max(head.rfind(mark) for mark in "。！？")
    if end > DIGEST_LIMIT // 3:
        return head[: end + 1]
    clause = max(head.rfind(mark) for mark in "；，")
    return f"{head[:clause] if clause > DIGEST_LIMIT // 3 else head}…"


def plain_address(url: str) -> str:
    """An address as it is read: links do not survive in drafts."""
    return url.removeprefix("https://").removeprefix("http://").rstrip("/")
