"""Whatever the state, the time and the order of ticks: what never happens."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.delivery import State, Way
from bot.schedule.due import LOOK, Act, Standing, Today, due, may_publish, watched_days
from bot.schedule.plan import SHANGHAI, Plan, plan_of
from bot.timetable import ScheduleSettings

clocks = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))
days = st.dates(date(2004, 1, 1), date(2030, 12, 31))
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
moments = st.timedeltas(timedelta(0), timedelta(days=364)).map(lambda since: NEW_YEAR + since)


@st.composite
def plans(draw):
    in_order = sorted(draw(st.sets(clocks, min_size=6, max_size=6)))
    draft_at, preview_at, missing_at, remind_at, publish_at, give_up_at = in_order
    return Plan(
        enabled=True,
        days=draw(st.sampled_from(["workdays", "daily", (1, 3, 5)])),
        skipped=frozenset(draw(st.sets(days, max_size=3))),
        extra=frozenset(draw(st.sets(days, max_size=3))),
        draft_at=draft_at,
        preview_at=preview_at,
        missing_at=missing_at,
        remind_at=remind_at,
        publish_at=publish_at,
        give_up_at=give_up_at,
        quiet=draw(st.none() | st.tuples(clocks, clocks)),
        approvals=draw(st.integers(0, 2)),
    )


@st.composite
def standings(draw, day):
    edition = draw(st.sampled_from(["", "-2", "-3"]))
    return Standing(
        issue_id=f"{day.isoformat()}{edition}",
        state=draw(st.sampled_from(State)),
        ready=draw(st.booleans()),
        approved=draw(st.integers(0, 3)),
        returned=draw(st.booleans()),
        problem=draw(st.sampled_from(["", "连不上微信公众平台"])),
        said=frozenset(),
        previewed=draw(st.booleans()),
        busy_since=draw(st.none() | moments),
        way=draw(st.sampled_from(Way)),
        content=draw(st.sampled_from(["", "c1", "c2"])),
        attempt=draw(st.sampled_from(["", "2247483647"])),
        changed_at=draw(st.none() | moments),
    )


@st.composite
def situations(draw):
    """A plan, a day with its issues, and ticks in any order around that day."""
    day = draw(st.dates(date(2026, 1, 2), date(2026, 12, 30)))
    issues = tuple(draw(st.lists(standings(day), max_size=3, unique_by=lambda s: s.issue_id)))
    start = datetime.combine(day, time(0), SHANGHAI) - timedelta(days=1)
    minutes = draw(st.lists(st.integers(0, 4 * 24 * 60), min_size=1, max_size=12))
    ticks = [start + timedelta(minutes=minute) for minute in minutes]
    return draw(plans()), Today(day, issues, frozenset(), draw(st.none() | moments)), ticks


def hands_over(each):
    return each.act is Act.PUBLISH and each.kind != LOOK


@given(situations())
def test_nothing_is_handed_over_before_its_time_or_after_it_was_given_up(situation):
    plan, today, ticks = situation
    for now in ticks:
        local = now.astimezone(SHANGHAI)
        in_time = local.date() == today.day and plan.publish_at <= local.time() < plan.give_up_at
        assert in_time or not any(hands_over(each) for each in due(now, plan, today))


@given(situations())
def test_nothing_goes_out_that_is_outdated_unapproved_returned_or_of_another_day(situation):
    plan, today, ticks = situation
    by_id = {each.issue_id: each for each in today.issues}
    for now in ticks:
        for each in filter(hands_over, due(now, plan, today)):
            issue = by_id[each.about]
            assert may_publish(now, plan, today.day, issue)
            if issue.state is State.PUBLISHING:  # broken off: what had begun is finished
                assert not issue.attempt
                continue
            assert issue.state in (State.DRAFTED, State.PREVIEWED, State.APPROVED)
            assert issue.ready
            assert not issue.returned
            assert issue.approved >= plan.approvals
            assert issue.way is not Way.DRAFT
            assert plan.publishes_on(today.day)


@given(situations())
def test_in_whatever_order_ticks_come_nothing_is_said_twice(situation):
    plan, today, ticks = situation
    told: list[tuple[str, str]] = []
    for now in ticks:
        said = frozenset(told)
        issues = tuple(replace(each, said=_about(said, each.issue_id)) for each in today.issues)
        heard = replace(today, issues=issues, said=_about(said, today.day.isoformat()))
        told += [(each.about, each.key) for each in due(now, plan, heard) if each.act is Act.SAY]
    assert len(told) == len(set(told))


def _about(said, about):
    return frozenset(key for name, key in said if name == about)


@given(situations())
def test_one_tick_asks_for_one_job_an_issue_and_says_no_two_things_of_it(situation):
    plan, today, ticks = situation
    for now in ticks:
        found = due(now, plan, today)
        jobs = [each.about for each in found if each.act is not Act.SAY]
        assert len(jobs) == len(set(jobs))
        keys = [(each.about, each.key) for each in found if each.act is Act.SAY]
        assert len(keys) == len(set(keys))
        assert all(len(each.key) <= 24 for each in found)


@given(situations())
def test_quiet_hours_are_kept_except_for_what_is_urgent(situation):
    plan, today, ticks = situation
    for now in ticks:
        if plan.is_quiet(now):
            said = [each for each in due(now, plan, today) if each.act is Act.SAY]
            assert all(each.urgent for each in said)


@given(situations())
def test_nothing_is_done_before_the_first_time_of_the_day(situation):
    plan, today, ticks = situation
    start, end = plan.window(today.day)
    for now in ticks:
        if now < start:
            assert due(now, plan, today) == ()
        if now >= end:
            asked = {each.act for each in due(now, plan, today) if not each.kind}
            assert asked == set()


@given(moments, st.none() | st.dates(date(2025, 6, 1), date(2027, 6, 1)))
def test_the_present_day_is_always_watched_and_never_more_than_a_week_before_it(now, since):
    plan = plan_of(ScheduleSettings(enabled=True))
    watched = watched_days(now, plan, since)
    today = now.astimezone(SHANGHAI).date()
    assert watched[-1] == today
    assert watched == tuple(sorted(set(watched)))
    assert today - watched[0] <= timedelta(days=7)
