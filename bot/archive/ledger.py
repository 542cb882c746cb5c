"""What has been done, and what is about to be: written around each call that cannot be undone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Self

from sqlalchemy import ColumnElement, Connection, Engine, Row, insert, or_, select, update

from bot.archive.database import reading, upsert, writing
from bot.archive.outcomes import Outcomes
from bot.archive.tables import deliveries, steps
from bot.archive.uploads import Uploads
from bot.delivery import STATE_NAMES, Deed, Delivery, State, Step, may_go
from bot.errors import ArticleError, DeliveryBusy, RikanError

# Longer than any one call may take (wechat.timeout is a minute at most, a stale token doubles it);
# each note made under it begins it anew. After a crash the next try waits this long.
LEASE = timedelta(minutes=5)
STATE_FIELDS = (
    "media_id",
    "fingerprint",
    "publish_id",
    "url",
    "cover_url",
    "problem",
    "way",
    "article_id",
    "msg_data_id",
    "checked",
    "findings",
)
LONGEST_NAME = 64  # characters of `who`


class Ledger(Outcomes, Uploads):
    """Deliveries and uploads of one `account`. Every method is one transaction.

    `who` is named in the record of what is written here: `cli:ann`, `worker`, `event`.
    """

    def __init__(
        self, engine: Engine, account: str, now: Callable[[], datetime], who: str = "cli"
    ) -> None:
        self.engine = engine
        self.account = account
        self.who = who[:LONGEST_NAME]
        self._now = now
        self._held: dict[str, datetime] = {}  # the leases of this process: until when

    def by(self, who: str) -> Self:
        """The same, written to by somebody else."""
        return type(self)(self.engine, self.account, self._now, who)

    def delivery(self, issue_id: str) -> Delivery:
        """How far that issue has come."""
        with reading(self.engine) as connection:
            row = connection.execute(select(deliveries).where(self._is(issue_id))).one_or_none()
        return _delivery(row) if row else Delivery(issue_id)

    def timeline(self, issue_id: str) -> list[Step]:
        """The record of that delivery, oldest first."""
        query = select(steps).where(steps.c.account == self.account, steps.c.issue_id == issue_id)
        with reading(self.engine) as connection:
            return [_step(row) for row in connection.execute(query.order_by(steps.c.id))]

    def waiting(self, *states: State) -> list[Delivery]:
        """The deliveries in one of these states, oldest first."""
        query = select(deliveries).where(
            deliveries.c.account == self.account, deliveries.c.state.in_(states)
        )
        with reading(self.engine) as connection:
            rows = connection.execute(query.order_by(deliveries.c.issue_id))
            return [_delivery(row) for row in rows]

    def record(self, delivery: Delivery, what: str = Deed.NOTED, detail: str = "") -> None:
        """Write down how far an issue has come, and the step into its record.

        Under a lease that has run out and been taken over: DeliveryBusy, and nothing is written.
        ArticleError for a step that is not on the course of a delivery.
        """
        now, issue_id = self._now(), delivery.issue_id
        values = {name: getattr(delivery, name) for name in ("state", *STATE_FIELDS)}
        mine = self._is(issue_id)
        if held := self._held.get(issue_id):
            mine &= deliveries.c.leased_until == held
            values["leased_until"] = now + LEASE
        with writing(self.engine) as connection:
            before = self._state(connection, issue_id)
            require_course(issue_id, before, delivery.state, self.who)
            noted = connection.execute(
                update(deliveries).where(mine).values(**values, updated_at=now)
            )
            if noted.rowcount:
                self._add_step(
                    connection, Step(now, self.who, what, before, delivery.state, detail), issue_id
                )
        if held and not noted.rowcount:
            raise busy(issue_id)
        if held:
            self._held[issue_id] = now + LEASE

    def remark(self, issue_id: str, what: str, detail: str = "") -> None:
        """A line in that delivery's record, and nothing else: whoever is at work on it goes on."""
        with writing(self.engine) as connection:
            state = self._state(connection, issue_id)
            step = Step(self._now(), self.who, what, state, state, detail)
            self._add_step(connection, step, issue_id)

    @contextmanager
    def lease(self, issue_id: str) -> Iterator[Delivery]:
        """Be the only one at work on a delivery. Raises DeliveryBusy if somebody else is.

        The sentence of a failure is kept, for the editor.
        """
        self._held[issue_id] = self._begin(issue_id)
        problem = ""
        try:
            yield self.delivery(issue_id)
        except RikanError as error:
            problem = str(error)
            raise
        except Exception as error:
            problem = f"程序出错（{type(error).__name__}）。请把日志交给管理员"
            raise
        finally:
            self._end(issue_id, problem)

    def renew(self, issue_id: str) -> None:
        """Begin that lease anew if much of it is gone. DeliveryBusy if somebody else has taken over."""
        now, held = self._now(), self._held.get(issue_id)
        if held is None or held - now > LEASE / 2:
            return
        own = self._is(issue_id) & (deliveries.c.leased_until == held)
        with writing(self.engine) as connection:
            renewed = connection.execute(
                update(deliveries).where(own).values(leased_until=now + LEASE)
            )
        if not renewed.rowcount:
            raise busy(issue_id)
        self._held[issue_id] = now + LEASE

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

    def _end(self, issue_id: str, problem: str) -> None:
        # One that outlived its lease must not end the next one's.
        own = self._is(issue_id) & (deliveries.c.leased_until == self._held.pop(issue_id))
        with writing(self.engine) as connection:
            state = self._state(connection, issue_id)
            # The problem of a returned issue is why it was returned, whatever is tried meanwhile.
            kept = not problem or state is State.RETURNED
            told = {} if kept else {"problem": problem}
            ended = connection.execute(
                update(deliveries).where(own).values(leased_until=None, **told)
            )
            if problem and ended.rowcount:
                step = Step(self._now(), self.who, Deed.STUCK, state, state, problem)
                self._add_step(connection, step, issue_id)

    def _state(self, connection: Connection, issue_id: str) -> State:
        query = select(deliveries.c.state).where(self._is(issue_id))
        return State(connection.execute(query).scalar() or State.RECEIVED)

    def _add_step(self, connection: Connection, step: Step, issue_id: str) -> None:
        connection.execute(
            insert(steps).values(
                issue_id=issue_id,
                account=self.account,
                at=step.at,
                who=step.who,
                what=step.what,
                before=step.before,
                after=step.after,
                detail=step.detail,
            )
        )

    def issue_of(self, publish_id: str) -> str | None:
        """The issue that was handed over for publication under that number."""
        query = select(deliveries.c.issue_id).where(
            deliveries.c.account == self.account, deliveries.c.publish_id == publish_id
        )
        with reading(self.engine) as connection:
            return connection.execute(query).scalar()

    def _is(self, issue_id: str) -> ColumnElement[bool]:
        return (deliveries.c.issue_id == issue_id) & (deliveries.c.account == self.account)


def _delivery(row: Row[Any]) -> Delivery:
    fields = {name: getattr(row, name) for name in STATE_FIELDS}
    return Delivery(row.issue_id, State(row.state), recorded_at=row.updated_at, **fields)


def _step(row: Row[Any]) -> Step:
    return Step(row.at, row.who, row.what, State(row.before), State(row.after), row.detail)


def require_course(issue_id: str, before: State, after: State, who: str) -> None:
    """Raise ArticleError for a step that a delivery does not take, or not by that hand."""
    if not may_go(before, after, who):
        raise ArticleError(
            f"{issue_id} 现在是“{STATE_NAMES[before]}”，不能变为“{STATE_NAMES[after]}”。"
            f"请运行 rikan status {issue_id} 查看经过"
        )


def busy(issue_id: str) -> DeliveryBusy:
    """Somebody else is at work on that issue."""
    return DeliveryBusy(f"{issue_id} 正在由另一个进程处理。请过五分钟再试")
