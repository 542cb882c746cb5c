"""What would overlap, be cut off or move the page sideways on a narrow phone."""

from collections.abc import Iterator, Sequence
from math import ceil

from bot.model import Severity
from bot.render.lint.finding import Finding
from bot.render.lint.place import is_text_block, shown
from bot.render.lint.spot import COLUMN, Spot, pixels
from bot.render.markup import bare

DEEPEST = 10
TOLERANCE = 5  # px
NARROWEST_CELL = 24.0  # px
SPACES = ("margin-left", "margin-right")


def find_depth(spots: Sequence[Spot]) -> Iterator[Finding]:
    """More than ten elements inside one another."""
    for spot in spots:
        if spot.depth == DEEPEST + 1:
            text = f"元素套了 {DEEPEST} 层以上，平台的编辑器会把它拆平"
            yield spot.found("nesting", text, "请减少嵌套的列表、引用或模板里的外框")


def find_lines(spots: Sequence[Spot]) -> Iterator[Finding]:
    """Lines lower than their letters, and boxes too low for their text."""
    for spot in spots:
        if spot.has_words:
            yield from _line(spot)
        if "height" in spot.element.style:
            yield from _height(spot)


def _line(spot: Spot) -> Iterator[Finding]:
    size, line = spot.type.size, spot.type.line
    if line == 0:
        remedy = "请把 line-height 改成 1.6 左右"
        yield spot.found("line-height", "行高是 0，文字会叠在一起", remedy, Severity.ERROR)
    elif line < size * 0.95:
        text = f"行高 {line:g}px 小于字号 {size:g}px，折行时文字会叠在一起"
        yield spot.found("line-height", text, "请把 line-height 改成 1.4 以上")


def _height(spot: Spot) -> Iterator[Finding]:
    height = pixels(spot.element.style["height"], spot.type.size)
    words = bare(spot.element.text)
    if height is None or spot.element.style["height"].endswith("%") or not words or spot.scrolls:
        return
    if height == 0:
        text = f"高度是 0，文字“{shown(words)}”看不见"
        yield spot.found("height", text, "请去掉 height:0", Severity.ERROR)
    elif is_text_block(spot.element):
        needed = ceil(spot.width_of(words) / COLUMN) * spot.type.line
        if needed > height + TOLERANCE:
            text = f"高度固定为 {height:g}px，文字约需 {needed:.0f}px，会被截断"
            yield spot.found("height", text, "请去掉固定的 height")


def find_widths(spots: Sequence[Spot]) -> Iterator[Finding]:
    """Fixed widths and unbroken lines wider than the column of a phone of 375 px."""
    for spot in spots:
        if spot.scrolls or spot.element.tag in {"img", "svg"}:
            continue
        yield from _width(spot)
        if spot.element.tag == "tr":
            yield from _row(spot)
        if spot.element.tag in {"td", "th"}:
            yield from _cell(spot)
        if spot.element.style.get("white-space") == "nowrap":
            yield from _unbroken(spot)


def _width(spot: Spot) -> Iterator[Finding]:
    style = spot.element.style
    for name in ("width", "min-width"):
        wide = _fixed(spot, style.get(name, ""))
        if name == "width" and "max-width" in style:
            continue
        room = COLUMN - sum(_fixed(spot, style.get(space, "")) for space in SPACES)
        if wide > room:
            text = f"宽度固定为 {wide:g}px，比手机的栏宽 {room:g}px 还宽"
            yield spot.found("width", text, "请改用 100% 以内的百分比")


def _fixed(spot: Spot, length: str) -> float:
    return 0.0 if "%" in length else pixels(length, spot.type.size) or 0.0


def _row(spot: Spot) -> Iterator[Finding]:
    cells = list(spot.element.elements)
    wide = sum(max(_fixed(spot, cell.style.get("width", "")), NARROWEST_CELL) for cell in cells)
    if wide > COLUMN:
        text = f"表格的 {len(cells)} 列共宽 {wide:g}px，手机上会超出屏幕"
        yield spot.found("width", text, "请去掉列宽，或把表格拆成两个")


def _cell(spot: Spot) -> Iterator[Finding]:
    share = spot.element.style.get("width", "")
    wide = pixels(share, COLUMN) if share.endswith("%") else None
    if wide is not None and wide < spot.type.size and bare(spot.element.text):
        text = f"表格里“{shown(bare(spot.element.text))}”这一列只有 {wide:.0f}px 宽，放不下一个字"
        yield spot.found("narrow-column", text, "请缩短同一表格里很长的网址或单词，或减少列数")


def _unbroken(spot: Spot) -> Iterator[Finding]:
    wide = spot.width_of(bare(spot.element.text))
    if wide > COLUMN:
        text = f"不许换行的文字约宽 {wide:.0f}px，手机上会超出屏幕"
        yield spot.found("nowrap", text, "请去掉 white-space:nowrap，或缩短文字")
