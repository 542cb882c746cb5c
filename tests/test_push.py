"""One issue, one draft: whatever breaks, and however often it is asked for."""

import os
import re
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
import requests
import zxingcpp
from PIL import Image

from bot import flow
from bot.archive.ledger import Ledger
from bot.delivery import State
from bot.errors import (
    ArticleError,
    DeliveryBusy,
    PlatformBusy,
    PlatformDenied,
    PlatformError,
    PlatformRefused,
    PlatformUnclear,
)
from bot.model import Bundle
from bot.publish.draft import Desk
from bot.services import Services, open_services
from tests.conftest import SAMPLES, Clock, Sandbox
from tests.office import ISSUE, Office, edit

DEAD = 9


@pytest.fixture
def services(services: Services) -> Services:
    flow.add_issue(services, SAMPLES[-1])
    return services


def titles(sandbox: Sandbox) -> list[str]:
    return [draft["articles"][0]["title"] for draft in sandbox.state["drafts"]]


def test_a_pushed_issue_is_one_draft_with_cover_and_footer(office):
    delivery = office.push()
    state = office.sandbox.state
    [draft] = state["drafts"]
    [article] = draft["articles"]
    assert delivery.state is State.DRAFTED
    assert delivery.media_id == draft["media_id"]
    assert article["title"] == "新质生产力每日动态 | 6月13日"
    assert article["thumb_media_id"] == state["materials"][0]["media_id"]
    assert "<img" in article["content"]
    assert state["violations"] == []


def test_the_first_push_changes_three_things_and_reads_back_once_and_the_second_does_nothing(
    office,
):
    office.push()
    assert office.sandbox.changes == ["media/uploadimg", "material/add_material", "draft/add"]
    office.push()
    assert office.calls == [*office.sandbox.changes, "draft/get"]


def test_the_footer_is_uploaded_once_for_all_issues(office):
    for path in SAMPLES:
        office.push(flow.add_issue(office.services, path).issue.id)
    assert office.sandbox.changes.count("media/uploadimg") == 1
    assert len(titles(office.sandbox)) == len(SAMPLES)
    assert office.sandbox.state["violations"] == []


def test_a_corrected_issue_updates_its_draft_in_place(office):
    office.push()
    office.edit()
    office.push()
    [draft] = office.sandbox.state["drafts"]
    assert "761" in draft["articles"][0]["content"]
    assert office.sandbox.changes[3:] == ["draft/update"]


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        ("draft/add", {"kind": "timeout_before", "seconds": 1.5}),
        ("draft/add", {"kind": "timeout_after", "seconds": 1.5}),
        ("draft/add", {"kind": "reset"}),
        ("draft/add", {"kind": "http", "status": 502}),
        ("draft/add", {"kind": "errcode", "errcode": -1}),
        ("draft/add", {"kind": "errcode", "errcode": 45009}),
        ("media/uploadimg", {"kind": "http", "status": 502}),
        ("media/uploadimg", {"kind": "errcode", "errcode": 45009}),
        ("material/add_material", {"kind": "errcode", "errcode": -1}),
        ("stable_token", {"kind": "errcode", "errcode": -1}),
        ("stable_token", {"kind": "errcode", "errcode": 40164}),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(map(str, value.values())),
)
def test_after_any_failure_the_next_push_leaves_exactly_one_draft(office, call, fault):
    office.sandbox.fault(call, times=1, **fault)
    with pytest.raises(PlatformError):
        office.push()
    assert office.delivery.problem
    delivery = office.push()
    assert delivery.state is State.DRAFTED
    assert delivery.problem == ""
    assert [draft["media_id"] for draft in office.sandbox.state["drafts"]] == [delivery.media_id]


def test_an_expired_token_is_replaced_without_anybody_noticing(office):
    office.push()
    office.sandbox.expire_tokens()
    office.edit()
    office.push()
    assert len(titles(office.sandbox)) == 1


class Crash(BaseException):
    """The process ends here: nothing below it may catch this."""


def die_at_writing(step: int, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """End the process without a word where something is written for the `step`th time."""
    writings = iter(range(1, 100))
    for name in ("begin_upload", "note_upload", "record"):
        write = getattr(ledger, name)

        def dying(*values, write=write):
            if next(writings) == step:
                os._exit(DEAD)
            return write(*values)

        monkeypatch.setattr(ledger, name, dying)


@pytest.mark.parametrize("step", range(1, 7))
def test_a_crash_between_any_two_steps_leaves_exactly_one_draft(
    services, sandbox, clock, monkeypatch, step
):
    """The ledger is written before and after each call; the process dies at the `step`th writing."""
    crash_in_a_push(services, clock, monkeypatch, step)
    with pytest.raises(DeliveryBusy):
        flow.push_issue(services, ISSUE)
    clock.forward(minutes=6)
    delivery = flow.push_issue(services, ISSUE).delivery
    assert [draft["media_id"] for draft in sandbox.state["drafts"]] == [delivery.media_id]
    assert len(sandbox.state["materials"]) == 1


@pytest.mark.parametrize("step", range(1, 4))
def test_a_crash_while_a_draft_is_corrected_leaves_it_corrected_in_place(
    services, sandbox, clock, monkeypatch, step
):
    flow.push_issue(services, ISSUE)
    edit(services)
    crash_in_a_push(services, clock, monkeypatch, step)
    clock.forward(minutes=6)
    delivery = flow.push_issue(services, ISSUE).delivery
    [draft] = sandbox.state["drafts"]
    assert draft["media_id"] == delivery.media_id
    assert "761" in draft["articles"][0]["content"]


def crash_in_a_push(
    services: Services, clock: Clock, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Push in a process of its own, which dies at its `step`th writing."""
    child = os.fork()
    if not child:
        with open_services(services.config, clock) as own:
            die_at_writing(step, own.ledger, monkeypatch)
            flow.push_issue(own, ISSUE)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == DEAD


def test_a_draft_found_in_the_box_is_brought_up_to_date(services, sandbox, clock, monkeypatch):
    """The process died before it could note the draft; meanwhile the issue was corrected."""

    def dying(*_: object) -> None:
        raise Crash

    monkeypatch.setattr(Desk, "_drafted", dying)
    with pytest.raises(Crash):
        flow.push_issue(services, ISSUE)
    monkeypatch.undo()
    edit(services)
    clock.forward(minutes=6)
    flow.push_issue(services, ISSUE)
    [draft] = sandbox.state["drafts"]
    assert "761" in draft["articles"][0]["content"]


def test_a_draft_deleted_in_the_console_is_reported_and_made_again_on_demand(office):
    media_id = office.push().media_id
    office.services.platform.delete_draft(media_id)  # by somebody else
    office.edit()
    with pytest.raises(PlatformRefused, match="--fresh"):
        office.push()
    again = office.push_fresh()
    assert [draft["media_id"] for draft in office.sandbox.state["drafts"]] == [again.media_id]


def test_an_article_over_the_limit_is_not_sent(services, sandbox, monkeypatch):
    monkeypatch.setattr("bot.publish.draft.CHARACTER_LIMIT", 5000)
    with pytest.raises(ArticleError, match=r"\d,\d\d\d 字符"):
        flow.push_issue(services, ISSUE)
    assert sandbox.changes == []
    assert services.ledger.delivery(ISSUE).state is State.RECEIVED


def lengthen(services: Services, monkeypatch: pytest.MonkeyPatch, articles: int) -> None:
    """From now on the issue takes that many articles."""
    whole = services.studio.bundle

    def bundle(*given: Any) -> Bundle:
        [article] = whole(*given).articles
        pieces = [
            replace(article, fingerprint=f"{article.fingerprint}{n}") for n in range(articles)
        ]
        return Bundle(tuple(pieces))

    monkeypatch.setattr(services.studio, "bundle", bundle)


def sizes(sandbox: Sandbox) -> list[int]:
    return [len(draft["articles"]) for draft in sandbox.state["drafts"]]


def test_an_issue_of_several_articles_is_one_draft_and_is_corrected_in_place(
    services, sandbox, monkeypatch
):
    lengthen(services, monkeypatch, 3)
    flow.push_issue(services, ISSUE)
    edit(services)
    flow.push_issue(services, ISSUE)
    assert sizes(sandbox) == [3]
    assert sandbox.changes.count("draft/update") == 3
    texts = [article["content"] for article in sandbox.state["drafts"][0]["articles"]]
    assert all("761" in text for text in texts)


@pytest.mark.parametrize(("before", "after"), [(1, 3), (3, 1), (2, 3)])
def test_a_draft_that_needs_more_or_fewer_articles_is_replaced(
    services, sandbox, monkeypatch, before, after
):
    lengthen(services, monkeypatch, before)
    flow.push_issue(services, ISSUE)
    monkeypatch.undo()
    lengthen(services, monkeypatch, after)
    delivery = flow.push_issue(services, ISSUE).delivery
    assert sizes(sandbox) == [after]
    assert sandbox.state["drafts"][0]["media_id"] == delivery.media_id


@pytest.mark.parametrize("call", ["draft/delete", "draft/add"])
@pytest.mark.parametrize("kind", ["timeout_before", "timeout_after", "reset"])
def test_a_replacement_that_broke_off_is_finished_by_the_next_push(
    services, sandbox, monkeypatch, call, kind
):
    flow.push_issue(services, ISSUE)
    lengthen(services, monkeypatch, 2)
    sandbox.fault(call, kind, times=1, seconds=1.5)
    with pytest.raises(PlatformError):
        flow.push_issue(services, ISSUE)
    delivery = flow.push_issue(services, ISSUE).delivery
    assert sizes(sandbox) == [2]
    assert sandbox.state["drafts"][0]["media_id"] == delivery.media_id


def test_a_draft_that_may_not_be_deleted_stays_as_it_was(services, sandbox, monkeypatch):
    before = flow.push_issue(services, ISSUE).delivery
    lengthen(services, monkeypatch, 2)
    sandbox.fault("draft/delete", "errcode", errcode=48001, times=1)
    with pytest.raises(PlatformDenied):
        flow.push_issue(services, ISSUE)
    after = services.ledger.delivery(ISSUE)
    assert (after.state, after.media_id) == (State.DRAFTED, before.media_id)


def publish(office: Office) -> None:
    office.push()
    office.publish()


def test_a_draft_is_handed_over_once_and_its_address_learned(office):
    publish(office)
    assert office.sandbox.changes.count("freepublish/submit") == 1
    delivery = office.publish()
    assert office.sandbox.changes.count("freepublish/submit") == 1
    assert delivery.state is State.PUBLISHED
    assert delivery.url == office.sandbox.state["published"][0]["url"]


def test_a_published_issue_is_not_pushed_again(office):
    publish(office)
    office.publish()
    before = office.sandbox.changes
    assert office.push().state is State.PUBLISHED
    assert office.sandbox.changes == before


def test_a_correction_after_publication_is_refused_with_the_remedy(office):
    publish(office)
    office.edit()
    with pytest.raises(ArticleError, match="公众平台"):
        office.push()


def test_publishing_without_a_draft_names_the_next_thing_to_do(office):
    with pytest.raises(ArticleError, match="rikan push 2026-06-13"):
        office.publish()


@pytest.mark.parametrize("kind", ["timeout_after", "timeout_before"])
def test_an_unclear_publication_is_looked_for_and_never_repeated(office, kind):
    office.push()
    office.sandbox.fault("freepublish/submit", kind, seconds=1.5, times=1)
    with pytest.raises(PlatformUnclear):
        office.publish()
    if kind == "timeout_after":
        assert office.publish().state is State.PUBLISHED
    else:
        with pytest.raises(PlatformUnclear, match="公众平台"):
            office.publish()
    assert len(office.sandbox.state["published"]) == (kind == "timeout_after")


def test_a_publication_that_never_arrived_is_handed_over_again(office):
    office.push()
    office.sandbox.fault("freepublish/submit", "timeout_before", seconds=1.5, times=1)
    with pytest.raises(PlatformUnclear):
        office.publish()
    office.wait(minutes=11)
    assert office.publish().state is State.PUBLISHING
    assert len(office.sandbox.state["published"]) == 1


def test_an_issue_edited_after_its_push_is_not_published_as_it_was(office):
    office.push()
    office.edit()
    with pytest.raises(ArticleError, match="rikan push 2026-06-13"):
        office.publish()
    assert office.sandbox.state["published"] == []


def test_fresh_makes_no_second_draft_while_the_past_is_unclear(office):
    office.sandbox.fault("draft/add", "timeout_after", seconds=1.5, times=1)
    with pytest.raises(PlatformUnclear):
        office.push()
    office.push_fresh()
    assert len(titles(office.sandbox)) == 1


def test_fresh_leaves_a_published_issue_alone(office):
    publish(office)
    office.publish()
    assert office.push_fresh().state is State.PUBLISHED
    assert titles(office.sandbox) == []


def test_a_refused_update_leaves_the_draft_as_it_was(office):
    before = office.push()
    office.edit()
    office.sandbox.fault("draft/update", "errcode", errcode=45003, times=1)
    with pytest.raises(PlatformRefused):
        office.push()
    after = office.delivery
    assert (after.state, after.fingerprint) == (State.DRAFTED, before.fingerprint)


@pytest.mark.parametrize(("status", "state"), [(2, State.FAILED), (4, State.FAILED)])
def test_a_publication_that_failed_says_why_and_may_be_tried_again(office, status, state):
    office.push()
    office.sandbox.fault("freepublish/job", "status", status=status, times=1)
    office.publish()
    told = office.publish()
    assert told.state is state
    assert "审核" in told.problem
    office.edit()
    with pytest.raises(ArticleError, match="rikan push"):
        office.publish()
    office.push()
    assert office.publish().state is State.PUBLISHING


def test_a_process_whose_lease_was_taken_over_writes_nothing_and_adds_nothing(services, clock):
    """It hung for ten minutes in a call; meanwhile somebody else pushed the issue."""
    mine = services.ledger
    others = Ledger(services.archive.engine, mine.account, clock)
    with mine.lease(ISSUE) as delivery:
        clock.forward(minutes=10)
        with others.lease(ISSUE), pytest.raises(DeliveryBusy):
            mine.record(replace(delivery, state=State.DRAFTING))
    assert mine.delivery(ISSUE).state is State.RECEIVED


def test_a_busy_platform_leaves_the_draft_ready(office):
    office.push()
    office.sandbox.fault("freepublish/submit", "errcode", errcode=53501, times=1)
    with pytest.raises(PlatformBusy):
        office.publish()
    assert office.delivery.state is State.DRAFTED
    assert office.publish().state is State.PUBLISHING


class TestAnUnverifiedAccount:
    @pytest.fixture
    def account_kind(self) -> str:
        return "unverified"

    def test_gets_its_draft_and_is_told_to_publish_by_hand(self, office):
        office.push()
        with pytest.raises(PlatformDenied, match="手动"):
            office.publish()
        delivery = office.delivery
        assert delivery.state is State.DRAFTED
        assert "手动" in delivery.problem
        done = flow.note_published(office.services, ISSUE, "https://mp.weixin.qq.com/s/x")
        assert (done.state, done.url) == (State.PUBLISHED, "https://mp.weixin.qq.com/s/x")


@pytest.mark.parametrize("width", [1080, 375])
def test_both_codes_can_be_scanned_from_the_picture_that_was_uploaded(office, width):
    office.push()
    content = office.sandbox.state["drafts"][0]["articles"][0]["content"]
    [address] = re.findall(r'<img[^>]*src="([^"]+)"', content)
    with Image.open(BytesIO(requests.get(address, timeout=5).content)) as footer:
        shown = footer.convert("L").resize((width, footer.height * width // footer.width))
    said = {code.text for code in zxingcpp.read_barcodes(shown)}
    assert said == {"http://weixin.qq.com/r/test", "https://gyznsw.cn"}
