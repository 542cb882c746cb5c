"""A number that is another one as soon as an answer may be: kept by the database itself (migration 0005)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from bot.archive.statement import Statement

# Under load dozens of messages share one look. A clock that stands still makes each look for itself.
SHARED = timedelta(milliseconds=20)


class Revision:
    """Grows with every change of an issue, a delivery or an editor, whoever makes it."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._number = Statement(engine, "SELECT number FROM revision")
        self._now = now
        self._seen = (datetime.min.replace(tzinfo=UTC), 0)

    def now(self) -> int:
        """As of some hundredths of a second ago at most. Raises ArchiveError."""
        (when, number), now = self._seen, self._now()
        if not timedelta(0) < now - when < SHARED:
            number = int(self._number.row()[0])
            self._seen = (now, number)
        return number
