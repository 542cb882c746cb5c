"""What an editor should know of a rendered article before it is sent."""

import re
from dataclasses import dataclass

from bot.model import CHARACTER_LIMIT, Article

TAG = re.compile(r"<[^>]*>")
LINK = re.compile(r'<a\b[^>]*href="(?!https://mp\.weixin\.qq\.com/)([^"]*)"')


@dataclass(frozen=True, slots=True)
class Report:
    """`characters` as the platform counts them, `visible` as a reader does (no white space)."""

    characters: int
    visible: int
    findings: tuple[str, ...]
    limit: int = CHARACTER_LIMIT


def inspect(article: Article) -> Report:
    """Measure an article and say what the platform would refuse or drop."""
    visible = len(re.sub(r"\s", "", TAG.sub("", article.html)))
    findings = [f"链接会被平台删去：{address}" for address in LINK.findall(article.html)]
    if article.characters >= CHARACTER_LIMIT:
        findings.append(
            f"正文有 {article.characters:,} 字符，超过平台的 {CHARACTER_LIMIT:,}。请缩短或拆成两期"
        )
    return Report(article.characters, visible, tuple(findings))
