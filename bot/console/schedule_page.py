"""The schedule: the form, and the days to come as they would be before anything is saved."""

from typing import Any

from flask import Response, request

from bot.archive.accounts import Role
from bot.config import Config
from bot.console.door import services, whose
from bot.console.frame import back_to, console, page, told
from bot.console.schedule_form import (
    TIMES,
    checked,
    days_ahead,
    in_words,
    plain_of,
    read_form,
)
from bot.console.settings_page import (
    is_admin,
    settle_section,
    settled,
    standing,
    told_of,
)
from bot.errors import ConfigError
from bot.rewriting import Plain
from bot.schedule.plan import plan_of
from bot.settling import ChangedMeanwhile, mark_of
from bot.settling import told as saved
from bot.timetable import ScheduleSettings

SECTION = "schedule"


def _present(config: Config) -> Plain:
    return plain_of(config.schedule)


@console.get("/settings/schedule")
@whose(Role.EDITOR)
def schedule() -> str:
    """The form, filled in with what is so; for those who may not change it, to be looked at."""
    return _page(_present(settled()))


def _page(filled: Plain, problem: str = "") -> str:
    present = _present(settled())
    at = standing(SECTION, present)
    return page(
        "console/settings_schedule.html",
        at=at,
        by_others=at.by_others,
        filled=filled,
        times=TIMES,
        problem=problem,
        newest=told_of(at.change),
        may=is_admin() and not at.closed,
        admin=is_admin(),
        **_ahead(filled),
    )


def _ahead(filled: Plain) -> dict[str, Any]:
    """The week to come, or what is wrong."""
    now = settled().schedule
    read = checked(filled)
    wishes = read if isinstance(read, ScheduleSettings) else now
    today = services().now().date()
    return {
        "problems": [] if wishes is read else read,
        "ahead": days_ahead(plan_of(wishes), plan_of(now), today),
        "plan": wishes,
        "today": today,
        "unsaved": mark_of(filled) != mark_of(plain_of(now)),
        "missing_year": plan_of(wishes).year_without_calendar(today),
    }


def _filled() -> Plain:
    present = _present(settled())
    fixed = standing(SECTION, present).by_others
    return read_form(request.form, present, fixed, services().now().date())


@console.post("/settings/schedule/ahead")
@whose(Role.ADMIN)
def schedule_ahead() -> str:
    """The week as it would be, while the form is being filled in. Nothing is saved."""
    return page("console/settings_ahead.html", **_ahead(_filled()))


@console.post("/settings/schedule")
@whose(Role.ADMIN)
def save_schedule() -> Response | tuple[str, int]:
    """Save it; what is wrong, or what somebody else has changed meanwhile, is told with the form as it was filled in."""
    filled = _filled()
    if isinstance(checked(filled), list):
        return _page(filled), 422
    seen = request.form.get("seen", "")
    try:
        differences = settle_section(SECTION, filled, seen, _present, in_words)
    except ChangedMeanwhile as error:
        return _page(filled, str(error)), 409
    except ConfigError as error:
        return _page(filled, str(error)), 422
    told(saved(differences))
    return back_to("console.schedule")
