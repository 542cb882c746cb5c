"""One issue as a file to take along, in the form that was asked for."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from bot import flow
from bot.export.names import file_name
from bot.export.page import write_page
from bot.export.printing import Printer, folder_for_exports
from bot.export.sheet import Sheet
from bot.ingest.markdown import write_markdown
from bot.model import Issue, Picture
from bot.render.theme import Theme
from bot.resources import directory
from bot.services import Services

# What there is: by the name that commands and addresses know, what an editor calls it.
FORMS = {"md": "Markdown", "html": "网页", "pdf": "PDF", "png": "长图"}
MIMETYPES = {
    ".md": "text/markdown; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".zip": "application/zip",
}


@dataclass(frozen=True, slots=True)
class Exported:
    """A file: what it is called, and what is in it."""

    name: str
    data: bytes = field(repr=False)

    @property
    def size_name(self) -> str:
        """`820 KB`, `2.3 MB`."""
        kilobytes = len(self.data) / 1000
        return f"{kilobytes / 1000:.1f} MB" if kilobytes >= 1000 else f"{kilobytes:.0f} KB"

    @property
    def mimetype(self) -> str:
        """What a browser is told that it is."""
        return MIMETYPES[Path(self.name).suffix]


@dataclass(frozen=True, slots=True)
class Piece(Exported):
    """A picture, or one of several that follow each other; its size in pixels."""

    width: int = 0
    height: int = 0


def open_printer(services: Services) -> Printer:
    """Where PDF and pictures are made and kept; one for a process."""
    return Printer(
        folder_for_exports(services.config.paths.data),
        directory("templates") / "export" / "issue.typ",
        directory("assets") / "fonts",
        services.now,
    )


def export_issue(services: Services, printer: Printer, issue_id: str, form: str) -> Exported:
    """That issue, in one of FORMS; what is several files comes as a zip.

    Raises ArchiveError, and StartError where it cannot be made now.
    """
    issue = services.archive.issue(issue_id)
    if form == "md":
        return _markdown(services, issue)
    if form == "html":
        return Exported(_name(issue, ".html"), write_page(services, issue).encode())
    if form == "pdf":
        [path] = _printed(services, printer, issue, "paper")
        return Exported(_name(issue, ".pdf"), path.read_bytes())
    pieces = pieces_of(services, printer, issue_id)
    if len(pieces) == 1:
        return pieces[0]
    return Exported(_name(issue, ".zip"), _packed(pieces, ZIP_STORED))


def pieces_of(services: Services, printer: Printer, issue_id: str) -> list[Piece]:
    """The long picture, in as few pieces as a platform takes. Raises as above."""
    issue = services.archive.issue(issue_id)
    paths = _printed(services, printer, issue, "phone")
    several = len(paths) > 1
    return [
        _piece(_name(issue, f" {number}.png" if several else ".png"), path.read_bytes())
        for number, path in enumerate(paths, start=1)
    ]


def _piece(name: str, data: bytes) -> Piece:
    """A PNG tells its size at a known place."""
    width, height = struct.unpack(">II", data[16:24])
    return Piece(name, data, width, height)


def _name(issue: Issue, suffix: str) -> str:
    return file_name(issue.id, issue.headline, suffix)


def _markdown(services: Services, issue: Issue) -> Exported:
    """It reads back to the same issue; its pictures lie beside it."""
    text = Exported(_name(issue, ".md"), write_markdown(issue).encode())
    pictures = [Exported(each.name, each.data) for each in flow.kept_pictures(services, issue)]
    if not pictures:
        return text
    return Exported(_name(issue, ".zip"), _packed([text, *pictures], ZIP_DEFLATED))


def _packed(files: Sequence[Exported], how: int) -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w", how) as pack:
        for each in files:
            pack.writestr(each.name, each.data)
    return packed.getvalue()


def _printed(services: Services, printer: Printer, issue: Issue, form: str) -> list[Path]:
    look = services.covers.look(issue.id)
    theme = services.studio.themes.get(look.theme) or services.studio.theme
    pictures = list(flow.kept_pictures(services, issue))
    beside: dict[str, Any] = {"cover": "", "cover_ratio": 0, "footer": ""}
    if form == "phone":
        cover, footer = services.studio.cover(issue, look).wide, services.studio.footer
        pictures += [cover, footer]
        ratio = cover.height / cover.width
        beside = {"cover": f"shown-{cover.name}", "cover_ratio": ratio}
        beside["footer"] = f"shown-{footer.name}"
    sheet = _sheet(services, issue, theme, pictures) | beside | {"form": form}
    return printer.print(sheet, pictures)


def _sheet(
    services: Services, issue: Issue, theme: Theme, pictures: list[Picture]
) -> dict[str, Any]:
    newsletter, account = services.config.newsletter, services.config.wechat.account_name
    publishers = [
        issue.organisation or newsletter.organisation,
        issue.partners or newsletter.partners,
    ]
    named = {each.name: replace(each, name=f"shown-{each.name}") for each in pictures}
    values = Sheet(issue, named).values(theme, list(filter(None, publishers)))
    return values | {
        "by": f"{account or issue.organisation}　{issue.date}".strip(),
        "disclaimer": newsletter.disclaimer,
        "made": issue.date.isoformat(),
    }
