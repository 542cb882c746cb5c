"""Who has an issue open in the editor, so that two people do not change it unawares."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, select

from bot.archive.database import noting, reading, upsert
from bot.archive.tables import editing

RECENT = timedelta(minutes=2)  # a page that is open says so every half minute


class Presence:
    """Who is where. Every method is one transaction."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now

    def note(self, issue_id: str, name: str) -> None:
        """`name` has that issue open. Whoever was seen longer ago is forgotten."""
        now = self._now()
        with noting(self._engine) as connection:
            connection.execute(delete(editing).where(editing.c.seen_at < now - RECENT))
            connection.execute(
                upsert(connection, editing)
                .values(issue_id=issue_id, name=name, seen_at=now)
                .on_conflict_do_update(
                    index_elements=[editing.c.issue_id, editing.c.name], set_={"seen_at": now}
                )
            )

    def others(self, issue_id: str, name: str) -> Sequence[str]:
        """Who else had it open in the last two minutes, by name."""
        seen = editing.c.seen_at >= self._now() - RECENT
        query = select(editing.c.name).where(
            editing.c.issue_id == issue_id, editing.c.name != name, seen
        )
        with reading(self._engine) as connection:
            return list(connection.execute(query.order_by(editing.c.name)).scalars())
