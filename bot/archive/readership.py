"""What the platform has counted: who read the issues, who began and ceased to follow. Kept for ever."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Engine, and_, func, select

from bot.archive.database import reading, upsert, writing
from bot.archive.statistics_tables import (
    article_reads,
    follower_changes,
    statistics_asked,
    statistics_rounds,
)
from bot.archive.tables import deliveries, issues, steps
from bot.delivery import State


class Kind(StrEnum):
    """What is asked for by the day: the articles published on it, or who came and went."""

    ARTICLES = "articles"
    FOLLOWERS = "followers"


class Figures(Protocol):
    """Of an article, from its publication to the end of `day`."""

    @property
    def day(self) -> date: ...
    @property
    def reads(self) -> int: ...
    @property
    def shares(self) -> int: ...
    @property
    def favourites(self) -> int: ...


class Change(Protocol):
    """Of a day."""

    @property
    def day(self) -> date: ...
    @property
    def gained(self) -> int: ...
    @property
    def lost(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Publication:
    """An issue that readers have. `days` are those on which it may have been published."""

    issue_id: str
    title: str
    url: str
    msg_data_id: str
    days: frozenset[date]


@dataclass(frozen=True, slots=True)
class Read:
    """A published issue, and how many have read, shared and kept it; None: not counted yet."""

    issue_id: str
    day: date
    headline: str
    reads: int | None
    shares: int | None
    favourites: int | None


@dataclass(frozen=True, slots=True)
class Followers:
    """How many came and went on a day."""

    day: date
    gained: int
    lost: int


@dataclass(frozen=True, slots=True)
class Round:
    """The newest try: when, the day on which all was got last, and why not now."""

    tried_at: datetime
    done_on: date | None
    problem: str


class Readership:
    """One account's. Every method is one transaction."""

    def __init__(self, engine: Engine, account: str, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._account = account
        self._now = now

    def publications(self, since: date) -> list[Publication]:
        """The issues of that day and later that are published, oldest first."""
        published = and_(
            steps.c.issue_id == issues.c.id,
            steps.c.account == self._account,
            steps.c.after == State.PUBLISHED,
            steps.c.before != State.PUBLISHED,
        )
        when = select(func.max(steps.c.at)).where(published).scalar_subquery()
        query = select(
            issues.c.id,
            issues.c.day,
            issues.c.name,
            deliveries.c.url,
            deliveries.c.msg_data_id,
            when.label("at"),
        )
        query = query.select_from(issues.join(deliveries, self._own())).where(
            issues.c.day >= since, deliveries.c.state == State.PUBLISHED
        )
        zone = self._now().tzinfo
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(issues.c.day, issues.c.edition)).all()
        # One published by hand was noted later, maybe on another day.
        days = [{row.day, *([row.at.astimezone(zone).date()] if row.at else [])} for row in rows]
        return [
            Publication(row.id, row.name, row.url, row.msg_data_id, frozenset(of))
            for row, of in zip(rows, days, strict=True)
        ]

    def _own(self) -> ColumnElement[bool]:
        return and_(deliveries.c.issue_id == issues.c.id, deliveries.c.account == self._account)

    def asked(self, kind: Kind, since: date) -> Mapping[date, date]:
        """Since that day, the days asked for, each with the day of the last answer."""
        of = statistics_asked.c
        query = select(of.day, of.asked_on).where(
            of.account == self._account, of.kind == kind, of.day >= since
        )
        with reading(self._engine) as connection:
            return {row.day: row.asked_on for row in connection.execute(query)}

    def note_articles(
        self, day: date, found: Mapping[str, Iterable[Figures]], *, whole: bool = True
    ) -> None:
        """What is known of the articles published on a day, by issue; it is asked for, unless not `whole` yet."""
        rows = [
            {
                "issue_id": issue_id,
                "day": each.day,
                "reads": each.reads,
                "shares": each.shares,
                "favourites": each.favourites,
            }
            for issue_id, figures in found.items()
            for each in figures
        ]
        self._note(article_reads, ("issue_id", "day"), rows, Kind.ARTICLES, [day] if whole else [])

    def note_followers(self, days: Sequence[date], found: Iterable[Change]) -> None:
        """Who came and went on those days; they are asked for."""
        rows = [{"day": each.day, "gained": each.gained, "lost": each.lost} for each in found]
        self._note(follower_changes, ("day",), rows, Kind.FOLLOWERS, days)

    def _note(
        self,
        table: Any,
        key: Sequence[str],
        rows: Sequence[dict[str, Any]],
        kind: Kind,
        days: Sequence[date],
    ) -> None:
        today = self._now().date()
        with writing(self._engine) as connection:
            for row in rows:
                _put(connection, table, ("account", *key), {"account": self._account, **row})
            for day in days:
                told = {"account": self._account, "kind": kind, "day": day, "asked_on": today}
                _put(connection, statistics_asked, ("account", "kind", "day"), told)

    def last_round(self) -> Round | None:
        """The newest try at all of it; None before the first."""
        of = statistics_rounds.c
        query = select(of.tried_at, of.done_on, of.problem).where(of.account == self._account)
        with reading(self._engine) as connection:
            row = connection.execute(query).one_or_none()
        return Round(row.tried_at, row.done_on, row.problem) if row else None

    def note_round(self, problem: str = "") -> None:
        """It was tried just now; without a problem all was got."""
        now = self._now()
        row: dict[str, Any] = {"account": self._account, "tried_at": now, "problem": problem}
        if not problem:
            row["done_on"] = now.date()
        with writing(self._engine) as connection:
            _put(connection, statistics_rounds, ("account",), row)

    def reads(self, since: date) -> list[Read]:
        """The published issues of that day and later, newest first."""
        of = article_reads.c
        # Each day's figures are those up to then: the newest, which may be lower than one before.
        later = article_reads.alias()
        newest_day = select(func.max(later.c.day)).where(
            later.c.account == self._account, later.c.issue_id == issues.c.id
        )
        own = and_(
            of.account == self._account,
            of.issue_id == issues.c.id,
            of.day == newest_day.scalar_subquery(),
        )
        names = (issues.c.id, issues.c.day, issues.c.headline)
        figures = (of.reads, of.shares, of.favourites)
        tables = issues.join(deliveries, self._own()).outerjoin(article_reads, own)
        query = select(*names, *figures).select_from(tables)
        query = query.where(issues.c.day >= since, deliveries.c.state == State.PUBLISHED)
        newest = query.order_by(issues.c.day.desc(), issues.c.edition.desc())
        with reading(self._engine) as connection:
            return [Read(*row) for row in connection.execute(newest)]

    def followers(self, since: date) -> list[Followers]:
        """Who came and went from that day on, oldest first; a day of which nothing is known is left out."""
        of = follower_changes.c
        query = select(of.day, of.gained, of.lost).where(
            of.account == self._account, of.day >= since
        )
        with reading(self._engine) as connection:
            return [Followers(*row) for row in connection.execute(query.order_by(of.day))]


def _put(connection: Any, table: Any, key: Sequence[str], row: dict[str, Any]) -> None:
    fresh = {name: value for name, value in row.items() if name not in key}
    one = upsert(connection, table).values(**row)
    connection.execute(one.on_conflict_do_update(index_elements=list(key), set_=fresh))
