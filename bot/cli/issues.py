"""`rikan list`, `show`: what the archive holds."""

from difflib import SequenceMatcher
from pathlib import Path

import click

from bot.cli.invocation import Invocation
from bot.cli.output import print_columns, print_json
from bot.delivery import STATE_NAMES
from bot.ingest.file import read_issue
from bot.ingest.markdown import write_markdown
from bot.model import Issue, is_issue_id
from bot.services import SHANGHAI, Services, now_in_shanghai, open_services


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
        for entry in entries:
            if entry.problem:
                click.echo(f"注意 {entry.issue_id} {entry.problem}", err=True)
    else:
        click.echo("存档是空的。用 rikan add 报告文件 存入第一期")


@click.command()
@click.argument("issue")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.option("--markdown", "as_markdown", is_flag=True, help="输出 Markdown，可以改好再存入")
@click.option("--changes", is_flag=True, help="只显示每次替换改了什么，新的在前")
@click.pass_obj
def show(
    invocation: Invocation, issue: str, as_json: bool, as_markdown: bool, changes: bool
) -> None:
    """显示一期的内容。ISSUE 是日期（2026-06-13），或报告文件（不读写存档）。"""
    if as_json + as_markdown + changes > 1:
        raise click.UsageError("--json、--markdown、--changes 只能选一个")
    if changes:
        _show_changes(invocation, issue)
        return
    if is_issue_id(issue):
        with open_services(invocation.config()) as services:
            shown = services.archive.issue(issue)
    else:
        shown, _ = read_issue(Path(issue), now_in_shanghai().date())
    if as_json:
        print_json(shown.structure())
    elif as_markdown:
        click.echo(write_markdown(shown), nl=False)
    else:
        _print_issue(shown)


def _show_changes(invocation: Invocation, issue_id: str) -> None:
    if not is_issue_id(issue_id):
        raise click.UsageError("--changes 要写存档中一期的日期，形如 2026-06-13")
    with open_services(invocation.config()) as services:
        newer = services.archive.issue(issue_id)
        versions = services.archive.versions(issue_id)
        folder = services.sources
    if not versions:
        click.echo(f"{issue_id} 没有替换过")
    for version in versions:
        moment = version.replaced_at.astimezone(SHANGHAI)
        click.echo(f"{moment:%Y-%m-%d %H:%M} 替换了 {version.source_name}")
        click.echo(f"原件：{folder.path(version.source_digest)}")
        click.echo("\n".join(changed_lines(version.issue, newer)) + "\n")
        newer = version.issue


def changed_lines(older: Issue, newer: Issue) -> list[str]:
    """What was taken out (-) and put in (+), each below the heading above it."""
    before, after = (write_markdown(each).splitlines() for each in (older, newer))
    lines: list[str] = []
    told = ""
    for kind, begin, end, start, stop in SequenceMatcher(None, before, after).get_opcodes():
        if kind == "equal":
            continue
        heading = next((line for line in after[:start][::-1] if line.startswith("#")), "")
        lines += [heading] if heading != told else []
        lines += [f"- {line}" for line in before[begin:end] if line]
        lines += [f"+ {line}" for line in after[start:stop] if line]
        told = heading
    return lines


def issue_named(services: Services, name: str) -> Issue:
    """The issue of that ID from the archive, or what that file says."""
    if is_issue_id(name):
        return services.archive.issue(name)
    issue, source = read_issue(Path(name), services.now().date())
    if source.undated:
        click.echo(f"注意 {name} 没有日期，先按 {issue.date} 排", err=True)
    return issue


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
