"""The sections that may answer. The index names them; `rank` judges them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text

from bot.archive.index import Index, index_of
from bot.archive.numbering import ALL, numbers_of
from bot.archive.terms import Group, Term, Word, term
from bot.archive.texts import Candidate, Texts

# The newest so many that match anywhere, and that match in the heading: sections outside them are
# reached by a second word. They keep the time of an answer apart from the size of the archive.
NEWEST = 300
NEWEST_BY_HEADING = 200
# One word of several tells little, so more of the sections that hold it are looked at.
NEWEST_SIMILAR = 2000
# A word found more often than this is a frequent one; how much more often makes no difference.
COUNTED = 3000

_TOTAL = text("SELECT count(*) FROM sections")


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

    Only in issues that `texts` has, and with `days` only in theirs.
    """

    connection: Connection
    excluded: Sequence[Word]
    texts: Texts
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
        but_not = index.joined(index.ANY, unwanted) if unwanted else ""
        within, asked = numbers_of(self.days) if self.days else ALL, newest
        found: list[Candidate] = []
        while True:
            ids = index.find(
                self.connection, wanted, asked, within, but_not=but_not, in_heading=in_heading
            )
            found += self.texts.of(ids)
            if len(found) >= newest or len(ids) < asked:
                return found[:newest]
            # Some are not published: look further back.
            within, asked = within._replace(highest=ids[-1] - 1), 2 * asked


def _group(index: Index, group: Group) -> str:
    ways = (index.joined(index.ALL, map(index.expression, way)) for way in group)
    return index.joined(index.ANY, ways)
