"""The menu as a form: its buttons, what is done to them before anything is saved, what is wrong with them."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.rewriting import Plain
from bot.settings import ButtonSettings
from bot.wechat.menu import BUTTONS, NAME, NEEDS, SUB_BUTTONS, SUB_NAME, Button, lines, problems

PARTS = ("key", "url", "appid", "pagepath", "media_id", "article_id")
LONGEST = 2000  # characters of one field; the platform's own limits are told as problems
FOLDER = "sub"  # the kind of a button that opens others
# What a button does when it is tapped, the usual first.
KINDS: Mapping[str, str] = {
    "click": "替读者发一句话",
    "view": "打开网址",
    FOLDER: "打开下级菜单",
    "miniprogram": "打开小程序",
    "article_id": "发来一篇已发布的文章",
    "article_view_limited": "打开一篇已发布的文章",
    "media_id": "发来一份素材",
    "scancode_push": "扫码，打开结果",
    "scancode_waitmsg": "扫码，等回答",
    "pic_sysphoto": "拍照",
    "pic_photo_or_album": "拍照或选图",
    "pic_weixin": "从微信相册选图",
    "location_select": "选位置",
}
PART_NAMES: Mapping[str, str] = {
    "key": "发出的话",
    "url": "网址",
    "appid": "小程序的 AppID",
    "pagepath": "小程序的页面",
    "media_id": "素材编号",
    "article_id": "文章编号",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes of a name, in both places."""

    top: int = NAME
    below: int = SUB_NAME


def read_buttons(form: Mapping[str, str]) -> tuple[ButtonSettings, ...]:
    """The buttons that were filled in: `0-name` of the first, `0-1-name` of the second below it."""
    return tuple(_top(form, str(number)) for number in _numbers(form, "", BUTTONS))


def _numbers(form: Mapping[str, str], above: str, most: int) -> Iterable[int]:
    return (number for number in range(most) if f"{above}{number}-name" in form)


def _top(form: Mapping[str, str], place: str) -> ButtonSettings:
    if form.get(f"{place}-type") != FOLDER:
        return _button(form, place)
    below = _numbers(form, f"{place}-", SUB_BUTTONS)
    sub = tuple(_button(form, f"{place}-{number}") for number in below)
    return ButtonSettings(name=_field(form, f"{place}-name"), type="" if sub else FOLDER, sub=sub)


def _button(form: Mapping[str, str], place: str) -> ButtonSettings:
    kind = form.get(f"{place}-type", "")
    needed = {part: _field(form, f"{place}-{part}") for part in NEEDS.get(kind, ())}
    return _made({"name": _field(form, f"{place}-name"), "type": kind, **needed})


def _made(said: Mapping[str, Any]) -> ButtonSettings:
    return ButtonSettings.model_validate(said)


def _field(form: Mapping[str, str], name: str) -> str:
    return form.get(name, "").strip()[:LONGEST]


def plain_of(buttons: Sequence[ButtonSettings]) -> list[dict[str, Any]]:
    """The buttons as they stand in the settings file: without what is empty."""
    return [_plain(button) for button in buttons]


def _plain(button: ButtonSettings) -> dict[str, Any]:
    said = {part: getattr(button, part) for part in ("name", "type", *PARTS)}
    filled = {part: value for part, value in said.items() if value}
    return {**filled, "sub": plain_of(button.sub)} if button.sub else filled


def section_of(buttons: Sequence[ButtonSettings]) -> Plain:
    """The section of the settings file."""
    return {"buttons": plain_of(buttons)}


def from_platform(found: Sequence[Button]) -> tuple[ButtonSettings, ...]:
    """The platform's menu as buttons of ours; what it says besides is left out."""
    return tuple(_found(each) for each in found[:BUTTONS])


def _found(found: Button) -> ButtonSettings:
    said = {part: str(found.get(part) or "") for part in ("name", "type", *PARTS)}
    below = found.get("sub_button")
    sub = [each for each in below if isinstance(each, dict)] if isinstance(below, list) else []
    if not sub:
        return _made(said)
    return ButtonSettings(name=said["name"], sub=tuple(_found(each) for each in sub[:SUB_BUTTONS]))


def plain_written(buttons: Sequence[Mapping[str, Any]]) -> list[Button]:
    """Buttons as they stand in the settings file, as they would be sent."""
    return [
        {
            **{part: each[part] for part in each if part != "sub"},
            "sub_button": list(each.get("sub", ())),
        }
        for each in buttons
    ]


def said(buttons: Sequence[Button]) -> list[str]:
    """A line a button, in an editor's words: `往期 › 本周：替读者发一句话 本周`."""
    return [_said(line) for line in lines(buttons)]


def _said(line: str) -> str:
    name, _, does = line.rpartition("  ")
    kind, _, what = does.partition(" ")
    return f"{name}：{KINDS.get(kind, kind)} {what}".rstrip()


# What the small buttons beside a button do: `up-0`, `drop-0-1`, `add`, `add-0`.

Buttons = list[ButtonSettings]


def done_to(buttons: Sequence[ButtonSettings], act: str) -> tuple[ButtonSettings, ...]:
    """The buttons after that; the same where it cannot be done."""
    what, *places = act.split("-")
    spots = [int(place) for place in places if place.isdecimal() and len(place) == 1]
    listed = list(buttons)
    if len(spots) != len(places) or what not in (*_ACTS, "add"):
        return tuple(buttons)
    if what == "add":
        return _added(listed, spots)
    if len(spots) == 1 and spots[0] < len(listed):
        _ACTS[what](listed, spots[0])
    elif len(spots) == 2 and spots[0] < len(listed) and spots[1] < len(listed[spots[0]].sub):
        top, below = listed[spots[0]], list(listed[spots[0]].sub)
        _ACTS[what](below, spots[1])
        listed[spots[0]] = _with(top, below)
    return tuple(listed)


def _with(top: ButtonSettings, below: Buttons) -> ButtonSettings:
    kind = "" if below else FOLDER
    return ButtonSettings(name=top.name, type=kind, sub=tuple(below))


def _added(buttons: Buttons, spots: Sequence[int]) -> tuple[ButtonSettings, ...]:
    new = ButtonSettings(name="", type="click")
    if not spots and len(buttons) < BUTTONS:
        buttons.append(new)
    elif len(spots) == 1 and spots[0] < len(buttons):
        top = buttons[spots[0]]
        if (top.sub or top.type == FOLDER) and len(top.sub) < SUB_BUTTONS:
            buttons[spots[0]] = _with(top, [*top.sub, new])
    return tuple(buttons)


def _up(buttons: Buttons, spot: int) -> None:
    if spot:
        buttons.insert(spot - 1, buttons.pop(spot))


def _down(buttons: Buttons, spot: int) -> None:
    buttons.insert(spot + 1, buttons.pop(spot))


def _drop(buttons: Buttons, spot: int) -> None:
    del buttons[spot]


_ACTS: Mapping[str, Callable[[Buttons, int], None]] = {"up": _up, "down": _down, "drop": _drop}

NAMELESS = "按钮“”"
# The platform's limits are looked at in one place; the words there are those of the settings file.
_WORDS: Mapping[str, str] = {
    r"的 type 不对。可用的有.*": "点了做什么还没有选好。请选一种，或在下级菜单里加一个按钮",
    r"有一个按钮没有 name。请写上名称": "有一个按钮没有名称。请写上",
    r"（\w+）缺少 (\w+)。请补上": r"没有填 \1 。请填上",
    r"请并到 sub 里": "请收进下级菜单",
}


def wrong_with(buttons: Sequence[ButtonSettings]) -> list[str]:
    """What the platform would refuse, in an editor's words. An empty menu may be kept, though not sent."""
    found = problems(buttons) if buttons else []
    # A button without a name is told of once: whatever else it lacks cannot be said to be whose.
    told = (each for each in found if not each.startswith(NAMELESS))
    return list(dict.fromkeys(map(_in_editors_words, told)))


def _in_editors_words(problem: str) -> str:
    for pattern, words in _WORDS.items():
        problem = re.sub(pattern, words, problem)
    return re.sub(rf" ?\b({'|'.join(PARTS)})\b ?", lambda key: f"“{PART_NAMES[key[1]]}”", problem)
