"""Delivery: how an issue came to where it is, and what may be done about it now."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import g

from bot import delivering
from bot.archive.accounts import Role
from bot.console.day import Case, entry_of
from bot.console.door import services, whose
from bot.console.frame import console, no_such, page
from bot.console.step import Kind, Offer, also
from bot.console.today import case_values, named
from bot.delivery import DEED_NAMES, STATE_NAMES, Deed, Entry, Step
from bot.reply.editor import person as name_of

LATEST = 40  # issues in the list
LONGEST_NUMBER = 20  # characters of what is still shown in full
# By what name the record, and what tells of it beforehand, know what a button does.
DEEDS = {
    Offer.PREVIEW: Deed.PREVIEW,
    Offer.APPROVE: Deed.APPROVED,
    Offer.RETURN: Deed.RETURNED,
    Offer.SKIP: Deed.SKIPPED,
    Offer.RESUME: Deed.RESUMED,
    Offer.WITHDRAW: Deed.WITHDRAW,
}


@console.get("/delivery")
@whose(Role.EDITOR)
def deliveries() -> str:
    """The newest issues, and how far each has come."""
    entries = services().archive.entries(limit=LATEST)
    return page("console/deliveries.html", entries=entries, states=STATE_NAMES)


@console.get("/issues/<issue_id>/delivery")
@whose(Role.EDITOR)
def delivery(issue_id: str) -> str:
    """One issue's record, and its buttons."""
    return page("console/delivery.html", **_values(entry_at(issue_id)))


@console.get("/issues/<issue_id>/standing")
@whose(Role.EDITOR)
def standing(issue_id: str) -> str:
    """The part of that page that changes, for one that is open."""
    return page("console/standing.html", **_values(entry_at(issue_id)))


def entry_at(issue_id: str) -> Entry:
    """The issue of that ID, as the lists have it; 404 for one that there is not."""
    entry = entry_of(services(), issue_id)
    if entry is None:
        no_such(f"没有 {issue_id[:20]} 这一期")
    return entry


def _values(entry: Entry) -> dict[str, Any]:
    values = case_values(entry)
    case, step, role = values["case"], values["step"], g.account.role
    approves, admin = role.covers(Role.APPROVER), role.covers(Role.ADMIN)
    more = also(case.stand, step, approves=approves, admin=admin)
    moving = values["moving"] or step.kind is Kind.STALLED
    offers = () if moving else (*step.offers, *more)
    lines = [_line(each) for each in reversed(case.timeline)]
    plans = {offer: _plan(case, offer) for offer in offers}
    return {**values, "offers": offers, "plans": plans, "lines": lines}


def _plan(case: Case, offer: Offer) -> str:
    """What pressing that button would do now."""
    issue_id, here = case.entry.issue_id, services()
    if offer is Offer.PUSH:
        return delivering.plan_push(here, issue_id)
    if offer in (Offer.PUBLISH, Offer.LOOK):
        return delivering.plan_publish(here, issue_id)
    return delivering.plan_for(here, issue_id, DEEDS[offer])


def detail_of(step: Step) -> str:
    """As editors read it: of the platform's long numbers, the beginning."""
    plain = " ".join(step.detail.split())
    is_number = len(plain) > LONGEST_NUMBER and plain.isascii() and " " not in plain
    return f"平台编号 {plain[:8]}…" if is_number and "://" not in plain else plain


def _line(step: Step) -> Mapping[str, Any]:
    known = step.what in list(Deed)
    moved = STATE_NAMES[step.after] if step.after is not step.before else ""
    return {
        "at": step.at,
        "who": {"worker": "后台", "event": "微信平台"}.get(step.who) or name_of(step.who),
        "what": DEED_NAMES[Deed(step.what)] if known else step.what,
        "moved": moved,
        "detail": detail_of(replace(step, detail=named(step.detail))),
        "stuck": step.what == Deed.STUCK,
    }


@console.get("/issues/<issue_id>/publish")
@whose(Role.APPROVER)
def sure_to_publish(issue_id: str) -> str:
    """Once more, for a message to everybody."""
    values = _values(entry_at(issue_id))
    return page("console/sure.html", **values, offer=Offer.PUBLISH, by_hand=False)


@console.get("/issues/<issue_id>/withdraw")
@whose(Role.ADMIN)
def sure_to_withdraw(issue_id: str) -> str:
    """Once more, for what cannot be had back."""
    values = _values(entry_at(issue_id))
    return page("console/sure.html", **values, offer=Offer.WITHDRAW, by_hand=True)
