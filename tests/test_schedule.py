"""What is due on a morning, decision by decision."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.delivery import State, Way
from bot.reply.notices import Sentences
from bot.resources import directory
from bot.schedule.due import LOOK, Act, Standing, Today, due, may_publish, watched_days
from bot.schedule.plan import SHANGHAI, plan_of
from bot.schedule.told import Told
from bot.timetable import ScheduleSettings

TUESDAY = date(2026, 11, 24)
SATURDAY = date(2026, 11, 28)
PLAN = plan_of(ScheduleSettings(enabled=True))
FREELY = replace(PLAN, approvals=0)
ARRIVED = Standing(
    issue_id="2026-11-24",
    state=State.RECEIVED,
    ready=False,
    approved=0,
    returned=False,
    problem="",
    said=frozenset(),
    previewed=False,
    busy_since=None,
)
DRAFTED = replace(ARRIVED, state=State.DRAFTED, ready=True, previewed=True, content="c1")
APPROVED = replace(DRAFTED, state=State.APPROVED, approved=1)


def at(clock: str, day: date = TUESDAY) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), SHANGHAI)


def decided(clock, *issues, plan=PLAN, day=TUESDAY, said=(), on=None, awake=None):
    """What is due, as `act` or `act:kind`, in order."""
    found = due(at(clock, on or day), plan, Today(day, issues, frozenset(said), awake))
    return [f"{each.act}:{each.kind}" if each.kind else str(each.act) for each in found]


def keys(clock, issue, plan=PLAN):
    found = due(at(clock), plan, Today(TUESDAY, (issue,), frozenset()))
    return {each.key for each in found if each.act is Act.SAY}


# A morning as it should be.


@pytest.mark.parametrize(
    ("clock", "issue", "what"),
    [
        ("06:29", ARRIVED, []),
        ("06:30", ARRIVED, ["draft"]),
        ("06:39", replace(DRAFTED, previewed=False), []),
        ("06:40", replace(DRAFTED, previewed=False), ["preview", "say:ready"]),
        ("06:40", DRAFTED, ["say:ready"]),
        ("07:15", DRAFTED, ["say:remind"]),
        ("07:29", APPROVED, []),
        ("07:30", APPROVED, ["publish"]),
        ("07:30", DRAFTED, ["say:unapproved"]),
        ("11:59", APPROVED, ["publish"]),
        ("12:00", APPROVED, ["say:missed"]),
        ("12:00", DRAFTED, ["say:missed"]),
        ("12:00", ARRIVED, ["say:missed"]),
        ("08:00", replace(APPROVED, state=State.PUBLISHED), ["say:published"]),
        ("08:00", replace(APPROVED, state=State.FAILED), ["say:failed"]),
        ("08:00", replace(ARRIVED, state=State.SKIPPED), []),
    ],
)
def test_each_step_comes_at_its_time(clock, issue, what):
    assert decided(clock, issue) == what


def test_nothing_happens_by_itself_unless_it_is_wanted():
    assert decided("07:30", APPROVED, plan=replace(PLAN, enabled=False)) == []
    assert watched_days(at("07:30"), replace(PLAN, enabled=False)) == ()


@pytest.mark.parametrize(
    ("clock", "what"),
    [
        ("06:49", []),
        ("06:50", ["say:missing"]),
        ("07:30", ["say:missing_late"]),
        ("12:00", ["say:missed_day"]),
    ],
)
def test_an_absent_issue_is_an_alarm_in_three_steps(clock, what):
    assert decided(clock) == what
    assert decided(clock, said={each.partition(":")[2] for each in what}) == []


def test_no_issue_is_missing_on_a_day_without_publication():
    assert decided("08:00", day=SATURDAY) == []


def test_where_nobody_has_to_approve_editors_are_told_and_it_is_published():
    assert decided("06:40", DRAFTED, plan=FREELY) == ["say:ready"]
    assert decided("07:30", DRAFTED, plan=FREELY) == ["publish"]


def test_two_people_have_to_approve_where_two_are_asked_for():
    plan = replace(PLAN, approvals=2)
    assert decided("07:30", APPROVED, plan=plan) == ["say:unapproved"]
    assert decided("07:30", replace(APPROVED, approved=2), plan=plan) == ["publish"]


def test_an_approval_after_the_time_publishes_at_once():
    told = replace(APPROVED, said=frozenset(keys("07:30", DRAFTED)))
    assert decided("09:13", told) == ["publish"]


# What goes differently.


def test_what_was_said_is_not_said_again_but_of_another_draft_it_is():
    told = replace(DRAFTED, said=frozenset(keys("06:40", DRAFTED)))
    assert decided("06:41", told) == []
    assert decided("06:41", replace(told, content="c2")) == ["say:ready"]


def test_each_refusal_is_told():
    refused = replace(APPROVED, state=State.FAILED, attempt="2247483647")
    told = replace(refused, said=frozenset(keys("08:00", refused)))
    assert decided("08:01", told) == []
    assert decided("09:01", replace(told, attempt="2247483648")) == ["say:failed"]


def test_a_correction_is_drafted_again_until_it_is_given_up():
    corrected = replace(APPROVED, ready=False)
    assert decided("07:29", corrected) == ["draft"]
    assert decided("11:59", corrected) == ["draft"]
    assert decided("12:00", corrected) == ["say:missed"]


def test_what_was_refused_is_tried_again_only_after_a_correction():
    refused = replace(
        APPROVED, state=State.FAILED, problem="没有通过平台审核", said=frozenset({"failed"})
    )
    assert decided("08:03", refused) == []
    assert decided("08:03", replace(refused, ready=False)) == ["draft"]


def test_what_the_platform_has_taken_away_is_a_persons_decision():
    banned = replace(
        APPROVED, state=State.FAILED, ready=False, content="", said=frozenset({"failed"})
    )
    assert decided("08:00", banned) == []


def test_a_returned_draft_waits_for_its_correction():
    returned = replace(DRAFTED, state=State.RETURNED, returned=True, problem="第二段数字不对")
    assert decided("07:20", returned) == []
    assert decided("07:30", returned) == ["say:returned"]
    assert decided("07:31", replace(returned, ready=False)) == ["draft"]
    assert decided("12:00", returned) == ["say:missed"]


def test_an_objection_wins_over_an_approval():
    assert decided("07:30", replace(APPROVED, returned=True)) == ["say:returned"]


def test_what_fails_is_tried_every_ten_minutes_and_told_when_it_lasts():
    failing = replace(ARRIVED, problem="连不上微信公众平台")
    assert [decided(f"06:3{minute}", failing) for minute in (0, 1, 9)] == [["draft"], [], []]
    assert decided("06:40", failing) == ["draft", "say:not_drafted"]
    late = replace(APPROVED, problem="连不上微信公众平台")
    assert decided("07:35", late) == []
    assert decided("07:40", late) == ["publish", "say:not_published"]


def test_an_issue_that_has_just_come_is_given_its_ten_minutes():
    failing = replace(ARRIVED, problem="连不上微信公众平台", changed_at=at("08:55"))
    assert decided("09:00", failing) == ["draft"]
    assert "say:not_drafted" in decided("09:05", failing)


def test_what_nobody_gets_done_is_told_even_without_a_reason():
    assert decided("06:45", ARRIVED, awake=at("00:00")) == ["draft", "say:not_drafted"]
    assert decided("09:00", ARRIVED, awake=at("08:59")) == ["draft"]
    just_approved = replace(APPROVED, busy_since=at("08:55"))
    assert decided("09:00", just_approved, awake=at("00:00")) == ["publish"]
    assert decided("09:05", just_approved, awake=at("00:00")) == ["publish", "say:not_published"]


def test_what_was_broken_off_is_taken_up_and_in_the_end_told():
    drafting = replace(ARRIVED, state=State.DRAFTING, busy_since=at("06:31"))
    assert decided("06:35", drafting) == []
    assert decided("06:36", drafting) == ["draft"]
    assert decided("06:46", drafting) == ["draft", "say:stuck"]


def test_a_second_step_that_does_not_end_is_told_too():
    drafting = replace(ARRIVED, state=State.DRAFTING, busy_since=at("06:31"))
    told = frozenset(keys("06:46", drafting))
    unclear = replace(APPROVED, state=State.PUBLISHING, busy_since=at("07:30"), said=told)
    assert decided("07:45", unclear) == ["publish", "say:stuck"]


def test_a_publication_is_looked_at_ever_less_often():
    publishing = replace(
        APPROVED, state=State.PUBLISHING, busy_since=at("07:30"), attempt="1", said=keys_of_stuck()
    )
    every_minute = (at("07:30") + timedelta(minutes=minute) for minute in range(24 * 60))
    looks = [
        now for now in every_minute if due(now, PLAN, Today(TUESDAY, (publishing,), frozenset()))
    ]
    assert [f"{now:%H:%M}" for now in looks[:7]] == [
        "07:40",
        "07:50",
        "08:00",
        "08:10",
        "08:20",
        "08:30",
        "09:30",
    ]
    assert len(looks) < 30
    assert decided("07:40", publishing) == [f"publish:{LOOK}"]


def keys_of_stuck():
    stuck = replace(APPROVED, state=State.PUBLISHING, busy_since=at("07:00"), attempt="1")
    return frozenset(keys("08:01", stuck))


def test_a_publication_that_nobody_knows_the_end_of_is_told():
    publishing = replace(APPROVED, state=State.PUBLISHING, busy_since=at("07:30"), attempt="1")
    assert decided("07:44", publishing) == []
    assert decided("07:45", publishing) == ["say:stuck"]
    assert decided("07:45", replace(publishing, way=Way.MASS)) == []


def test_a_handing_over_that_was_broken_off_is_taken_up_while_there_is_time():
    unclear = replace(APPROVED, state=State.PUBLISHING, busy_since=at("11:50"))
    assert decided("11:55", unclear) == ["publish"]
    assert decided("12:00", unclear) == []
    assert decided("12:05", unclear) == ["say:stuck"]


def test_a_job_that_has_waited_too_long_does_not_publish():
    assert may_publish(at("11:59"), PLAN, TUESDAY, APPROVED)
    assert not may_publish(at("12:00"), PLAN, TUESDAY, APPROVED)
    assert not may_publish(at("07:29"), PLAN, TUESDAY, APPROVED)
    assert not may_publish(at("11:59"), PLAN, TUESDAY, DRAFTED)
    assert not may_publish(at("11:59"), PLAN, SATURDAY, APPROVED)


def test_a_late_issue_does_everything_at_once():
    assert decided("10:00", ARRIVED, plan=FREELY) == ["draft"]
    fresh = replace(DRAFTED, previewed=False)
    assert decided("10:00", fresh, plan=FREELY) == ["publish"]
    assert decided("10:00", fresh) == ["preview", "say:unapproved"]


def test_each_edition_counts():
    second = replace(ARRIVED, issue_id="2026-11-24-2")
    found = due(at("07:30"), PLAN, Today(TUESDAY, (APPROVED, second), frozenset()))
    assert [(each.act, each.about) for each in found] == [
        (Act.PUBLISH, "2026-11-24"),
        (Act.DRAFT, "2026-11-24-2"),
    ]


def test_an_issue_of_a_day_without_publication_is_drafted_for_a_person_to_publish():
    assert decided("06:30", ARRIVED, day=SATURDAY) == ["draft"]
    assert decided("06:40", DRAFTED, day=SATURDAY) == ["say:not_a_day"]
    assert decided("07:30", replace(APPROVED), day=SATURDAY, plan=PLAN) == ["say:not_a_day"]
    assert decided("12:00", APPROVED, day=SATURDAY) == []


def test_where_a_person_publishes_editors_are_told_to_and_it_is_looked_for():
    by_hand = replace(APPROVED, way=Way.DRAFT)
    assert decided("07:30", by_hand) == [f"publish:{LOOK}", "say:press"]
    assert decided("07:31", replace(by_hand, said=frozenset(keys("07:31", by_hand)))) == []
    assert decided("12:05", by_hand) == []
    assert decided("12:10", by_hand) == ["say:missed"]
    assert not may_publish(at("08:00"), PLAN, TUESDAY, by_hand)


def test_what_was_given_up_is_looked_for_every_hour_for_a_day():
    given_up = replace(APPROVED, way=Way.DRAFT, said=frozenset({"missed"}))
    look = [f"publish:{LOOK}"]
    assert [decided(clock, given_up) for clock in ("12:30", "12:40", "13:30")] == [look, [], look]
    wednesday = TUESDAY + timedelta(days=1)
    assert decided("11:30", given_up, on=wednesday) == look
    assert decided("12:30", given_up, on=wednesday) == []


def test_an_article_that_is_gone_after_it_was_announced_is_told():
    gone = replace(ARRIVED, state=State.WITHDRAWN)
    assert decided("15:00", gone) == []
    assert decided("15:00", replace(gone, said=frozenset({"published"}))) == ["say:withdrawn"]


# Night, outages, clocks.


def test_quiet_hours_keep_back_what_can_wait():
    published = replace(APPROVED, state=State.PUBLISHED)
    assert decided("23:00", published) == []
    assert decided("05:59", published, on=TUESDAY + timedelta(days=1)) == []
    assert decided("06:00", published, on=TUESDAY + timedelta(days=1)) == ["say:published"]


def test_quiet_hours_keep_neither_publication_nor_the_last_chance_back():
    asleep = replace(PLAN, quiet=(time(22), time(9)))
    assert decided("07:30", APPROVED, plan=asleep) == ["publish"]
    assert decided("06:40", DRAFTED, plan=asleep) == []
    assert decided("07:30", DRAFTED, plan=asleep) == ["say:unapproved"]
    assert decided("06:50", plan=asleep) == []
    assert decided("07:30", plan=asleep) == ["say:missing_late"]


def test_after_an_outage_within_the_window_it_is_caught_up_with():
    assert decided("11:00", APPROVED) == ["publish"]


def test_after_an_outage_past_the_window_nothing_is_published():
    for day in (TUESDAY, TUESDAY + timedelta(days=1)):
        assert decided("13:00", APPROVED, on=day) == ["say:missed"]


def test_what_had_been_handed_over_is_followed_past_midnight():
    publishing = replace(
        APPROVED, state=State.PUBLISHING, busy_since=at("11:58"), attempt="1", said=keys_of_stuck()
    )
    assert decided("00:58", publishing, on=TUESDAY + timedelta(days=1)) == [f"publish:{LOOK}"]


def test_days_are_watched_for_a_week_after_an_outage_but_not_before_the_beginning():
    assert watched_days(at("00:00"), PLAN) == (date(2026, 11, 23), TUESDAY)
    week = watched_days(at("12:00"), PLAN, since=date(2026, 1, 1))
    assert (week[0], week[-1], len(week)) == (date(2026, 11, 17), TUESDAY, 8)
    assert watched_days(at("12:00"), PLAN, since=TUESDAY) == (TUESDAY,)
    assert watched_days(at("12:00"), PLAN, since=date(2026, 12, 1)) == (TUESDAY,)


@pytest.mark.parametrize(
    ("now", "today"),
    [
        (datetime(2028, 2, 28, 16, 0, tzinfo=UTC), date(2028, 2, 29)),
        (datetime(2028, 2, 29, 15, 59, tzinfo=UTC), date(2028, 2, 29)),
        (datetime(2028, 2, 29, 16, 0, tzinfo=UTC), date(2028, 3, 1)),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), date(2027, 1, 1)),
        (datetime(2026, 4, 30, 15, 59, 59, 999999, tzinfo=UTC), date(2026, 4, 30)),
    ],
)
def test_the_day_turns_at_midnight_in_shanghai(now, today):
    yesterday = today - timedelta(days=1)
    assert watched_days(now, PLAN) == (yesterday, today)


def test_a_leap_day_has_a_morning_of_its_own():
    leap = date(2028, 2, 29)
    assert decided("07:30", replace(APPROVED, issue_id="2028-02-29"), day=leap) == ["publish"]
    assert decided("12:00", day=leap) == ["say:missed_day"]


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Shanghai", "Pacific/Auckland"])
@pytest.mark.parametrize("day", [date(2026, 3, 9), date(2026, 11, 2), date(2026, 7, 1)])
def test_the_servers_zone_and_its_summer_time_change_nothing(zone, day):
    issue = replace(APPROVED, issue_id=day.isoformat())
    for clock, what in (("07:29", []), ("07:30", [Act.PUBLISH]), ("11:59", [Act.PUBLISH])):
        now = at(clock, day).astimezone(ZoneInfo(zone))
        assert [each.act for each in due(now, PLAN, Today(day, (issue,), frozenset()))] == what


def test_a_clock_that_is_set_back_makes_nothing_happen_twice():
    out = replace(APPROVED, state=State.PUBLISHED, said=frozenset({"published"}))
    assert decided("07:31", out) == []
    assert decided("06:31", out) == []
    begun = replace(APPROVED, state=State.PUBLISHING, busy_since=at("07:30"))
    assert decided("06:31", begun) == []


def test_editors_are_told_weekly_that_the_next_years_holidays_are_not_known(monkeypatch):
    monkeypatch.setattr("bot.schedule.calendar.LAST_YEAR", 2026)
    mondays = [date(2026, 12, 14), date(2026, 12, 21), date(2027, 1, 4)]
    found = [due(at("06:45", day), PLAN, Today(day, (), frozenset())) for day in mondays]
    assert [[each.key for each in each_day] for each_day in found] == [
        [],
        ["no_calendar:2027"],
        ["no_calendar:2027"],
    ]
    daily = replace(PLAN, days="daily")
    assert decided("06:45", day=mondays[1], plan=daily) == []


@pytest.mark.parametrize("kind", Told)
def test_there_is_a_sentence_for_all_that_is_told(kind):
    sentences = Sentences.load(directory("templates") / "reply" / "notices.toml")
    assert sentences.text_of(kind, issue="2026-11-24", day="11月24日")


@pytest.mark.parametrize("kind", Told)
def test_the_key_of_a_notice_fits_where_it_is_kept(kind):
    assert len(f"{kind}:01234567") <= 24
