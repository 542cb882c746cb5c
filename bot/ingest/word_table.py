"""The tables of a Word file: some hold figures in rows and columns, others only set text side by side."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from bot.ingest.labels import is_contents_label, is_references_label
from bot.ingest.links import Piece, on_the_web, shown
from bot.ingest.prose import trimmed
from bot.ingest.sentence import ends_sentence
from bot.shape import Run, Runs, Table

# A row with fewer words than this, or a table with fewer such rows, has nothing to compare.
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class Cell:
    """A paragraph as it is shown: its lines, and how it is set; or a table's row, as one line.

    `columns` are those of a row, some of them empty, and `table` tells whose row it is. The first
    row of a table that is kept as one has it as its `shape`.
    """

    pieces: tuple[Piece, ...]
    level: int = 0
    bold: bool = False
    bullet: bool = False
    indented: bool = False
    contents: bool = False
    columns: tuple[tuple[Piece, ...], ...] = ()
    table: int = 0
    shape: Table | None = None

    @property
    def text(self) -> str:
        """Its words."""
        return shown(self.pieces).strip()


def with_tables(cells: Sequence[Cell | None]) -> list[Cell | None]:
    """As many as before: a table stands in its first row's place, None in the others'.

    Only within the text: the head of a report, its contents and its references are no tables even
    where they are set in one.
    """
    kept: list[Cell | None] = []
    for _, group in groupby(cells, key=_table_of):
        rows = [*group]
        kept += _as_table(rows) if _is_table(rows) and _is_text(kept) else rows
    return kept


def _table_of(cell: Cell | None) -> tuple[int, int]:
    return (cell.table, len(cell.columns)) if cell and cell.columns else (0, 0)


def _is_table(rows: Sequence[Cell | None]) -> bool:
    full = [cell for cell in rows if cell and sum(map(bool, cell.columns)) >= _FEWEST]
    return len(full) >= _FEWEST


def _is_text(above: Sequence[Cell | None]) -> bool:
    """Whether what stands above is a report's text, and neither its contents list nor its end."""
    words = [cell.text for cell in above if cell]
    if not any(map(ends_sentence, words)) or is_contents_label(words[-1]):
        return False
    return not any(map(is_references_label, words))


def _as_table(rows: Sequence[Cell | None]) -> Iterator[Cell | None]:
    head, *others = [tuple(map(_runs, cell.columns)) for cell in rows if cell]
    for at, cell in enumerate(rows):
        shape = Table(("",) * len(head), head, tuple(others))
        yield replace(cell, shape=shape) if cell and not at else None


def _runs(pieces: Sequence[Piece]) -> Runs:
    return trimmed(
        [Run(" ".join(each.text.split("\n")), link=on_the_web(each.link)) for each in pieces]
    )
