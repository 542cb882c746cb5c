"""What the platform kept of a draft, compared with what was meant.

It drops links, pictures and elements without a word. The comparison is of what readers see: words, the
number of pictures, the links; of the markup itself the platform keeps its own version.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Protocol

from bot.model import Article, Bundle

INVISIBLE = re.compile(r"[\s\u00a0\u200b-\u200d\u2060\ufeff]+")
SHOWN = 24  # characters of a passage that is quoted


class Kept(Protocol):
    """An article of a draft as it is read back."""

    @property
    def title(self) -> str: ...
    @property
    def content(self) -> str: ...
    @property
    def source_url(self) -> str: ...
    @property
    def thumb_media_id(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Substance:
    """What readers see of some HTML: its passages, how many pictures, where its links lead."""

    passages: tuple[str, ...]
    pictures: int
    links: tuple[str, ...]

    @property
    def text(self) -> str:
        """All its words, without white space."""
        return "".join(self.passages)


@dataclass
class _Reader(HTMLParser):
    passages: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    pictures: int = 0

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "img" and (given.get("src") or given.get("data-src")):
            self.pictures += 1
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))

    def handle_data(self, data: str) -> None:
        if passage := INVISIBLE.sub("", data):
            self.passages.append(passage)


def substance(html: str) -> Substance:
    """Read what is there to be seen."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return Substance(tuple(reader.passages), reader.pictures, tuple(reader.links))


def compare(bundle: Bundle, thumb: str, kept: Sequence[Kept]) -> tuple[str, ...]:
    """What is different, a sentence each; nothing where all is as it was meant."""
    if len(kept) != len(bundle.articles):
        return (
            f"草稿里有 {len(kept)} 篇文章，应有 {len(bundle.articles)} 篇。请运行 rikan push 更新",
        )
    several = len(kept) > 1
    findings = []
    for number, (meant, found) in enumerate(zip(bundle.articles, kept, strict=True), 1):
        place = f"第 {number} 篇：" if several else ""
        findings += [f"{place}{each}" for each in _differences(meant, thumb, found)]
    return tuple(findings)


def _differences(meant: Article, thumb: str, kept: Kept) -> Iterator[str]:
    if kept.title != meant.title:
        yield f"标题成了“{kept.title}”，应为“{meant.title}”。请在后台核对标题"
    if kept.thumb_media_id != thumb:
        yield "封面不是发去的那一张。请在后台核对封面"
    if kept.source_url != meant.source_url:
        yield f"“阅读原文”成了“{kept.source_url}”。请核对 web.public_url"
    wanted, found = substance(meant.html), substance(kept.content)
    if wanted.text != found.text:
        yield _of_words(wanted, found)
    if found.pictures != wanted.pictures:
        yield f"正文有 {found.pictures} 张图片，应有 {wanted.pictures} 张。请重新推送，或换掉没有留下的图片"
    if dropped := [link for link in wanted.links if link not in found.links]:
        yield f"{len(dropped)} 处链接没有留下（{dropped[0]}）。请把地址写成文字"


def _of_words(wanted: Substance, found: Substance) -> str:
    lost = [each for each in wanted.passages if each not in found.text]
    if lost:
        return f"正文少了“{_short(lost[0])}”等 {len(lost)} 处。请在后台核对，不合适就改写后再推送"
    more = [each for each in found.passages if each not in wanted.text]
    if more:
        return f"正文多出“{_short(more[0])}”等 {len(more)} 处，可能在后台改过。再改动推送时会被换掉"
    return "正文的次序与发去的不同。请在后台核对"


def _short(passage: str) -> str:
    return passage if len(passage) <= SHOWN else f"{passage[:SHOWN]}…"
