"""What the platform holds of an issue is looked for before it is made again; and what is gone is noticed."""

from dataclasses import replace

import pytest

from bot import flow
from bot.archive.ledger import Ledger
from bot.delivery import Delivery, Outcome, State
from bot.errors import (
    DeliveryBusy,
    PlatformBusy,
    PlatformDenied,
    PlatformError,
    PlatformRefused,
    PlatformUnclear,
)
from bot.publish.outcome import settle
from bot.services import Services
from tests.conftest import SAMPLES, Clock, Sandbox
from tests.office import ISSUE, Office

OUT = Outcome("77", 0, "https://mp.weixin.qq.com/s/abc")


@pytest.fixture
def services(services: Services) -> Services:
    flow.add_issue(services, SAMPLES[-1])
    return services


def covers(sandbox: Sandbox) -> list[str]:
    return [each["media_id"] for each in sandbox.state["materials"]]


def delete_cover(office: Office) -> None:
    """In the console, by somebody else."""
    office.services.platform._client.material.delete(covers(office.sandbox)[0])


# Covers.


@pytest.mark.parametrize("kind", ["timeout_after", "reset_after", "http_after"])
def test_a_cover_whose_answer_was_lost_is_found_in_the_library(office, kind):
    office.sandbox.fault("material/add_material", kind, seconds=1.5)
    with pytest.raises(PlatformBusy):
        office.push()
    office.push()
    assert office.sandbox.changes.count("material/add_material") == 1
    [draft] = office.sandbox.state["drafts"]
    assert [draft["articles"][0]["thumb_media_id"]] == covers(office.sandbox)


def test_a_cover_that_never_arrived_is_uploaded_by_the_next_push(office):
    office.sandbox.fault("material/add_material", "reset")
    with pytest.raises(PlatformBusy):
        office.push()
    office.push()
    assert len(covers(office.sandbox)) == 1


def test_an_account_that_may_not_list_its_library_gets_its_draft_all_the_same(office):
    office.sandbox.fault("material/add_material", "reset")
    office.sandbox.fault("material/batchget_material", "errcode", errcode=48001)
    with pytest.raises(PlatformBusy):
        office.push()
    assert office.push().state is State.DRAFTED


def test_with_the_footer_there_a_first_push_is_three_calls(office):
    office.push()
    before = len(office.calls)
    office.push(flow.add_issue(office.services, SAMPLES[0]).issue.id)
    assert office.calls[before:] == ["material/add_material", "draft/add", "draft/get"]


# Drafts.


def test_another_issues_draft_is_not_taken_for_ours_for_having_the_same_cover(
    services, sandbox, monkeypatch
):
    """An editor has chosen the same picture for both."""
    cover = flow.cover_of(services, services.archive.issue(ISSUE))
    monkeypatch.setattr(services.studio, "cover", lambda *_: cover)
    second = replace(services.archive.issue(ISSUE), edition=2)
    services.archive.add(second, "second.txt", "2" * 64)
    first = flow.push_issue(services, ISSUE).delivery
    sandbox.fault("draft/add", "timeout_before", seconds=1.5)
    with pytest.raises(PlatformUnclear):
        flow.push_issue(services, second.id)
    delivery = flow.push_issue(services, second.id).delivery
    drafts = {draft["media_id"]: draft["articles"][0] for draft in sandbox.state["drafts"]}
    assert set(drafts) == {first.media_id, delivery.media_id}
    assert len({article["thumb_media_id"] for article in drafts.values()}) == 1
    assert f'data-rikan="{ISSUE}:' in drafts[first.media_id]["content"]


def test_fresh_makes_no_second_draft_while_the_first_is_in_the_box(office):
    first = office.push()
    again = office.push_fresh()
    assert again.media_id == first.media_id
    assert len(office.sandbox.state["drafts"]) == len(covers(office.sandbox)) == 1


def test_fresh_gives_a_draft_whose_cover_was_deleted_another(office):
    first = office.push()
    delete_cover(office)
    office.edit()
    with pytest.raises(PlatformRefused, match="--fresh"):
        office.push()
    again = office.push_fresh()
    assert again.media_id == first.media_id
    assert len(office.sandbox.state["drafts"]) == len(covers(office.sandbox)) == 1


def test_a_draft_deleted_since_is_noticed_by_a_push_that_changes_nothing(office):
    media_id = office.push().media_id
    office.services.platform.delete_draft(media_id)
    office.wait(hours=1)
    before = office.sandbox.changes
    with pytest.raises(PlatformRefused, match=r"--url.*--fresh"):
        office.push()
    assert office.sandbox.changes == before
    assert office.timeline[-2].what == "lost"


def test_what_was_changed_in_the_console_is_told_by_a_push_that_changes_nothing(
    services, sandbox, clock, monkeypatch
):
    delivery = flow.push_issue(services, ISSUE).delivery
    [kept] = services.platform.draft(delivery.media_id)
    monkeypatch.setattr(services.platform, "draft", lambda _: [replace(kept, title="别的标题")])
    clock.forward(hours=1)
    assert "别的标题" in flow.push_issue(services, ISSUE).delivery.findings


def test_a_push_that_changes_nothing_is_well_where_the_platform_is_not(office):
    office.push()
    office.wait(hours=1)
    office.sandbox.fault("draft/get", "http", status=502)
    assert office.push().state is State.DRAFTED


# Publications.


def test_a_lost_publication_that_no_list_shows_is_known_by_its_event(
    services, sandbox, monkeypatch
):
    flow.push_issue(services, ISSUE)
    sandbox.fault("freepublish/submit", "timeout_after", seconds=1.5)
    with pytest.raises(PlatformUnclear):
        flow.publish_issue(services, ISSUE)
    monkeypatch.setattr(services.platform, "published", lambda: iter(()))
    with pytest.raises(PlatformUnclear):
        flow.publish_issue(services, ISSUE)
    [job] = sandbox.state["published"]
    services.ledger.note_outcome(services.platform.outcome(job["publish_id"]))
    done = flow.publish_issue(services, ISSUE)
    assert (done.state, done.url) == (State.PUBLISHED, job["url"])
    assert done.publish_id == str(job["publish_id"])


def test_an_old_list_of_articles_is_not_read_to_its_end(services, monkeypatch):
    asked = []

    def page(offset: int, count: int) -> dict:
        asked.append(offset)
        article = {"content": "", "content_source_url": "", "url": "u"}
        item = {"article_id": "a", "content": {"news_item": [article]}}
        return {"total_count": 5000, "item": [item] * count}

    monkeypatch.setattr(services.platform._client.freepublish, "batchget", page)
    assert len(list(services.platform.published())) == 100
    assert len(asked) == 5


class TestAMessageToAll:
    @pytest.fixture
    def lost(self, office: Office) -> Office:
        """Its answer was; and the day's only message is used up."""
        office.push()
        office.sandbox.fault("message/mass/sendall", "timeout_after", seconds=1.5)
        with pytest.raises(PlatformUnclear):
            office.send_to_all()
        office.sandbox.fault("message/mass/sendall", "errcode", errcode=45028)
        return office

    def test_is_not_said_to_have_no_allowance_left_when_it_was_it_that_used_it(self, lost):
        with pytest.raises(PlatformUnclear, match=r"多半已经发出.*--url"):
            lost.publish()
        assert lost.delivery.state is State.PUBLISHING

    def test_is_known_by_its_event(self, lost):
        [sent] = lost.sandbox.state["mass"]
        lost.hear(replace(OUT, publish_id=str(sent["msg_id"])), mass=True)
        assert lost.publish().url == OUT.url


# Events that come twice, or late.


@pytest.mark.parametrize("state", [State.WITHDRAWN, State.SKIPPED, State.DRAFTED, State.DRAFTING])
def test_an_event_that_comes_late_changes_nothing_that_came_after(services, state):
    ledger = services.ledger
    ledger.note_outcome(OUT)
    after = Delivery(ISSUE, state, publish_id=OUT.publish_id)
    assert settle(ledger, after) == after


# The lease.


def test_many_pictures_may_take_longer_than_a_lease(services, clock: Clock):
    others = Ledger(services.archive.engine, services.ledger.account, clock)
    with services.ledger.lease(ISSUE):
        for _ in range(4):
            clock.forward(minutes=3)
            services.ledger.renew(ISSUE)
        with pytest.raises(DeliveryBusy), others.lease(ISSUE):
            pass


def test_a_push_that_was_taken_over_uploads_nothing_more(services, sandbox, clock, monkeypatch):
    others = Ledger(services.archive.engine, services.ledger.account, clock)
    upload = services.platform.upload_picture

    def slow(picture):
        clock.forward(minutes=10)
        others._begin(ISSUE)
        return upload(picture)

    monkeypatch.setattr(services.platform, "upload_picture", slow)
    with pytest.raises(DeliveryBusy):
        flow.push_issue(services, ISSUE)
    assert sandbox.changes == ["media/uploadimg"]


def test_a_fault_of_the_program_is_told_to_the_editor_too(services):
    with pytest.raises(ZeroDivisionError), services.ledger.lease(ISSUE):
        _ = 1 / 0
    assert "程序出错（ZeroDivisionError）" in services.ledger.delivery(ISSUE).problem
    with services.ledger.lease(ISSUE):
        pass


@pytest.mark.parametrize("error", [PlatformDenied, PlatformError])
def test_a_failure_ends_the_lease(services, error):
    with pytest.raises(error), services.ledger.lease(ISSUE):
        raise error("draft/add", "不行")
    with services.ledger.lease(ISSUE) as delivery:
        assert "不行" in delivery.problem
