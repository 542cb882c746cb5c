"""The one next thing to do, for every state an issue may be in; and the month around it."""

import tomllib
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import Config
from bot.console.day import ASKED_FOR, FORGOTTEN, SOON, waiting_since
from bot.console.month import month_of, span
from bot.console.step import MOVING, Kind, Offer, Stand, also, next_step
from bot.console.today import words_for
from bot.delivery import Deed, Delivery, Entry, State, Step, Way
from bot.resources import directory
from bot.schedule.plan import plan_of
from bot.services import SHANGHAI

K, S = Kind, State
DRAFT = Stand(state=S.DRAFTED, fresh=True)
READY = replace(DRAFT, by=("editor:王芳",))
TABLE = [
    # No issue.
    (Stand(), K.DROP, []),
    (Stand(over=True), K.MISSED, []),
    (Stand(expected=False), K.REST, []),
    (Stand(expected=False, over=True), K.REST, []),
    # On its way into the draft box.
    (Stand(state=S.RECEIVED), K.PUSH, [Offer.PUSH]),
    (Stand(state=S.RECEIVED, asked=True), K.WORKING, []),
    (Stand(state=S.RECEIVED, asked=True, silent=True), K.STALLED, [Offer.PUSH]),
    (Stand(state=S.DRAFTING), K.PUSH, [Offer.PUSH]),
    (Stand(state=S.DRAFTING, asked=True), K.WORKING, []),
    (Stand(state=S.DRAFTED, fresh=False), K.UPDATE, [Offer.PUSH]),
    (Stand(state=S.APPROVED, fresh=False), K.UPDATE, [Offer.PUSH]),
    (Stand(state=S.RETURNED, fresh=False), K.UPDATE, [Offer.PUSH]),
    (Stand(state=S.FAILED, fresh=False), K.UPDATE, [Offer.PUSH]),
    (replace(DRAFT, asked=True), K.WORKING, []),
    (replace(DRAFT, asked=True, silent=True), K.STALLED, []),
    # In the draft box.
    (DRAFT, K.REVIEW, [Offer.APPROVE, Offer.PREVIEW]),
    (replace(DRAFT, state=S.PREVIEWED), K.REVIEW, [Offer.APPROVE, Offer.PREVIEW]),
    (replace(READY, needed=2), K.REVIEW, [Offer.APPROVE, Offer.PREVIEW]),
    (replace(READY, needed=2, mine=True), K.WAIT, [Offer.PREVIEW]),
    (replace(DRAFT, needed=0), K.PUBLISH, [Offer.PUBLISH, Offer.PREVIEW]),
    (replace(DRAFT, needed=0, way=Way.DRAFT), K.PRESS, [Offer.LOOK, Offer.PREVIEW]),
    (replace(READY, state=S.APPROVED), K.PUBLISH, [Offer.PUBLISH, Offer.PREVIEW]),
    (replace(READY, state=S.APPROVED, way=Way.MASS), K.PUBLISH, [Offer.PUBLISH, Offer.PREVIEW]),
    (replace(READY, state=S.APPROVED, way=Way.DRAFT), K.PRESS, [Offer.LOOK, Offer.PREVIEW]),
    (replace(READY, automatic="07:30"), K.SCHEDULED, [Offer.PUBLISH, Offer.PREVIEW]),
    (replace(DRAFT, state=S.RETURNED), K.RETURNED, [Offer.APPROVE]),
    (replace(DRAFT, state=S.RETURNED, mine=True), K.RETURNED, []),
    # Handed over.
    (Stand(state=S.PUBLISHING, fresh=True), K.PUBLISHING, []),
    (Stand(state=S.PUBLISHED), K.PUBLISHED, []),
    (Stand(state=S.PUBLISHED, asked=True), K.PUBLISHED, []),
    (replace(READY, state=S.FAILED), K.FAILED, [Offer.PUBLISH]),
    (replace(DRAFT, state=S.FAILED), K.FAILED, []),
    (Stand(state=S.WITHDRAWN), K.WITHDRAWN, [Offer.PUSH]),
    (Stand(state=S.SKIPPED), K.SKIPPED, [Offer.RESUME]),
]


@pytest.mark.parametrize(("at", "kind", "offers"), TABLE)
def test_what_comes_next_for_who_may_approve(at, kind, offers):
    step = next_step(at, approves=True)
    assert (step.kind, list(step.offers)) == (kind, offers)


@pytest.mark.parametrize(("at", "kind", "offers"), TABLE)
def test_who_may_not_approve_waits_where_another_approves(at, kind, offers):
    step = next_step(at, approves=False)
    assert step.kind is (Kind.WAIT if kind is Kind.REVIEW else kind)
    theirs = [each for each in offers if each not in (Offer.APPROVE, Offer.PUBLISH)]
    assert list(step.offers) == theirs


def test_the_table_has_every_state_and_every_step():
    assert {at.state for at, _, _ in TABLE} == {None, *State}
    assert {kind for _, kind, _ in TABLE} == set(Kind)


stands = st.builds(
    Stand,
    state=st.none() | st.sampled_from(State),
    expected=st.booleans(),
    over=st.booleans(),
    asked=st.booleans(),
    silent=st.booleans(),
    fresh=st.booleans(),
    by=st.sampled_from([(), ("a",), ("a", "b")]),
    needed=st.integers(0, 2),
    mine=st.booleans(),
    way=st.sampled_from(Way),
    automatic=st.sampled_from(["", "马上", "07:30"]),
)


@given(stands, st.booleans(), st.booleans())
def test_whatever_is_so_there_is_one_thing_to_do_and_words_for_it(at, approves, admin):
    step = next_step(at, approves=approves)
    words = words_for(at, step, "今天", "推送")
    assert words.title
    assert words.text
    assert "{" not in words.title + words.text
    more = also(at, step, approves=approves, admin=admin)
    assert not set(more) & set(step.offers)
    assert len(set(more)) == len(more)


@given(stands, st.booleans())
def test_nothing_that_too_few_have_approved_is_offered_for_publication(at, approves):
    step = next_step(at, approves=approves)
    if Offer.PUBLISH in step.offers:
        assert approves
        assert at.lacking == 0
        assert at.fresh
        assert at.way is not Way.DRAFT


@given(stands)
def test_who_is_no_admin_is_not_offered_to_withdraw(at):
    step = next_step(at, approves=True)
    assert Offer.WITHDRAW not in also(at, step, approves=True, admin=False)


@pytest.mark.parametrize("automatic", ["", "07:30", "马上"])
@pytest.mark.parametrize("way", [Way.PUBLISH, Way.MASS])
@pytest.mark.parametrize("needed", [0, 1, 2])
def test_the_card_names_the_approval_that_was_asked_for_and_the_way_it_goes(needed, way, automatic):
    by = ("editor:王芳", "editor:李明")[:needed]
    at = replace(DRAFT, needed=needed, by=by, way=way, automatic=automatic)
    words = words_for(at, next_step(at, approves=True), "今天")
    assert words.title.startswith("已批准" if needed else "草稿已就绪")
    assert ("群发" in words.title) is (way is Way.MASS)
    assert ("不能收回" in words.text) is (way is Way.MASS)
    assert ("群发" in words.names[Offer.PUBLISH]) is (way is Way.MASS)
    assert automatic in words.title


def test_where_nobody_approves_an_update_asks_for_no_approval():
    at = Stand(state=S.DRAFTED, fresh=False, needed=0)
    assert "批准" not in words_for(at, next_step(at, approves=True), "今天").text


def test_every_step_and_button_has_its_words():
    path = directory("templates") / "console" / "steps.toml"
    known = tomllib.loads(path.read_text(encoding="utf-8"))
    assert set(Kind) <= set(known)
    assert set(Offer) <= set(known["buttons"])


# Whether the worker was asked, read from the record.

NOW = datetime(2026, 6, 13, 7, 0, tzinfo=SHANGHAI)
ISSUE = "2026-06-13"


def line(who: str, what: Deed, detail: str = "", ago: float = 0) -> Step:
    at = NOW - timedelta(seconds=ago)
    return Step(at, who, what, State.RECEIVED, State.RECEIVED, detail)


ASKED = line("console:王芳", Deed.ASKED, ASKED_FOR["push"], ago=5)
RECEIVED, DRAFTING = Delivery(ISSUE), Delivery(ISSUE, State.DRAFTING)


@pytest.mark.parametrize(
    ("timeline", "delivery", "waits"),
    [
        ([], RECEIVED, False),
        ([ASKED], RECEIVED, True),
        ([ASKED, line("worker", Deed.STUCK)], RECEIVED, False),
        ([ASKED, line("worker", Deed.ADD)], DRAFTING, True),
        ([ASKED, line("worker", Deed.ADD), line("worker", Deed.STUCK)], DRAFTING, False),
        ([line("worker", Deed.STUCK, ago=9), ASKED], RECEIVED, True),
        ([line("worker", Deed.PREVIEW)], RECEIVED, True),
        ([line("worker", Deed.PREVIEW), line("worker", Deed.PREVIEWED)], RECEIVED, False),
        ([line("worker", Deed.PREVIEW, ago=SOON.total_seconds())], RECEIVED, False),
        ([ASKED, line("editor:李明", Deed.ASKED, "封面 卡片")], RECEIVED, True),
        ([line("editor:李明", Deed.ASKED, "封面 卡片")], RECEIVED, False),
        ([replace(ASKED, at=NOW - FORGOTTEN)], RECEIVED, False),
        ([line("worker", Deed.ADD, ago=FORGOTTEN.total_seconds())], DRAFTING, False),
    ],
)
def test_the_record_tells_whether_somebody_is_at_it(timeline, delivery, waits):
    assert (waiting_since(timeline, delivery, NOW) is not None) is waits


def test_the_page_asks_again_only_while_something_moves():
    assert SOON < FORGOTTEN
    for at, kind, _ in TABLE:
        if kind in MOVING:
            assert at.asked or at.state is State.PUBLISHING


# The month.


def entry(day: date, state: State, edition: str = "") -> Entry:
    return Entry(f"{day}{edition}", day, "n", "h", state, "", "")


def test_a_month_shows_the_state_of_each_day_with_holidays_and_worked_weekends():
    plan, today = plan_of(Config().schedule), date(2026, 2, 13)
    days = {
        date(2026, 2, 3): State.PUBLISHED,
        date(2026, 2, 4): State.RETURNED,
        date(2026, 2, 13): State.DRAFTED,
    }
    month = month_of(date(2026, 2, 1), today, plan, [entry(*each) for each in days.items()])
    assert span(month.first) == (month.weeks[0][0].day, month.weeks[-1][-1].day)
    squares = {square.day.day: square for week in month.weeks for square in week if square.inside}
    assert len(squares) == 28
    looks = {day: squares[day].look for day in (2, 3, 4, 5, 7, 13, 16, 24)}
    assert looks == {
        2: "none",
        3: "done",
        4: "bad",
        5: "missing",
        7: "none",
        13: "open",
        16: "none",
        24: "none",
    }
    # The spring festival of 2026: a worked Saturday before, a week off, another one after.
    assert [day for day in squares if squares[day].mark == "班"] == [14, 28]
    assert {16, 17, 18, 19, 20, 23} <= {day for day in squares if squares[day].mark == "休"}
    assert squares[17].told == "不出刊"
    assert (month.before, month.after) == (date(2026, 1, 31), date(2026, 3, 1))


def test_of_a_days_editions_the_newest_is_shown():
    day = date(2026, 6, 9)
    plan = plan_of(Config().schedule)
    newest_first = [entry(day, State.DRAFTED, "-2"), entry(day, State.PUBLISHED)]
    month = month_of(day.replace(day=1), date(2026, 6, 13), plan, newest_first)
    [square] = [s for week in month.weeks for s in week if s.day == day]
    assert square.look == "open"


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_any_month_can_be_turned_to(day):
    first = day.replace(day=1)
    month = month_of(first, date(2026, 6, 13), plan_of(Config().schedule), [])
    assert month.before < first < month.after
    assert all(len(week) == 7 for week in month.weeks)
