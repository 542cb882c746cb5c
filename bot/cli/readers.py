"""`rikan readers`: what followers read and who follows, as the platform has counted; and what was asked."""

from dataclasses import asdict
from datetime import timedelta
from importlib import import_module
from typing import Any

import click

from bot.archive.asking import Asked
from bot.archive.readership import Followers, Read, Round
from bot.cli.invocation import Invocation
from bot.cli.output import print_columns, print_json
from bot.services import SHANGHAI, open_services

SHOWN = 20
NEVER = "平台的数字还没有取过。运行 rikan readers --fetch 现在取，或等后台每天 8:30 以后取"


@click.command()
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 366), help="最近几天")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.option("--fetch", is_flag=True, help="现在就向平台取新的数字")
@click.pass_obj
def readers(invocation: Invocation, days: int, as_json: bool, fetch: bool) -> None:
    """各期有多少人阅读、分享，关注的增减，读者问了多少。

    平台的数字由后台每天 8:30 以后取一次；认证号才有。问了什么，见 rikan insights。
    """
    with open_services(invocation.config()) as services:
        if fetch:
            told = import_module("bot.counting.round").count_readers(services)
            click.echo(f"问了平台 {told.calls} 次，有 {told.issues} 期的新数字", err=True)
        since = services.now().date() - timedelta(days=days - 1)
        kept = services.readers.readership
        reads, followers = kept.reads(since), kept.followers(since)
        asked, last = services.readers.asking.counted(days), kept.last_round()
    if as_json:
        print_json(_plain(reads, followers, asked, last))
    else:
        _tell(days, reads, followers, asked, last)


def _plain(
    reads: list[Read], followers: list[Followers], asked: Asked, last: Round | None
) -> dict[str, Any]:
    return {
        "issues": [asdict(each) | {"day": each.day.isoformat()} for each in reads],
        "followers": [asdict(each) | {"day": each.day.isoformat()} for each in followers],
        "questions": asked.questions,
        "lost": asked.lost,
        "fetched_on": last.done_on.isoformat() if last and last.done_on else None,
        "problem": last.problem if last else "",
    }


def _tell(
    days: int, reads: list[Read], followers: list[Followers], asked: Asked, last: Round | None
) -> None:
    click.echo(f"最近 {days} 天：读者问了 {asked.questions:,} 次，{asked.lost:,} 次没找到")
    if followers:
        gained, lost = (sum(getattr(each, of) for each in followers) for of in ("gained", "lost"))
        click.echo(f"新关注 {gained:,} 人，取消关注 {lost:,} 人")
    if reads:
        rows = [("期", "阅读", "分享", "收藏", ""), *map(_row, reads[:SHOWN])]
        click.echo("")
        print_columns(rows)
        click.echo("" if len(reads) <= SHOWN else f"（另有 {len(reads) - SHOWN} 期，见 --json）\n")
    click.echo(_standing(last))


def _row(read: Read) -> tuple[str, ...]:
    figures = (read.reads, read.shares, read.favourites)
    return (read.issue_id, *("—" if n is None else f"{n:,}" for n in figures), read.headline)


def _standing(last: Round | None) -> str:
    if last is None:
        return NEVER
    tried = f"{last.tried_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    if last.problem:
        return f"平台的数字（{tried} 取过）：{last.problem}"
    return f"平台的数字取于 {tried}，到前一天为止"
