"""An issue in, the article out: `content` as it is sent, and what goes with it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from bot.model import (
    AUTHOR_LIMIT,
    DIGEST_LIMIT,
    TITLE_LIMIT,
    WEEKDAYS,
    Article,
    Cover,
    Issue,
    Look,
    Placed,
    Reference,
    Section,
)
from bot.render.lunar import lunar_day
from bot.render.notes import Notes, plain_address
from bot.render.runs import Line
from bot.render.shapes import Passages
from bot.render.theme import Theme
from bot.render.trim import ALONE, WHOLE, Part, Trim

UNCHANGED = Look()
MARK = 'data-rikan=""'
MARK_LENGTH = 12  # hexadecimal digits of the fingerprint; enough to tell two texts of a day apart


@dataclass(frozen=True, slots=True)
class Imprint:
    """What stands on every article beside the issue itself, and the house's rules of setting."""

    author: str
    organisation: str
    partners: str
    disclaimer: str
    public_url: str
    lunar: bool = False
    quotes: bool = False


@dataclass(frozen=True, slots=True)
class SetSection:
    """A section or sub-section as HTML."""

    number: str
    title: Markup
    passages: Markup
    parts: tuple["SetSection", ...] = ()


def article_templates(folder: Path) -> Environment:
    """Templates whose text is escaped and whose missing names are errors."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@dataclass(frozen=True, slots=True)
class Compositor:
    """Sets articles in one look, under one cover, over one footer.

    Without a cover they are only to be looked at: their fingerprint is that of nothing that is sent. `footer` is where the platform holds it. `pictures` says where each of an issue's figures is shown
    from, by its address; one that is not there is shown from its address. `look` is what an editor
    wants to be said otherwise around the article.
    """

    imprint: Imprint
    theme: Theme
    templates: Environment
    cover: Cover | None
    footer: Placed
    pictures: Mapping[str, Placed]
    look: Look = UNCHANGED

    def article(self, issue: Issue, trim: Trim = WHOLE, part: Part = ALONE) -> Article:
        """The article of `issue`, or of a part of it."""
        html = compact(self._content(issue, trim, part))
        title = issue.name[: TITLE_LIMIT - len(part.suffix)] + part.suffix
        author = (self.look.author or self.imprint.author)[:AUTHOR_LIMIT]
        summary = self.look.digest[:DIGEST_LIMIT] or digest(issue.summary)
        source = self.look.source_url or source_url(self.imprint.public_url, issue)
        cover = self.cover.wide.digest if self.cover else ""
        mark = fingerprint(issue.id, html, cover, title, author, summary, source)
        marked = html.replace(MARK, f'data-rikan="{escape(issue.id)}:{mark[:MARK_LENGTH]}"', 1)
        return Article(issue.id, title, author, summary, marked, source, mark)

    def _content(self, issue: Issue, trim: Trim, part: Part) -> str:
        look = self.theme if trim.ornaments else self.theme.bare()
        line = Line(look, Notes(issue.references), quotes=self.imprint.quotes)
        passages = Passages(look, line, self.pictures)
        # In the order of reading, in which notes are numbered.
        summary = passages.set(issue.summary.splitlines(), issue.shapes, close=True)
        sections = [_set_section(section, line, passages) for section in issue.sections]
        return self.templates.get_template("article/article.html").render(
            theme=look,
            masthead=_masthead(issue, self.imprint, part),
            summary=summary,
            contents=sections if trim.contents and len(sections) > 1 else [],
            sections=sections,
            references=[_set_reference(each, line, trim) for each in issue.references],
            notes=[(number, line.plain(text)) for number, text in line.notes.lines],
            footer=self.footer if part.is_last else None,
            disclaimer=self.imprint.disclaimer,
        )


def source_url(site: str, issue: Issue) -> str:
    """Where 阅读原文 leads: our own page, where there is one that readers reach."""
    return f"{site.rstrip('/')}/issues/{issue.id}" if site else ""


def _set_reference(reference: Reference, line: Line, trim: Trim) -> tuple[Markup, str]:
    """What it says, and the address on a line of its own."""
    if trim.references == "full":
        return line.plain(reference.text), plain_address(reference.url)
    return line.plain(_folded(reference)), ""


def _folded(reference: Reference) -> str:
    """What is needed to find it again, where more was said."""
    if not (reference.source and reference.title):
        return reference.text
    return "，".join(filter(None, (reference.source, f"《{reference.title}》", reference.date)))


def _set_section(section: Section, line: Line, passages: Passages) -> SetSection:
    number = f"{int(section.number):02d}" if section.number.isdecimal() else section.number
    return SetSection(
        number,
        line.plain(section.title),
        passages.set(section.paragraphs, section.shapes),
        tuple(_set_section(part, line, passages) for part in section.subsections),
    )


def _masthead(issue: Issue, imprint: Imprint, part: Part) -> dict[str, Any]:
    weekday = f"星期{WEEKDAYS[issue.date.weekday()]}"
    publishers = (issue.organisation or imprint.organisation, issue.partners or imprint.partners)
    return {
        "day": f"{issue.date.year}年{issue.date.month}月{issue.date.day}日",
        "weekday": f"{weekday}　{lunar_day(issue.date)}" if imprint.lunar else weekday,
        "publishers": [name for name in publishers if name],
        "small": part.number > 1,
        "part": part.line,
    }


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
