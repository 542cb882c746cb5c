"""A text that was copied out of pages, without what only pages have: running heads and margins."""

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from bot.ingest.labels import is_label, is_references_label

# A running head is short, and stands on so many pages; sub-titles and captions do so on fewer.
_HEAD_LENGTH, _PAGES = 40, 3
# Two spaces or more begin a paragraph, unless most lines begin so; no indent is deeper.
_INDENT, _DEEPEST = 2, 8
_PARAGRAPH = "\u3000\u3000"
_DIGITS = re.compile(r"\d+")
_NO_HEAD = re.compile(r"https?:|www\.|^[-*+•●▪|#>\[]|^\d{1,2}[、.．)]|[。；，、：]")
_GAP = re.compile(r"(?<=\S)[ \u00a0]{2,}(?=\S)")


def without_pages(lines: Sequence[str]) -> list[str]:
    """The lines, as many as before; a running head is an empty one, an indent two wide spaces."""
    end = max(
        (at for at, line in enumerate(lines) if is_references_label(line.strip("#* "))),
        default=len(lines),
    )
    heads = _running_heads(lines, end)
    kept = ["" if at in heads else line for at, line in enumerate(lines)]
    begins = [len(line) - len(line.lstrip(" ")) for line in kept[:end] if line.strip()]
    # Where references hang out, it is not their beginning that is indented.
    shown = end if 0 < sum(begin >= _INDENT for begin in begins) < len(begins) / 2 else 0
    kept[:shown] = map(_indented, kept[:shown])
    return [_GAP.sub(" ", line) for line in kept]


def _indented(line: str) -> str:
    begin = len(line) - len(line.lstrip(" "))
    return _PARAGRAPH + line[begin:] if _INDENT <= begin <= _DEEPEST else line


def _running_heads(lines: Sequence[str], end: int) -> set[int]:
    """The lines that come again and again, not only among references, but for a number that counts."""
    alike: dict[str, list[int]] = defaultdict(list)
    for at, line in enumerate(lines):
        words = "".join(line.split())
        if 0 < len(words) <= _HEAD_LENGTH and not _NO_HEAD.search(words) and not is_label(words):
            alike[_DIGITS.sub("#", words)].append(at)
    found: set[int] = set()
    for places in alike.values():
        before = sum(at < end for at in places)
        if before > 1 and len(places) >= _PAGES and _count_up([lines[at] for at in places]):
            found.update(places)
    return found


def _count_up(lines: Sequence[str]) -> bool:
    """Whether each number is the same everywhere, or grows from line to line."""
    numbers = [[int(number[:6]) for number in _DIGITS.findall(line)] for line in lines]
    columns = list(zip(*numbers, strict=True))
    return all(len(set(column)) == 1 or _grows(column) for column in columns)


def _grows(column: Sequence[int]) -> bool:
    return all(0 < following - number < 4 for number, following in pairwise(column))
