"""What has been done, and what is about to be: written around each call that cannot be undone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Engine, Row, delete, or_, select, update

from bot.archive.database import reading, upsert, writing
from bot.archive.tables import deliveries, outcomes, uploads
from bot.delivery import STILL_AT_IT, Delivery, Outcome, State, Upload
from bot.errors import DeliveryBusy, RikanError

# Longer than any one call may take (wechat.timeout is a minute at most, a stale token doubles it);
# each note made under it begins it anew. After a crash the next try waits this long.
LEASE = timedelta(minutes=5)
STATE_FIELDS = ("media_id", "fingerprint", "publish_id", "url", "cover_url", "problem")


class Ledger:
    """Deliveries and uploads of one `account`. Every method is one transaction."""

    def __init__(self, engine: Engine, account: str, now: Callable[[], datetime]) -> None:
        self.engine = engine
        self.account = account
        self._now = now
        self._held: dict[str, datetime] = {}  # the leases of this process: until when

    def delivery(self, issue_id: str) -> Delivery:
        """How far that issue has come."""
        with reading(self.engine) as connection:
            row = connection.execute(select(deliveries).where(self._is(issue_id))).one_or_none()
        return _delivery(row) if row else Delivery(issue_id)

    def record(self, delivery: Delivery) -> None:
        """Write down how far an issue has come.

        Under a lease that has run out and been taken over: DeliveryBusy, and nothing is written.
        """
        now, issue_id = self._now(), delivery.issue_id
        values = {name: getattr(delivery, name) for name in ("state", *STATE_FIELDS)}
        mine = self._is(issue_id)
        if held := self._held.get(issue_id):
            mine &= deliveries.c.leased_until == held
            values["leased_until"] = now + LEASE
        with writing(self.engine) as connection:
            noted = connection.execute(
                update(deliveries).where(mine).values(**values, updated_at=now)
            )
        if held and not noted.rowcount:
            raise busy(issue_id)
        if held:
            self._held[issue_id] = now + LEASE

    @contextmanager
    def lease(self, issue_id: str) -> Iterator[Delivery]:
        """Be the only one at work on a delivery. Raises DeliveryBusy if somebody else is.

        The sentence of a failure is kept, for the editor.
        """
        self._held[issue_id] = self._begin(issue_id)
        problem: dict[str, str] = {}
        try:
            yield self.delivery(issue_id)
        except RikanError as error:
            problem = {"problem": str(error)}
            raise
        finally:
            # One that outlived its lease must not end the next one's.
            until = self._held.pop(issue_id)
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
                upsert(connection, deliveries)
                .values(**key, state=State.RECEIVED, updated_at=now)
                .on_conflict_do_nothing()
            )
            taken = connection.execute(
                update(deliveries).where(self._is(issue_id), free).values(leased_until=now + LEASE)
            )
        if not taken.rowcount:
            raise busy(issue_id)
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
            first = upsert(connection, outcomes).values(
                account=self.account, publish_id=outcome.publish_id, **values
            )
            # An answer that was long on its way must not undo the event that overtook it.
            connection.execute(
                first.on_conflict_do_nothing()
                if outcome.status == STILL_AT_IT
                else first.on_conflict_do_update(
                    index_elements=["account", "publish_id"], set_=values
                )
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
                upsert(connection, uploads)
                .values(account=self.account, place=place, digest=digest, **values)
                .on_conflict_do_update(index_elements=["account", "place", "digest"], set_=values)
            )

    def forget_upload(self, place: str, digest: str) -> None:
        """The platform does not hold that picture any more."""
        own = (uploads.c.account == self.account) & (uploads.c.place == place)
        with writing(self.engine) as connection:
            connection.execute(delete(uploads).where(own, uploads.c.digest == digest))

    def _is(self, issue_id: str) -> ColumnElement[bool]:
        return (deliveries.c.issue_id == issue_id) & (deliveries.c.account == self.account)


def _delivery(row: Row[Any]) -> Delivery:
    fields = {name: getattr(row, name) for name in STATE_FIELDS}
    return Delivery(row.issue_id, State(row.state), recorded_at=row.updated_at, **fields)


def busy(issue_id: str) -> DeliveryBusy:
    """Somebody else is at work on that issue."""
    return DeliveryBusy(f"{issue_id} 正在由另一个进程处理。请过五分钟再试")
