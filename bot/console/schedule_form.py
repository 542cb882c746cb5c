"""The schedule as a form: from the settings to its fields, from what was filled in to the settings."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from pydantic import ValidationError
from werkzeug.datastructures import MultiDict

from bot.config import EXPECTED
from bot.console.names import in_editors_words
from bot.model import WEEKDAYS
from bot.rewriting import Plain
from bot.schedule import calendar
from bot.schedule.plan import Plan
from bot.timetable import ScheduleSettings

TIMES = ("draft_at", "preview_at", "missing_at", "remind_at", "publish_at", "give_up_at")
AHEAD = 7  # days
WEEKEND = 6  # ISO weekday of Saturday
VALUES: Mapping[object, str] = {
    True: "开",
    False: "关",
    "workdays": "工作日",
    "daily": "每天",
    "none": "不用批准",
    "one": "一个人",
    "two": "两个不同的人",
}
NO_DAY = "选了“按星期几”，但没有勾哪一天。请勾上至少一天"
CHINESE_DAY = re.compile(r"(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日?")


def plain_of(wishes: ScheduleSettings) -> dict[str, Any]:
    """The section as it stands in the settings file."""
    quiet = wishes.quiet
    return {
        "enabled": wishes.enabled,
        "days": wishes.days if isinstance(wishes.days, str) else list(wishes.days),
        "skip": [day.isoformat() for day in wishes.skip],
        "extra": [day.isoformat() for day in wishes.extra],
        **{name: clock(getattr(wishes, name)) for name in TIMES},
        "quiet": f"{clock(quiet[0])}-{clock(quiet[1])}" if quiet else "",
        "approval": wishes.approval,
        "preview_to": list(wishes.preview_to),
    }


def in_words(value: Any) -> str:
    """A value of that section, for the record."""
    if isinstance(value, list):
        return "、".join(
            f"周{WEEKDAYS[each - 1]}" if isinstance(each, int) else each for each in value
        )
    return VALUES.get(value, str(value))


def clock(moment: time) -> str:
    """`07:30`; with its seconds where it has some."""
    return f"{moment:%H:%M}" if not moment.second else f"{moment:%H:%M:%S}"


def read_form(
    form: MultiDict[str, str], present: Plain, fixed: Mapping[str, str], today: date
) -> Plain:
    """What was filled in, as the settings file would say it; of `fixed` keys what it says now."""
    days = form.get("days", "")
    quiet = form.get("quiet_from", "").strip(), form.get("quiet_to", "").strip()
    filled: dict[str, Any] = {
        "enabled": bool(form.get("enabled")),
        "days": sorted({int(each) for each in form.getlist("weekday") if each in tuple("1234567")})
        if days == "weekdays"
        else days,
        "skip": days_in(form.get("skip", ""), today),
        "extra": days_in(form.get("extra", ""), today),
        **{name: form.get(name, "").strip() for name in TIMES},
        "quiet": "-".join(quiet) if any(quiet) else "",
        "approval": form.get("approval", ""),
        "preview_to": form.get("preview_to", "").replace(",", " ").replace("，", " ").split(),
    }
    return {**filled, **{key: present[key] for key in fixed if key in present}}


def days_in(text: str, today: date) -> list[str]:
    """The days that somebody wrote, sorted, each once; what is no day stays as it was written.

    `10月1日` is the next one to come.
    """
    written = re.split(r"[\s,，、;；]+", text.strip())
    return sorted({_day(each, today) for each in written if each})


def _day(text: str, today: date) -> str:
    found = CHINESE_DAY.fullmatch(text)
    try:
        if found is None:
            return date.fromisoformat(text).isoformat()
        year, month, day = found.groups()
        named = date(int(year or today.year), int(month), int(day))
        return (named if year or named >= today else named.replace(year=today.year + 1)).isoformat()
    except ValueError:
        return text


def checked(plain: Plain) -> ScheduleSettings | list[str]:
    """The settings; or all that is wrong with them, a sentence each."""
    if not plain["days"]:
        return [NO_DAY]
    try:
        return ScheduleSettings.model_validate(plain)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
    return [in_editors_words(_sentence(each), "schedule") for each in found]


def _sentence(error: Any) -> str:
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    expected = EXPECTED.get(error["type"], error["msg"]).format(**error.get("ctx", {}))
    return f"schedule.{error['loc'][0]} 不对：{expected}。请改正"


@dataclass(frozen=True, slots=True)
class Ahead:
    """A day to come: whether an issue comes out, why, and whether that would be different from now."""

    day: date
    expected: bool
    why: str
    changed: bool


def days_ahead(plan: Plan, now: Plan, today: date) -> tuple[Ahead, ...]:
    """The next seven days under `plan`, beside what they are under the present one."""
    days = [today + timedelta(days=number) for number in range(AHEAD)]
    return tuple(
        Ahead(day, comes, _why(plan, day), comes != (now.enabled and now.publishes_on(day)))
        for day in days
        for comes in (plan.enabled and plan.publishes_on(day),)
    )


def _why(plan: Plan, day: date) -> str:
    if not plan.enabled:
        return "由人来做"
    if day in plan.skipped:
        return "额外不出"
    usual = plan.days == "workdays"
    if day in plan.extra:
        return "额外要出"
    weekend, works = day.isoweekday() >= WEEKEND, calendar.works(day)
    if usual and works is weekend:
        return "调休上班" if works else "节假日"
    return "" if plan.publishes_on(day) else "周末" if usual else ""
