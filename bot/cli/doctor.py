"""`rikan doctor`: what is not as it should be, and what to do."""

import sys
from collections import Counter
from collections.abc import Sequence

import click

from bot.cli.invocation import Invocation
from bot.cli.output import print_json, width
from bot.doctor.examination import examine
from bot.doctor.rounds import checks_of, surroundings
from bot.doctor.verdict import Grade, Line, fail
from bot.errors import ConfigError
from bot.services import open_services

COLOURS = {Grade.OK: "green", Grade.WARN: "yellow", Grade.FAIL: "red", Grade.SKIP: "bright_black"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.option("--offline", is_flag=True, help="不连平台和公网地址，只查本机")
@click.pass_obj
def doctor(invocation: Invocation, as_json: bool, offline: bool) -> None:
    """检查一切是否正常：设置、口令、时钟、数据库、队列、字体、公网地址、公众号、磁盘、备份。

    每行一项：ok 正常，warn 要注意，fail 不能用，skip 没有查；后面说怎么办。有 fail 时退出码是 1。
    """
    lines = _examined(invocation, offline=offline)
    count = Counter(line.verdict.grade for line in lines)
    if as_json:
        print_json({"ok": not count[Grade.FAIL], "checks": [_plain(line) for line in lines]})
    else:
        _tell(lines)
        click.echo(_summary(count))
    sys.exit(1 if count[Grade.FAIL] else 0)


def _examined(invocation: Invocation, *, offline: bool) -> list[Line]:
    try:
        config = invocation.config()
    except ConfigError as error:
        return [Line("settings", "设置", fail(str(error)))]
    with open_services(config) as services:
        around = surroundings(invocation.find())
        return examine(checks_of(services, around, offline=offline))


def _plain(line: Line) -> dict[str, str]:
    return {"check": line.check, "grade": line.verdict.grade, "text": line.verdict.text}


def _tell(lines: Sequence[Line]) -> None:
    widest, last = max(width(line.title) for line in lines), ""
    for line in lines:
        grade, title = line.verdict.grade, "" if line.title == last else line.title
        pad = " " * (widest - width(title))
        click.echo(
            f"{click.style(f'{grade:<4}', COLOURS[grade])}  {title}{pad}  {line.verdict.text}"
        )
        last = line.title


def _summary(count: Counter[Grade]) -> str:
    bad, odd = count[Grade.FAIL], count[Grade.WARN]
    if bad:
        return f"{bad} 处不能用，{odd} 处要注意。请从上往下处理，再运行一次"
    return f"都能用，{odd} 处要注意" if odd else "都正常"
