"""The settings: what there is to set, how it stands, and who changed what."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import g, request

from bot.archive.accounts import Role
from bot.archive.changes import Change, Changes, Difference
from bot.config import Config, find_config, load_config, overruled
from bot.console.door import services, whose
from bot.console.frame import console, page
from bot.console.names import name_of, short_name_of
from bot.errors import ConfigError
from bot.model import WEEKDAYS
from bot.reply.wording import EXAMPLES, SENTENCES, read_sentences
from bot.rewriting import Plain
from bot.settling import Place, mark_of, settle, why_closed
from bot.timetable import ScheduleSettings

AT_A_TIME = 50
SHORT = 12  # characters
WAYS = {"draft": "只建草稿", "publish": "发布", "mass": "群发"}


@dataclass(frozen=True, slots=True)
class Standing:
    """How a section stands: what a page shows of it, and whether it can be changed.

    `by_others`: its keys that the environment decides, each with the variable. `closed`: why nothing here
    can be written, `change` the newest change.
    """

    values: Plain
    mark: str
    by_others: Mapping[str, str]
    closed: str
    path: Path | None
    change: Change | None


def settled() -> Config:
    """The settings as they are now, also if this process began with others. Raises ConfigError."""
    path = find_config(None)
    return load_config(path) if path else services().config


def record() -> Changes:
    """The record of changes."""
    return Changes(services().ledger.engine, services().now)


def standing(section: str, values: Plain) -> Standing:
    """How that section of the settings file stands, of which a page shows `values`."""
    path, variables = find_config(None), overruled()
    keys = {name: variables.get(f"{section}.{name}", "") for name in values}
    by_others = {name: variable for name, variable in keys.items() if variable}
    closed = why_closed(path) if path else "没有设置文件"
    newest = record().newest(1, of=f"{section}.")
    return Standing(values, mark_of(values), by_others, closed, path, next(iter(newest), None))


def settle_section(
    section: str,
    wanted: Plain,
    seen: str,
    present: Callable[[Config], Plain],
    words: Callable[[Any], str],
) -> list[Difference]:
    """Have the settings file say so, as whoever is signed in. `present(config)` is what the page shows, `words` says a value.

    Raises ConfigError.
    """
    path = find_config(None)
    if path is None:
        raise ConfigError("没有设置文件，不能保存。请管理员运行 rikan init")
    mine = {key: value for key, value in wanted.items() if f"{section}.{key}" not in overruled()}
    return settle(
        Place(path, section, load_config, section),
        mine,
        seen,
        lambda: present(load_config(path)),
        record(),
        who(),
        lock=services().config.paths.data,
        words=words,
    )


def who() -> str:
    """As the record names whoever is signed in."""
    return f"console:{g.account.name}"


@console.get("/settings")
@whose(Role.EDITOR)
def settings() -> str:
    """What there is to set, each with how it stands."""
    config = settled()
    return page("console/settings.html", states=_states(config), admin=is_admin())


def is_admin() -> bool:
    """Whether whoever looks may change the settings."""
    role: Role = g.account.role
    return role.covers(Role.ADMIN)


def _states(config: Config) -> dict[str, str]:
    schedule, editors = config.schedule, services().editors
    newest = record().newest(1)
    times = f"{_days(schedule)}，{schedule.publish_at:%H:%M} {WAYS[config.publish.mode]}"
    buttons = len(config.menu.buttons)
    return {
        "schedule": times if schedule.enabled else "没有开启，每一步由人来做",
        "menu": f"{buttons} 个按钮" if buttons else "还没有菜单",
        "wording": _state_of_wording(config.own_wording),
        "people": f"{len(editors.all())} 位编辑绑定了微信",
        "changes": f"最近一次是 {_name(newest[0].who)}" if newest else "还没有改过",
    }


def _state_of_wording(path: Path) -> str:
    try:
        own = read_sentences(path) if path.exists() else {}
    except ConfigError:
        return "文件有错，改好以前回复还是原来的"
    changed = len(own.keys() & {*SENTENCES, EXAMPLES})
    return f"改写了 {changed} 处" if changed else "都是自带的"


def _days(schedule: ScheduleSettings) -> str:
    if isinstance(schedule.days, str):
        return "工作日" if schedule.days == "workdays" else "每天"
    return f"每周{''.join(WEEKDAYS[day - 1] for day in schedule.days)}"


@console.get("/settings/changes")
@whose(Role.ADMIN)
def all_changes() -> str:
    """Who changed what, the newest first."""
    below = request.args.get("below", "")
    number = int(below) if below.isdecimal() and len(below) < len("1000000000") else None
    found = record().newest(AT_A_TIME + 1, below=number)
    shown = found[:AT_A_TIME]
    more = shown[-1].number if len(found) > AT_A_TIME else None
    names = {each.number: (_name(each.who), name_of(each.what)) for each in shown}
    return page("console/settings_changes.html", changes=shown, names=names, more=more)


def _name(who: str) -> str:
    return who.removeprefix("console:")


def told_of(change: Change | None) -> str:
    """`最近一次是 李明 改了“发布”（07:30 → 08:00）`; empty where nobody has changed anything."""
    if change is None:
        return ""
    return f"最近一次是 {_name(change.who)} 改了“{short_name_of(change.what)}”{_step(change)}"


def _step(change: Change) -> str:
    """What it was and is, where both are short: who is told of somebody else's change sees which."""
    both = [value or "没有" for value in (change.before, change.after)]
    short = all(len(value) <= SHORT and "\n" not in value for value in both)
    return f"（{both[0]} → {both[1]}）" if short else ""
