"""The menu below the chat: edited beside a phone, kept in the settings, then sent to the platform."""

from difflib import ndiff
from typing import Any

from flask import Response, request

from bot.archive.accounts import Role
from bot.archive.changes import Difference
from bot.config import Config
from bot.console.door import own_services, services, whose
from bot.console.frame import back_to, console, page, told
from bot.console.menu_form import (
    FOLDER,
    KINDS,
    PART_NAMES,
    Limits,
    done_to,
    from_platform,
    plain_written,
    read_buttons,
    said,
    section_of,
    wrong_with,
)
from bot.console.settings_page import (
    record,
    settle_section,
    settled,
    standing,
    told_of,
    who,
)
from bot.errors import ConfigError, PlatformError
from bot.rewriting import Plain
from bot.settings import ButtonSettings
from bot.settling import ChangedMeanwhile
from bot.settling import told as saved
from bot.wechat.menu import (
    BUTTONS,
    NEEDS,
    SUB_BUTTONS,
    problems,
    same,
    written,
)

SECTION = "menu"
Buttons = tuple[ButtonSettings, ...]


def _present(config: Config) -> Plain:
    return section_of(config.menu.buttons)


def _in_words(buttons: Any) -> str:
    return "\n".join(said(plain_written(buttons or [])))


@console.get("/settings/menu")
@whose(Role.ADMIN)
def menu() -> str:
    """The editor, with the menu as the settings have it."""
    return _page(settled().menu.buttons)


def _page(buttons: Buttons, problem: str = "", note: str = "") -> str:
    kept = settled().menu.buttons
    at = standing(SECTION, section_of(kept))
    return page(
        "console/settings_menu.html",
        at=at,
        buttons=buttons,
        kept=kept,
        unsaved=section_of(buttons) != section_of(kept),
        problem=problem,
        note=note,
        problems=wrong_with(buttons),
        newest=told_of(at.change),
        kinds=KINDS,
        folder=FOLDER,
        parts=PART_NAMES,
        needs=NEEDS,
        limits=Limits(),
        most=BUTTONS,
        most_below=SUB_BUTTONS,
    )


@console.post("/settings/menu/phone")
@whose(Role.ADMIN)
def menu_on_phone() -> str:
    """The phone, while the form is being filled in. Nothing is saved."""
    buttons = read_buttons(request.form)
    unsaved = section_of(buttons) != _present(settled())
    return page(
        "console/settings_phone.html",
        buttons=buttons,
        problems=wrong_with(buttons),
        unsaved=unsaved,
        folder=FOLDER,
    )


@console.post("/settings/menu")
@whose(Role.ADMIN)
def save_menu() -> Response | str | tuple[str, int]:
    """Save it; or, where a small button was pressed, show the form again with that done and nothing saved."""
    buttons, act = read_buttons(request.form), request.form.get("do", "")
    if act == "fetch":
        return _fetched(buttons)
    if act:
        return _page(done_to(buttons, act))
    if wrong_with(buttons):
        return _page(buttons), 422
    try:
        wanted, seen = section_of(buttons), request.form.get("seen", "")
        differences = settle_section(SECTION, wanted, seen, _present, _in_words)
    except ChangedMeanwhile as error:
        return _page(buttons, str(error)), 409
    except ConfigError as error:
        return _page(buttons, str(error)), 422
    told(saved(differences))
    return back_to("console.menu")


def _fetched(buttons: Buttons) -> str:
    """The form filled in with what the platform has; what was filled in stays if it cannot be had."""
    try:
        found = from_platform(services().menu.set_by_us())
    except (PlatformError, ConfigError) as error:
        return _page(buttons, str(error))
    if not found:
        return _page(buttons, "平台上没有用接口设过的菜单。在公众平台上手动设的，接口取不到")
    return _page(found, note="填进来的是公众号上现在的菜单，还没有保存")


@console.get("/settings/menu/push")
@whose(Role.ADMIN)
def sure_to_push() -> str:
    """What would change on the platform; the part that asks it is loaded by itself."""
    kept = settled().menu.buttons
    return page("console/settings_push.html", problems=wrong_with(kept), wanted=_wanted(kept))


@console.get("/settings/menu/push/difference")
@whose(Role.ADMIN)
def menu_difference() -> str:
    """What the platform has now, beside what it would get. One call, which gives up by `wechat.timeout`."""
    wanted = written(settled().menu.buttons)
    try:
        present = services().menu.set_by_us()
    except (PlatformError, ConfigError) as error:
        return page("console/settings_difference.html", problem=str(error), rows=(), alike=False)
    alike = same(present, wanted)
    rows = [(row[0], row[2:]) for row in ndiff(said(present), said(wanted)) if row[0] in " +-"]
    return page("console/settings_difference.html", problem="", rows=rows, alike=alike)


def _wanted(buttons: Buttons) -> list[str]:
    return said(written(buttons)) if buttons and not wrong_with(buttons) else []


@console.post("/settings/menu/push")
@whose(Role.ADMIN)
def push_menu() -> Response:
    """Send it: the platform's whole menu is replaced. The same again changes nothing."""
    buttons = settled().menu.buttons
    if problems(buttons):
        told("菜单是空的，或有不合要求的地方，没有推送。请先改好", "trouble")
        return back_to("console.menu")
    try:
        _push(buttons)
    except (PlatformError, ConfigError) as error:
        told(str(error), "trouble")
        return back_to("console.sure_to_push")
    return back_to("console.menu")


def _push(buttons: Buttons) -> None:
    ours, wanted = own_services("menu").menu, written(buttons)
    present = ours.set_by_us()
    if same(present, wanted):
        told("公众号上已是这样，没有改动")
        return
    before, after = "\n".join(said(present)), "\n".join(said(wanted))
    # First, for a crash after the call would leave none; what failed gets a line of its own.
    _note(before, after)
    try:
        ours.push(wanted)
    except PlatformError as error:
        _note(after, f"没有成功：{error}")
        raise
    told("菜单已放到公众号上，读者重新打开聊天后看到")


def _note(before: str, after: str) -> None:
    with record().noted(who(), [Difference("menu.pushed", before, after)]):
        pass
