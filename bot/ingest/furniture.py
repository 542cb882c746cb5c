"""What a page shows besides the text: page numbers, and the running heads at its top and bottom."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.ingest.contents import title_key
from bot.ingest.labels import is_label
from bot.ingest.page import Line, same_size

# Heads and feet stand at the same height on every page, within this many points.
_HEIGHT = 3.0
# A page has at most so many lines of them at either end.
_DEEPEST = 3
_LENGTH = 80
# Set smaller than running text by this much, a line at the same height of several pages is a head.
_SMALLER = 0.93
# Letters: lines of a text are no further apart; a head is further from the text below it.
_CLOSE = 2.1

_PAGE_NUMBER = re.compile(
    r"(?:[-—–·•~]\s?)?第?\s?\d{1,3}\s?页?(?:\s?[-—–·•~])?(?:\s?[/,，|共of]{1,2}\s?共?\s?\d{1,3}\s?页?)?"
    r"|[ivxIVX]{1,5}|Page\s\d{1,3}(?:\s(?:of|/)\s\d{1,3})?",
    re.IGNORECASE,
)
_EDGE_NUMBER = re.compile(r"(?:^(\d{1,3})\t|\t(?:第\s?)?(\d{1,3})(?:\s?页)?$)")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class _Known:
    """What the pages have in common."""

    body_size: float
    titles: frozenset[str]
    offset: int | None


def without_furniture(pages: Sequence[Sequence[Line]], body_size: float) -> list[list[Line]]:
    """The pages without heads, feet and page numbers."""
    titles = {
        title_key(line.text)
        for page in pages
        for line in page
        if line.size > body_size or line.bold
    }
    known = _Known(body_size, frozenset(titles), _offset(pages))
    kept = [list(page) for page in pages]
    for sign in (1, -1):
        for _ in range(_DEEPEST):
            found = set(_outermost_furniture(kept, known, sign))
            if not found:
                break
            kept = [[line for line in page if id(line) not in found] for page in kept]
    return kept


def _offset(pages: Sequence[Sequence[Line]]) -> int | None:
    """By how much printed page numbers differ from the count of pages, if any is printed alone."""
    for page in pages:
        for line in (_outermost(page, 1), _outermost(page, -1)):
            if line and line.text.isdecimal() and len(line.text) < 4:
                return int(line.text) - line.page
    return None


def _outermost(page: Sequence[Line], sign: int) -> Line | None:
    return max(page, key=lambda line: sign * line.baseline, default=None)


def _outermost_furniture(
    pages: Sequence[Sequence[Line]], known: _Known, sign: int
) -> Iterator[int]:
    edges = [(page, edge) for page in pages if (edge := _outermost(page, sign))]
    for page, edge in edges:
        level = [line for _, line in edges if abs(line.baseline - edge.baseline) < _HEIGHT]
        if len(edge.text) > _LENGTH:
            continue
        if _is_page_number(edge) or (
            _is_repeated(edge, level, known) and not _goes_on_in(page, edge, sign)
        ):
            yield id(edge)
        elif known.offset is not None and known.offset == _printed_offset(edge):
            # A contents list that runs on to this page may begin with an entry of this very page.
            opposite = _outermost(page, -sign)
            if not (opposite and _is_page_number(opposite)):
                yield id(edge)


def _goes_on_in(page: Sequence[Line], edge: Line, sign: int) -> bool:
    """Whether a line is set as closely to the next one, and in its size, as lines of a list are."""
    others = [line for line in page if line is not edge]
    other = _outermost(others, sign)
    if other is None or not same_size(other.size, edge.size):
        return False
    return abs(edge.baseline - other.baseline) < _CLOSE * edge.size


def _is_page_number(line: Line) -> bool:
    return bool(_PAGE_NUMBER.fullmatch(line.text))


def _is_repeated(line: Line, level: Sequence[Line], known: _Known) -> bool:
    """Whether the outermost line of a page is like the `level` ones, at its height on other pages."""
    if len(level) == 1:
        return False
    offset = _printed_offset(line)
    running = all(_is_title(other, known) for other in level)
    return (
        sum(_is_alike(line, other) for other in level) > 1
        or (offset is not None and sum(_printed_offset(other) == offset for other in level) > 1)
        or line.size < _SMALLER * known.body_size
        or (running and not line.bold and line.size <= known.body_size)
    )


def _is_title(line: Line, known: _Known) -> bool:
    return title_key(line.text) in known.titles or is_label(line.text)


def _printed_offset(line: Line) -> int | None:
    """By how much the number at the line's edge, if it has one, differs from the count of pages."""
    found = _EDGE_NUMBER.search(line.text)
    return int(found[1] or found[2]) - line.page if found else None


def _is_alike(line: Line, other: Line) -> bool:
    """Whether two lines say the same, but for a number that counts the pages."""
    words, others = ("".join(each.text.split()) for each in (line, other))
    if _DIGITS.sub("#", words) != _DIGITS.sub("#", others):
        return False
    steps = {
        int(number[:6]) - int(another[:6])
        for number, another in zip(_DIGITS.findall(words), _DIGITS.findall(others), strict=True)
    }
    return steps <= {0, line.page - other.page}


def body_size(pages: Sequence[Sequence[Line]]) -> float:
    """The size in which most of the text is set."""
    letters: dict[float, int] = defaultdict(int)
    for page in pages:
        for line in page:
            letters[line.size] += len(line.text)
    return max(letters, key=lambda size: (letters[size], size), default=0.0)
