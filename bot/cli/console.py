"""`rikan accounts`: who may sign in to the console."""

from datetime import datetime, timedelta

import click

from bot.archive.accounts import ROLE_NAMES, Account, AccountInvitation, Role
from bot.cli.invocation import Invocation
from bot.cli.main import Failure
from bot.cli.output import print_columns, print_json
from bot.console.links import invitation_address
from bot.services import SHANGHAI, Services, open_services

DAY = 24  # hours
LONGEST = 7 * DAY


@click.group()
def accounts() -> None:
    """谁能登录控制台（网页 /console）：先在这里给出邀请链接。"""


@accounts.command()
@click.argument("name", metavar="名字")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    default=Role.EDITOR.value,
    show_default=True,
    help="editor 编辑，approver 审批人，admin 管理员",
)
@click.option("--editor", metavar="编辑", help="在微信里是哪位编辑（rikan editors list）")
@click.option(
    "--hours",
    type=click.IntRange(1, LONGEST),
    default=3 * DAY,
    show_default=True,
    help="多少小时内有效",
)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_obj
def invite(
    invocation: Invocation, name: str, role: str, editor: str | None, hours: int, as_json: bool
) -> None:
    """给一个人登录控制台的链接，只能用一次。忘了密码、丢了手机的也这样重新来过。"""
    with open_services(invocation.config()) as services:
        services.config.require("web.secret_key")
        openid = _openid(services, editor) if editor else ""
        valid = timedelta(hours=hours)
        token = services.accounts.invite(name, Role(role), services.who, valid, openid)
        until, address = services.now() + valid, invitation_address(services, token)
    if as_json:
        moment = until.isoformat(timespec="seconds")
        print_json({"name": name, "role": role, "url": address, "until": moment})
        return
    click.echo(f"请 {name} 打开这个链接设密码：{address}")
    click.echo(f"{until:%m-%d %H:%M} 之前有效，只能用一次；不要发到群里")


def _openid(services: Services, name: str) -> str:
    for editor in services.editors.all():
        if editor.name == name:
            return editor.openid
    raise Failure(f"没有叫 {name} 的编辑。运行 rikan editors list 查看")


@accounts.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_obj
def list_accounts(invocation: Invocation, as_json: bool) -> None:
    """列出账号、角色和登录情况，以及还没有用的邀请。"""
    with open_services(invocation.config()) as services:
        known, invited = services.accounts.all(), services.accounts.invited()
        signed_in = {each.name: len(services.accounts.sessions.of(each.name)) for each in known}
    if as_json:
        print_json([*(_record(each, signed_in[each.name]) for each in known), *map(_open, invited)])
    elif known or invited:
        rows = [
            (each.name, ROLE_NAMES[each.role], _standing(each, signed_in[each.name]))
            for each in known
        ]
        rows += [
            (each.name, ROLE_NAMES[each.role], f"还没有设密码，{_moment(each.expires_at)} 前有效")
            for each in invited
        ]
        print_columns(rows)
    else:
        click.echo("还没有账号。用 rikan accounts invite 名字 --role admin 请第一位")


@accounts.command()
@click.argument("name", metavar="名字")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_obj
def disable(invocation: Invocation, name: str, as_json: bool) -> None:
    """停用一个账号：马上退出，不能再登录，没有用过的邀请也作废。重新邀请就恢复。"""
    with open_services(invocation.config()) as services:
        gone = services.accounts.disable(name)
    if not gone:
        raise Failure(f"没有叫 {name} 的账号，或已停用。运行 rikan accounts list 查看")
    if as_json:
        print_json({"name": name, "active": False})
    else:
        click.echo(f"{name} 已停用")


@accounts.command(name="sign-out")
@click.argument("name", metavar="名字")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_obj
def sign_out(invocation: Invocation, name: str, as_json: bool) -> None:
    """让一个账号在所有地方退出登录。"""
    with open_services(invocation.config()) as services:
        if services.accounts.account(name) is None:
            raise Failure(f"没有叫 {name} 的账号。运行 rikan accounts list 查看")
        count = services.accounts.sessions.end_of(name)
    if as_json:
        print_json({"name": name, "signed_out": count})
    else:
        click.echo(f"{name} 已在 {count} 处退出登录")


def _standing(account: Account, signed_in: int) -> str:
    if account.disabled_at:
        return f"{_moment(account.disabled_at)} 停用"
    return f"登录在 {signed_in} 处" if signed_in else "没有登录"


def _record(account: Account, signed_in: int) -> dict[str, object]:
    return {
        "name": account.name,
        "role": account.role,
        "active": account.disabled_at is None,
        "second_factor": bool(account.second_factor),
        "signed_in": signed_in,
    }


def _open(invitation: AccountInvitation) -> dict[str, object]:
    until = invitation.expires_at.astimezone(SHANGHAI).isoformat(timespec="seconds")
    return {"name": invitation.name, "role": invitation.role, "invited_until": until}


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%m-%d %H:%M}"
