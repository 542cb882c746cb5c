"""`rikan menu show` and `push`: the menu below the chat."""

import click

from bot.cli.invocation import Invocation
from bot.cli.main import Failure
from bot.cli.output import print_json
from bot.services import Services, open_services
from bot.wechat.menu import Button, lines, problems, same, written


@click.group()
def menu() -> None:
    """看聊天窗口下面的菜单，或按设置更新它（认证号）。"""


@menu.command()
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_obj
def show(invocation: Invocation, as_json: bool) -> None:
    """看平台上用接口设的菜单，和设置里的是否一样。在公众平台上手动设的见 rikan account。"""
    config = invocation.config()
    with open_services(config) as services:
        present = services.menu.set_by_us()
    wanted = written(config.menu.buttons) if not problems(config.menu.buttons) else []
    if as_json:
        print_json({"menu": present, "as_configured": same(present, wanted)})
        return
    click.echo("\n".join(lines(present)) or "还没有用接口设过菜单")
    if wanted and not same(present, wanted):
        click.echo("注意 和设置里的不一样。要更新请运行 rikan menu push", err=True)


@menu.command()
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.option("--dry-run", is_flag=True, help="不调用平台，只检查设置并列出菜单")
@click.pass_obj
def push(invocation: Invocation, as_json: bool, dry_run: bool) -> None:
    """把设置 [menu] 里的菜单放到公众号上；已经一样的就不动。先检查是否合平台的要求，不合就不发送。"""
    config = invocation.config()
    if found := problems(config.menu.buttons):
        raise Failure("；".join(found))
    wanted = written(config.menu.buttons)
    pushed = False
    if not dry_run:
        with open_services(config) as services:
            pushed = _pushed(services, wanted)
    if as_json:
        print_json({"menu": wanted, "pushed": pushed})
        return
    click.echo("\n".join(lines(wanted)))
    if not dry_run:
        click.echo("菜单已更新，读者重新打开聊天后看到" if pushed else "平台上已是这样，没有改动")


def _pushed(services: Services, wanted: list[Button]) -> bool:
    if same(services.menu.set_by_us(), wanted):
        return False
    services.menu.push(wanted)
    return True
