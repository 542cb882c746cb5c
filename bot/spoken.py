"""Which of the archived issues an editor speaks of."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from bot.delivery import Entry, State
from bot.query.orders import AHEAD, Order

# An issue in one of these waits for nobody.
ENDED = (State.PUBLISHED, State.SKIPPED, State.WITHDRAWN)
PAST = timedelta(days=30)  # how long an older issue that waits is spoken of


@dataclass(frozen=True, slots=True)
class Spoken:
    """The issues, as they are spoken of on a day. `entries`: those from one day to another, newest first."""

    entries: Callable[[tuple[date, date]], list[Entry]]
    today: date

    def meant(self, order: Order) -> Entry | None:
        """The one that an order is about: of a day, its newest edition that is not finished."""
        if order.issue_id:
            entries = self._of_day(_day_of(order.issue_id))
            return next((each for each in entries if each.issue_id == order.issue_id), None)
        if order.day:
            entries = self._of_day(order.day)
            return next((each for each in entries if _is_open(each)), next(iter(entries), None))
        return self._at_hand()

    def _at_hand(self) -> Entry | None:
        """Today's, or the next that is prepared; a finished one only where there is no other."""
        entries = self.entries((self.today, self.today + AHEAD))
        waiting = [each for each in entries if _is_open(each)]
        of_today = [each for each in entries if each.day == self.today]
        nearest = min((each.day for each in waiting), default=self.today)
        return next((each for each in (*waiting, *of_today) if each.day == nearest), None)

    def _of_day(self, day: date | None) -> list[Entry]:
        return self.entries((day, day)) if day else []

    def waiting(self, besides: str = "") -> list[Entry]:
        """Those that are not finished, of lately and of the days to come, newest first."""
        return [
            each
            for each in self.entries((self.today - PAST, self.today + AHEAD))
            if _is_open(each)
            and each.issue_id != besides
            and (each.state is not State.RECEIVED or each.day >= self.today)
        ]


def _is_open(entry: Entry) -> bool:
    return entry.state not in ENDED


def _day_of(issue_id: str) -> date | None:
    try:
        return date.fromisoformat(issue_id[: len("2026-06-13")])
    except ValueError:
        return None
