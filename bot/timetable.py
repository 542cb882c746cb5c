"""The section `[schedule]` of the settings file: how its times, days and dates are written."""

from datetime import date, time
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, ValidationInfo, model_validator

from bot.settings import Settings

Weekdays = Literal["workdays", "daily"] | tuple[int, ...]
APPROVALS = {"none": 0, "one": 1, "two": 2}
MORNING = ("draft_at", "preview_at", "remind_at", "publish_at")
LATEST_ALARM = ("missing_at", "publish_at")


def _clock(value: object, info: ValidationInfo) -> object:
    try:
        return time.fromisoformat(str(value).strip()).replace(tzinfo=None)
    except ValueError:
        raise ValueError(
            f'schedule.{info.field_name} 应是 24 小时制的时刻，写成 "07:30" 的样子'
        ) from None


def _quiet(value: object, info: ValidationInfo) -> object:
    if not isinstance(value, str):
        return value
    start, dash, end = value.partition("-")
    if not value.strip():
        return None
    if not dash:
        raise ValueError(f'schedule.{info.field_name} 应写成 "22:00-06:00" 的样子，不要就留空')
    return _clock(start, info), _clock(end, info)


def _weekdays(value: object) -> object:
    if value in ("workdays", "daily"):
        return value
    days = _several(value)
    if not days or not set(map(str, days)) <= set("1234567"):
        raise ValueError(
            'schedule.days 应是 "workdays"（工作日）、"daily"（每天）或 [1, 3, 5] 这样的星期几（1 是星期一）'
        )
    return tuple(sorted({int(day) for day in days}))


def _dates(value: object, info: ValidationInfo) -> object:
    return tuple(_date(day, info) for day in _several(value))


def _date(day: object, info: ValidationInfo) -> date:
    try:
        return date.fromisoformat(str(day))
    except ValueError:
        raise ValueError(
            f"schedule.{info.field_name} 里的“{day}”不是日期，应写成 2026-10-01 的样子"
        ) from None


def _several(value: Any) -> Any:
    # As a list in the file; the environment knows no lists, there commas or spaces part them.
    if isinstance(value, str):
        return value.replace(",", " ").split()
    return value if isinstance(value, list | tuple) else [value]


Clock = Annotated[time, BeforeValidator(_clock)]
Dates = Annotated[tuple[date, ...], BeforeValidator(_dates)]


class ScheduleSettings(Settings):
    """`[schedule]`: what happens by itself, when, on which days; times of Asia/Shanghai, all of one day."""

    enabled: bool = False
    days: Annotated[Weekdays, BeforeValidator(_weekdays)] = "workdays"
    skip: Dates = ()
    extra: Dates = ()
    draft_at: Clock = time(6, 30)
    preview_at: Clock = time(6, 40)
    missing_at: Clock = time(6, 50)
    remind_at: Clock = time(7, 15)
    publish_at: Clock = time(7, 30)
    give_up_at: Clock = time(12, 0)
    quiet: Annotated[tuple[time, time] | None, BeforeValidator(_quiet)] = (time(22, 0), time(6, 0))
    approval: Literal["none", "one", "two"] = "one"
    preview_to: Annotated[tuple[str, ...], BeforeValidator(_several)] = ()

    @property
    def approvals(self) -> int:
        """How many people have to approve what is published by itself, or asked for in the chat."""
        return APPROVALS[self.approval]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        for earlier, later in (*pairwise(MORNING), ("draft_at", "missing_at"), LATEST_ALARM):
            if getattr(self, earlier) > getattr(self, later):
                raise ValueError(f"schedule.{earlier} 晚于 schedule.{later}。请改成先后有序的时刻")
        if self.publish_at >= self.give_up_at:
            raise ValueError("schedule.give_up_at 应晚于 publish_at，并在同一天。请改晚一些")
        if both := set(self.skip) & set(self.extra):
            raise ValueError(f"{min(both)} 既在 schedule.skip 里，又在 extra 里。请删去一处")
        return self
