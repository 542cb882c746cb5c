"""`rikan editors`: who may steer deliveries by writing to the account."""

from datetime import datetime, timedelta

import click

from bot.archive.editors import Editor, Invitation
from bot.cli.invocation import Invocation
from bot.cli.main import Failure
from bot.cli.output import print_columns, print_json
from bot.services import SHANGHAI, open_services

DAY = 24  # hours
LONGEST = 7 * DAY


@click.group()
def editors() -> None:
    """编辑在公众号里发话就能看状态、预览、通过、退回、发布：先在这里请他们绑定微信。"""


@editors.command()
@click.argument("name", metavar="名字")
@click.option(
    "--hours",
    type=click.IntRange(1, LONGEST),
    default=DAY,
    show_default=True,
    help="多少小时内有效",
)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_obj
def invite(invocation: Invocation, name: str, hours: int, as_json: bool) -> None:
    """给一位编辑一个绑定码，只能用一次。换了微信号的编辑也这样重新绑定。"""
    with open_services(invocation.config()) as services:
        code = services.editors.invite(name, timedelta(hours=hours))
        until = services.now() + timedelta(hours=hours)
    if as_json:
        print_json({"name": name, "code": code, "until": until.isoformat(timespec="seconds")})
        return
    click.echo(f"请 {name} 关注公众号，并发给它：绑定 {code}")
    click.echo(f"{until:%m-%d %H:%M} 之前有效，只能用一次；不要发到群里")


@editors.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_obj
def list_editors(invocation: Invocation, as_json: bool) -> None:
    """列出编辑和绑定的时间，以及还没有用的绑定码。"""
    with open_services(invocation.config()) as services:
        bound, invited = services.editors.all(), services.editors.invited()
    if as_json:
        print_json([*map(_bound, bound), *map(_invited, invited)])
    elif bound or invited:
        rows = [(each.name, f"{_moment(each.bound_at)} 绑定") for each in bound]
        rows += [(each.name, f"还没有绑定，{_moment(each.expires_at)} 前有效") for each in invited]
        print_columns(rows)
    else:
        click.echo("还没有编辑。用 rikan editors invite 名字 请第一位")


@editors.command()
@click.argument("name", metavar="名字")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_obj
def unbind(invocation: Invocation, name: str, as_json: bool) -> None:
    """解除一位编辑的绑定，没有用过的绑定码也作废。"""
    with open_services(invocation.config()) as services:
        gone = services.editors.unbind(name)
    if not gone:
        raise Failure(f"没有叫 {name} 的编辑。运行 rikan editors list 查看")
    if as_json:
        print_json({"name": name, "bound": False})
    else:
        click.echo(f"{name} 不再是编辑")


def _bound(editor: Editor) -> dict[str, object]:
    since = editor.bound_at.astimezone(SHANGHAI).isoformat(timespec="seconds")
    return {"name": editor.name, "bound": True, "since": since}


def _invited(invitation: Invitation) -> dict[str, object]:
    until = invitation.expires_at.astimezone(SHANGHAI).isoformat(timespec="seconds")
    return {"name": invitation.name, "bound": False, "until": until, "by": invitation.invited_by}


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
