"""A table for a phone: it never grows wider than the screen, whatever its columns hold."""

import re
from collections import Counter
from collections.abc import Callable, Sequence

from bot.shape import Runs, Table, words_of

SCREEN = 343  # pixels of text on a phone of 375
TYPE_SIZES = (14, 13, 12, 11)  # pixels: the largest in which words stay whole and there is room
ROOM = 0.9  # of the screen's width: what words that stay whole may need
PADDING = 3  # pixels around the words of a cell
# The platform's own page rules off every cell, shades the head in a grey that stays light in the
# dark, and breaks words anywhere; so each cell has to say that it wants none of this.
CELL = f"border:0;padding:{PADDING}px"
HEAD = f"{CELL};background:0"
WHOLE_WORDS = ";word-break:break-word"
# Widths as parts of the type's size: a Latin letter or a digit; a Chinese one and a few more.
NARROW, WIDE = 0.6, 1.0
EVEN = 3  # per cent by which a column may differ from its even share without a width of its own
# What must stay on a line: Latin words, numbers and parts of a date, with the marks that hang on them.
_WORD = re.compile("[（《“‘]*[!-~]+(?: ?[年月日])?[）》”’，、。；：]*")
# Behind a Chinese word such a word may come to stand where a line ends; in front of it, it has room.
# So wide a range takes milliseconds to compile: done by `re` when there is a table.
_BEHIND = "(?s)[\u2e80-\uffef].*[!-~]{2}"
_SIDES = frozenset({"left", "center", "right"})


def set_table(table: Table, set_runs: Callable[[Runs], str]) -> str:
    """Three rules, as in print. Long words are broken where even the smallest type does not help."""
    columns = [
        [words_of(row[place]) for row in (table.head, *table.rows)]
        for place in range(len(table.head))
    ]
    size = _type_size(columns)
    usual, sides = _sides(table.aligned)
    widths = _widths(columns, size)
    heads = [f"{HEAD}{width}{side}" for width, side in zip(widths, sides, strict=True)]
    head = _row("th", heads, table.head, set_runs)
    body = [_row("td", [CELL + side for side in sides], row, set_runs) for row in table.rows]
    return (
        '<table style="table-layout:fixed;width:100%;margin:1em 0;border-collapse:collapse;'
        f'border:solid;border-width:2px 0;font-size:{size}px;line-height:1.5;text-align:{usual}">'
        f'<tr style="border-bottom:1px solid">{head}</tr>'
        f"{''.join(f'<tr>{cells}</tr>' for cells in body)}</table>"
    )


def _sides(aligned: Sequence[str]) -> tuple[str, list[str]]:
    """The side that most columns stand to; for each column the style where it stands elsewhere."""
    sides = [side if side in _SIDES else "left" for side in aligned]
    usual = Counter(sides).most_common(1)[0][0]
    return usual, ["" if side == usual else f";text-align:{side}" for side in sides]


def _row(
    tag: str, styles: Sequence[str], row: Sequence[Runs], set_runs: Callable[[Runs], str]
) -> str:
    return "".join(
        f'<{tag} style="{style}{_breaks(cell)}">{set_runs(cell)}</{tag}>'
        for style, cell in zip(styles, row, strict=True)
    )


def _breaks(cell: Runs) -> str:
    return WHOLE_WORDS if re.search(_BEHIND, words_of(cell)) else ""


def _type_size(columns: Sequence[Sequence[str]]) -> int:
    fits = (
        size
        for size in TYPE_SIZES
        if sum(_least(column, size) for column in columns) <= ROOM * SCREEN
    )
    return next(fits, TYPE_SIZES[-1])


def _widths(columns: Sequence[Sequence[str]], size: int) -> list[str]:
    """For each column what its style ends with: its share of the width, where that is not even."""
    least = _together([_least(column, size) for column in columns])
    longest = [max(map(_length, column)) * size + 2 * PADDING for column in columns]
    # A long cell may take several lines: the square root is near to what an eye would give it.
    wishes = [max(0.0, long - low) ** 0.5 for long, low in zip(longest, least, strict=True)]
    if not any(wishes):
        wishes = longest
    spare = max(0.0, SCREEN - sum(least)) / (sum(wishes) or 1)
    wanted = [low + spare * wish for low, wish in zip(least, wishes, strict=True)]
    shares = [round(100 * each / sum(wanted)) for each in wanted]
    if max(shares) - min(shares) <= EVEN:
        return ["" for _ in columns]
    return [f";width:{share}%" for share in shares]


def _together(least: Sequence[float]) -> list[float]:
    """Where they have no room beside each other, the widest give way, to one width for all of them."""
    room = float(SCREEN)
    for at, low in enumerate(sorted(least)):
        widest = room / (len(least) - at)
        if low > widest:
            return [min(each, widest) for each in least]
        room -= low
    return list(least)


def _least(column: Sequence[str], size: int) -> float:
    """The width in pixels in which no Latin word or number of the column is broken.

    Nor does a column of Chinese words become one of single letters.
    """
    words = [_length(word) for cell in column for word in _WORD.findall(cell)]
    longest = max(map(_length, column))
    return max(min(2.0, longest), *words, 0) * size + 2 * PADDING


def _length(text: str) -> float:
    return sum(NARROW if letter < "\u2e80" and letter not in "%@MW" else WIDE for letter in text)
