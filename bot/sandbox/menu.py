"""The menu below the chat. Sizes are bytes of UTF-8, as on the "Create menu" page."""

from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.endpoint import OK, Answer, Asked, Endpoint
from bot.sandbox.refusal import Refusal, require
from bot.sandbox.state import Platform

Button = dict[str, Any]

BUTTONS, SUB_BUTTONS = 3, 5
NAME, SUB_NAME = 16, 60
KEY, URL = 128, 1024
KEYED = frozenset(
    {
        "click",
        "scancode_push",
        "scancode_waitmsg",
        "pic_sysphoto",
        "pic_photo_or_album",
        "pic_weixin",
        "location_select",
    }
)
OTHERS = {
    "view": "url",
    "miniprogram": "appid",
    "media_id": "media_id",
    "article_id": "article_id",
    "article_view_limited": "article_id",
}
# errcodes for a top button and for one below it.
CODES = {
    "count": (40016, 40023),
    "type": (40017, 40024),
    "name": (40018, 40025),
    "key": (40019, 40026),
    "url": (40020, 40027),
    "domain": (40055, 40054),
}


def create_menu(platform: Platform, asked: Asked) -> Answer:
    """`menu/create`: one to three buttons, each with up to five below it; replaces the whole menu."""
    buttons = asked.body.get("button")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= BUTTONS:
        raise Refusal(40016, "应有 1–3 个按钮")
    for button in buttons:
        check_button(button)
    platform.menu = buttons
    return OK


def check_button(button: object) -> None:
    """A top button either does something or opens others."""
    if not isinstance(button, dict):
        raise Refusal(40017, "按钮应为对象")
    below = button.get("sub_button")
    if not below:
        check_action(button, 0)
        return
    require("type" not in button, 40017, "type 与 sub_button 不能同时出现")
    check_name(button, 0)
    require(isinstance(below, list) and len(below) <= SUB_BUTTONS, 40023, "二级按钮最多 5 个")
    for sub_button in below:
        require(isinstance(sub_button, dict), 40024, "二级按钮应为对象")
        check_action(sub_button, 1)


def check_action(button: Button, level: int) -> None:
    """A button that does something: what it needs depends on its type."""
    check_name(button, level)
    kind = button.get("type")
    require(kind in KEYED or kind in OTHERS, CODES["type"][level], f"type={kind}")
    if kind in KEYED:
        length = size(button.get("key"))
        require(0 < length <= KEY, CODES["key"][level], f"key {length} 字节，最多 {KEY} 字节")
        return
    require(button.get(OTHERS[str(kind)]), CODES["type"][level], f"缺少 {OTHERS[str(kind)]}")
    if url := button.get("url"):
        require(size(url) <= URL, CODES["url"][level], f"url {size(url)} 字节，最多 {URL} 字节")
        scheme = urlsplit(str(url)).scheme
        require(scheme in {"http", "https"}, CODES["domain"][level], f"url 应是完整的网址：{url}")


def check_name(button: Button, level: int) -> None:
    """16 bytes, below 60."""
    length, most = size(button.get("name")), (NAME, SUB_NAME)[level]
    require(0 < length <= most, CODES["name"][level], f"按钮名 {length} 字节，最多 {most} 字节")


def size(value: object) -> int:
    """Bytes in UTF-8; none for what is no string."""
    return len(value.encode()) if isinstance(value, str) else 0


def get_menu(platform: Platform, _asked: Asked) -> Answer:
    """`menu/get`: only what the API has set."""
    if platform.menu is None:
        raise Refusal(46003, "没有菜单", blame=False)
    return {"menu": {"button": platform.menu}}


def delete_menu(platform: Platform, _asked: Asked) -> Answer:
    """`menu/delete`."""
    platform.menu = None
    return OK


def current_menu(platform: Platform, _asked: Asked) -> Answer:
    """`get_current_selfmenu_info`: whichever way it was set; open to every account."""
    buttons = platform.menu or []
    return {"is_menu_open": int(bool(buttons)), "selfmenu_info": {"button": buttons}}


ENDPOINTS = (
    Endpoint("menu/create", create_menu, changes=True, daily=1000, verified=True),
    Endpoint("menu/get", get_menu, method="GET", body="none", daily=10_000, verified=True),
    Endpoint(
        "menu/delete",
        delete_menu,
        method="GET",
        body="none",
        changes=True,
        daily=1000,
        verified=True,
    ),
    Endpoint("get_current_selfmenu_info", current_menu, method="GET", body="none"),
)
