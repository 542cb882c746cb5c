"""What editors are told without having asked: decided once, told at least once.

Deciding and telling are two steps, so that neither a crash nor a dead robot loses a notice. A
notice is told under a lease; one whose teller died in the middle is told again when that is over,
so somebody may read it twice, but nobody not at all.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Engine, Row, delete, or_, select, update

from bot.archive.database import reading, upsert, writing
from bot.archive.tables import notices

# Longer than telling one may take: each channel has a time-out of its own.
LEASE = timedelta(minutes=5)
# After so many failures; the last one again and again, until it is of no use any more.
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60)]
WORTH_TELLING = timedelta(days=1)
LONGEST_KIND = 24  # characters


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice `about` an issue or a day (its ID, or its date).

    `kind` says which of them: `ready`, or with a mark of what in particular, `bad_file:3f1c0a`.
    `problem` is why it could not be told so far, a sentence a line.
    """

    about: str
    kind: str
    text: str
    at: datetime
    leased_until: datetime | None = None
    told_at: datetime | None = None
    tries: int = 0
    problem: str = ""


class Notices:
    """The notices of one `account`. Every method is one transaction."""

    def __init__(self, engine: Engine, account: str, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._account = account
        self._now = now

    def decide(self, about: str, kind: str, text: str) -> bool:
        """Have that said, once however often and by however many it is decided.

        True for the one call that did it; `text` of any other is let go.
        """
        row = {"account": self._account, "about": about, "kind": kind[:LONGEST_KIND]}
        if self.said([about]).get(about, frozenset()) & {row["kind"]}:
            return False  # the usual case, which must not wait for whoever writes
        with writing(self._engine) as connection:
            added = connection.execute(
                upsert(connection, notices)
                .values(**row, text=text, at=self._now())
                .on_conflict_do_nothing()
                .returning(notices.c.kind)  # the driver of PostgreSQL does not count rows here
            )
            return added.first() is not None

    def said(self, abouts: Collection[str]) -> dict[str, frozenset[str]]:
        """The kinds that were decided on about each of these; nothing for one that has none."""
        query = select(notices.c.about, notices.c.kind).where(
            notices.c.account == self._account, notices.c.about.in_(abouts)
        )
        found: dict[str, set[str]] = {}
        with reading(self._engine) as connection:
            for about, kind in connection.execute(query):
                found.setdefault(about, set()).add(kind)
        return {about: frozenset(kinds) for about, kinds in found.items()}

    def untold(self, limit: int = 20) -> list[Notice]:
        """Those that may be told now, oldest first."""
        return self._listed(self._due(), limit)

    def lease(self, notice: Notice) -> Notice | None:
        """Be the only one who tells it, for LEASE; None if somebody else is, or has."""
        until = self._now() + LEASE
        with writing(self._engine) as connection:
            taken = connection.execute(
                update(notices).where(self._is(notice), self._due()).values(leased_until=until)
            )
        return _leased(notice, until) if taken.rowcount else None

    def told(self, notice: Notice, problem: str = "") -> None:
        """Somebody was reached; `problem` tells who was not."""
        values = {"told_at": self._now(), "leased_until": None, "problem": problem}
        self._note(notice, notices.c.told_at.is_(None), values)

    def failed(self, notice: Notice, problem: str) -> None:
        """Nobody was reached. It is tried again after a pause that grows."""
        pause = PAUSES[min(notice.tries, len(PAUSES) - 1)]
        values = {
            "tries": notice.tries + 1,
            "leased_until": self._now() + pause,
            "problem": problem,
        }
        # One that outlived its lease must not shorten the next one's.
        self._note(notice, notices.c.leased_until == notice.leased_until, values)

    def unreached(self, limit: int = 20) -> list[Notice]:
        """Those that were tried and reached nobody, newest first: for a person to look at."""
        nobody = (notices.c.account == self._account) & notices.c.told_at.is_(None)
        return self._listed(nobody & (notices.c.problem != ""), limit, newest_first=True)

    def forget_before(self, moment: datetime, *, dry_run: bool = False) -> int:
        """Delete what was decided before then and is told or has lapsed. How many those are."""
        old = (notices.c.account == self._account) & (notices.c.at < moment)
        old &= notices.c.told_at.is_not(None) | (notices.c.at <= self._now() - WORTH_TELLING)
        if dry_run:
            with reading(self._engine) as connection:
                return len(connection.execute(select(notices.c.at).where(old)).all())
        with writing(self._engine) as connection:
            return connection.execute(delete(notices).where(old)).rowcount

    def _listed(
        self, which: ColumnElement[bool], limit: int, *, newest_first: bool = False
    ) -> list[Notice]:
        order = notices.c.at.desc() if newest_first else notices.c.at
        query = select(notices).where(which).order_by(order, notices.c.about, notices.c.kind)
        with reading(self._engine) as connection:
            return [_notice(row) for row in connection.execute(query.limit(limit))]

    def _note(
        self, notice: Notice, still: ColumnElement[bool], values: Mapping[str, object]
    ) -> None:
        with writing(self._engine) as connection:
            connection.execute(update(notices).where(self._is(notice), still).values(**values))

    def _due(self) -> ColumnElement[bool]:
        now = self._now()
        free = or_(notices.c.leased_until.is_(None), notices.c.leased_until <= now)
        recent = notices.c.at > now - WORTH_TELLING
        return (notices.c.account == self._account) & notices.c.told_at.is_(None) & free & recent

    def _is(self, notice: Notice) -> ColumnElement[bool]:
        return (
            (notices.c.account == self._account)
            & (notices.c.about == notice.about)
            & (notices.c.kind == notice.kind)
        )


def _notice(row: Row[Any]) -> Notice:
    return Notice(**{name: getattr(row, name) for name in Notice.__slots__})


def _leased(notice: Notice, until: datetime) -> Notice:
    return replace(notice, leased_until=until)
