"""Articles as the tests need them: a sample or an issue of their own, set in a theme."""

import json
import re
from collections.abc import Mapping
from datetime import date
from html import unescape
from html.parser import HTMLParser
from types import MappingProxyType

from bot.model import Article, Cover, Issue, Picture, Placed, Section
from bot.render.article import Compositor, Imprint, article_templates
from bot.render.theme import load_theme
from bot.resources import directory
from bot.shape import Shape, said_by
from tests.conftest import ISSUES

THEMES = ("sober", "technology", "warm")
DAYS = sorted(path.stem for path in ISSUES.glob("20*.txt"))
IMPRINT = Imprint(
    "",
    "新质生产力工作委员会",
    "",
    "本报告仅供行业研究参考，不构成投资建议",
    "https://daily.example.cn",
)
DRAWN = Picture("cover.jpg", b"footer", 1800, 766)
COVER = Cover(DRAWN, DRAWN, "", "")
# As long as the platform's addresses are: 130 characters.
UPLOADED = f"https://mmbiz.qpic.cn/mmbiz_png/{'x' * 87}/0?from=app"
TEMPLATES = article_templates(directory("templates"))
VOID = frozenset({"br", "img"})


def sample(day: str) -> Issue:
    return Issue.from_record(json.loads((ISSUES / "structure" / f"{day}.json").read_text("utf-8")))


def issue_of(*shapes: Shape | str, summary: str = "一句话。") -> Issue:
    """An issue of one section; a string is a paragraph without any form."""
    words = tuple(each if isinstance(each, str) else said_by(each) for each in shapes)
    kept = tuple(None if isinstance(each, str) else each for each in shapes)
    section = Section("1", "小节", words, shapes=kept)
    return Issue("日刊", "", "", date(2026, 6, 13), summary, (section,))


def write(
    issue: Issue,
    theme: str = "sober",
    footer_url: str = "footer.png",
    imprint: Imprint = IMPRINT,
    pictures: Mapping[str, Placed] = MappingProxyType({}),
    **more,
) -> Article:
    look = load_theme(directory("templates") / "article" / "themes", theme)
    footer = Placed(footer_url, 1080, 500)
    return Compositor(imprint, look, TEMPLATES, COVER, footer, pictures).article(issue, **more)


def html_of(*shapes: Shape | str, **more) -> str:
    return write(issue_of(*shapes), **more).html


def text_of(html: str) -> str:
    """What a reader sees, without white space."""
    return re.sub(r"[\s\u2060]", "", unescape(re.sub(r"<[^>]*>", "", html)))


class Tags(HTMLParser):
    """Whether every tag is closed where it should be."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def is_whole(html: str) -> bool:
    tags = Tags(html)
    return not tags.open and not tags.wrong
