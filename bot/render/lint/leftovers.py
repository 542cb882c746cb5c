"""Marks of Markdown or HTML that readers would see as they stand."""

import re
from collections.abc import Iterator, Sequence

from bot.render.lint.finding import Finding
from bot.render.lint.place import shown
from bot.render.lint.spot import Spot

LEFT_OVER = re.compile(
    r"""\*\*(?=\S)|(?<=\S)\*\*      # bold
    |\[\^[^\]\s]{1,20}\]            # a footnote
    |!\[[^\]]*\]\(                  # a picture
    |\]\((?:https?://|/|\#)         # a link
    |~~(?=\S)|```                   # struck out, code
    |^\#{1,6}\s                     # a heading
    |&(?:nbsp|amp|lt|gt|quot|\#\d{1,5});
    |</?(?:br|p|div|span|strong|b|u|i|em|font|sup|table|td|tr)\b[^<>]{0,80}/?>
    """,
    re.X | re.I,
)
AROUND = 8  # characters


def find_leftovers(spots: Sequence[Spot]) -> Iterator[Finding]:
    """`**`, `[^1]`, `![](` and the like outside of code."""
    for spot in spots:
        if spot.literal:
            continue
        for text in spot.element.children:
            if isinstance(text, str) and (found := LEFT_OVER.search(text)):
                near = text[max(0, found.start() - AROUND) : found.end() + AROUND]
                problem = f"“{shown(near, 40)}”里的 {found[0]} 没有被认出来，读者会看到这几个符号"
                yield spot.found(
                    "leftover", problem, "请检查报告里这里的标记是否成对、有没有多余的空格"
                )
