"""The platform's word on publications: it may come before the answer to our own call."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, select

from bot.archive.database import reading, upsert, writing
from bot.archive.tables import deliveries, outcomes
from bot.delivery import STILL_AT_IT, Outcome


class Outcomes:
    """What the platform has said, of one account."""

    engine: Engine
    account: str
    _now: Callable[[], datetime]

    def outcome(self, publish_id: str) -> Outcome | None:
        """What the platform said of that publication, once it has."""
        query = select(outcomes).where(
            outcomes.c.account == self.account, outcomes.c.publish_id == publish_id
        )
        with reading(self.engine) as connection:
            row = connection.execute(query).one_or_none()
        return _outcome(row) if row else None

    def unclaimed(self, since: datetime) -> list[Outcome]:
        """What was published since then, but not by us: a person pressed 发表 in the console."""
        ours = select(deliveries.c.publish_id).where(
            deliveries.c.account == self.account, deliveries.c.publish_id == outcomes.c.publish_id
        )
        addresses = select(deliveries.c.url).where(
            deliveries.c.account == self.account, deliveries.c.url == outcomes.c.url
        )
        query = select(outcomes).where(
            outcomes.c.account == self.account,
            outcomes.c.status == 0,
            outcomes.c.url != "",
            outcomes.c.noted_at >= since,
            ~ours.exists(),
            ~addresses.exists(),
        )
        with reading(self.engine) as connection:
            return [_outcome(row) for row in connection.execute(query)]

    def note_outcome(self, outcome: Outcome) -> None:
        """Keep what the platform said of a publication; saying it twice changes nothing."""
        values: dict[str, Any] = {"status": outcome.status, "noted_at": self._now()}
        named = {"url": outcome.url, "article_id": outcome.article_id}
        with writing(self.engine) as connection:
            first = upsert(connection, outcomes).values(
                account=self.account, publish_id=outcome.publish_id, **values, **named
            )
            # An answer that was long on its way must not undo the event that overtook it,
            # and one without an address not take away what an event has told.
            told = {name: value for name, value in named.items() if value or outcome.status}
            connection.execute(
                first.on_conflict_do_nothing()
                if outcome.status == STILL_AT_IT
                else first.on_conflict_do_update(
                    index_elements=["account", "publish_id"], set_=values | told
                )
            )


def _outcome(row: Row[Any]) -> Outcome:
    return Outcome(row.publish_id, row.status, row.url, row.article_id)
