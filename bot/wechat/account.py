"""What the account may do: asked with calls that change nothing, and remembered for a day."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from bot.errors import PlatformDenied, PlatformError, PlatformRefused
from bot.wechat.client import MpClient
from bot.wechat.quotas import LIMITS

FRESH = timedelta(days=1)
# No permission; banned for a violation. Both mean: do not try.
CLOSED = frozenset({48001, 48004})
# Nobody is refused for having used up what he may not use.
USED_UP = frozenset({45009, 45011})
ANY_MESSAGE = "1"  # whether there is such a message does not matter


class Ability(StrEnum):
    """What an account may or may not do."""

    DRAFT = "draft"
    PUBLISH = "publish"
    MASS = "mass"
    PREVIEW = "preview"
    CUSTOM = "custom"
    MENU = "menu"


ABILITY_NAMES = {
    Ability.DRAFT: "草稿",
    Ability.PUBLISH: "发布",
    Ability.MASS: "群发",
    Ability.PREVIEW: "手机预览",
    Ability.CUSTOM: "客服消息",
    Ability.MENU: "用接口设菜单",
}
PROBES: Mapping[Ability, Callable[[MpClient], Any]] = {
    Ability.DRAFT: lambda client: client.draft.count(),
    Ability.PUBLISH: lambda client: client.freepublish.batchget(0, 1, no_content=True),
    Ability.MASS: lambda client: client.mass.get(ANY_MESSAGE),
    Ability.MENU: lambda client: client.about.own_menu(),
}
# No call of these two is without effect; the official table gives them to the same accounts as MASS.
LIKE_MASS = (Ability.PREVIEW, Ability.CUSTOM)
# The calls worth another each, to learn the platform's own figures; and what they are for.
SCARCE = {
    "draft/add": Ability.DRAFT,
    "draft/get": Ability.DRAFT,
    "media/uploadimg": Ability.DRAFT,
    "freepublish/submit": Ability.PUBLISH,
    "freepublish/get": Ability.PUBLISH,
    "message/mass/sendall": Ability.MASS,
    "message/mass/preview": Ability.PREVIEW,
}


class Kind(StrEnum):
    """What an account must be, to be allowed what it is allowed; no call tells it."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Allowance:
    """The platform's own figures for a call, today."""

    daily: int
    used: int


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found out at `found_at`. `menu` is a line a button, as followers see it now."""

    found_at: datetime
    may: frozenset[Ability]
    allowances: Mapping[str, Allowance]
    menu: tuple[str, ...]

    @property
    def kind(self) -> Kind:
        """What the account must be."""
        if Ability.MASS in self.may or Ability.PUBLISH in self.may:
            return Kind.VERIFIED
        return Kind.UNVERIFIED if Ability.DRAFT in self.may else Kind.OTHER


class Memory(Protocol):
    """Where findings are kept between processes."""

    def recall(self) -> tuple[datetime, Mapping[str, Any]] | None: ...
    def remember(self, findings: Mapping[str, Any]) -> datetime: ...


class Account:
    """One account, and what is known of it."""

    def __init__(self, client: MpClient, memory: Memory, now: Callable[[], datetime]) -> None:
        self._client = client
        self._memory = memory
        self._now = now

    def known(self) -> Findings | None:
        """What was found out last, however long ago. Makes no call."""
        kept = self._memory.recall()
        return _read(*kept) if kept else None

    def findings(self) -> Findings:
        """What was found out within a day, else what is found out now. Raises PlatformError."""
        known = self.known()
        fresh = known is not None and self._now() - known.found_at < FRESH
        return known if known and fresh else self.examine()

    def examine(self, *, allowances: bool = False) -> Findings:
        """Ask the platform, one call an ability; and a call each for the scarce calls' allowances."""
        may = {ability for ability in PROBES if self._may(ability)}
        if Ability.MASS in may:
            may.update(LIKE_MASS)
        found = {
            "may": sorted(may),
            "allowances": dict(self._allowances(may)) if allowances else {},
            "menu": list(buttons(self._client.about.shown_menu())),
        }
        return _read(self._memory.remember(found), found)

    def _may(self, ability: Ability) -> bool:
        try:
            PROBES[ability](self._client)
        except PlatformRefused:
            return True  # it was looked at, and only then refused
        except PlatformDenied as error:
            if error.code not in CLOSED | USED_UP:
                raise
            return error.code in USED_UP
        return True

    def _allowances(self, may: Collection[Ability]) -> Iterator[tuple[str, list[int]]]:
        for call in (call for call, ability in SCARCE.items() if ability in may):
            try:
                quota = self._client.about.quota(call)["quota"]
                yield call, [int(quota["daily_limit"]), int(quota["used"])]
            except (PlatformError, LookupError, TypeError, ValueError):
                continue  # not every call has one, nor is every account told


def _read(found_at: datetime, found: Mapping[str, Any]) -> Findings:
    # Another version may have known other abilities.
    known = frozenset(Ability) & frozenset(found.get("may", ()))
    figures = {call: Allowance(*pair) for call, pair in found.get("allowances", {}).items()}
    return Findings(found_at, frozenset(map(Ability, known)), figures, tuple(found.get("menu", ())))


def buttons(answer: Mapping[str, Any]) -> Iterator[str]:
    """A line a button of `get_current_selfmenu_info`: `往期 › 本周`; nothing where there is no menu."""
    shown = answer.get("selfmenu_info")
    for top in _buttons(shown.get("button") if isinstance(shown, dict) else None):
        name, below = str(top.get("name", "")), top.get("sub_button")
        listed = list(_buttons(below.get("list") if isinstance(below, dict) else below))
        if not listed:
            yield name
        for button in listed:
            yield f"{name} › {button.get('name', '')}"


def _buttons(listed: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(listed, list):
        yield from (button for button in listed if isinstance(button, dict))


def daily_limit(call: str, findings: Findings | None) -> int:
    """How often a call may be made a day: the platform's own figure if known; 0: no limit is known."""
    told = findings.allowances.get(call) if findings else None
    if told and told.daily:
        return told.daily
    return LIMITS[call].daily if call in LIMITS else 0
