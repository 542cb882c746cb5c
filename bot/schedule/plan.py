"""What is wanted of every morning, as the settings say it. Times are those of Asia/Shanghai."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from bot.schedule import calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
Days = Literal["workdays", "daily"] | tuple[int, ...]


class Wishes(Protocol):
    """The section `[schedule]`, as far as the plan goes."""

    @property
    def enabled(self) -> bool: ...
    @property
    def days(self) -> Days: ...
    @property
    def skip(self) -> Collection[date]: ...
    @property
    def extra(self) -> Collection[date]: ...
    @property
    def draft_at(self) -> time: ...
    @property
    def preview_at(self) -> time: ...
    @property
    def missing_at(self) -> time: ...
    @property
    def remind_at(self) -> time: ...
    @property
    def publish_at(self) -> time: ...
    @property
    def give_up_at(self) -> time: ...
    @property
    def quiet(self) -> tuple[time, time] | None: ...
    @property
    def approvals(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Plan:
    """When what is done, on which days.

    `days`: `workdays`, `daily` or ISO weekdays (Monday is 1). `quiet`: from when to when editors are
    told only what cannot wait. `approvals`: how many people have to approve.
    """

    enabled: bool
    days: Days
    skipped: frozenset[date]
    extra: frozenset[date]
    draft_at: time
    preview_at: time
    missing_at: time
    remind_at: time
    publish_at: time
    give_up_at: time
    quiet: tuple[time, time] | None
    approvals: int

    def publishes_on(self, day: date) -> bool:
        """Whether an issue is expected on that day."""
        if day in self.skipped:
            return False
        return day in self.extra or self._usual(day)

    def _usual(self, day: date) -> bool:
        if self.days == "daily":
            return True
        return calendar.works(day) if self.days == "workdays" else day.isoweekday() in self.days

    def window(self, day: date) -> tuple[datetime, datetime]:
        """From when until (and not at) when something is done by itself about that day's issues."""
        return moment(day, self.draft_at), moment(day, self.give_up_at)

    def is_quiet(self, now: datetime) -> bool:
        """Whether editors are told only what cannot wait."""
        if self.quiet is None:
            return False
        start, end = self.quiet
        clock = local(now).time()
        return start <= clock < end if start <= end else clock >= start or clock < end

    def year_without_calendar(self, day: date) -> int | None:
        """The year in which holidays would be published through, and worked weekends left out.

        It is looked for from the middle of December before it on: there is time to install its calendar.
        """
        years = (day.year, (day + timedelta(days=17)).year) if self.days == "workdays" else ()
        return next((year for year in years if not calendar.known(year)), None)


@dataclass(frozen=True, slots=True)
class Morning:
    """One day of a plan, seen at one moment, which may be later than that day."""

    now: datetime
    plan: Plan
    day: date

    def at(self, clock: time) -> datetime:
        """`clock` of that day."""
        return moment(self.day, clock)

    def past(self, clock: time) -> bool:
        """Whether it is `clock` of that day, or later."""
        return self.now >= self.at(clock)

    @property
    def open(self) -> bool:
        """Whether that day is not given up yet."""
        return not self.past(self.plan.give_up_at)

    @property
    def since_given_up(self) -> timedelta:
        """How long ago that was; negative while it is open."""
        return self.now - self.at(self.plan.give_up_at)

    @property
    def expected(self) -> bool:
        """Whether it is a day of publication."""
        return self.plan.publishes_on(self.day)

    @property
    def is_time_to_nag(self) -> bool:
        """Whether to tell what is told once a week until somebody has seen to it: on Mondays."""
        monday = self.day.isoweekday() == 1 and local(self.now).date() == self.day
        return monday and self.past(self.plan.preview_at)

    def in_step(self, since: datetime, minutes: int) -> bool:
        """Whether this minute is one of every so many since then."""
        return (self.now - since) // timedelta(minutes=1) % minutes == 0


def moment(day: date, clock: time) -> datetime:
    """`clock` of that day in Shanghai."""
    return datetime.combine(day, clock, SHANGHAI)


def local(now: datetime) -> datetime:
    """The same moment by Shanghai's clocks."""
    return now.astimezone(SHANGHAI)


def plan_of(wishes: Wishes) -> Plan:
    """The plan that these settings make."""
    return Plan(
        enabled=wishes.enabled,
        days=wishes.days,
        skipped=frozenset(wishes.skip),
        extra=frozenset(wishes.extra),
        draft_at=wishes.draft_at,
        preview_at=wishes.preview_at,
        missing_at=wishes.missing_at,
        remind_at=wishes.remind_at,
        publish_at=wishes.publish_at,
        give_up_at=wishes.give_up_at,
        quiet=wishes.quiet,
        approvals=wishes.approvals,
    )
