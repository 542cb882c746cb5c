"""`rikan demo`: the whole daily job on five real issues, with every part real but the platform."""

import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from bot.cli.cast import open_cast
from bot.cli.rehearsal import ANSWERS, Answer, Check, Line, Rehearsal
from bot.cli.sandbox import wait_for_stop
from bot.errors import RikanError
from bot.jobs.queue import PUBLISH, PUSH
from bot.resources import directory


@click.command()
@click.option("--once", is_flag=True, help="显示结果后就结束，不等 Ctrl-C")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("rikan-demo"),
    show_default=True,
    help="生成的文件写到哪个目录",
)
def demo(once: bool, out: Path) -> None:
    """用五期真实报告演示全过程：读取、存档、排版、推送草稿、发布、回答读者。

    不需要公众号，也不需要数据库和队列服务：平台由本机模拟，其余都是真的。
    """
    # A closed terminal or a polite request to end must not leave the demo's processes behind.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    console = Console()
    with ExitStack() as closing:
        work = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="rikan-")))
        rehearsal = Rehearsal(*closing.enter_context(open_cast(work)))
        answers = _perform(rehearsal, out, console)
        before = rehearsal.changes()
        lines = rehearsal.push_again()
        checks = rehearsal.checks(answers, lines, before)
        _summarise(rehearsal, answers, lines, checks, out, console)
        if not once:
            console.print(f"控制台：{rehearsal.console()}（先设一个密码）", soft_wrap=True)
            console.print("　登录以后，点月历里的 6月13日：那一期的草稿还没有发布", soft_wrap=True)
            console.print(
                f"手机：{rehearsal.phone}（在浏览器里打开；按 Ctrl-C 结束，演示里做的都会删去）",
                soft_wrap=True,
            )
            wait_for_stop()
            console.print("正在停止…")
    if failed := [check.what for check in checks if not check.passed]:
        raise DemoError(f"演示没有通过：{'；'.join(failed)}。请把上面的输出发给开发者")


class DemoError(RikanError):
    """Something that should have happened did not."""


def _perform(rehearsal: Rehearsal, out: Path, console: Console) -> list[Answer]:
    samples = sorted(directory("examples").glob("*.txt"))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console) as progress:

        def steps(name: str, things: list[str] | list[Path]) -> list:  # type: ignore[type-arg]
            return progress.track(things, description=name)  # type: ignore[return-value]

        ids = [rehearsal.read(path) for path in steps("读取并存档", samples)]
        for issue_id in steps("排版，画封面和二维码", ids):
            rehearsal.render(issue_id, out)
        rehearsal.ask_for(PUSH, ids)
        for issue_id in steps("推送草稿", ids):
            rehearsal.wait_for_draft(issue_id)
        older = ids[:-1]
        rehearsal.ask_for(PUBLISH, older)
        for issue_id in steps("发布较早的四期", older):
            rehearsal.wait_for_publication(issue_id)
        return [rehearsal.say(text) for text in steps("扮作读者提问", list(ANSWERS))]


def _summarise(
    rehearsal: Rehearsal,
    answers: list[Answer],
    lines: list[Line],
    checks: list[Check],
    out: Path,
    console: Console,
) -> None:
    issues = Table("期", "状态", "字符数（上限 20,000）", "文件", title="五期报告")
    for line in lines:
        issues.add_row(line.issue_id, line.state, f"{line.characters:,}", str(out / line.issue_id))
    console.print(issues)
    for answer in answers:
        console.print(f"\n[bold]读者：{answer.asked}[/bold]（{answer.milliseconds} 毫秒）")
        console.print(answer.text, markup=False, highlight=False)
    console.print()
    for check in checks:
        console.print(f"{'[green]✓[/green]' if check.passed else '[red]✗[/red]'} {check.what}")
    console.print(
        f"\n每个目录里有 article.html、preview.html、cover.jpg、square.jpg、{rehearsal.footer_name}"
    )
