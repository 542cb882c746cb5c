"""`rikan render`: everything readers will see, as files."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from bot import flow
from bot.cli.issues import issue_named
from bot.cli.main import Invocation
from bot.errors import StartError, reason_of
from bot.model import is_issue_id
from bot.render.report import Report, inspect
from bot.services import open_services


@click.command()
@click.argument("issue")
@click.option("-o", "--out", type=click.Path(path_type=Path), help="写到哪个目录；默认 ./ISSUE")
@click.pass_obj
def render(invocation: Invocation, issue: str, out: Path | None) -> None:
    """在本机生成文章、封面和二维码页脚，不发送任何东西。ISSUE 是日期，或报告文件。"""
    config = invocation.config() if is_issue_id(issue) else invocation.config_or_defaults()
    with open_services(config) as services:
        rendered = flow.render_issue(services, issue_named(services, issue))
    folder = out or Path(rendered.issue.id)
    report = write_rendered(rendered, folder)
    click.echo(f"{rendered.issue.id}  {report.characters:,} / {report.limit:,} 字符，写入 {folder}")
    for finding in report.findings:
        click.echo(f"  注意 {finding}", err=True)


def write_rendered(rendered: flow.Rendered, folder: Path) -> Report:
    """Write article.html, preview.html, the pictures and report.json. Raises StartError."""
    report = inspect(rendered.bundle.articles[0])
    files = {
        "article.html": rendered.bundle.articles[0].html.encode(),
        "preview.html": rendered.preview.encode(),
        "report.json": json.dumps(asdict(report), ensure_ascii=False, indent=1).encode(),
    }
    for picture in (rendered.cover.wide, rendered.cover.square, rendered.footer):
        files[picture.name] = picture.data
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            (folder / name).write_bytes(data)
    except OSError as error:
        raise StartError(
            f"写不了 {folder}（{reason_of(error)}）。请换一个目录（-o），或检查权限和磁盘空间"
        ) from error
    return report
