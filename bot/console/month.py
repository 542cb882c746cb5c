"""A month as a calendar: what became of each day, and which days are worked."""

from calendar import Calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.delivery import STATE_NAMES, Entry, State
from bot.schedule import calendar
from bot.schedule.plan import Plan

WEEKEND = 6  # ISO weekday of Saturday
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)
# How a day looks, by the state of its issue.
LOOKS = {
    State.PUBLISHED: "done",
    State.FAILED: "bad",
    State.RETURNED: "bad",
    State.SKIPPED: "left",
    State.WITHDRAWN: "left",
}


@dataclass(frozen=True, slots=True)
class Square:
    """A day in the calendar. `look` names how it is drawn, `told` says it in words.

    `mark`: 休 for a weekday off, 班 for a weekend that is worked; empty as a rule.
    """

    day: date
    inside: bool
    look: str
    told: str
    mark: str
    expected: bool


@dataclass(frozen=True, slots=True)
class Month:
    """Weeks from Monday to Sunday that hold the month of `first`."""

    first: date
    weeks: tuple[tuple[Square, ...], ...]

    @property
    def before(self) -> date:
        """A day of the month before."""
        return self.first - timedelta(days=1)

    @property
    def after(self) -> date:
        """The first day of the month after."""
        return (self.first + timedelta(days=31)).replace(day=1)


def span(first: date) -> tuple[date, date]:
    """The first and the last day that the calendar of that month shows."""
    days = list(Calendar().itermonthdates(first.year, first.month))
    return days[0], days[-1]


def month_of(first: date, today: date, plan: Plan, entries: Sequence[Entry]) -> Month:
    """The calendar of the month of `first`, with what has become of those issues."""
    by_day = {entry.day: entry for entry in reversed(entries)}  # the newest edition comes last
    weeks = Calendar().monthdatescalendar(first.year, first.month)
    return Month(
        first,
        tuple(tuple(_square(day, first, today, plan, by_day) for day in week) for week in weeks),
    )


def _square(
    day: date, first: date, today: date, plan: Plan, by_day: Mapping[date, Entry]
) -> Square:
    entry, expected = by_day.get(day), plan.publishes_on(day)
    if entry:
        look, told = LOOKS.get(entry.state, "open"), STATE_NAMES[entry.state]
    elif expected and min(by_day, default=today) < day < today:
        look, told = "missing", "没有日报"
    else:
        look, told = "none", "应出刊" if expected else "不出刊"
    return Square(day, day.month == first.month, look, told, _mark(day), expected)


def _mark(day: date) -> str:
    if not calendar.known(day.year) or calendar.works(day) is (day.isoweekday() < WEEKEND):
        return ""
    return "班" if calendar.works(day) else "休"
