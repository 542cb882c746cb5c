"""`rikan add`, `list`, `show`: what the archive holds."""

from pathlib import Path

import click

from bot import flow
from bot.cli.main import Invocation
from bot.cli.output import print_columns, print_json
from bot.config import Config
from bot.errors import RikanError
from bot.ingest.file import read_issue
from bot.model import STATE_NAMES, Issue, is_issue_id
from bot.services import Services, open_services


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
        for path in files or _inbox(config):
            try:
                added = flow.add_issue(services, path, replace_old=replace, new_edition=new_edition)
                if published:
                    flow.note_published(services, added.issue.id, "")
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
        raise click.UsageError(f"没有指明文件，收件目录 {inbox} 也是空的")
    return files


def _tell(path: Path, added: flow.Added) -> None:
    outcome = "已存入" if added.new else "已在存档中，没有变化"
    click.echo(f"{added.issue.id}  {outcome}：{added.issue.headline}")
    for problem in added.problems:
        click.echo(f"  注意 {path.name} {problem}", err=True)


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_obj
def list_issues(invocation: Invocation, as_json: bool) -> None:
    """列出存档中的各期，新的在前。"""
    with open_services(invocation.config()) as services:
        entries = services.archive.entries()
    if as_json:
        print_json(
            [
                {
                    "id": e.issue_id,
                    "name": e.name,
                    "headline": e.headline,
                    "state": e.state,
                    "url": e.url,
                }
                for e in entries
            ]
        )
    elif entries:
        print_columns([(e.issue_id, STATE_NAMES[e.state], e.headline) for e in entries])
    else:
        click.echo("存档是空的。用 rikan add 报告文件 存入第一期")


@click.command()
@click.argument("issue")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_obj
def show(invocation: Invocation, issue: str, as_json: bool) -> None:
    """显示一期的内容。ISSUE 是日期（2026-06-13），或报告文件（不读写存档）。"""
    if is_issue_id(issue):
        with open_services(invocation.config()) as services:
            shown = services.archive.issue(issue)
    else:
        shown, _ = read_issue(Path(issue))
    if as_json:
        print_json(shown.structure())
    else:
        _print_issue(shown)


def issue_named(services: Services, name: str) -> Issue:
    """The issue of that ID from the archive, or what that file says."""
    return services.archive.issue(name) if is_issue_id(name) else read_issue(Path(name))[0]


def _print_issue(issue: Issue) -> None:
    click.echo(f"{issue.title}\n{issue.organisation}\n{issue.partners}\n{issue.date}\n")
    click.echo(f"摘要\n{issue.summary}\n")
    for section in issue.sections:
        for part in (section, *section.subsections):
            click.echo(f"{part.number} {part.title}\n")
            for paragraph in part.paragraphs:
                click.echo(f"{paragraph}\n")
    if issue.references:
        click.echo("参考文献")
    for number, reference in enumerate(issue.references, 1):
        click.echo(f"[{number}] {reference.text} {reference.url}".rstrip())
