"""`rikan notify test` and `rikan tidy`: whether editors can be told, and what may go."""

from dataclasses import asdict

import click

from bot import telling, tidying
from bot.cli.invocation import Invocation
from bot.cli.main import Failure
from bot.cli.output import print_columns, print_json
from bot.notify.channels import Report
from bot.services import open_services


@click.group()
def notify() -> None:
    """机器人主动告诉编辑时，走得通哪些路。"""


@notify.command("test")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.option("--dry-run", is_flag=True, help="不发送，只列出会走哪些路")
@click.pass_obj
def test(invocation: Invocation, as_json: bool, dry_run: bool) -> None:
    """往每一条设好的路（群机器人、邮件、已绑定编辑的微信）发一句测试的话，说出哪条没通、怎么办。"""
    with open_services(invocation.config()) as services:
        if dry_run:
            reports = [Report(name) for name in telling.ways(services)]
        else:
            reports = list(telling.reach(services, telling.trial_sentence()))
    if as_json:
        print_json([{"channel": each.channel, "problem": each.problem} for each in reports])
    elif reports:
        word = "会用" if dry_run else "通了"
        print_columns([(each.channel, each.problem or word) for each in reports])
    if not reports:
        raise Failure(telling.NOWHERE)
    if broken := [each.channel for each in reports if each.problem]:
        raise Failure(f"{'、'.join(broken)} 没有通。请照上面的提示处理后再试")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.option("--dry-run", is_flag=True, help="不删除，只说会删多少")
@click.pass_obj
def tidy(invocation: Invocation, as_json: bool, dry_run: bool) -> None:
    """删去不再需要的：读者的旧提问、告诉过的旧提醒、被替换报告的旧原件、一周没人要的导出。

    定时进程每天自己做一次。保留多久见设置 followers.keep_days 和 [retention]。
    """
    with open_services(invocation.config()) as services:
        done = tidying.tidy(services, dry_run=dry_run)
    if as_json:
        print_json(asdict(done))
        return
    word = "会删去" if dry_run else "已删去"
    size = f"（{done.source_bytes / 1e6:.1f} MB）" if done.sources else ""
    click.echo(
        f"{word} {done.messages} 条读者消息、{done.notices} 条提醒、"
        f"{done.sources} 份旧原件{size}、{done.exports} 份旧导出"
    )
