"""What the archive holds, for whoever leafs through it or carries all of it away."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Engine, Row, Select, and_, extract, func, or_, select, tuple_

from bot.archive.database import reading
from bot.archive.search import Found, Search
from bot.archive.tables import deliveries, issues
from bot.delivery import Entry, State
from bot.model import Issue

AT_ONCE = 50  # issues read together, of some 20 kB each
STATE = func.coalesce(deliveries.c.state, State.RECEIVED.value)
OLDEST_FIRST = (issues.c.day, issues.c.edition)
NEWEST_FIRST = (issues.c.day.desc(), issues.c.edition.desc())
Key = tuple[date, int]  # a day and an edition


@dataclass(frozen=True, slots=True)
class Kept:
    """An issue with where it came from."""

    entry: Entry
    issue: Issue
    source_name: str
    source_digest: str
    added_at: datetime


class Holdings:
    """The issues, and how far `account` has brought them. Every question is one statement."""

    def __init__(self, engine: Engine, account: str) -> None:
        self._engine = engine
        self._own = (deliveries.c.issue_id == issues.c.id) & (deliveries.c.account == account)

    def months(self) -> list[tuple[int, int, int]]:
        """(year, month, how many issues), newest first."""
        year, month = extract("year", issues.c.day), extract("month", issues.c.day)
        query = select(year, month, func.count()).group_by(year, month)
        with reading(self._engine) as connection:
            found = [(int(a), int(b), int(c)) for a, b, c in connection.execute(query)]
        return sorted(found, reverse=True)

    def entries(
        self,
        days: tuple[date, date] | None,
        states: Collection[State],
        *,
        before: Key | None,
        limit: int,
    ) -> list[Entry]:
        """The newest issues of these days (inclusive) in one of these states, if any are named."""
        query = self._entries().order_by(*NEWEST_FIRST).limit(limit)
        conditions: list[ColumnElement[bool]] = []
        if days:
            conditions.append(issues.c.day.between(*days))
        if states:
            conditions.append(STATE.in_([state.value for state in states]))
        if before:
            day, edition = before
            same_day = and_(issues.c.day == day, issues.c.edition < edition)
            conditions.append(or_(issues.c.day < day, same_day))
        with reading(self._engine) as connection:
            return [_entry(row) for row in connection.execute(query.where(*conditions))]

    def of(self, ids: Collection[str]) -> dict[str, Entry]:
        """Those issues, by ID."""
        query = self._entries().where(issues.c.id.in_(list(ids)))
        with reading(self._engine) as connection:
            return {row.id: _entry(row) for row in connection.execute(query)} if ids else {}

    def search(
        self,
        search: Search,
        words: str,
        today: date,
        days: tuple[date, date] | None = None,
        limit: int = 10,
    ) -> list[Found]:
        """The issues (of `days`) that say `words`, published or not, best first, each with why."""
        with reading(self._engine) as connection:
            return search.find(
                connection, words, today=today, published_by=None, days=days, limit=limit
            )

    def all(self) -> Iterator[Kept]:
        """Every issue, oldest first; no transaction lasts longer than a few of them."""
        columns = (
            issues.c.edition,
            issues.c.structure,
            issues.c.source_name,
            issues.c.source_digest,
            issues.c.added_at,
        )
        query = self._entries().add_columns(*columns).order_by(*OLDEST_FIRST).limit(AT_ONCE)
        after = None
        while True:
            further = query.where(tuple_(*OLDEST_FIRST) > after) if after else query
            with reading(self._engine) as connection:
                rows = connection.execute(further).all()
            yield from map(_kept, rows)
            if len(rows) < AT_ONCE:
                return
            after = (rows[-1].day, rows[-1].edition)

    def _entries(self) -> Select[Any]:
        query = select(
            issues.c.id,
            issues.c.day,
            issues.c.name,
            issues.c.headline,
            STATE.label("state"),
            deliveries.c.url,
            deliveries.c.cover_url,
            deliveries.c.problem,
        )
        return query.select_from(issues.outerjoin(deliveries, self._own))


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        issue_id=row.id,
        day=row.day,
        name=row.name,
        headline=row.headline,
        state=State(row.state),
        url=row.url or "",
        cover_url=row.cover_url or "",
        problem=row.problem or "",
    )


def _kept(row: Row[Any]) -> Kept:
    issue = Issue.from_record(json.loads(row.structure), row.edition)
    return Kept(_entry(row), issue, row.source_name, row.source_digest, row.added_at)
