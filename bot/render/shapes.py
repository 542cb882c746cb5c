"""Passages in, their HTML out: paragraphs, lists, tables, quotes, code and pictures.

All of it survives the platform: inline styles on common elements, markers of lists as words with a
hanging indent that is inherited.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import chain, groupby, repeat, zip_longest

from markupsafe import Markup, escape

from bot.model import Placed, Shapes
from bot.render.runs import Line, escaped
from bot.render.table import set_table
from bot.render.theme import Theme
from bot.shape import Code, Figure, Item, Listing, Prose, Quote, Runs, Shape, Table

BULLETS = ("•", "◦", "–")  # of a list, of a list in it, and of whatever is nested deeper
DEEPEST = len(BULLETS) - 1
AFTER_MARKER = "\u2002"  # half an em; other spaces would grow with a justified line
DIGIT = 0.56  # em
EM = "\u3000"
Block = Listing | Table | Quote | Code | Figure
_SPACES = re.compile(r"^ +| {2,}", re.MULTILINE)


class Passages:
    """Sets the passages of one article."""

    def __init__(self, theme: Theme, line: Line, pictures: Mapping[str, Placed]) -> None:
        self._line = line
        self._pictures = pictures
        self._small = theme.sizes.small
        self._quiet = theme.colours.quiet
        self._panel = theme.colours.panel
        form = theme.ornaments.paragraphs
        gap = f"{theme.sizes.gap:g}".removeprefix("0")
        self._goes_on = f'<p style="margin-top:{gap}em">'
        # Two blanks are what a first line is moved in by in print, and shorter than a style.
        self._opening = "<p>" if form == "dense" else f'<p style="margin:{gap}em 0">'
        self._opening += "" if form == "spaced" else EM * 2

    def set(self, paragraphs: Sequence[str], shapes: Shapes, *, close: bool = False) -> Markup:
        """The passages of a section; or, set close, those of the summary's box."""
        openings = chain(["<p>"], repeat(self._goes_on)) if close else repeat(self._opening)
        pairs = zip_longest(paragraphs, shapes[: len(paragraphs)])
        html = "".join(
            self._passage(opening, words, shape)
            for opening, (words, shape) in zip(openings, pairs, strict=False)
        )
        return Markup(html)  # noqa: S704 - every word has gone through Line or escape

    def _passage(self, opening: str, words: str, shape: Shape | None) -> str:
        if shape is None:
            return f"{opening}{self._line.paragraph(words)}</p>"
        if isinstance(shape, Prose):
            return f"{opening}{self._line.runs(shape.runs)}</p>"
        return self._block(shape)

    def _block(self, shape: Block) -> str:
        match shape:
            case Listing(items):
                return self._listing(items)
            case Table():
                return set_table(shape, self._line.cell)
            case Quote(paragraphs):
                return self._quote(paragraphs)
            case Code(text):
                return self._code(text)
            case Figure():
                return self._figure(shape)

    def _listing(self, items: Sequence[Item]) -> str:
        digits = max(len(str(item.number)) if item.number else 0 for item in items)
        hang = f"{digits * DIGIT + 0.8 if digits else 1:.2g}em"
        style = f"margin:1em 0 1em {hang};text-indent:-{hang}"
        return f'<section style="{style}">{self._level(items, 0, hang)}</section>'

    def _level(self, items: Sequence[Item], depth: int, hang: str) -> str:
        """Items of one depth; what is nested between them is moved in by `hang`, as one section."""
        html = ""
        for nested, group in groupby(items, lambda item: min(item.depth, DEEPEST) > depth):
            if nested:
                inner = self._level(tuple(group), depth + 1, hang)
                html += f'<section style="margin-left:{hang}">{inner}</section>'
            else:
                html += "".join(self._item(item, depth) for item in group)
        return html

    def _item(self, item: Item, depth: int) -> str:
        words = self._line.runs(item.runs)
        if item.goes_on:
            return f'<p style="text-indent:0">{words}</p>'
        marker = f"{item.number}." if item.number else BULLETS[depth]
        return f"<p>{marker}{AFTER_MARKER}{words}</p>"

    def _quote(self, paragraphs: Sequence[Runs]) -> str:
        lines = f"</p>{self._goes_on}".join(self._line.runs(runs) for runs in paragraphs)
        style = f"margin:1em 0;padding-left:1em;border-left:3px solid;color:{self._quiet}"
        return f'<blockquote style="{style}"><p>{lines}</p></blockquote>'

    def _code(self, text: str) -> str:
        # Blanks at a line's start and in rows would fall together; the platform keeps no line breaks.
        kept = _SPACES.sub(lambda found: "\u00a0" * len(found[0]), text.expandtabs(4).strip("\n"))
        if not kept.strip():
            return ""
        lines = escaped(kept)
        style = (
            f"margin:1em 0;padding:1em;background:{self._panel};font-size:{self._small:g}px;"
            "line-height:1.6;text-align:left;word-break:break-all"
        )
        return f'<section style="{style}"><code>{lines}</code></section>'

    def _figure(self, figure: Figure) -> str:
        placed = self._pictures.get(figure.address) or Placed(figure.address, 0, 0)
        width = f' data-w="{placed.width}"' if placed.width else ""
        alt = escape(figure.alt or figure.caption or "图片")
        image = (
            f'<img src="{escape(placed.url)}" alt="{alt}"{width}'
            ' style="display:block;max-width:100%;margin:1em auto">'
        )
        if not figure.caption:
            return image
        style = (
            f"margin:-.5em 0 1em;font-size:{self._small:g}px;text-align:center;color:{self._quiet}"
        )
        return f'{image}<p style="{style}">{self._line.plain(figure.caption)}</p>'
