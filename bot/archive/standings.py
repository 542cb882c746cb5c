"""How far the issues of some days have come, with what the record says of when: one question for all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, Row, Select, and_, func, select

from bot.archive.database import reading
from bot.archive.tables import covers, deliveries, issues, steps
from bot.delivery import Deed, Delivery, State

# What makes another draft, or other content of the same: what was shown before was not that.
REMADE = (Deed.ADD, Deed.UPDATE, Deed.REPLACE)


@dataclass(frozen=True, slots=True)
class Progress:
    """One issue of `day`: its delivery, and what its record tells.

    `changed_at`: when the archive last got it, or its cover was last chosen. `since`: when its present
    state was recorded; null before the first time. `shown`: its present draft went out as a preview, or
    was tried to.
    """

    day: date
    headline: str
    delivery: Delivery
    changed_at: datetime
    since: datetime | None
    shown: bool


class Standings:
    """The deliveries of one account, by the days of their issues."""

    def __init__(self, engine: Engine, account: str) -> None:
        self._engine = engine
        self._account = account

    def of(self, days: Sequence[date]) -> dict[date, list[Progress]]:
        """The issues of each of these days, in the order of their editions."""
        found: dict[date, list[Progress]] = {day: [] for day in days}
        with reading(self._engine) as connection:
            for row in connection.execute(_question(self._account, days)):
                found[row.day].append(_progress(row))
        return found


def _question(account: str, days: Sequence[date]) -> Select[Any]:
    mine = (deliveries.c.issue_id == issues.c.id) & (deliveries.c.account == account)
    own = and_(steps.c.issue_id == issues.c.id, steps.c.account == account)

    def last(*conditions: Any, what: Any = steps.c.id) -> Any:
        return select(func.max(what)).where(own, *conditions).scalar_subquery()

    begun = last(
        steps.c.after == deliveries.c.state, steps.c.before != steps.c.after, what=steps.c.at
    )
    query = select(
        issues.c.id,
        issues.c.day,
        issues.c.headline,
        issues.c.added_at,
        covers.c.changed_at,
        deliveries.c.state,
        deliveries.c.media_id,
        deliveries.c.fingerprint,
        deliveries.c.publish_id,
        deliveries.c.url,
        deliveries.c.problem,
        deliveries.c.way,
        deliveries.c.updated_at,
        begun.label("begun"),
        last(steps.c.what == Deed.PREVIEW).label("shown"),
        last(steps.c.what.in_(REMADE)).label("remade"),
    )
    query = query.select_from(
        issues.outerjoin(deliveries, mine).outerjoin(covers, covers.c.issue_id == issues.c.id)
    )
    return query.where(issues.c.day.in_(days)).order_by(issues.c.day, issues.c.edition)


def _progress(row: Row[Any]) -> Progress:
    changed = [moment for moment in (row.added_at, row.changed_at) if moment]
    return Progress(
        day=row.day,
        headline=row.headline,
        delivery=_delivery(row),
        changed_at=max(changed),
        since=row.begun or row.updated_at,
        shown=(row.shown or 0) > (row.remade or 0),
    )


def _delivery(row: Row[Any]) -> Delivery:
    if row.state is None:
        return Delivery(row.id)
    names = ("media_id", "fingerprint", "publish_id", "url", "problem", "way")
    fields = {name: getattr(row, name) for name in names}
    return Delivery(row.id, State(row.state), recorded_at=row.updated_at, **fields)
