"""What a tick does: the inbox, the jobs, the notices; never twice, and one's trouble is nobody else's."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from bot import delivering, flow, scheduling
from bot.archive import ticks
from bot.delivery import State
from bot.jobs.queue import FOLLOW, PREVIEW, RELEASE
from bot.services import open_services
from tests.morning import Morning, at, morning

DAY = "2026-06-15"  # a Monday
NEXT = "2026-06-16"


@pytest.fixture
def at_six(tmp_path, sandbox, queue_url) -> Iterator[Callable[..., Morning]]:
    with ExitStack() as closing:

        def begin(start: str = "06:00", **schedule: str) -> Morning:
            opened = morning(tmp_path, sandbox, queue_url, at(DAY, start), **schedule)
            return closing.enter_context(opened)

        yield begin


def test_a_report_dropped_in_the_morning_is_out_at_half_past_seven_and_not_before(at_six):
    it = at_six(approval='"none"')
    it.drop(it.clock())
    it.until("06:25")
    assert it.delivery(DAY).state is State.RECEIVED
    it.until("06:45")
    assert it.delivery(DAY).state is State.DRAFTED
    it.until("07:25")
    assert it.published() == []
    it.until("07:45")
    assert len(it.published()) == 1
    it.until("23:00")
    assert it.delivery(DAY).state is State.PUBLISHED
    assert len(it.published()) == 1
    assert it.sandbox.changes.count("draft/add") == 1
    assert {"ready", "published"} <= it.said(DAY)


def test_without_approval_it_waits_and_goes_out_as_soon_as_it_has_it(at_six):
    it = at_six()
    it.drop(it.clock())
    it.until("08:30")
    assert it.published() == []
    assert {"remind", "unapproved"} <= it.said(DAY)
    delivering.approve_issue(it.services, DAY, "editor:王芳")
    it.until("08:40")
    assert len(it.published()) == 1


def test_what_nobody_approved_by_noon_is_not_published_that_day_and_that_is_told(at_six):
    it = at_six()
    it.drop(it.clock())
    it.until("11:55")
    it.until("12:05")
    delivering.approve_issue(it.services, DAY, "editor:王芳")
    it.until("13:00", NEXT)
    assert it.published() == []
    assert "missed" in it.said(DAY)


def test_a_job_that_waited_past_noon_hands_nothing_over(at_six):
    it = at_six(approval='"none"')
    it.drop(it.clock())
    it.until("07:29")
    it.clock.moment = at(DAY, "07:30")
    scheduling.tick(it.services)
    (waiting,) = it.services.queue.queue.jobs
    assert waiting.func_name == RELEASE
    it.clock.moment = at(DAY, "12:00")
    it.work()
    assert it.published() == []
    assert it.delivery(DAY).state is State.DRAFTED


def test_what_may_not_have_been_accepted_is_not_handed_over_again_past_noon(at_six):
    it = at_six()
    it.drop(it.clock())
    it.until("11:55")
    delivering.approve_issue(it.services, DAY, "editor:王芳")
    it.sandbox.fault("freepublish/submit", "reset")
    it.until("11:58", every=1)
    for job in (RELEASE, FOLLOW):  # its next try, and whatever that asked for
        it.services.queue.ask(job, DAY)
        it.work()
        it.clock.moment = at(DAY, "12:20")
    assert it.delivery(DAY).state is State.PUBLISHING
    assert it.published() == []
    assert it.services.queue.queue.scheduled_job_registry.get_job_ids() == []


def test_a_preview_that_is_asked_for_twice_is_sent_once(at_six):
    it = at_six(preview_to='["somebody"]')
    it.drop(it.clock())
    it.until("06:50")
    it.services.queue.ask(PREVIEW, DAY)
    it.work()
    assert it.sandbox.changes.count("message/mass/preview") <= 1
    tried = [each for each in it.sandbox.state["log"] if each["call"] == "message/mass/preview"]
    assert len(tried) == 1


def test_a_day_without_a_report_is_told_of_in_time(at_six):
    it = at_six()
    it.until("06:45")
    assert it.said(DAY) == set()
    it.until("06:55")
    assert it.said(DAY) == {"missing"}
    it.until("12:10")
    assert it.said(DAY) == {"missing", "missing_late", "missed_day"}


def test_a_report_that_is_still_being_copied_is_not_missing(at_six):
    it = at_six(approval='"none"')
    it.until("06:49", every=1)
    it.drop(it.clock())
    it.until("06:50")
    assert it.said(DAY) == set()
    it.until("06:55", every=1)
    assert "missing" not in it.said(DAY)
    assert it.delivery(DAY).state is State.DRAFTED


def test_after_a_night_without_power_a_report_in_the_inbox_is_caught_up_with_and_not_called_missing(
    at_six,
):
    it = at_six("05:00", approval='"none"')
    it.tick()
    it.drop(it.clock())
    it.clock.moment = at(DAY, "08:00")
    it.until("08:05", every=1)
    assert len(it.published()) == 1
    assert it.said(DAY) & {"missing", "missing_late"} == set()


def test_a_correction_updates_the_one_draft_and_needs_another_approval(at_six):
    it = at_six()
    it.drop(it.clock())
    it.until("06:45")
    delivering.approve_issue(it.services, DAY, "editor:王芳")
    it.drop(it.clock(), "更正过的进展")
    it.until("08:00")
    assert it.published() == []
    assert it.sandbox.changes.count("draft/add") == 1
    delivering.approve_issue(it.services, DAY, "editor:王芳")
    it.until("08:10")
    assert len(it.published()) == 1


def test_a_returned_issue_is_not_published_until_it_is_corrected(at_six):
    it = at_six(approval='"none"')
    it.drop(it.clock())
    it.until("06:45")
    delivering.return_issue(it.services, DAY, "标题不对", "editor:王芳")
    it.until("08:00")
    assert it.published() == []
    it.drop(it.clock(), "改好的进展")
    it.until("08:20")
    assert len(it.published()) == 1


def test_both_editions_of_a_day_go_out(at_six):
    it = at_six(approval='"none"')
    for word in ("早上的事", "晚上的事"):
        it.drop(it.clock(), word)
        flow.add_issue(it.services, it.inbox / "日报.md", new_edition=True)
        (it.inbox / "日报.md").unlink()
    it.until("08:00")
    assert len(it.published()) == 2


def test_an_issue_that_cannot_be_set_keeps_no_other_from_going_out(at_six, monkeypatch):
    it = at_six(approval='"none"')
    for word in ("早上的事", "晚上的事"):
        it.drop(it.clock(), word)
        flow.add_issue(it.services, it.inbox / "日报.md", new_edition=True)
        (it.inbox / "日报.md").unlink()
    it.until("06:45")
    foreseen = flow.foreseen_bundle

    def broken(services, issue):
        if issue.id == DAY:
            raise RuntimeError("a fault of ours")
        return foreseen(services, issue)

    monkeypatch.setattr(flow, "foreseen_bundle", broken)
    it.until("08:00")
    assert it.delivery(f"{DAY}-2").state is State.PUBLISHED
    assert it.delivery(DAY).state is State.DRAFTED
    assert "not_drafted" in it.said(DAY)


def test_neither_the_inbox_nor_a_full_disk_keeps_an_issue_from_going_out(at_six, monkeypatch):
    it = at_six(approval='"none"')
    it.drop(it.clock())
    it.until("07:00")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ticks, "write_whole", full)
    monkeypatch.setattr(scheduling, "receive", full)
    it.until("07:40")
    assert len(it.published()) == 1


def test_two_ticks_of_the_same_minute_do_it_once(at_six):
    it = at_six(approval='"none"')
    it.drop(it.clock())
    it.until("07:29")
    it.clock.moment = at(DAY, "07:30")
    for _ in range(3):
        scheduling.tick(it.services)
    assert len(it.services.queue.queue.job_ids) == 1
    it.work()
    for _ in range(3):
        it.tick()
    assert len(it.published()) == 1


def test_where_previews_are_not_allowed_they_are_tried_once(at_six):
    it = at_six(preview_to='["somebody"]')
    it.sandbox.fault("message/mass/preview", "errcode", errcode=48001)
    it.drop(it.clock())
    it.until("07:10", every=1)
    tried = [each for each in it.sandbox.state["log"] if each["call"] == "message/mass/preview"]
    assert len(tried) == 1
    assert it.delivery(DAY).state is State.DRAFTED


def test_where_a_person_publishes_it_is_seen_and_nothing_is_handed_over(at_six):
    it = at_six(approval='"none"')
    it.config = it.config.model_copy(
        update={"publish": it.config.publish.model_copy(update={"mode": "draft"})}
    )
    with open_services(it.config, it.clock, "worker") as services:
        it.services = services
        it.drop(it.clock())
        it.until("07:35")
        assert "press" in it.said(DAY)
        assert "freepublish/submit" not in it.sandbox.changes
        services.platform.submit(it.delivery(DAY).media_id)
        it.until("08:00")
        assert it.delivery(DAY).state is State.PUBLISHED


def test_a_schedule_that_is_off_does_nothing_but_tell_what_waits(at_six):
    it = at_six(enabled="false")
    it.drop(it.clock())
    it.until("12:30", every=60)
    assert it.services.archive.entries() == []
    assert (it.inbox / "日报.md").exists()
    assert it.said(DAY) == set()


def test_a_bad_file_is_told_of_once(at_six):
    it = at_six()
    it.inbox.mkdir()
    (it.inbox / "日报.pdf").write_bytes(b"%PDF-1.7 broken")
    it.until("06:30")
    assert it.said(DAY) == {"bad_file"}


def test_after_days_without_power_every_day_is_accounted_for(at_six):
    it = at_six(approval='"none"')
    it.until("06:10")
    it.clock.moment = at("2026-06-18", "13:00")
    it.tick()
    told = {day: it.said(f"2026-06-{day}") for day in range(14, 19)}
    assert told == {14: set()} | {day: {"missed_day"} for day in range(15, 19)}
