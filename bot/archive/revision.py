"""A number that is another one as soon as an answer may be: kept by the database itself (migration 0005)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

from sqlalchemy import Connection, Engine

from bot.archive.statement import Statement

# Under load dozens of messages share one look. A clock that stands still makes each look for itself.
SHARED = timedelta(milliseconds=20)

NUMBER = "SELECT number FROM revision"
T = TypeVar("T")


def revision_of(connection: Connection) -> int:
    """The number that a transaction sees."""
    return int(connection.exec_driver_sql(NUMBER).scalar_one())


class KeptSince(Generic[T]):
    """What has been read since the archive last changed, by ID. Threads share it."""

    def __init__(self) -> None:
        self._kept: tuple[int, dict[str, T]] = (0, {})

    def at(self, connection: Connection) -> dict[str, T]:
        """What holds for this transaction; what it reads may be added."""
        number, kept = revision_of(connection), self._kept
        if kept[0] != number:
            self._kept = kept = (number, {})
        return kept[1]


class Revision:
    """Grows with every change of an issue, a delivery or an editor, whoever makes it."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._number = Statement(engine, NUMBER)
        self._now = now
        self._seen = (datetime.min.replace(tzinfo=UTC), 0)

    def now(self) -> int:
        """As of some hundredths of a second ago at most. Raises ArchiveError."""
        (when, number), now = self._seen, self._now()
        if not timedelta(0) < now - when < SHARED:
            number = int(self._number.row()[0])
            self._seen = (now, number)
        return number
