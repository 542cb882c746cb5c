"""`rikan export`: issues as files to take along."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import click

from bot.cli.invocation import Invocation
from bot.errors import StartError, reason_of
from bot.export.files import FORMS, export_issue, open_printer, pieces_of
from bot.export.volume import name_of_volume, volume
from bot.services import Services, open_services

PACK = "zip"


@click.command()
@click.argument("issue", required=False)
@click.option("--all", "whole", is_flag=True, help="整个存档，打成一个压缩包")
@click.option(
    "--as",
    "form",
    type=click.Choice([*FORMS, PACK]),
    help="导出成什么：md、html、pdf、png（长图）；zip 只用于整个存档。默认 md",
)
@click.option("-o", "--out", type=click.Path(path_type=Path), help="写到哪个目录；默认当前目录")
@click.pass_obj
def export(
    invocation: Invocation, issue: str | None, whole: bool, form: str | None, out: Path | None
) -> None:
    """把一期导出成文件。ISSUE 是日期（2026-06-13）；加 --all 导出整个存档。"""
    if whole is bool(issue) or (form == PACK) > whole or (whole and form not in (None, PACK)):
        raise click.UsageError("写一期的日期，或只写 --all；整个存档只能导出成 zip")
    folder = out or Path()
    with open_services(invocation.config()) as services:
        if whole:
            _write(folder / name_of_volume(services), volume(services))
        else:
            _write_issue(services, str(issue), form or "md", folder)


def _write_issue(services: Services, issue_id: str, form: str, folder: Path) -> None:
    printer = open_printer(services)
    made = (
        pieces_of(services, printer, issue_id)
        if form == "png"
        else [export_issue(services, printer, issue_id, form)]
    )
    for each in made:
        _write(folder / each.name, [each.data])


def _write(path: Path, chunks: Iterable[bytes]) -> None:
    """All of it or nothing, and then its name."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as file:
            for chunk in chunks:
                file.write(chunk)
        partial.replace(path)
    except OSError as error:
        raise StartError(
            f"写不了 {path}（{reason_of(error)}）。请换一个目录（-o），或检查权限和磁盘空间"
        ) from error
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
    click.echo(f"{path}  {path.stat().st_size / 1000:,.0f} KB")
