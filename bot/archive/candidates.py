"""The sections that may answer. The index names them; `rank` judges them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Connection, Row, text

from bot.archive import fts5, tsvector
from bot.archive.terms import Group, Term, Word, term
from bot.archive.words import Streams

# The newest so many that match anywhere, and that match in the heading: sections outside them are
# reached by a second word. They keep the time of an answer apart from the size of the archive.
NEWEST = 300
NEWEST_BY_HEADING = 200
# One word of several tells little, so more of the sections that hold it are looked at.
NEWEST_SIMILAR = 2000
# A word found more often than this is a frequent one; how much more often makes no difference.
COUNTED = 3000

_TOTAL = text("SELECT count(*) FROM sections")


class Index(Protocol):
    """What a database's own index can do; see `fts5` and `tsvector`."""

    ALL: str
    ANY: str

    def add(
        self, connection: Connection, sections: Sequence[Streams], *, new: bool = False
    ) -> None: ...
    def remove(
        self, connection: Connection, sections: Sequence[Streams], *, new: bool = False
    ) -> None: ...
    def begin_anew(self, connection: Connection) -> None: ...
    def replace(self, connection: Connection) -> None: ...
    def count(self, connection: Connection, match: str, at_most: int) -> int: ...
    def find(
        self,
        connection: Connection,
        match: str,
        newest: int,
        *,
        but_not: str = "",
        in_heading: bool = False,
        published_by: str | None = None,
        days: tuple[date, date] | None = None,
    ) -> Sequence[Row[Any]]: ...
    def expression(self, term: Term) -> str: ...
    def joined(self, operator: str, parts: Iterable[str]) -> str: ...


INDEXES: Mapping[str, Index] = {"sqlite": fts5, "postgresql": tsvector}


def index_of(connection: Connection) -> Index:
    """The index of the database at the other end."""
    return INDEXES[connection.dialect.name]


class Candidate(NamedTuple):
    """A section that the index names; `heading` and `body` are folded."""

    section_id: int
    issue_id: str
    position: int
    heading: str
    body: str


@lru_cache(maxsize=10_000)
def day_and_edition(issue_id: str) -> tuple[date, int]:
    """What an issue's ID says of it: `2026-06-13` is the first edition of its day."""
    return date.fromisoformat(issue_id[:10]), int(issue_id[11:] or 1)


def total(connection: Connection) -> int:
    """How many sections there are."""
    return int(connection.execute(_TOTAL).scalar_one())


def count(connection: Connection, wanted: Term) -> int:
    """How many sections hold a term, counted to 3,000."""
    index = index_of(connection)
    return index.count(connection, index.expression(wanted), COUNTED)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Where a question looks: not in what holds `excluded` words.

    With `published_by`, an account, only in issues that it has published; with `days`, only in theirs.
    """

    connection: Connection
    excluded: Sequence[Word]
    published_by: str | None
    days: tuple[date, date] | None = None

    def holding_all(self, groups: Sequence[Group]) -> list[Candidate]:
        """The newest sections that satisfy every group, in the heading or anywhere."""
        index = index_of(self.connection)
        wanted = index.joined(index.ALL, (_group(index, group) for group in groups))
        newest = self._find(wanted, NEWEST)
        if len(newest) < NEWEST:
            return newest
        seen = {candidate.section_id for candidate in newest}
        by_heading = self._find(wanted, NEWEST_BY_HEADING, in_heading=True)
        return newest + [each for each in by_heading if each.section_id not in seen]

    def holding_any(self, terms: Sequence[Term], newest: int = NEWEST_SIMILAR) -> list[Candidate]:
        """The newest sections that hold at least one of the terms."""
        index = index_of(self.connection)
        wanted = index.joined(index.ANY, map(index.expression, terms))
        return self._find(wanted, newest)

    def _find(self, wanted: str, newest: int, *, in_heading: bool = False) -> list[Candidate]:
        index = index_of(self.connection)
        unwanted = [index.expression(term(word)) for word in self.excluded]
        rows = index.find(
            self.connection,
            wanted,
            newest,
            but_not=index.joined(index.ANY, unwanted) if unwanted else "",
            in_heading=in_heading,
            published_by=self.published_by,
            days=self.days,
        )
        return [Candidate._make(row) for row in rows]


def _group(index: Index, group: Group) -> str:
    ways = (index.joined(index.ALL, map(index.expression, way)) for way in group)
    return index.joined(index.ANY, ways)
