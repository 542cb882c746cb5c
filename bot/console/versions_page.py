"""What an issue was before, what each version changed, and the way back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, request

from bot import revising
from bot.archive.accounts import Role
from bot.archive.versions import Version, mark_of, newest
from bot.console.difference import Change, differences, size
from bot.console.door import own_services, services, whose
from bot.console.frame import back_to, console, no_such, page, told
from bot.console.issue_text import tell_saved
from bot.errors import Overtaken, RikanError
from bot.model import Issue, is_issue_id
from bot.reply.editor import person as name_of


@dataclass(frozen=True, slots=True)
class Row:
    """A version as the list shows it: the first is 1. `before` is the text of the one before; empty for the first."""

    number: int
    at: datetime
    source: str
    by: str
    issue: Issue
    text: str
    before: str = ""

    @property
    def changes(self) -> tuple[Change, ...]:
        """What it changed."""
        return differences(self.before, self.text) if self.before else ()

    @property
    def size(self) -> tuple[int, int]:
        """How many characters went, and how many came."""
        return size(self.changes)


@console.get("/issues/<issue_id>/versions")
@whose(Role.EDITOR)
def versions(issue_id: str) -> str:
    """All of them, the newest first."""
    rows = _rows(issue_id)
    return page("console/issue_versions.html", rows=rows, issue_id=issue_id, tab="versions")


@console.get("/issues/<issue_id>/versions/<int:number>")
@whose(Role.EDITOR)
def version(issue_id: str, number: int) -> str:
    """What that version changed, and what has been changed since."""
    rows = _rows(issue_id)
    row = _chosen(rows, number)
    values: dict[str, Any] = {"issue_id": issue_id, "tab": "versions", "row": row}
    latest = rows[0]
    since = differences(row.text, latest.text)
    return page(
        "console/issue_version.html",
        **values,
        current=row.number == latest.number,
        since=since,
        base=mark_of(latest.issue),
    )


@console.post("/issues/<issue_id>/versions/<int:number>/restore")
@whose(Role.EDITOR)
def restore(issue_id: str, number: int) -> Response:
    """Make the issue that version again, unless somebody has changed it meanwhile."""
    rows = _rows(issue_id)
    latest, row = rows[0].issue, _chosen(rows, number)
    kept = next((each for each in _versions(issue_id) if each.issue == row.issue), None)
    if mark_of(latest) != request.form.get("base", "") or kept is None:
        told("刚刚有人改过这一期，没有恢复。请看过现在的内容，再决定", "trouble")
        return back_to("console.version", issue_id=issue_id, number=number)
    try:
        tell_saved(revising.restore(own_services(), kept, over=latest))
    except Overtaken:
        told("刚刚有人改过这一期，没有恢复。请看过现在的内容，再决定", "trouble")
    except RikanError as error:
        told(str(error), "trouble")
    return back_to("console.versions", issue_id=issue_id)


def _versions(issue_id: str) -> Sequence[Version]:
    if not is_issue_id(issue_id) or revising.kept(services(), issue_id) is None:
        no_such(f"没有 {issue_id[:20]} 这一期")
    return services().archive.versions(issue_id)


def _rows(issue_id: str) -> list[Row]:
    """The newest first; it is the one that the archive holds."""
    earlier = _versions(issue_id)
    current = services().archive.issue(issue_id)
    source, at = newest(services().archive.engine, issue_id)
    steps = services().ledger.timeline(issue_id)
    kept = [
        (current, source, at),
        *((each.issue, each.source_name, each.added_at) for each in earlier),
    ]
    rows: list[Row] = []
    for number, (issue, name, added) in enumerate(reversed(kept), start=1):
        text, before = revising.text_of(issue), rows[-1].text if rows else ""
        until = kept[-number - 1][2] if number < len(kept) else None
        who = revising.by_whom(steps, added, until)
        by = name_of(who) if who else ""
        rows.append(Row(number, added, name, by, issue, text, before))
    return rows[::-1]


def _chosen(rows: Sequence[Row], number: int) -> Row:
    row = next((each for each in rows if each.number == number), None)
    if row is None:
        no_such(f"没有第 {number} 版")
    return row
