"""The archive: all issues by month, what the followers' search finds in them and why, and ways to take them along."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import groupby
from typing import NamedTuple, cast

from flask import Flask, current_app, request
from flask.blueprints import BlueprintSetupState
from markupsafe import Markup, escape

from bot.archive.accounts import Role
from bot.archive.holdings import Holdings, Key
from bot.archive.reasons import marks, reason_of
from bot.archive.search import Found, Search
from bot.console.archive_page_words import sentence_of
from bot.console.door import services, whose
from bot.console.frame import console, page
from bot.delivery import STATE_NAMES, Entry, State
from bot.dialogue import Query, Wish
from bot.query.parse import parse_query

ON_A_PAGE = 40  # issues: somewhat more than a month of daily ones
MOST_FOUND = 60
LONGEST_WORDS = 64  # characters; what is longer is no question
# How far an issue has come, as the filter knows it: in the order of a day.
STAGES = {
    "open": ("进行中", (State.RECEIVED, State.DRAFTING, State.DRAFTED, State.PREVIEWED)),
    "approved": ("已批准", (State.APPROVED, State.PUBLISHING)),
    "bad": ("要处理", (State.FAILED, State.RETURNED)),
    "published": ("已发布", (State.PUBLISHED,)),
    "left": ("已跳过或撤回", (State.SKIPPED, State.WITHDRAWN)),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page was asked for. `month` is its first day; `before` the last issue of the page above."""

    words: str
    month: date | None
    stage: str
    before: Key | None

    @property
    def days(self) -> tuple[date, date] | None:
        """The first and the last day of the month."""
        return (self.month, _end_of(self.month)) if self.month else None

    @property
    def states(self) -> tuple[State, ...]:
        """In which an issue must be; none is any."""
        return STAGES[self.stage][1] if self.stage else ()


class Shown(NamedTuple):
    """An issue in the list; of one that was found its section, the marked sentence, and why."""

    entry: Entry
    section: Markup = Markup("")
    sentence: Markup = Markup("")
    reason: str = ""


@console.record_once
def set_up(state: BlueprintSetupState) -> None:
    """A search of the editors' own: in one with the followers each would forget what the other has read."""
    app = cast("Flask", state.app)
    here = app.extensions["rikan"]

    @cache
    def search() -> Search:
        archive = here.archive
        return Search(archive.folding, archive.synonyms, here.config.search.recency)

    app.extensions["editors-search"] = search


@console.get("/archive")
@whose(Role.EDITOR)
def archive() -> str:
    """The page."""
    asked, holdings = _asked(), holdings_here()
    query = parse_query(asked.words, services().now().date()) if asked.words else None
    by_words = query is not None and query.wish is Wish.WORDS
    shown = (
        _found(asked, query, holdings) if query and by_words else _leafed(asked, query, holdings)
    )
    more = len(shown) > ON_A_PAGE and not by_words
    shown = shown if by_words else shown[:ON_A_PAGE]
    return page(
        "console/archive.html",
        asked=asked,
        by_words=by_words,
        months=holdings.months(),
        stages=STAGES,
        states=STATE_NAMES,
        shown=shown if by_words else [],
        by_month=[] if by_words else _by_month(shown),
        earlier=shown[-1].entry.issue_id if more else "",
        most=MOST_FOUND,
        here=_here(asked),
    )


def holdings_here() -> Holdings:
    """What there is to leaf through."""
    return Holdings(services().archive.engine, services().archive.account)


def _asked() -> Asked:
    told = request.args.get
    stage = told("state", "")
    return Asked(
        words=told("q", "").strip()[:LONGEST_WORDS],
        month=_day(f"{told('month', '')}-01"),
        stage=stage if stage in STAGES else "",
        before=_key(told("before", "")),
    )


def _here(asked: Asked) -> dict[str, str]:
    """The question as the addresses of further pages repeat it."""
    month = f"{asked.month:%Y-%m}" if asked.month else ""
    told = {"q": asked.words, "month": month, "state": asked.stage}
    return {name: value for name, value in told.items() if value}


def _leafed(asked: Asked, query: Query | None, holdings: Holdings) -> list[Shown]:
    """One more than a page holds, if there are as many."""
    days = _both(asked.days, query.days if query else None)
    if days and days[0] > days[1]:
        return []
    entries = holdings.entries(days, asked.states, before=asked.before, limit=ON_A_PAGE + 1)
    return [Shown(entry) for entry in entries]


def _both(
    one: tuple[date, date] | None, other: tuple[date, date] | None
) -> tuple[date, date] | None:
    if not one or not other:
        return one or other
    return max(one[0], other[0]), min(one[1], other[1])


def _found(asked: Asked, query: Query, holdings: Holdings) -> list[Shown]:
    """What a follower would be shown for these words, were all of it published."""
    search: Search = current_app.extensions["editors-search"]()
    days = _both(asked.days, query.days)
    if days and days[0] > days[1]:
        return []
    found = holdings.search(search, query.words, services().now().date(), days, MOST_FOUND)
    entries = holdings.of([each.issue_id for each in found])
    wanted = asked.states or tuple(State)
    return [
        _told(each, query.words, entries[each.issue_id], search)
        for each in found
        if each.issue_id in entries and entries[each.issue_id].state in wanted
    ]


def _told(found: Found, words: str, entry: Entry, search: Search) -> Shown:
    fold = search.folding.fold
    why = reason_of(found, words, fold, search.synonyms)
    section, sentence = (
        marked(text, marks(text, found, fold)) for text in (found.heading, found.sentence)
    )
    return Shown(entry, section, sentence, sentence_of(why))


def marked(text: str, places: Sequence[tuple[int, int]]) -> Markup:
    """A text with these places marked."""
    parts, end_before = [], 0
    for start, end in places:
        parts += [escape(text[end_before:start]), Markup("<mark>{}</mark>").format(text[start:end])]
        end_before = end
    return Markup("").join([*parts, escape(text[end_before:])])


def _by_month(shown: Sequence[Shown]) -> list[tuple[date, list[Shown]]]:
    months = groupby(shown, lambda each: each.entry.day.replace(day=1))
    return [(month, list(each)) for month, each in months]


def _end_of(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2100 else None


def _key(text: str) -> Key | None:
    """An issue's ID as a place in the order: `2026-06-13-2`."""
    day, edition = _day(text[:10]), text[10:].lstrip("-") or "1"
    return (day, int(edition)) if day and edition.isdecimal() and len(edition) <= 2 else None
