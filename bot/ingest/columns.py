"""Pages set in two columns, read one column after the other, as if both stood on the left."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

from bot.ingest.page import Line, Span, read_line_of

# A column has so many lines; the captions of two pictures side by side have fewer.
_FEWEST, _FEWEST_OF_ALL = 3, 8
# A column takes this part of the text's width, and most of its lines this part of the column's.
_NARROWEST, _FULL = 0.25, 0.55
# Letters: what begins within this is at one margin; what parts columns is wider than that; so far
# does a paragraph's first line begin to the right of the margin.
_MARGIN, _GUTTER, _INDENT, _OVERHANG = 0.5, 0.9, 2.6, 0.9


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where the columns begin and the left one ends, in points."""

    left: float
    end: float
    right: float

    def column(self, line: Line) -> int:
        """1 or 2; 0 for a line that goes across. Opening and closing signs may hang over the edges."""
        if line.left > self.right - _OVERHANG * line.size:
            return 2
        return 1 if line.right < self.right + _MARGIN * line.size else 0


def in_columns(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The pages with lines of columns in their order, and those on the right moved to the left."""
    grid = _find_grid(pages)
    if grid is None:
        return [list(page) for page in pages]
    return [list(_ordered(page, grid)) for page in pages]


def _find_grid(pages: Sequence[Sequence[Line]]) -> _Grid | None:
    """The one in which the most lines stand in columns, if any are enough of them."""
    parts = [[part for line in page for part in _parts(line)] for page in pages]
    every = [line for page in parts for line in page]
    if not every:
        return None
    left = min(line.left for line in every)
    right = max(line.right for line in every)
    starts = Counter(
        round(line.left)
        for line in every
        if left + _NARROWEST * (right - left) < line.left < right - _NARROWEST * (right - left)
    )
    grids = [
        _Grid(left, start - 1, start - 1)
        for start, common in starts.most_common(3)
        if common >= _FEWEST
    ]
    best = max(grids, key=lambda grid: _lines_beside(parts, grid), default=None)
    if best is None or _lines_beside(parts, best) < _FEWEST_OF_ALL:
        return None
    return _fitted(parts, best)


def _parts(line: Line) -> Iterator[Line]:
    """The line, or its halves where it may have been drawn across two columns."""
    if "\t" not in line.text:
        yield line
        return
    begin = 0
    for at in range(1, len(line.spans)):
        if line.spans[at].left - line.spans[at - 1].right > _GUTTER * line.size:
            yield read_line_of(line.page, line.spans[begin:at])
            begin = at
    yield read_line_of(line.page, line.spans[begin:])


def _lines_beside(pages: Sequence[Sequence[Line]], grid: _Grid) -> int:
    """How many lines stand in the right one of two columns."""
    return sum(
        len(column)
        for page in pages
        for band in _bands(page, grid)
        if _is_in_columns(band, grid)
        for column in [[line for line in band if grid.column(line) == 2]]
    )


def _bands(page: Sequence[Line], grid: _Grid) -> Iterator[list[Line]]:
    """What stands above, between and below the lines that go across, these among them."""
    across = sorted({-line.baseline for line in page if not grid.column(line)})
    bands: dict[int, list[Line]] = {}
    for line in page:
        above = sum(height < -line.baseline for height in across)
        bands.setdefault(2 * above + (not grid.column(line)), []).append(line)
    for number in sorted(bands):
        yield bands[number]


def _is_in_columns(band: Sequence[Line], grid: _Grid) -> bool:
    """Whether two columns of running text stand side by side."""
    left = [line for line in band if grid.column(line) == 1]
    right = [line for line in band if grid.column(line) == 2]
    if min(len(left), len(right)) < _FEWEST:
        return False
    return all(_is_filled(column) for column in (left, right))


def _is_filled(column: Sequence[Line]) -> bool:
    width = max(line.right for line in column) - min(line.left for line in column)
    return median(line.right - line.left for line in column) > _FULL * width


def _fitted(pages: Sequence[Sequence[Line]], grid: _Grid) -> _Grid:
    """The grid with the margins at which lines of columns begin: indents begin further right."""
    bands = [band for page in pages for band in _bands(page, grid) if _is_in_columns(band, grid)]
    sides = [[line for band in bands for line in band if grid.column(line) == at] for at in (1, 2)]
    left, right = map(_margin, sides)
    ends = Counter(round(line.right) for line in sides[0])
    shared = [end for end, count in ends.items() if count > len(sides[0]) / 10]
    return _Grid(left, max(shared, default=max(ends)), right)


def _margin(lines: Sequence[Line]) -> float:
    starts = Counter(round(line.left) for line in lines)
    usual = [start for start, count in starts.items() if count >= max(2, len(lines) / 12)]
    wanted = min(usual, default=min(starts))
    return min(line.left for line in lines if round(line.left) == wanted)


def _ordered(page: Sequence[Line], grid: _Grid) -> Iterator[Line]:
    lines = [half for line in page for half in _halves(line, grid)]
    bands = list(_bands(lines, grid))
    shown = any(_is_in_columns(band, grid) for band in bands)
    whole = all(grid.column(line) for line in lines) and len(lines) >= _FEWEST
    for band in bands:
        if grid.column(band[0]) and (whole or (shown and _reaches(band, grid))):
            for at in (1, 2):
                yield from (_moved(line, grid, at) for line in band if grid.column(line) == at)
        else:
            yield from band


def _reaches(band: Sequence[Line], grid: _Grid) -> bool:
    """Whether a band is of columns, and no short lines of a text that goes across."""
    if any(grid.column(line) == 2 for line in band):
        return True
    return sum(grid.end - line.right < line.size for line in band) > 1


def _halves(line: Line, grid: _Grid) -> Iterator[Line]:
    """A line of each column, where both were drawn as one."""
    at = next(
        (at for at, span in enumerate(line.spans) if _begins_right(line.spans, at, grid)), None
    )
    if grid.column(line) or not at:
        yield line
        return
    yield read_line_of(line.page, line.spans[:at])
    yield read_line_of(line.page, line.spans[at:])


def _begins_right(spans: Sequence[Span], at: int, grid: _Grid) -> bool:
    span, last = spans[at], spans[at - 1]
    return (
        at > 0
        and span.left - last.right > _GUTTER * span.size
        and last.right < grid.right
        and -_MARGIN < (span.left - grid.right) / span.size < _INDENT
    )


def _moved(line: Line, grid: _Grid, column: int) -> Line:
    shift = grid.right - grid.left if column == 2 else 0.0
    return replace(line, left=line.left - shift, right=line.right - shift, column=column)
