"""`rikan add`, `check`: what becomes of the editors' files."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from bot import flow
from bot.cli.findings import print_findings
from bot.cli.invocation import Invocation
from bot.cli.output import print_json
from bot.config import Config
from bot.delivery import State
from bot.errors import IngestError, RikanError
from bot.ingest.check import check as check_alone
from bot.ingest.file import read_issue
from bot.model import Problem, Severity
from bot.services import Services, open_services

# Fewer files are done before anybody wonders.
FEW = 3


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="替换存档中同一天的那一期")
@click.option("--new-edition", is_flag=True, help="作为当天的另一期存入（2026-06-13-2）")
@click.option("--published", is_flag=True, help="这些期早已发布过，读者可以查到")
@click.pass_obj
def add(
    invocation: Invocation,
    files: tuple[Path, ...],
    replace: bool,
    new_edition: bool,
    published: bool,
) -> None:
    """把报告文件读进存档；不写文件名时读取收件目录（paths.inbox）里的所有文件。

    一个文件有问题不影响其余的；只要有一个没读进来，退出状态就是 1。
    """
    config = invocation.config()
    failed = 0
    with open_services(config) as services:
        for path in watched(files or _inbox(config)):
            try:
                added = flow.add_issue(services, path, replace_old=replace, new_edition=new_edition)
                if published:
                    flow.note_published(services, added.issue.id, "")
                    click.echo(f"{added.issue.id}  已记为已发布，读者可以查到")
            except RikanError as error:
                failed += 1
                name = "" if str(error).startswith(path.name) else f"{path.name}："
                click.echo(f"错误：{name}{error}", err=True)
            else:
                _tell(path, added)
    if failed:
        raise SystemExit(1)


def _inbox(config: Config) -> list[Path]:
    inbox = config.paths.inbox
    files = sorted(path for path in inbox.glob("*") if path.is_file() and path.name[0] != ".")
    if not files:
        raise IngestError(
            f"收件目录 {inbox}", "里面没有文件", "请把报告放进去，或运行 rikan add 文件"
        )
    return files


def watched(files: Sequence[Path]) -> Iterator[Path]:
    """The files, with a bar on the screen of whoever waits for many; what is printed goes above it."""
    if len(files) <= FEW or not sys.stderr.isatty():
        yield from files
        return
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    both = sys.stdout.isatty()
    with Progress(*columns, console=console, transient=True, redirect_stdout=both) as progress:
        task = progress.add_task("", total=len(files))
        for path in files:
            progress.update(task, description=path.name)
            yield path
            progress.advance(task)


def _tell(path: Path, added: flow.Added) -> None:
    outcome = "已替换" if added.before else "已存入"
    click.echo(
        f"{added.issue.id}  {outcome if added.new else '已在存档中，没有变化'}：{added.issue.headline}"
    )
    if added.before is State.PUBLISHED:
        click.echo(
            f"  注意 {added.issue.id} 已发布：读者搜到的是新内容，公众号里的文章不会跟着变，请到公众平台修改",
            err=True,
        )
    for problem in added.problems:
        click.echo(f"  注意 {path.name} {problem}", err=True)


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_obj
def check(invocation: Invocation, files: tuple[Path, ...], as_json: bool) -> None:
    """检查报告文件，列出问题和办法，不存入存档；有错误时退出状态是 1。

    不需要设置文件；有设置文件时，还会核对网站地址，并与存档中近期的各期比较。
    """
    archived = invocation.find() is not None
    with open_services(invocation.config_or_defaults()) as services:
        found = [(path, _problems(services, path, archived=archived)) for path in watched(files)]
    if as_json:
        print_json([_plain(path, problems) for path, problems in found])
    else:
        for path, problems in found:
            _print_problems(path, problems)
    if any(each.severity is Severity.ERROR for _, problems in found for each in problems):
        raise SystemExit(1)


def _problems(services: Services, path: Path, *, archived: bool) -> Sequence[Problem]:
    try:
        issue, source = read_issue(path, services.now().date())
    except IngestError as error:
        return [Problem(Severity.ERROR, error.place, error.problem, error.remedy)]
    if archived:
        found = flow.check_issue(services, issue, source)
    else:
        found = check_alone(issue, source.name, contents=source.contents, tail=source.tail)
    return (*source.problems, *found, *flow.gather_pictures(services, issue, path.parent).problems)


def _plain(path: Path, problems: Iterable[Problem]) -> dict[str, object]:
    names = ("severity", "place", "text", "remedy")
    return {
        "file": str(path),
        "problems": [{name: getattr(each, name) for name in names} for each in problems],
    }


def _print_problems(path: Path, problems: Sequence[Problem]) -> None:
    click.echo(f"{path.name}  {f'{len(problems)} 个问题' if problems else '没有发现问题'}")
    print_findings(problems)
