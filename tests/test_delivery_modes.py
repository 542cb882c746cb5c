"""From the draft to the readers, in three ways, and back: once each, whatever breaks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import flow
from bot.config import Config
from bot.delivery import Delivery, Outcome, State, Way
from bot.errors import (
    ArticleError,
    PlatformBusy,
    PlatformDenied,
    PlatformError,
    PlatformRefused,
    PlatformUnclear,
)
from bot.publish.mass import client_id
from bot.services import Services
from bot.wechat.messages import read_message
from tests.office import ISSUE, Office

ADDRESS = "https://mp.weixin.qq.com/s/abc"


@pytest.fixture
def mode() -> str:
    return "mass"


@pytest.fixture
def config(config: Config, mode: str) -> Config:
    return config.model_copy(update={"publish": config.publish.model_copy(update={"mode": mode})})


@pytest.fixture
def office(office: Office) -> Office:
    """Where an issue has been pushed."""
    office.push()
    return office


def published_in_the_console(office: Office) -> str:
    """A person presses 发表; the sandbox's publication is the platform's."""
    media_id = office.delivery.media_id
    return str(office.services.platform.submit(media_id))


class TestToAllFollowers:
    def test_a_message_goes_out_once_and_its_draft_is_used_up(self, office):
        waiting = office.publish()
        assert (waiting.state, waiting.way) == (State.PUBLISHING, Way.MASS)
        done = office.publish()
        assert done.state is State.PUBLISHED
        assert office.publish() == done
        assert office.sandbox.changes.count("message/mass/sendall") == 1
        assert office.sandbox.state["drafts"] == []

    def test_the_event_brings_the_address_also_after_the_question_did_not(self, office):
        sent = office.publish()
        assert office.publish().url == ""
        office.hear(Outcome(sent.publish_id, 0, ADDRESS), mass=True)
        delivery = office.delivery
        assert (delivery.state, delivery.url) == (State.PUBLISHED, ADDRESS)
        assert office.timeline[-1].who == "event"

    @pytest.mark.parametrize("kind", ["timeout_after", "reset_after", "http_after"])
    def test_a_lost_answer_is_asked_for_again_and_nothing_is_sent_twice(self, office, kind):
        office.sandbox.fault("message/mass/sendall", kind, seconds=1.5)
        with pytest.raises(PlatformUnclear):
            office.publish()
        # The sandbox looks for the draft first, and it is used up: only its event can tell.
        with pytest.raises(PlatformUnclear, match="--url"):
            office.publish()
        [sent] = office.sandbox.state["mass"]
        office.hear(Outcome(str(sent["msg_id"]), 0, ADDRESS), mass=True)
        done = office.publish()
        assert (done.state, done.url) == (State.PUBLISHED, ADDRESS)
        assert len(office.sandbox.state["mass"]) == 1

    @pytest.mark.parametrize("kind", ["timeout_before", "reset"])
    def test_a_request_that_never_arrived_is_sent_by_the_next_try(self, office, kind):
        office.sandbox.fault("message/mass/sendall", kind, seconds=1.5)
        with pytest.raises(PlatformUnclear):
            office.publish()
        assert office.publish().state is State.PUBLISHING
        assert len(office.sandbox.state["mass"]) == 1

    def test_a_message_known_under_our_number_is_taken_for_ours(self, office):
        """45065: the platform has had it already, and names it."""
        office.sandbox.fault("message/mass/sendall", "errcode", errcode=-1)
        with pytest.raises(PlatformUnclear):
            office.publish()
        known = client_id(office.delivery)
        other = office.services.platform.add_draft(*_made(office.services))
        job = office.services.platform.send_to_all(other, known, ignore_reprint=False)
        assert office.publish().publish_id == job.msg_id
        assert len(office.sandbox.state["mass"]) == 1

    def test_too_soon_after_another_leaves_the_draft_ready(self, office):
        office.sandbox.fault("message/mass/sendall", "errcode", errcode=42010)
        with pytest.raises(PlatformBusy):
            office.publish()
        assert office.delivery.state is State.DRAFTED

    @pytest.mark.parametrize(
        ("status", "reason"), [(10001, "广告"), (30003, "转载"), (40002, "半小时"), (3, "失败")]
    )
    def test_a_message_that_was_stopped_says_why(self, office, status, reason):
        sent = office.publish()
        office.hear(Outcome(sent.publish_id, status, ""), mass=True)
        delivery = office.delivery
        assert delivery.state is State.FAILED
        assert reason in delivery.problem

    def test_a_message_can_be_withdrawn(self, office):
        office.publish()
        office.publish()
        assert office.withdraw().state is State.WITHDRAWN
        assert office.sandbox.changes[-1] == "message/mass/delete"


def _made(services: Services):
    issue = services.archive.issue(ISSUE)
    rendered = flow.render_issue(services, issue)
    thumb = services.ledger.upload("cover", rendered.cover.wide.digest)
    assert thumb
    return flow.foreseen_bundle(services, issue), rendered.cover, thumb.media_id


@given(
    st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(-[0-9]{1,2})?", fullmatch=True),
    st.text("0123456789abcdef", min_size=64, max_size=64),
)
def test_a_number_for_a_message_fits_and_tells_contents_apart(issue_id, fingerprint):
    number = client_id(Delivery(issue_id, fingerprint=fingerprint))
    assert len(number.encode()) <= 32
    assert number.startswith(issue_id)
    assert fingerprint[:16] in number


class TestByAPersonInTheConsole:
    @pytest.fixture
    def mode(self) -> str:
        return "draft"

    def test_a_draft_that_still_waits_is_left_alone(self, office):
        before = office.sandbox.changes
        assert office.publish().state is State.DRAFTED
        assert office.sandbox.changes == before

    def test_the_address_is_found_among_the_published(self, office):
        published_in_the_console(office)
        done = office.publish()
        assert done.state is State.PUBLISHED
        assert done.url == office.sandbox.state["published"][0]["url"]

    def test_a_draft_that_is_gone_with_no_word_of_it_is_explained(self, office):
        office.services.platform.delete_draft(office.delivery.media_id)
        with pytest.raises(PlatformRefused, match=r"--url.*--fresh"):
            office.publish()
        assert office.delivery.state is State.DRAFTED

    def test_the_same_issue_is_not_drafted_again_where_it_was_published_by_hand(self, office):
        published_in_the_console(office)
        office.edit()
        with pytest.raises(PlatformRefused, match="--url"):
            office.push()


class TestByAPersonOfAnUnverifiedAccount:
    @pytest.fixture
    def account_kind(self) -> str:
        return "unverified"

    @pytest.fixture
    def mode(self) -> str:
        return "draft"

    def test_the_only_event_that_nobody_claims_tells_the_address_once_the_draft_is_gone(
        self, office
    ):
        office.hear(Outcome("77", 0, ADDRESS))
        assert office.publish().state is State.DRAFTED
        office.services.platform.delete_draft(office.delivery.media_id)
        done = office.publish()
        assert (done.state, done.url) == (State.PUBLISHED, ADDRESS)

    def test_of_several_such_events_none_is_believed(self, office):
        for number in ("77", "78"):
            office.hear(Outcome(number, 0, f"{ADDRESS}{number}"))
        office.services.platform.delete_draft(office.delivery.media_id)
        with pytest.raises(PlatformRefused):
            office.publish()

    def test_a_preview_is_denied_and_said_to_be(self, office):
        proofs = office.preview("ann_editor")
        assert isinstance(proofs.denied, PlatformDenied)
        assert office.delivery.state is State.DRAFTED
        assert office.delivery.problem == ""


class TestAnArticle:
    @pytest.fixture
    def mode(self) -> str:
        return "publish"

    @pytest.fixture
    def office(self, office: Office) -> Office:
        office.publish()
        office.publish()
        return office

    def test_is_withdrawn_once_and_may_be_published_anew(self, office):
        assert office.withdraw().state is State.WITHDRAWN
        assert office.withdraw().state is State.WITHDRAWN
        assert office.sandbox.changes.count("freepublish/delete") == 1
        assert office.push_by_hand().state is State.DRAFTED
        assert office.publish().state is State.PUBLISHING

    @pytest.mark.parametrize("kind", ["timeout_after", "timeout_before", "reset_after"])
    def test_a_withdrawal_that_broke_off_is_finished_by_the_next(self, office, kind):
        office.sandbox.fault("freepublish/delete", kind, seconds=1.5)
        with pytest.raises(PlatformError):
            office.withdraw()
        assert office.delivery.state is State.PUBLISHED
        assert office.withdraw().state is State.WITHDRAWN

    def test_deleted_in_the_console_is_withdrawn(self, office):
        publish_id = office.delivery.publish_id
        office.hear(Outcome(publish_id, 5, ""))
        delivery = office.delivery
        assert (delivery.state, delivery.url) == (State.WITHDRAWN, "")

    def test_deleted_by_hand_is_noted(self, office):
        before = office.sandbox.changes
        done = office.withdraw(by_hand=True)
        assert done.state is State.WITHDRAWN
        assert office.sandbox.changes == before


def test_what_was_never_published_cannot_be_withdrawn(office):
    with pytest.raises(ArticleError, match="rikan skip"):
        office.withdraw()


def mass_event(**more: object) -> dict[str, object]:
    fields = {
        "ToUserName": "gh_1",
        "FromUserName": "oReporter",
        "CreateTime": "1781300000",
        "MsgType": "event",
        "Event": "MASSSENDJOBFINISH",
        "MsgID": "1000001625",
        "Status": "send success",
    }
    return fields | more


def items(*urls: str) -> dict[str, object]:
    made: list[dict[str, object]] = [
        {"ArticleIdx": n, "ArticleUrl": url} for n, url in enumerate(urls, 1)
    ]
    return {"Count": len(urls), "ResultList": {"item": made if len(made) > 1 else made[0]}}


@pytest.mark.parametrize("urls", [(ADDRESS,), (ADDRESS, "https://b")])
def test_the_end_of_a_message_to_all_is_read_with_the_first_address(urls):
    message = read_message(mass_event(ArticleUrlResult=items(*urls)))
    assert message.outcome == Outcome("1000001625", 0, ADDRESS)


@pytest.mark.parametrize(
    ("said", "status"), [("send success", 0), ("send fail", 3), ("err(20001)", 20001), ("", 3)]
)
def test_each_end_of_a_message_to_all_has_its_number(said, status):
    outcome = read_message(mass_event(Status=said)).outcome
    assert outcome == Outcome("1000001625", status, "")


wild = st.recursive(
    st.none() | st.text(max_size=8) | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["ResultList", "item", "ArticleUrl"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(wild, wild)
def test_a_report_in_any_other_shape_is_no_failure(result, number):
    fields = mass_event(ArticleUrlResult=result)
    outcome = read_message(fields).outcome
    assert outcome is not None
    assert isinstance(outcome.url, str)
