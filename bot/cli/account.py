"""`rikan account`: what the account may do, and how much of it is left today."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click

from bot.cli.invocation import Invocation
from bot.cli.output import print_columns, print_json
from bot.config import Config
from bot.errors import PlatformError
from bot.services import SHANGHAI, Services, open_services
from bot.wechat.account import ABILITY_NAMES, Account, Findings, Kind, daily_limit
from bot.wechat.quotas import LIMITS

KIND_NAMES = {
    Kind.VERIFIED: "已认证",
    Kind.UNVERIFIED: "个人号或未认证（接口做到草稿为止，发布请在公众平台上按）",
    Kind.OTHER: "不能用草稿箱（请核对 wechat.appid 是公众号的，不是小程序的）",
}


@dataclass(frozen=True, slots=True)
class View:
    """What is shown: `used` counts this day's calls, `problem` is why the rest is not of today."""

    findings: Findings | None
    used: Mapping[str, int]
    problem: PlatformError | None = None


@click.command()
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.option("--refresh", is_flag=True, help="现在就再查一次，并向平台核对每日额度")
@click.option("--dry-run", is_flag=True, help="不调用平台，只看上次查到的")
@click.pass_obj
def account(invocation: Invocation, as_json: bool, refresh: bool, dry_run: bool) -> None:
    """看公众号的类型和权限、今天各接口用了多少次、菜单是什么。

    权限由几次只读的调用查得，一天查一次。服务器的 IP 不在白名单里时，会说出要加的 IP。
    """
    if refresh and dry_run:
        raise click.UsageError("--refresh 与 --dry-run 不能同时用")
    config = invocation.config()
    with open_services(config) as services:
        view = _look(services, refresh=refresh, dry_run=dry_run)
    if as_json:
        print_json(_plain(config, view))
    else:
        _tell(config, view)
    if view.problem:
        raise view.problem


def _look(services: Services, *, refresh: bool, dry_run: bool) -> View:
    findings, problem = None, None
    try:
        findings = _ask(services.account, refresh=refresh, dry_run=dry_run)
    except PlatformError as error:
        findings, problem = services.account.known(), error
    return View(findings, services.usage.on(services.now().date()), problem)


def _ask(account: Account, *, refresh: bool, dry_run: bool) -> Findings | None:
    if dry_run:
        return account.known()
    return account.examine(allowances=True) if refresh else account.findings()


def _plain(config: Config, view: View) -> dict[str, Any]:
    found = view.findings
    return {
        "appid": config.wechat.appid,
        "kind": found.kind if found else None,
        "checked_at": found.found_at.astimezone(SHANGHAI).isoformat() if found else None,
        "may": {name: name in found.may for name in ABILITY_NAMES} if found else {},
        "quotas": [quota for quota, _ in _quotas(view)],
        "menu": list(found.menu) if found else [],
        "proxy": bool(config.wechat.proxy),
        "problem": str(view.problem) if view.problem else "",
    }


def _quotas(view: View) -> Iterator[tuple[dict[str, Any], str]]:
    """Each call that was made today or is scarce, and what an editor calls it."""
    told = view.findings.allowances if view.findings else {}
    for call in dict.fromkeys([*LIMITS, *view.used]):
        used, figures = view.used.get(call, 0), told.get(call)
        if used or figures:
            limit = daily_limit(call, view.findings)
            by_platform = figures.used if figures else None
            quota = {"call": call, "used": used, "limit": limit, "used_by_platform": by_platform}
            yield quota, LIMITS[call].name if call in LIMITS else call


def _tell(config: Config, view: View) -> None:
    found = view.findings
    click.echo(f"账号  {config.wechat.appid}{'，经代理连接' if config.wechat.proxy else ''}")
    if found is None:
        click.echo("权限  还没有查过。请运行 rikan account（不带 --dry-run）")
    else:
        _tell_findings(found)
    _tell_quotas(view)


def _tell_findings(found: Findings) -> None:
    click.echo(f"类型  {KIND_NAMES[found.kind]}")
    able = "、".join(name for ability, name in ABILITY_NAMES.items() if ability in found.may)
    unable = "、".join(name for ability, name in ABILITY_NAMES.items() if ability not in found.may)
    click.echo(f"可用  {able or '（没有）'}")
    click.echo(f"不可用  {unable or '（没有）'}")
    click.echo(f"菜单  {'、'.join(found.menu) or '（没有）'}")
    click.echo(f"以上查于 {_when(found.found_at)}")


def _when(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def _tell_quotas(view: View) -> None:
    rows = [_row(quota, name) for quota, name in _quotas(view)]
    if not rows:
        click.echo("今天还没有调用过平台")
        return
    click.echo("\n今天的调用次数")
    print_columns(rows)


def _row(quota: Mapping[str, Any], name: str) -> tuple[str, str, str]:
    limit, told = quota["limit"], quota["used_by_platform"]
    share = f"{quota['used']:,}" + (f" / {limit:,}" if limit else "")
    others = f"平台记为 {told:,} 次" if told is not None else ""
    return f"  {name}", share, others
