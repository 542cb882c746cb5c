"""`rikan render`: everything readers will see, as files."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

import click

from bot import flow
from bot.cli.invocation import Invocation
from bot.cli.issues import issue_named
from bot.cli.output import length
from bot.errors import StartError, reason_of
from bot.model import CHARACTER_LIMIT, Bundle, is_issue_id
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
        report_folder = None if is_issue_id(issue) else Path(issue).parent
        rendered = flow.render_issue(services, issue_named(services, issue), report_folder)
        reports = [services.inspector.report(each) for each in rendered.bundle.articles]
    folder = out or Path(rendered.issue.id)
    write_rendered(rendered, folder, reports)
    click.echo(f"{rendered.issue.id}  {length(rendered.bundle)}，写入 {folder}")
    for measure in rendered.bundle.measures:
        click.echo(f"  注意 {measure}", err=True)
    findings = [*rendered.problems, *(each for report in reports for each in report.findings)]
    if findings:
        # Loaded by name: most articles are clean, and need not wait for what draws tables.
        import_module("bot.cli.findings").print_findings(findings)


def write_rendered(
    rendered: flow.Rendered, folder: Path, reports: Sequence[Report] | None = None
) -> None:
    """Write article.html (and article-2.html …), preview.html, the pictures and report.json.

    Raises StartError.
    """
    articles = rendered.bundle.articles
    reports = reports or [inspect(article) for article in articles]
    pages = {_name(number): each.html.encode() for number, each in enumerate(articles, start=1)}
    files = {
        **pages,
        "preview.html": rendered.preview.encode(),
        "report.json": _report(rendered.bundle, tuple(pages), reports),
    }
    cover = rendered.cover
    for picture in (cover.wide, cover.square, rendered.footer, *rendered.pictures):
        files[picture.name] = picture.data
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            (folder / name).write_bytes(data)
    except OSError as error:
        raise StartError(
            f"写不了 {folder}（{reason_of(error)}）。请换一个目录（-o），或检查权限和磁盘空间"
        ) from error


def _name(number: int) -> str:
    return f"article-{number}.html" if number > 1 else "article.html"


def _report(bundle: Bundle, names: Sequence[str], reports: Sequence[Report]) -> bytes:
    values = {
        "characters": bundle.characters,
        "visible": sum(report.visible for report in reports),
        "limit": CHARACTER_LIMIT,
        "findings": [asdict(each) for report in reports for each in report.findings],
        "measures": bundle.measures,
        "articles": [
            {"file": name, "characters": report.characters, "visible": report.visible}
            for name, report in zip(names, reports, strict=True)
        ],
    }
    return json.dumps(values, ensure_ascii=False, indent=1).encode()
