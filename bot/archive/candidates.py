"""What SQLite's FTS5 is asked, and all that is written for it alone.

The index is contentless: it keeps the streams' postings and nothing else. So a text leaves it only
by way of the very stream that it came in with. It names candidates; `rank` judges them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, Date, Integer, Text, column, text

from bot.archive.terms import Group, Phrase, Term, Way, Word, term
from bot.delivery import State

# The newest so many that match anywhere, and that match in the heading: sections outside them are
# reached by a second word. They keep the time of an answer apart from the size of the archive.
NEWEST = 500
NEWEST_BY_HEADING = 200
# One word of several tells little, so more of the sections that hold it are looked at.
NEWEST_SIMILAR = 2000
# A word found more often than this is a frequent one; how much more often makes no difference.
COUNTED = 3000

_INSERT = text("INSERT INTO section_index(rowid, title, body) VALUES (:id, :title, :body)")
_DELETE = text(
    "INSERT INTO section_index(section_index, rowid, title, body)"
    " VALUES ('delete', :id, :title, :body)"
)
_COUNT = text(
    "SELECT count(*) FROM"
    " (SELECT rowid FROM section_index WHERE section_index MATCH :match LIMIT :counted)"
)
_TOTAL = text("SELECT count(*) FROM sections")
# CROSS JOIN keeps the order of the loops: the index yields its newest first and is stopped at the
# limit. Anything else would collect every match before it sorts them.
_FIND = """
    SELECT sections.id, sections.issue_id, issues.day, issues.edition, sections.position,
        sections.folded_heading, sections.folded_body
    FROM section_index
    CROSS JOIN sections ON sections.id = section_index.rowid
    CROSS JOIN issues ON issues.id = sections.issue_id
    {published}
    WHERE section_index MATCH :match
    ORDER BY section_index.rowid DESC LIMIT :newest
"""
_PUBLISHED = f"""
    CROSS JOIN deliveries
        ON deliveries.issue_id = sections.issue_id AND deliveries.account = :account
        AND deliveries.state = '{State.PUBLISHED}'
"""
_COLUMNS = (
    column("id", Integer),
    column("issue_id", Text),
    column("day", Date),
    column("edition", Integer),
    column("position", Integer),
    column("folded_heading", Text),
    column("folded_body", Text),
)
_FIND_ANY = text(_FIND.format(published="")).columns(*_COLUMNS)
_FIND_PUBLISHED = text(_FIND.format(published=_PUBLISHED)).columns(*_COLUMNS)


class Candidate(NamedTuple):
    """A section that the index names; `heading` and `body` are folded."""

    section_id: int
    issue_id: str
    day: date
    edition: int
    position: int
    heading: str
    body: str


def add(connection: Connection, section_id: int, title: str, body: str) -> None:
    """Take in the streams of a section."""
    connection.execute(_INSERT, {"id": section_id, "title": title, "body": body})


def remove(connection: Connection, section_id: int, title: str, body: str) -> None:
    """Take out exactly the streams that came in; other ones would leave ghosts behind."""
    connection.execute(_DELETE, {"id": section_id, "title": title, "body": body})


def total(connection: Connection) -> int:
    """How many sections there are."""
    return int(connection.execute(_TOTAL).scalar_one())


def count(connection: Connection, wanted: Term) -> int:
    """How many sections hold a term, counted to 3,000."""
    values = {"match": _term(wanted), "counted": COUNTED}
    return int(connection.execute(_COUNT, values).scalar_one())


def holding_all(
    connection: Connection,
    groups: Sequence[Group],
    excluded: Sequence[Word],
    *,
    published_by: str | None,
) -> list[Candidate]:
    """The newest sections that satisfy every group, in the heading or anywhere.

    With `published_by`, an account, only sections of issues that it has published.
    """
    wanted = " AND ".join(map(_group, groups))
    find = _Find(connection, _but_not(excluded), published_by)
    newest = find(wanted, NEWEST)
    if len(newest) < NEWEST:
        return newest
    seen = {candidate.section_id for candidate in newest}
    by_heading = find(f"{{title}} : ({wanted})", NEWEST_BY_HEADING)
    return newest + [each for each in by_heading if each.section_id not in seen]


def holding_any(
    connection: Connection,
    terms: Sequence[Term],
    excluded: Sequence[Word],
    *,
    published_by: str | None,
) -> list[Candidate]:
    """The newest sections that hold at least one of the terms."""
    wanted = " OR ".join(map(_term, terms))
    return _Find(connection, _but_not(excluded), published_by)(wanted, NEWEST_SIMILAR)


@dataclass(frozen=True, slots=True)
class _Find:
    connection: Connection
    but_not: str
    published_by: str | None

    def __call__(self, wanted: str, newest: int) -> list[Candidate]:
        statement = _FIND_ANY if self.published_by is None else _FIND_PUBLISHED
        values = {"match": f"({wanted}){self.but_not}", "newest": newest}
        if self.published_by is not None:
            values["account"] = self.published_by
        return [Candidate(*row) for row in self.connection.execute(statement, values).all()]


# MATCH expressions. A token holds letters, digits or characters only, and is quoted all the same:
# nothing that a follower writes is read as an operator.


def _but_not(excluded: Iterable[Word]) -> str:
    unwanted = " OR ".join(_term(term(word)) for word in excluded)
    return f" NOT ({unwanted})" if unwanted else ""


def _group(group: Group) -> str:
    return f"({' OR '.join(map(_way, group))})"


def _way(way: Way) -> str:
    return f"({' AND '.join(map(_term, way))})"


def _term(wanted: Term) -> str:
    return f"({' AND '.join(map(_phrase, wanted.phrases))})"


def _phrase(phrase: Phrase) -> str:
    return f'"{" ".join(phrase.tokens)}"' + (" *" if phrase.prefix else "")
