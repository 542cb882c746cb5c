"""Taking an issue along, or all of them."""

import threading
from io import BytesIO
from typing import cast
from urllib.parse import quote

from flask import Flask, Response, current_app, send_file
from flask.blueprints import BlueprintSetupState
from werkzeug.exceptions import ServiceUnavailable

from bot.archive.accounts import Role
from bot.console.delivery_pages import entry_at
from bot.console.door import services, whose
from bot.console.frame import console, no_such, page
from bot.delivery import STATE_NAMES
from bot.export.files import FORMS, Exported, export_issue, open_printer, pieces_of
from bot.export.printing import Printer
from bot.export.volume import name_of_volume, volume

BUSY = "有人正在下载整个存档。请等几分钟再下载"


@console.record_once
def set_up(state: BlueprintSetupState) -> None:
    """One printer, and one download of everything at a time, for all of this process's threads."""
    app = cast("Flask", state.app)
    app.extensions["printer"] = open_printer(app.extensions["rikan"])
    app.extensions["volume"] = threading.Lock()


@console.get("/issues/<issue_id>/export")
@whose(Role.EDITOR)
def export(issue_id: str) -> str:
    """The forms to choose from."""
    entry = entry_at(issue_id)
    illustrated = bool(services().archive.issue(issue_id).figures)
    return page(
        "console/archive_export.html", entry=entry, illustrated=illustrated, states=STATE_NAMES
    )


@console.get("/issues/<issue_id>/export/<form>")
@whose(Role.EDITOR)
def exported(issue_id: str, form: str) -> Response:
    """The file."""
    entry_at(issue_id)
    if form not in FORMS:
        no_such("没有这种格式")
    return _sent(export_issue(services(), _printer(), issue_id, form))


@console.get("/issues/<issue_id>/long-picture")
@whose(Role.EDITOR)
def long_picture(issue_id: str) -> str:
    """The long picture, looked at before it is taken along."""
    entry = entry_at(issue_id)
    made = pieces_of(services(), _printer(), issue_id)
    return page("console/archive_picture.html", entry=entry, pieces=made)


@console.get("/issues/<issue_id>/long-picture/<int:number>.png")
@whose(Role.EDITOR)
def long_picture_piece(issue_id: str, number: int) -> Response:
    """A piece of it."""
    entry_at(issue_id)
    made = pieces_of(services(), _printer(), issue_id)
    if not 1 <= number <= len(made):
        no_such("没有这一张")
    return _sent(made[number - 1], shown=True)


@console.get("/archive/all.zip")
@whose(Role.EDITOR)
def whole_archive() -> Response:
    """Everything, sent while it is read."""
    here, turn = services(), current_app.extensions["volume"]
    name = quote(name_of_volume(here), safe="")
    if not turn.acquire(blocking=False):
        raise ServiceUnavailable(BUSY)
    answer = Response(volume(here), mimetype="application/zip")
    answer.call_on_close(turn.release)  # however the sending ends
    plain = {"filename": f"archive-{here.now().date()}.zip", "filename*": f"UTF-8''{name}"}
    answer.headers.set("Content-Disposition", "attachment", **plain)
    return answer


def _printer() -> Printer:
    printer: Printer = current_app.extensions["printer"]
    return printer


def _sent(file: Exported, *, shown: bool = False) -> Response:
    return send_file(
        BytesIO(file.data),
        mimetype=file.mimetype,
        as_attachment=not shown,
        download_name=file.name,
        etag=False,
    )
