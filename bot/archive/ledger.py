"""What has been done, and what is about to be: written around each call that cannot be undone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Engine, Row, or_, select, update
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from bot.archive.database import reading, writing
from bot.archive.tables import deliveries, outcomes, uploads
from bot.errors import DeliveryBusy, RikanError
from bot.model import Delivery, Outcome, State, Upload

# Longer than a whole push may take (four calls, each given up after wechat.timeout);
# after a crash the next try waits this long.
LEASE = timedelta(minutes=2)
STATE_FIELDS = ("media_id", "fingerprint", "publish_id", "url", "cover_url", "problem")


class Ledger:
    """Deliveries and uploads of one `account`. Every method is one transaction."""

    def __init__(self, engine: Engine, account: str, now: Callable[[], datetime]) -> None:
        self.engine = engine
        self.account = account
        self._now = now

    def delivery(self, issue_id: str) -> Delivery:
        """How far that issue has come."""
        with reading(self.engine) as connection:
            row = connection.execute(select(deliveries).where(self._is(issue_id))).one_or_none()
        return _delivery(row) if row else Delivery(issue_id)

    def record(self, delivery: Delivery) -> None:
        """Write down how far an issue has come."""
        values = asdict(delivery) | {"updated_at": self._now()}
        with writing(self.engine) as connection:
            connection.execute(
                update(deliveries).where(self._is(delivery.issue_id)).values(**values)
            )

    @contextmanager
    def lease(self, issue_id: str) -> Iterator[Delivery]:
        """Be the only one at work on a delivery. Raises DeliveryBusy if somebody else is.

        The sentence of a failure is kept, for the editor.
        """
        until = self._begin(issue_id)
        problem: dict[str, str] = {}
        try:
            yield self.delivery(issue_id)
        except RikanError as error:
            problem = {"problem": str(error)}
            raise
        finally:
            # One that outlived its lease must not end the next one's.
            own = self._is(issue_id) & (deliveries.c.leased_until == until)
            with writing(self.engine) as connection:
                connection.execute(
                    update(deliveries).where(own).values(leased_until=None, **problem)
                )

    def _begin(self, issue_id: str) -> datetime:
        now = self._now()
        key = {"issue_id": issue_id, "account": self.account}
        free = or_(deliveries.c.leased_until.is_(None), deliveries.c.leased_until < now)
        with writing(self.engine) as connection:
            connection.execute(
                sqlite_insert(deliveries)
                .values(**key, state=State.RECEIVED, updated_at=now)
                .on_conflict_do_nothing()
            )
            taken = connection.execute(
                update(deliveries).where(self._is(issue_id), free).values(leased_until=now + LEASE)
            )
        if not taken.rowcount:
            raise DeliveryBusy(f"{issue_id} 正在由另一个进程处理。请过两分钟再试")
        return now + LEASE

    def issue_of(self, publish_id: str) -> str | None:
        """The issue that was handed over for publication under that number."""
        query = select(deliveries.c.issue_id).where(
            deliveries.c.account == self.account, deliveries.c.publish_id == publish_id
        )
        with reading(self.engine) as connection:
            return connection.execute(query).scalar()

    def outcome(self, publish_id: str) -> Outcome | None:
        """What the platform said of that publication, once it has."""
        query = select(outcomes.c.status, outcomes.c.url).where(
            outcomes.c.account == self.account, outcomes.c.publish_id == publish_id
        )
        with reading(self.engine) as connection:
            row = connection.execute(query).one_or_none()
        return Outcome(publish_id, row.status, row.url) if row else None

    def note_outcome(self, outcome: Outcome) -> None:
        """Keep what the platform said of a publication; saying it twice changes nothing."""
        values = {"status": outcome.status, "url": outcome.url, "noted_at": self._now()}
        with writing(self.engine) as connection:
            connection.execute(
                sqlite_insert(outcomes)
                .values(account=self.account, publish_id=outcome.publish_id, **values)
                .on_conflict_do_update(index_elements=["account", "publish_id"], set_=values)
            )

    def upload(self, place: str, digest: str) -> Upload | None:
        """Where the platform holds that picture, if it does."""
        query = select(uploads.c.url, uploads.c.media_id).where(
            uploads.c.account == self.account, uploads.c.place == place, uploads.c.digest == digest
        )
        with reading(self.engine) as connection:
            row = connection.execute(query).one_or_none()
        return Upload(row.url, row.media_id) if row else None

    def note_upload(self, place: str, digest: str, upload: Upload) -> None:
        """Remember where the platform holds a picture."""
        values = asdict(upload) | {"uploaded_at": self._now()}
        with writing(self.engine) as connection:
            connection.execute(
                sqlite_insert(uploads)
                .values(account=self.account, place=place, digest=digest, **values)
                .on_conflict_do_update(index_elements=["account", "place", "digest"], set_=values)
            )

    def _is(self, issue_id: str) -> ColumnElement[bool]:
        return (deliveries.c.issue_id == issue_id) & (deliveries.c.account == self.account)


def _delivery(row: Row[Any]) -> Delivery:
    fields = {name: getattr(row, name) for name in STATE_FIELDS}
    return Delivery(issue_id=row.issue_id, state=State(row.state), **fields)
