"""The doctor's round as a page, and what the account may do: what may be slow is loaded by itself."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from flask import Response

from bot.archive.accounts import Role
from bot.config import Config, find_config
from bot.console.door import own_services, services, whose
from bot.console.frame import back_to, console, page, told
from bot.console.settings_page import is_admin
from bot.doctor.verdict import Grade, Line, worst
from bot.errors import ConfigError, PlatformError
from bot.wechat.account import ABILITY_NAMES, Findings, Kind, daily_limit
from bot.wechat.quotas import LIMITS

# The checks that ask beyond this machine, as `bot.doctor.rounds` names them.
FAR = ("clock", "access", "account", "callback")
GRADE_NAMES = {Grade.OK: "正常", Grade.WARN: "要注意", Grade.FAIL: "不能用", Grade.SKIP: "没有查"}
KIND_NAMES = {
    Kind.VERIFIED: "已认证的公众号",
    Kind.UNVERIFIED: "个人号或未认证的公众号：做到草稿为止，由人在公众平台发表",
    Kind.OTHER: "用不了草稿箱：请核对 AppID 是公众号的，不是小程序的",
}
NEARLY_ALL = 0.8


@console.get("/settings/health")
@whose(Role.EDITOR)
def health() -> str:
    """The frame of it; both parts of the round are loaded by themselves."""
    return page("console/settings_health.html", admin=is_admin(), **_account())


@console.get("/settings/health/near")
@whose(Role.EDITOR)
def health_near() -> str:
    """What can be looked at on this machine. Never takes longer than `examination.SECONDS`."""
    return _examined(far=False)


@console.get("/settings/health/far")
@whose(Role.EDITOR)
def health_far() -> str:
    """What asks the platform and our public address; each check has its own time-out."""
    return _examined(far=True)


def _examined(*, far: bool) -> str:
    # Loaded when somebody looks: a web process has no other use for it.
    rounds, examination = (
        import_module("bot.doctor.rounds"),
        import_module("bot.doctor.examination"),
    )
    around = rounds.surroundings(find_config(None))
    checks = rounds.checks_of(own_services("usage", "notices"), around, offline=not far)
    if far:
        needed = {name for check in checks if check.name in FAR for name in check.needs}
        checks = [check for check in checks if check.name in needed.union(FAR)]
    lines = [line for line in examination.examine(checks) if (line.check in FAR) is far]
    return page("console/settings_examined.html", **_shown(lines, far=far))


def _shown(lines: list[Line], *, far: bool) -> dict[str, Any]:
    order = (Grade.FAIL, Grade.WARN, Grade.SKIP, Grade.OK)
    sorted_lines = sorted(lines, key=lambda line: order.index(line.verdict.grade))
    return {
        "lines": sorted_lines,
        "far": far,
        "grades": GRADE_NAMES,
        "worst": worst(line.verdict for line in lines),
        "count": Counter(line.verdict.grade for line in lines),
    }


@dataclass(frozen=True, slots=True)
class Quota:
    """How often a call was made today; `limit` 0 where none is known."""

    name: str
    used: int
    limit: int

    @property
    def near(self) -> bool:
        """Whether little of it is left."""
        return bool(self.limit) and self.used >= self.limit * NEARLY_ALL


def _account() -> dict[str, Any]:
    """What is known of the account; nothing is asked."""
    config, found = services().config, _known(services().config)
    return {
        "appid": config.wechat.appid,
        "found": found,
        "kind": KIND_NAMES[found.kind] if found else "",
        "may": [(name, ability in found.may) for ability, name in ABILITY_NAMES.items()]
        if found
        else [],
        "quotas": list(_quotas(found)),
    }


def _known(config: Config) -> Findings | None:
    ready = config.wechat.appid and config.wechat.appsecret.get_secret_value()
    return own_services("account").account.known() if ready else None


def _quotas(found: Findings | None) -> Iterator[Quota]:
    used = services().usage.on(services().now().date())
    told_of = found.allowances if found else {}
    for call in dict.fromkeys([*LIMITS, *used]):
        times = max(used.get(call, 0), told_of[call].used if call in told_of else 0)
        if times:
            name = LIMITS[call].name if call in LIMITS else call
            yield Quota(name, times, daily_limit(call, found))


@console.post("/settings/health/account")
@whose(Role.EDITOR)
def ask_account() -> Response:
    """Ask the platform what the account may do, and for its own figures of today."""
    try:
        own_services("account").account.examine(allowances=True)
    except (PlatformError, ConfigError) as error:
        told(str(error), "trouble")
    else:
        told("已向平台核对")
    return back_to("console.health")
