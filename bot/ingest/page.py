"""The lines of a typeset page, from the pieces of text that stand on it."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf
from statistics import median

from bot.ingest.links import Piece, shown

# Pieces are on one line if their baselines differ by less than this part of a letter;
# small raised figures (notes, degrees) stand that much higher, and still belong to it.
_SAME_LINE, _RAISED, _SMALL = 0.3, 0.6, 0.8
# A gap this wide, in letters, sets what follows apart: a page number, a column.
_WIDE = 1.5
# A gap this wide is a space, but between two Chinese characters, whose line may be stretched.
_SPACE = 0.15
# So many gaps that are alike within this part only stretch a line.
_STRETCHED, _EVENLY = 4, 0.4
# Sizes that differ by less than this part are one.
_SAME_SIZE = 0.04
# Within this part of a letter, a text drawn twice is one text made bold by that.
_TWICE = 0.25
# Radicals that fonts confuse with the characters they look like, beyond those that Unicode relates.
_RADICALS = dict(
    zip(
        map(
            ord,
            "⺟⺠⺪⺫⺬⺮⺳⺶⺷⺸⺼⺾⺿⻀⻁⻂⻃⻄⻅⻆⻉⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰⻳",
        ),
        "母民疋目示竹网羊羊羊肉艹艹艹虎衤覀西见角贝车辶辶辶阝钅長长长门阜阝雨青韦页风飞食饣饣马骨鬼鱼鸟卤麦黄齐齿龙龟",
        strict=True,
    )
)
_BULLETS = {
    0xF06C: "●",
    0xF06E: "■",
    0xF075: "◆",
    0xF09F: "•",
    0xF0A7: "▪",
    0xF0B7: "•",
    0xF0D8: "•",
}
_ODD = re.compile("[\u2e80-\u2fdf\uf900-\ufaff\ufb00-\ufb06\ue000-\uf8ff]")


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text set in one way; places are in points, from the lower left corner."""

    text: str
    left: float
    right: float
    baseline: float
    size: float
    font: str
    bold: bool
    link: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """The pieces that stand side by side, with a tab wherever there is a wide gap.

    `size` is that of most of its letters, to a tenth of a point; `font` is that of its Chinese, if
    all of that is in one; `bold` is all of it, but for signs, which may come from another font.
    `column` is 0 for a line that may go across the page.
    """

    page: int
    spans: tuple[Span, ...]
    pieces: tuple[Piece, ...]
    text: str
    left: float
    right: float
    baseline: float
    size: float
    font: str
    bold: bool
    column: int = 0


def same_size(size: float, other: float) -> bool:
    """Whether two sizes are meant to be one."""
    return abs(size - other) <= _SAME_SIZE * max(size, other)


def is_chinese(letter: str) -> bool:
    """Whether a character is one of the Chinese script."""
    return "\u4e00" <= letter <= "\u9fff"


def plain(text: str) -> str:
    """The text without look-alikes that the fonts of PDFs give for characters, and without ligatures."""
    if not _ODD.search(text):
        return text
    return "".join(_plain_letter(letter) for letter in text)


def _plain_letter(letter: str) -> str:
    if not _ODD.match(letter):
        return letter
    if bullet := _BULLETS.get(ord(letter)):
        return bullet
    return _RADICALS.get(ord(letter)) or unicodedata.normalize("NFKC", letter)


def read_lines(page: int, spans: Sequence[Span]) -> list[Line]:
    """The lines of a page, in the order in which they were drawn, which is that of reading.

    Within a line that order is not kept: some programs draw the quotation marks last.
    """
    lines: list[list[Span]] = []
    main: Span | None = None
    for span in spans:
        if lines and _is_double(lines[-1][-1], span):
            lines[-1][-1] = replace(span, bold=True)
        elif main and _goes_on(main, span):
            lines[-1].append(span)
            main = max(main, span, key=_length)
        else:
            lines.append([span])
            main = span
    return [read_line_of(page, sorted(pieces, key=lambda span: span.left)) for pieces in lines]


def _length(span: Span) -> int:
    return len(span.text)


def _is_double(last: Span, span: Span) -> bool:
    reach = _TWICE * span.size
    return (
        last.text == span.text
        and abs(last.left - span.left) < reach
        and abs(last.baseline - span.baseline) < reach
    )


def _goes_on(main: Span, span: Span) -> bool:
    """Whether a piece stands on the line of another, the longest so far."""
    size = max(main.size, span.size)
    small = min(main.size, span.size) < _SMALL * size
    return abs(main.baseline - span.baseline) < (_RAISED if small else _SAME_LINE) * size


def read_line_of(page: int, spans: Sequence[Span]) -> Line:
    """The line that these pieces make, from left to right."""
    wide = inf if _is_stretched(spans) else _WIDE
    pieces = [_piece(last, span, wide) for last, span in zip([None, *spans], spans, strict=False)]
    main = max(spans, key=_length)
    fonts = {span.font for span in spans if any(map(is_chinese, span.text))}
    return Line(
        page,
        tuple(spans),
        tuple(pieces),
        shown(pieces),
        left=spans[0].left,
        right=max(span.right for span in spans),
        baseline=main.baseline,
        size=round(main.size, 1),
        font=fonts.pop() if len(fonts) == 1 else "",
        bold=all(span.bold for span in spans if any(map(str.isalnum, span.text))),
    )


def _is_stretched(spans: Sequence[Span]) -> bool:
    """Whether all gaps are alike: those of a table's columns or of a page number are not."""
    gaps = [(span.left - last.right) / span.size for last, span in pairwise(spans)]
    if len(gaps) < _STRETCHED:
        return False
    usual = median(gaps)
    return all(abs(gap - usual) < max(_EVENLY * usual, _SPACE) for gap in gaps)


def _piece(last: Span | None, span: Span, wide: float) -> Piece:
    """A span's words, with what parts them from those before: a tab from a `wide` gap on."""
    words = plain(span.text.strip())
    if last is None:
        return Piece(words, span.link)
    gap = (span.left - last.right) / max(span.size, last.size)
    spaced = gap > _SPACE and not (_is_wide(last.text.rstrip()[-1]) and _is_wide(words[0]))
    return Piece(("\t" if gap > wide else " " if spaced else "") + words, span.link)


def _is_wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WF"
