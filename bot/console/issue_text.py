"""The words of an issue: an editor for its Markdown, beside what a phone would show of it."""

from dataclasses import dataclass
from datetime import date
from io import BytesIO

from flask import Response, abort, g, jsonify, request, send_file, session, url_for

from bot import revising
from bot.archive.accounts import Role
from bot.archive.versions import mark_of, newest
from bot.console.cards import picture_of
from bot.console.difference import Change, differences
from bot.console.door import own_services, services, whose
from bot.console.frame import back_to, console, no_such, page, told
from bot.errors import IngestError, Overtaken, RikanError
from bot.ingest.mending import Mend, mended
from bot.model import Issue, is_issue_id
from bot.reply.editor import person as name_of
from bot.revising import HANDED_OVER, Saved, Seen

LARGEST_TEXT = 480 * 1024  # bytes of the form; what a daily has is a tenth of that
LONGEST_ROW = 6  # digits: no text has more lines
LONGEST_COPY = 80  # characters of a copy's name: its version, and what tells two tabs apart
AROUND_TEXT = 4 * 1024  # bytes of that for the other fields
SAVED_OVER = "saved-over"  # in the session: of which version the unsaved copy may go
# The page in the frame brings the article's own styles, and is shown within the console only.
PAPER_POLICY = (
    "default-src 'none'; img-src 'self' https://mmbiz.qpic.cn; style-src 'unsafe-inline'; "
    "frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
)


@dataclass(frozen=True, slots=True)
class Clash:
    """Somebody saved first: their text, and what would have to be done to it to have this one."""

    theirs: str
    changes: tuple[Change, ...]
    by: str = ""


@console.get("/issues/<issue_id>")
@whose(Role.EDITOR)
def issue(issue_id: str) -> str:
    """The editor, with what the archive holds."""
    kept = _kept(issue_id)
    return _editor(kept, revising.text_of(kept), mark_of(kept))


@console.get("/issues/new")
@whose(Role.EDITOR)
def new_issue() -> Response | str:
    """The editor, for a day that has no issue yet. Nothing is kept before it is saved."""
    day = _day(request.args.get("day", "")) or services().now().date()
    if revising.kept(services(), day.isoformat()):
        told(f"{day.month}月{day.day}日已经有一期，请在这里改")
        return back_to("console.issue", issue_id=day.isoformat())
    blank = revising.blank(services(), day)
    return _editor(blank, revising.text_of(blank), "")


@console.post("/issues/<issue_id>/text")
@whose(Role.EDITOR, largest=LARGEST_TEXT)
def save_text(issue_id: str) -> Response | tuple[str, int]:
    """Keep the text as another version; or show it again, with what is in the way."""
    text, base = _text(), request.form.get("base", "")
    standing = _standing(issue_id)
    kept = revising.kept(services(), standing.id)
    try:
        if (mark_of(kept) if kept else "") != base:
            return _late(kept, standing, text)
        saved = revising.save(own_services(), text, standing, over=kept)
    except Overtaken:
        return _clash(standing, text)
    except IngestError as error:
        return _editor(standing, text, base, trouble=str(error)), 422
    except RikanError as error:
        return _editor(standing, text, base, trouble=str(error)), 503
    return _done(saved)


def _late(kept: Issue | None, standing: Issue, text: str) -> Response | tuple[str, int]:
    """Somebody has saved meanwhile; a button that was pressed twice has saved just this."""
    if kept and kept == revising.read(text, standing):
        return _done(Saved(kept, new=False, handed_over=False))
    return _clash(standing, text)


def _done(saved: Saved) -> Response:
    session[SAVED_OVER] = f"{saved.issue.id} {_begun('')}"
    tell_saved(saved)
    return back_to("console.issue", issue_id=saved.issue.id)


def tell_saved(saved: Saved) -> None:
    """What has become of it, and what has not."""
    if not saved.new:
        told("和已有的一样，什么也没有变")
    elif saved.handed_over:
        told(
            "已保存，读者搜到的是新内容。但公众号里的文章已经交给读者，不会跟着变，请到公众平台修改",
            "notice",
        )
    else:
        told("已保存。已经有草稿的，请到“交付”更新草稿，再请人批准")


def _clash(standing: Issue, text: str) -> tuple[str, int]:
    """Nothing is overwritten. Whoever came second gets both texts; saving again is then meant."""
    present = revising.kept(services(), standing.id)
    theirs = revising.text_of(present) if present else ""
    by = _last_hand(standing.id) if present else ""
    clash = Clash(theirs, differences(theirs, text), by)
    base = mark_of(present) if present else ""
    return _editor(present or standing, text, base, clash=clash), 409


def _last_hand(issue_id: str) -> str:
    """Who has put there what the archive holds, as the record names them; empty where it does not."""
    _, added = newest(services().archive.engine, issue_id)
    who = revising.by_whom(services().ledger.timeline(issue_id), added)
    return name_of(who).partition("（")[0]


def _editor(
    standing: Issue, text: str, base: str, *, trouble: str = "", clash: Clash | None = None
) -> str:
    """The page. `base` names the version that the text was begun from; empty for a new issue."""
    seen = revising.look_over(services(), text, standing)
    over = session.pop(SAVED_OVER, "").split(" ") if not (trouble or clash) else []
    delivery = services().ledger.delivery(standing.id)
    return page(
        "console/issue.html",
        issue=standing,
        issue_id=standing.id,
        tab="text",
        text=text,
        base=base,
        begun=_begun(base),
        seen=seen,
        trouble=trouble,
        clash=clash,
        unsaved=text != revising.text_of(standing),
        largest=LARGEST_TEXT - AROUND_TEXT,
        saved_over=over[1] if len(over) > 1 and over[0] == standing.id else None,
        others=services().presence.others(standing.id, g.account.name),
        handed_over=delivery.state in HANDED_OVER,
        paper=url_for("console.paper", issue_id=standing.id),
    )


@console.post("/issues/<issue_id>/here")
@whose(Role.EDITOR)
def here(issue_id: str) -> str:
    """A page that is open says so, and is told who else is there."""
    issue_id = _standing(issue_id).id
    services().presence.note(issue_id, g.account.name)
    return page(
        "console/issue_others.html", others=services().presence.others(issue_id, g.account.name)
    )


# What a phone would show.


@console.get("/issues/<issue_id>/paper/")
@whose(Role.EDITOR)
def paper(issue_id: str) -> Response:
    """The issue in the frame, as the archive holds it."""
    standing = _standing(issue_id)
    return _on_paper(revising.look_over(services(), revising.text_of(standing), standing))


@console.post("/issues/<issue_id>/paper/")
@whose(Role.EDITOR, largest=LARGEST_TEXT)
def look_over(issue_id: str) -> Response:
    """The same of a text that is not saved, with what was found in it. Nothing is kept."""
    seen = revising.look_over(services(), _text(), _standing(issue_id))
    if request.accept_mimetypes.best != "application/json":
        return _on_paper(seen)
    notes = page("console/issue_notes.html", seen=seen, issue_id=issue_id)
    return jsonify(preview=seen.preview, characters=seen.characters, notes=notes)


@console.get("/issues/<issue_id>/paper/<name>")
@whose(Role.EDITOR)
def paper_picture(issue_id: str, name: str) -> Response:
    """A picture that the frame shows."""
    # What stands in a text that is not saved yet is none of the issue's own pictures.
    found = picture_of(services(), _standing(issue_id), name) or services().pictures.read(name)
    if found is None:
        abort(404)
    return send_file(BytesIO(found.data), download_name=found.name)


def _on_paper(seen: Seen) -> Response:
    page_shown = seen.preview or page("console/issue_no_paper.html", seen=seen)
    response = Response(page_shown, mimetype="text/html")
    response.headers["Content-Security-Policy"] = PAPER_POLICY
    return response


# Mending.


@console.post("/issues/<issue_id>/mend")
@whose(Role.EDITOR, largest=LARGEST_TEXT)
def mend(issue_id: str) -> Response | str:
    """The text with something mechanical put right. It is not saved by that."""
    standing, text = _standing(issue_id), _text()
    kind, _, line = request.form.get("mend", "").partition(":")
    if kind in list(Mend):
        at = int(line) if line.isdecimal() and len(line) <= LONGEST_ROW else None
        text = mended(text, Mend(kind), at)
    if request.accept_mimetypes.best == "application/json":
        return jsonify(text=text)
    return _editor(standing, text, request.form.get("base", ""))


def _begun(base: str) -> str:
    """The name of the browser's own copy of the text: the version it was begun from, and the tab's."""
    return request.form.get("begun", base)[:LONGEST_COPY]


def _text() -> str:
    """What was typed; NUL is no sign of any text, and PostgreSQL takes none."""
    return request.form.get("text", "").replace("\r\n", "\n").replace("\0", "")


def _kept(issue_id: str) -> Issue:
    found = revising.kept(services(), issue_id) if is_issue_id(issue_id) else None
    if found is None:
        no_such(f"没有 {issue_id[:20]} 这一期")
    return found


def _standing(issue_id: str) -> Issue:
    """The issue of that ID, or the blank one that it would begin as."""
    if not is_issue_id(issue_id):
        no_such(f"没有 {issue_id[:20]} 这一期")
    day, edition = _day(issue_id[:10]), int(issue_id[11:] or 1)
    if day is None or edition < 1:
        no_such(f"没有 {issue_id[:20]} 这一期")
    return revising.kept(services(), issue_id) or revising.blank(services(), day, edition)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
