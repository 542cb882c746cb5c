"""An issue's looks: theme, cover, and what stands around the article, seen as on a phone at once."""

from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any

from flask import Response, current_app, g, request, send_file, url_for

from bot.archive.accounts import Role
from bot.archive.covers import mark_of
from bot.console.acts import ask
from bot.console.cards import Address, picture_of, see, set_in
from bot.console.day import ENDED, WITH_DRAFT, entry_of
from bot.console.door import LARGEST_UPLOAD, services, whose
from bot.console.frame import back_to, console, no_such, page, told
from bot.console.looks_form import BY_ITSELF, Wishes, one_line, read_wishes
from bot.delivery import STATE_NAMES, Deed, State
from bot.errors import ArticleError, Overtaken, RikanError, StartError
from bot.flow import foreseen_bundle
from bot.model import AUTHOR_LIMIT, Issue, Look

SETTLED = (*ENDED, State.PUBLISHING)  # what readers see does not change any more
NAMES = {
    "headline": "封面标题",
    "layout": "封面版式",
    "palette": "封面颜色",
    "picture": "封面图片",
    "theme": "文章版式",
    "author": "作者",
    "digest": "摘要",
    "source_url": "阅读原文",
}
TOLD_WHOLE = ("headline", "author")  # in the record; of the rest, that it was changed
NO_PICTURE = b"\0"  # what an empty file is taken for: no picture either, but not "none was sent"
# An article brings its styles with it, and is shown within our own pages only.
FRAMED = (
    "default-src 'none'; img-src 'self' https://mmbiz.qpic.cn; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The page's form: the look in it, the mark of the one that it began from, what is wrong.

    `kept` names a picture that was sent before it is saved. `trouble` keeps it from being saved.
    """

    issue: Issue
    look: Look
    since: str
    kept: str = ""
    wrong: dict[str, str] = field(default_factory=dict)
    trouble: str = ""


@console.get("/issues/<issue_id>/looks")
@whose(Role.EDITOR)
def looks(issue_id: str) -> str:
    """The page, with what is kept."""
    issue = _issue(issue_id)
    look = services().covers.look(issue.id)
    return _page(Sheet(issue, look, mark_of(look)), saved=True)


@console.post("/issues/<issue_id>/looks/cover")
@whose(Role.EDITOR, largest=LARGEST_UPLOAD)
def try_looks(issue_id: str) -> str:
    """How it would look; nothing is saved. The parts of a page that is open, or a page."""
    sheet = _sent(_issue(issue_id))
    if not request.headers.get("HX-Request"):
        return _page(sheet)
    return page("console/looks_seen.html", **_values(sheet))


@console.post("/issues/<issue_id>/looks")
@whose(Role.EDITOR, largest=LARGEST_UPLOAD)
def save_looks(issue_id: str) -> Response | tuple[str, int]:
    """Keep it, and see to it that the draft follows."""
    issue = _issue(issue_id)
    reset = bool(request.form.get("reset"))
    sheet = Sheet(issue, Look(), _since()) if reset else _sent(issue)
    if sheet.wrong:
        return _page(replace(sheet, trouble="还没有保存：有的地方要先改")), 422
    try:
        said = restyle(issue, sheet.look, sheet.since)
    except Overtaken as error:
        return _page(_overtaken(sheet, error)), 409
    except StartError as error:
        told(f"已保存，草稿还没有更新：{error}", "trouble")
    except RikanError as error:
        return _page(replace(sheet, trouble=str(error))), 422
    else:
        told(said)
    return back_to("console.looks", issue_id=issue.id)


def restyle(issue: Issue, look: Look, since: str) -> str:
    """Keep a look, as an order in the chat does; what is told of it. Raises RikanError."""
    covers, before = services().covers, services().covers.look(issue.id)
    if look == before:
        return "和已保存的一样，什么也没有变"
    delivery = services().ledger.delivery(issue.id)
    if delivery.state in (*SETTLED, State.DRAFTING):
        raise ArticleError(_why_settled(delivery.state))
    # What cannot be drawn or set is refused here and now.
    foreseen = foreseen_bundle(services(), issue, look)
    covers.choose(issue.id, look, since=since)
    ledger = services().ledger.by(f"console:{g.account.name}")
    ledger.remark(issue.id, Deed.ASKED, deed_of(before, look))
    if delivery.state not in WITH_DRAFT:
        return "已保存"
    if delivery.fingerprint == foreseen.fingerprint:
        return "已保存，和草稿里的一样"
    ask(issue.id, "push", "PUSH")
    return "已保存，草稿正在更新；更新以后要再批准"


def deed_of(before: Look, look: Look) -> str:
    """What was changed, for the record."""
    changed = [name for name in NAMES if getattr(before, name) != getattr(look, name)]
    return "，".join(_change(name, getattr(look, name)) for name in changed)


def _change(name: str, wish: str | bytes) -> str:
    if not wish:
        return f"{NAMES[name]} 自动"
    if name in TOLD_WHOLE:
        return f"{NAMES[name]} {wish!s}"
    titles = {"layout": "layouts", "palette": "palettes", "theme": "themes"}
    known = getattr(services().studio, titles[name]) if name in titles else {}
    if wish not in known:
        return NAMES[name]
    return f"{NAMES[name]} {known[wish].label if name == 'theme' else known[wish].title}"


def _why_settled(state: State) -> str:
    name = STATE_NAMES[state]
    if state is State.DRAFTING:
        return f"这一期{name}，这时不能改外观。请过几秒再保存"
    return f"这一期{name}，外观不再改了" + (
        "。请先到“交付”恢复这一期" if state is State.SKIPPED else ""
    )


def _overtaken(sheet: Sheet, error: Overtaken) -> Sheet:
    """The same form, on what somebody else has saved meanwhile."""
    there = services().covers.look(sheet.issue.id)
    other = [NAMES[name] for name in NAMES if getattr(there, name) != getattr(sheet.look, name)]
    trouble = f"{error}。你填的都还在下面；现在保存的，{'、'.join(other)}和这里不同"
    return replace(sheet, since=mark_of(there), trouble=trouble)


# What was sent.


def _issue(issue_id: str) -> Issue:
    if entry_of(services(), issue_id) is None:
        no_such(f"没有 {issue_id[:20]} 这一期")
    return services().archive.issue(issue_id)


def _since() -> str:
    return request.form.get("since", "")[:16]


def _sent(issue: Issue) -> Sheet:
    """The form; a picture in it is kept once a cover was drawn with it."""
    before = services().covers.look(issue.id)
    new, kept = _picture(), request.form.get("kept", "")
    earlier = services().covers.picture(kept) or before.picture
    dropped = b"" if request.form.get("without_picture") else earlier
    wishes = read_wishes(request.form, dropped if new is None else new, _known())
    sheet = Sheet(issue, wishes.look, _since(), kept, dict(wishes.wrong))
    if new is None:
        return sheet
    try:
        services().studio.cards(issue, _drawable(wishes, before))
    except ArticleError as error:
        wrong = {**sheet.wrong, "picture": str(error)}
        return replace(sheet, look=replace(sheet.look, picture=earlier), wrong=wrong)
    return replace(sheet, kept=services().covers.keep(new))


def _picture() -> bytes | None:
    file = request.files.get("picture")
    return file.read() or NO_PICTURE if file and file.filename else None


def _known() -> dict[str, tuple[str, ...]]:
    studio = services().studio
    return {
        "layout": tuple(studio.layouts),
        "palette": tuple(studio.palettes),
        "theme": tuple(studio.themes),
    }


def _drawable(wishes: Wishes, before: Look) -> Look:
    """What was asked for, and where that is wrong, what it was before."""
    return replace(wishes.look, **{name: getattr(before, name) for name in wishes.wrong})


# What is shown.


def _page(sheet: Sheet, *, saved: bool = False) -> str:
    return page("console/looks.html", **_values(sheet, saved=saved))


def _values(sheet: Sheet, *, saved: bool = False) -> dict[str, Any]:
    """`saved`: the look is the one that is kept, whose pictures have addresses."""
    issue, studio = sheet.issue, services().studio
    before = sheet.look if saved else services().covers.look(issue.id)
    shown = _drawable(Wishes(sheet.look, sheet.wrong), before)
    state = services().ledger.delivery(issue.id).state
    values: dict[str, Any] = {"seen": None, "trouble": sheet.trouble}
    try:
        where = _address(issue, mark_of(before)) if saved else None
        if state not in SETTLED:  # told here, and not by a picture that does not come
            studio.cards(issue, shown)
        values["seen"] = see(services(), issue, shown, where)
    except ArticleError as error:
        values["trouble"] = sheet.trouble or str(error)
    return {
        **values,
        "issue": issue,
        "sheet": sheet,
        "look": sheet.look,
        "settled": _why_settled(state) if state in SETTLED else "",
        "studio": studio,
        "by_itself": BY_ITSELF,
        "frame": {tone: _frame(issue, shown, tone) for tone in ("light", "dark")},
        "framed": request.form.get("framed", ""),
        "headline": studio.choice(issue, replace(shown, headline="")).headline.text,
        "sender": services().config.wechat.account_name or issue.organisation,
    }


def _frame(issue: Issue, look: Look, tone: str) -> str:
    """Where the article is, in that look's theme and with its author: all that shows in there."""
    theme, author = look.theme, look.author
    return url_for("console.seen", issue_id=issue.id, tone=tone, theme=theme, author=author)


def _address(issue: Issue, mark: str) -> Address:
    """Where its pictures are. `mark`: of the look, for a browser that has those of another."""

    def where(name: str) -> str:
        return url_for("console.seen_picture", issue_id=issue.id, name=name, v=mark)

    return where


@console.get("/issues/<issue_id>/seen")
@whose(Role.EDITOR)
def seen(issue_id: str) -> Response:
    """The article alone, in a frame: light, or as the platform's dark mode colours it."""
    issue, dark = _issue(issue_id), request.args.get("tone") == "dark"
    look, studio = services().covers.look(issue_id), services().studio
    theme = request.args.get("theme", look.theme)
    author = one_line(request.args.get("author", look.author))[:AUTHOR_LIMIT]
    shown = replace(look, theme=theme if theme in studio.themes else "", author=author)
    articles = set_in(services(), issue, shown, _address(issue, mark_of(look))).articles
    text = page(
        "console/looks_article.html",
        issue=issue,
        articles=[(each, studio.darkened(each.html) if dark else each.html) for each in articles],
        dark=dark,
        sender=services().config.wechat.account_name or issue.organisation,
    )
    response = current_app.make_response(text)
    response.headers["Content-Security-Policy"] = FRAMED
    return response


@console.get("/issues/<issue_id>/seen/<name>")
@whose(Role.EDITOR)
def seen_picture(issue_id: str, name: str) -> Response:
    """A picture of the article, or its small cover."""
    found = picture_of(services(), _issue(issue_id), name)
    if found is None:
        no_such("没有这张图片")
    return send_file(BytesIO(found.data), download_name=name)
