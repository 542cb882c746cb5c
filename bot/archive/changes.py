"""Who changed which of the settings, and what they were before. Never a secret: none can be changed there."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, insert, select

from bot.archive.database import reading, writing
from bot.archive.statistics_tables import changes

LONGEST_NAME = 64  # characters of `who`, and of `what`


@dataclass(frozen=True, slots=True)
class Difference:
    """What was changed (`schedule.publish_at`, `wording.welcome`), as texts; empty: it was, or is, not there."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """A line of the record; `number` counts up."""

    number: int
    at: datetime
    who: str
    what: str
    before: str
    after: str


class Changes:
    """The record of all changes to one installation's settings: only ever added to."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now

    @contextmanager
    def noted(self, who: str, differences: Sequence[Difference]) -> Iterator[None]:
        """What is done inside, and its lines in the record: both, or where the inside raises neither."""
        rows = [
            {
                "at": self._now(),
                "who": who[:LONGEST_NAME],
                "what": each.what[:LONGEST_NAME],
                "before": each.before,
                "after": each.after,
            }
            for each in differences
        ]
        with writing(self._engine) as connection:
            if rows:
                connection.execute(insert(changes), rows)
            yield

    def newest(self, limit: int, *, below: int | None = None, of: str = "") -> list[Change]:
        """The newest first; those with smaller numbers than `below`, and of the section `of` only."""
        query = select(changes).order_by(changes.c.id.desc()).limit(limit)
        if below is not None:
            query = query.where(changes.c.id < below)
        if of:
            query = query.where(changes.c.what.startswith(of, autoescape=True))
        with reading(self._engine) as connection:
            return [Change(*row) for row in connection.execute(query)]
