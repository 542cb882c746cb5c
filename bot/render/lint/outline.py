"""Headings out of order, elements with nothing in them, and text that is set as code."""

from collections.abc import Iterator, Sequence

from bot.render.lint.finding import Finding
from bot.render.lint.place import HEADINGS, shown
from bot.render.lint.spot import Spot
from bot.render.markup import Element, bare

SHOWS_NAMES = "img br hr svg table td th col iframe audio video"
SHOWS = frozenset(SHOWS_NAMES.split())
DRAWN = ("border", "background", "height", "box-shadow", "outline")
CODE_LENGTH = 40  # characters
PLATFORM_LINK = ("https://mp.weixin.qq.com/", "http://mp.weixin.qq.com/")


def find_headings(spots: Sequence[Spot]) -> Iterator[Finding]:
    """A heading more than one step below the one before it."""
    before = 0
    for spot in spots:
        if spot.element.tag in HEADINGS:
            level = int(spot.element.tag[1])
            if before and level > before + 1:
                text = f"标题“{shown(spot.element.text)}”比上一个标题低了 {level - before} 级"
                yield spot.found("heading-order", text, "请在报告里补上中间一级标题，或改成上一级")
            before = level


def find_empty(spots: Sequence[Spot]) -> Iterator[Finding]:
    """Elements that hold nothing and draw nothing; told at the outermost."""
    for spot in spots:
        outer = spot.element.parent
        if _is_empty(spot.element) and (outer is None or not outer.tag or not _is_empty(outer)):
            text = f"有一个空的 <{spot.element.tag}>，平台会删去它，或留下一块空白"
            yield spot.found("empty", text, "请删去报告里的空行或空标题")


def _is_empty(element: Element) -> bool:
    return (
        not element.tag.startswith(("mp-", "!"))
        and _shows_nothing(element)
        and not bare(element.text)
        and all(_shows_nothing(each) for each in element.walk())
    )


def _shows_nothing(element: Element) -> bool:
    drawn = any(name.startswith(DRAWN) for name in element.style)
    return element.tag not in SHOWS and not drawn


def find_code(spots: Sequence[Spot]) -> Iterator[Finding]:
    """`<pre>` for what is no code, or that does not break its lines."""
    for spot in spots:
        if spot.element.tag != "pre":
            continue
        words = bare(spot.element.text)
        if len(words) > CODE_LENGTH and sum(map(_is_chinese, words)) > len(words) / 2:
            text = f"正文“{shown(words)}”被排成了代码"
            yield spot.found("pre", text, "请删去报告里这几行前面的空格，或前后的 ```")
        elif not spot.scrolls and spot.element.style.get("white-space") not in {
            "pre-wrap",
            "pre-line",
            "break-spaces",
        }:
            text = "代码不会自动换行，手机上会超出屏幕"
            yield spot.found("pre", text, "请在模板里给 <pre> 加上 white-space:pre-wrap")


def _is_chinese(character: str) -> bool:
    return "\u3000" <= character <= "\u9fff" or "\uff00" <= character <= "\uffef"


def find_links(spots: Sequence[Spot]) -> Iterator[Finding]:
    """Links that the platform takes away, leaving the words."""
    for spot in spots:
        if spot.element.tag != "a":
            continue
        address = spot.element.attributes.get("href", "")
        if not address.startswith(PLATFORM_LINK):
            text = f"链接 {address[:60] or '（空）'} 会被平台删去，只剩文字“{shown(spot.element.text)}”"
            yield spot.found("link", text, "请把地址写成文字，或改为公众号文章的链接")
