"""Today: one card with the one next thing to do, what happens by itself, and the month."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import product
from typing import Any

import qrcode
from flask import g, request, url_for
from qrcode.constants import ERROR_CORRECT_M

from bot import delivering
from bot.archive.accounts import Role
from bot.console.day import (
    ENDED,
    Case,
    appointments,
    empty_stand,
    entry_at_hand,
    entry_of,
    last_proof,
    next_day,
    read_case,
)
from bot.console.door import person, services, whose
from bot.console.frame import console, day_name, no_such, page
from bot.console.month import EARLIEST, LATEST, month_of, span
from bot.console.step import MOVING, STILL_TO_SEE, Kind, Offer, Stand, Step, next_step
from bot.delivery import STATE_NAMES, Entry, Way
from bot.ingest.file import ACCEPTED
from bot.reply.editor import person as name_of
from bot.resources import directory
from bot.schedule.plan import plan_of
from bot.telling import preview_link
from bot.tickets import write_ticket

PAST, AHEAD, MOST_WAITING = timedelta(days=30), timedelta(days=14), 5
MAY_PREVIEW = "preview"  # as the account's findings name it
# How far an issue has come, as the track at the top of the card shows it.
STAGES = ("收稿", "草稿", "批准", "发布")
_STAGE = {
    Kind.PUSH: 1,
    Kind.UPDATE: 1,
    Kind.WITHDRAWN: 1,
    Kind.REVIEW: 2,
    Kind.WAIT: 2,
    Kind.RETURNED: 2,
    Kind.PUBLISH: 3,
    Kind.SCHEDULED: 3,
    Kind.PRESS: 3,
    Kind.PUBLISHING: 3,
    Kind.FAILED: 3,
    Kind.PUBLISHED: 4,
}


@dataclass(frozen=True, slots=True)
class Words:
    """What the card says: of a step its heading and a sentence, of each button its name."""

    title: str
    text: str
    names: dict[Offer, str]


@cache
def _sentences() -> dict[str, Any]:
    path = directory("templates") / "console" / "steps.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def words_for(at: Stand, step: Step, day: str, doing: str = "") -> Words:
    """The card's words for that step. `doing`: what the worker was asked for."""
    known = _sentences()
    said = next(known[name] for name in _variants(at, step) if name in known)
    values = {"day": day, "lacking": at.lacking, "at": at.automatic, "doing": doing or "处理"}
    names = dict(known["buttons"])
    if step.kind in (Kind.UPDATE, Kind.WITHDRAWN):
        names["push"] = known["buttons"]["push_again"]
    if at.way is Way.MASS:
        names["publish"] = known["buttons"]["publish_mass"]
    offers = {offer: str(names[offer]) for offer in Offer}
    return Words(said["title"].format(**values), said["text"].format(**values), offers)


def _variants(at: Stand, step: Step) -> list[str]:
    """The names of a step's words, the most exact first: `scheduled_now_mass_at_once`, …, `scheduled`."""
    now = "_now" if step.kind is Kind.SCHEDULED and at.automatic == "马上" else ""
    unasked = "" if at.needed else "_at_once"
    exact = product(dict.fromkeys((now, "")), (f"_{at.way}", ""), dict.fromkeys((unasked, "")))
    return [f"{step.kind}{''.join(parts)}" for parts in exact]


@console.get("/")
@whose(Role.EDITOR)
def today() -> str:
    """The page."""
    here, now = services(), services().now().date()
    day = _day(request.args.get("day", ""), now)
    first = _day(request.args.get("month", ""), day).replace(day=1)
    plan = plan_of(here.config.schedule)
    squares = month_of(first, now, plan, here.archive.entries(span(first)))
    shown = _card(day)
    entries = shown["entries"]
    done = bool(entries) and all(each.state in ENDED for each in entries)
    return page(
        "console/today.html",
        **shown,
        today=now,
        month=squares,
        appointments=appointments(here, day, done=done),
        following=next_day(here, day) if done and day >= now else None,
        runs=plan.enabled,
        expected=plan.publishes_on(day),
        waiting=_waiting(day, now),
        accepted=",".join(sorted(filter(None, ACCEPTED))),
    )


@console.get("/card")
@whose(Role.EDITOR)
def card() -> str:
    """The card alone, for a page that is open."""
    now = services().now().date()
    return page("console/card.html", **_card(_day(request.args.get("day", ""), now)))


def _card(day: date) -> dict[str, Any]:
    entries = services().archive.entries((day, day))
    entry = entry_at_hand(entries)
    if entry:
        return {"day": day, "entries": entries, **case_values(entry)}
    at = empty_stand(services(), day)
    step = next_step(at, approves=_approves())
    words = words_for(at, step, day_name(day))
    return {"day": day, "entries": [], "case": None, "step": step, "words": words, "stage": 0}


def case_values(entry: Entry) -> dict[str, Any]:
    """What the pages show of an issue, for whoever looks."""
    case = read_case(services(), entry, person())
    step = next_step(case.stand, approves=_approves())
    doing = next((each.detail for each in reversed(case.timeline) if each.what == "asked"), "")
    to_see = step.kind in STILL_TO_SEE
    return {
        "case": case,
        "step": step,
        "words": words_for(case.stand, step, day_name(entry.day), doing),
        "stage": _STAGE.get(step.kind, 2 if case.delivery.media_id else 1),
        "stages": STAGES,
        "unsure": delivering.UNSURE,
        "state_name": STATE_NAMES[case.delivery.state],
        "moving": step.kind in MOVING,
        "problem": problem_of(case, step),
        "by": [name_of(who) for who in case.stand.by],
        "link": preview_link(services(), entry.issue_id) if to_see else "",
        "code": code_of(entry.issue_id) if to_see else "",
        "phones": _phones() if Offer.PREVIEW in step.offers else [],
        "proof": last_proof(case.timeline),
        "named": named,
        "own_preview": _own_preview,
    }


def problem_of(case: Case, step: Step) -> str:
    """Why the last try failed, or what keeps the issue from being set; empty where all is well."""
    if case.delivery.state in ENDED:
        return ""
    told = case.delivery.problem or "；".join(case.delivery.findings.splitlines())
    return case.trouble or ("" if step.kind in MOVING else told)


def _approves() -> bool:
    role: Role = g.account.role
    return role.covers(Role.APPROVER)


def _own_preview(issue_id: str) -> str:
    """The issue as on a phone, for the frame on this page."""
    key = services().config.web.secret_key.get_secret_value()
    ticket = write_ticket(issue_id, key, services().now())
    return url_for("pages.preview", ticket=ticket)


def named(detail: str) -> str:
    """A step's detail with editors by their names, which the platform calls by numbers."""
    known = services().editors.name_of
    return "、".join(known(each) or each for each in detail.split("、"))


def _phones() -> list[tuple[str, bool]]:
    """Who may get the draft on the phone, and whether that is whoever looks; nobody where it may not be sent."""
    known = services().usage.recall()
    if known and MAY_PREVIEW not in known[1].get("may", ()):
        return []
    mine = g.account.openid
    return [(each.name, each.openid == mine) for each in services().editors.all()]


def code_of(issue_id: str) -> str:
    """The path of a QR code (SVG) that opens the preview on a phone; empty where none would."""
    link = preview_link(services(), issue_id)
    return url_for("console.code", issue_id=issue_id) if link else ""


@console.get("/issues/<issue_id>/code.svg")
@whose(Role.EDITOR)
def code(issue_id: str) -> Any:
    """A QR code that opens the preview on a phone."""
    link = preview_link(services(), issue_id) if entry_of(services(), issue_id) else ""
    if not link:
        no_such("没有这一期的预览")
    return draw_code(link), 200, {"Content-Type": "image/svg+xml"}


def draw_code(text: str) -> str:
    """A QR code as an SVG, dark on white with its quiet zone, whatever surrounds it."""
    drawing: qrcode.QRCode[Any] = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=4)
    drawing.add_data(text)
    drawing.make()
    modules = drawing.get_matrix()
    dots = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(modules) for x, dark in enumerate(row) if dark
    )
    size = len(modules)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" '
        f'shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{size}v{size}H0z"/>'
        f'<path d="{dots}"/></svg>'
    )


def _waiting(day: date, now: date) -> Sequence[Entry]:
    """The other issues of these weeks that wait for somebody."""
    entries = services().archive.entries((now - PAST, now + AHEAD))
    waiting = [each for each in entries if each.state not in ENDED and each.day != day]
    return waiting[:MOST_WAITING]


def _day(text: str, otherwise: date) -> date:
    try:
        asked = date.fromisoformat(text)
    except ValueError:
        return otherwise
    return min(max(asked, EARLIEST), LATEST)
