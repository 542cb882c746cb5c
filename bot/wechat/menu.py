"""The menu below the chat: what the platform allows of it, and whether it is as wanted."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import urlsplit

from bot.errors import PlatformRefused
from bot.wechat.client import MpClient

Button = dict[str, Any]

BUTTONS, SUB_BUTTONS = 3, 5
# Bytes of UTF-8, of a button and of one below it: the page "创建自定义菜单".
NAME, SUB_NAME = 16, 60
KEY, URL = 128, 1024
NO_MENU = 46003
KEYED = (
    "click",
    "scancode_push",
    "scancode_waitmsg",
    "pic_sysphoto",
    "pic_photo_or_album",
    "pic_weixin",
    "location_select",
)
# What a button of each type needs.
NEEDS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(KEYED, ("key",)),
    "view": ("url",),
    "miniprogram": ("appid", "pagepath", "url"),
    "media_id": ("media_id",),
    "article_id": ("article_id",),
    "article_view_limited": ("article_id",),
}


class Wanted(Protocol):
    """A button of the settings."""

    name: str
    type: str
    key: str
    url: str
    appid: str
    pagepath: str
    media_id: str
    article_id: str

    @property
    def sub(self) -> "Sequence[Wanted]": ...


def problems(buttons: Sequence[Wanted]) -> list[str]:
    """What the platform would refuse, a sentence each; empty for a menu that it takes."""
    if not buttons:
        return ["menu.buttons 是空的。请在 config.toml 的 [menu] 里写上按钮"]
    found = []
    if len(buttons) > BUTTONS:
        found.append(f"菜单有 {len(buttons)} 个按钮，最多 {BUTTONS} 个。请并到 sub 里")
    for button in buttons:
        found += _of_top(button)
    return found


def _of_top(button: Wanted) -> Iterator[str]:
    if not button.sub:
        yield from _of_button(button, NAME)
        return
    yield from _of_name(button, NAME)
    if button.type:
        yield f"按钮“{button.name}”既有 type 又有 sub，只能留一样。请删去 type"
    if len(button.sub) > SUB_BUTTONS:
        yield f"按钮“{button.name}”下面有 {len(button.sub)} 个，最多 {SUB_BUTTONS} 个。请删去几个"
    for below in button.sub:
        if below.sub:
            yield f"按钮“{below.name}”下面不能再有按钮。请把它的 sub 移到上一层"
        yield from _of_button(below, SUB_NAME)


def _of_name(button: Wanted, most: int) -> Iterator[str]:
    size = _size(button.name)
    if not button.name.strip():
        yield "有一个按钮没有 name。请写上名称"
    if size > most:
        yield f"按钮名“{button.name}”有 {size} 字节，最多 {most} 字节（约 {most // 3} 个汉字）。请缩短"


def _of_button(button: Wanted, most: int) -> Iterator[str]:
    yield from _of_name(button, most)
    if button.type not in NEEDS:
        yield f"按钮“{button.name}”的 type 不对。可用的有 {'、'.join(NEEDS)}"
        return
    for name in NEEDS[button.type]:
        if not getattr(button, name):
            yield f"按钮“{button.name}”（{button.type}）缺少 {name}。请补上"
    if _size(button.key) > KEY:
        yield f"按钮“{button.name}”的 key 有 {_size(button.key)} 字节，最多 {KEY} 字节。请缩短"
    yield from _of_address(button)


def _of_address(button: Wanted) -> Iterator[str]:
    if not button.url:
        return
    if _size(button.url) > URL:
        yield f"按钮“{button.name}”的 url 超过 {URL} 字节。请换短一些的地址"
    split = urlsplit(button.url)
    if split.scheme not in {"http", "https"} or not split.netloc:
        yield f"按钮“{button.name}”的 url 不是完整的网址。请写成 https://…"


def _size(text: str) -> int:
    return len(text.encode())


def written(buttons: Sequence[Wanted]) -> list[Button]:
    """The menu as it is sent."""
    return [_written(button) for button in buttons]


def _written(button: Wanted) -> Button:
    if button.sub:
        return {"name": button.name, "sub_button": written(button.sub)}
    return {
        "name": button.name,
        "type": button.type,
        **{name: getattr(button, name) for name in NEEDS[button.type]},
    }


def same(one: Sequence[Button], other: Sequence[Button]) -> bool:
    """Whether followers would notice no difference: what is empty is as if it were not there."""
    return _bare(one) == _bare(other)


def _bare(buttons: Sequence[Button]) -> list[Button]:
    return [
        {
            name: _bare(value) if name == "sub_button" else value
            for name, value in button.items()
            if value not in ("", [], None)
        }
        for button in buttons
    ]


def lines(buttons: Sequence[Button]) -> list[str]:
    """A line a button, those below another after it: `往期 › 本周  click 本周`."""
    return [line for button in buttons for line in _lines(button, "")]


def _lines(button: Button, above: str) -> Iterator[str]:
    name = f"{above}{button.get('name', '')}"
    if below := button.get("sub_button"):
        for each in below:
            yield from _lines(each, f"{name} › ")
    else:
        needed = NEEDS.get(str(button.get("type")), ("key", "url"))
        does = [str(button[part]) for part in needed if button.get(part)]
        yield f"{name}  {' '.join([str(button.get('type', '')), *does])}"


class Menu:
    """The menu of one account. Each method is one call and raises PlatformError."""

    def __init__(self, client: MpClient) -> None:
        self._client = client

    def set_by_us(self) -> list[Button]:
        """The menu that was set over the interface; empty where none is, or one was made in the console."""
        try:
            answer = self._client.about.own_menu()
        except PlatformRefused as error:
            if error.code == NO_MENU:
                return []
            raise
        menu = answer.get("menu")
        found = menu.get("button") if isinstance(menu, dict) else None
        return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []

    def push(self, buttons: Sequence[Button]) -> None:
        """Replace the whole menu; the same again changes nothing."""
        self._client.about.set_menu(list(buttons))
