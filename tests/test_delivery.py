"""How far an issue has come: the states, who may move it on, and the record of every step."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot import delivering, flow
from bot.delivery import COURSE, DEED_NAMES, STATE_NAMES, Deed, Hand, State, Way, hand_of, may_go
from bot.errors import ArticleError, PlatformDenied, PlatformError, PlatformRefused
from bot.model import Article, Bundle
from bot.publish.readback import compare
from bot.services import Services, open_services
from bot.wechat.platform import BoxedDraft
from tests.conftest import SAMPLES
from tests.office import ISSUE, edit

ROOT = Path(__file__).parents[1]
OPENID = "oEditor_of_the_newsletter-01"


@pytest.fixture
def services(services: Services) -> Services:
    flow.add_issue(services, SAMPLES[-1])
    return services


def steps(services: Services) -> list[str]:
    return [step.what for step in services.ledger.timeline(ISSUE)]


# The course.


def test_every_state_and_every_deed_has_a_name_that_editors_read():
    assert set(STATE_NAMES) == set(COURSE) == set(State)
    assert set(DEED_NAMES) == set(Deed)


@pytest.mark.parametrize("page", ["docs/delivery.md", "docs/delivery.zh-CN.md"])
def test_the_drawing_shows_every_step_and_no_other(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    [diagram] = re.findall(r"```mermaid\n(.*?)```", text, re.S)
    drawn = re.findall(r"^\s*(\w+) --> (\w+): (.+)$", diagram, re.M)
    named = {(State(a), State(b)): set(hands.split(", ")) for a, b, hands in drawn}
    known = {
        (before, after): {hand.value for hand in hands}
        for before, afters in COURSE.items()
        for after, hands in afters.items()
    }
    assert named == known


def test_only_a_person_approves_skips_and_says_that_it_was_published_by_hand():
    assert may_go(State.DRAFTED, State.APPROVED, "cli:ann")
    assert not may_go(State.DRAFTED, State.APPROVED, "worker")
    assert not may_go(State.RECEIVED, State.SKIPPED, "worker")
    assert not may_go(State.RECEIVED, State.PUBLISHED, "event")
    assert not may_go(State.WITHDRAWN, State.DRAFTING, "worker")


def test_every_other_name_is_a_person():
    assert hand_of("cli:worker") is Hand.PERSON
    assert hand_of("worker") is Hand.WORKER


def test_a_step_off_the_course_is_refused_and_not_written(office):
    delivery = office.push()
    before = office.steps
    with pytest.raises(ArticleError, match=f"rikan status {ISSUE}"):
        office.services.ledger.record(replace(delivery, state=State.WITHDRAWN))
    assert office.delivery.state is State.DRAFTED
    assert office.steps == before


# The record.


def test_the_record_says_who_did_what_and_when(office):
    office.push()
    timeline = office.timeline
    assert [(step.what, step.before, step.after) for step in timeline] == [
        ("add", State.RECEIVED, State.DRAFTING),
        ("added", State.DRAFTING, State.DRAFTED),
        ("checked", State.DRAFTED, State.DRAFTED),
    ]
    assert {step.who for step in timeline} == {office.worker}
    assert abs(office.now() - timeline[0].at) < timedelta(minutes=1)
    assert timeline[1].detail == office.delivery.media_id


def test_a_push_of_unchanged_input_adds_nothing_to_the_record(office):
    office.push()
    before = office.steps
    office.push()
    assert office.steps == before


def test_a_failure_is_in_the_record_with_its_sentence(office):
    office.sandbox.fault("draft/add", "errcode", errcode=45009)
    with pytest.raises(PlatformDenied):
        office.push()
    last = office.timeline[-1]
    assert (last.what, last.before, last.after) == ("stuck", State.RECEIVED, State.RECEIVED)
    assert last.detail == office.delivery.problem


def test_a_record_names_the_account_that_it_is_of(services, config, clock):
    flow.push_issue(services, ISSUE)
    other = config.wechat.model_copy(update={"appid": "wx0000000000000002"})
    with open_services(config.model_copy(update={"wechat": other}), clock) as theirs:
        assert theirs.ledger.timeline(ISSUE) == []
        assert theirs.ledger.delivery(ISSUE).state is State.RECEIVED


# Reading the draft back.


def test_a_draft_is_read_back_once_and_nothing_is_found_in_a_good_one(office):
    delivery = office.push()
    assert delivery.findings == ""
    assert delivery.checked == delivery.fingerprint
    assert [call["call"] for call in office.sandbox.state["log"]].count("draft/get") == 1


def test_a_draft_that_could_not_be_read_back_is_ready_and_read_by_the_next_push(office):
    office.sandbox.fault("draft/get", "http", status=502)
    delivery = office.push()
    assert (delivery.state, delivery.checked) == (State.DRAFTED, "")
    delivery = office.push()
    assert delivery.checked == delivery.fingerprint
    assert office.sandbox.changes.count("draft/add") == 1


HTML = (
    '<section data-rikan="2026-06-13:abc"><p>国家数据局&nbsp;发文。</p>'
    '<p><img src="https://mmbiz.qpic.cn/1"/></p><p><a href="https://mp.weixin.qq.com/s/x">往期</a></p></section>'
)
ARTICLE = Article(ISSUE, "标题", "", "摘要", HTML, "https://daily.example.cn/issues/1", "abc")
KEPT = BoxedDraft(
    "m",
    HTML.replace("src=", "data-src=").replace("<p>", '<p style="margin: 0;"><span leaf="">'),
    ARTICLE.source_url,
    "thumb",
    title="标题",
)


def test_what_the_platform_writes_in_its_own_way_is_no_difference():
    assert compare(Bundle((ARTICLE,)), "thumb", [KEPT]) == ()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"title": "别的"}, "标题成了“别的”"),
        ({"thumb_media_id": "other"}, "封面"),
        ({"source_url": ""}, "阅读原文"),
        ({"content": HTML.replace("发文", "")}, "正文少了"),
        ({"content": HTML.replace("发文。", "发文。广告")}, "正文多出“国家数据局发文。广告”"),
        ({"content": HTML.replace("<img", "<span")}, "正文有 0 张图片，应有 1 张"),
        ({"content": HTML.replace("<a ", "<span ")}, "1 处链接没有留下（https://mp.weixin"),
    ],
)
def test_each_difference_is_a_sentence_with_what_to_do(changed, told):
    [finding] = compare(Bundle((ARTICLE,)), "thumb", [replace(KEPT, **changed)])
    assert told in finding
    assert "请" in finding or "会被换掉" in finding


def test_of_several_articles_the_place_is_named():
    bundle = Bundle((ARTICLE, ARTICLE))
    [finding] = compare(bundle, "thumb", [KEPT, replace(KEPT, title="别的")])
    assert finding.startswith("第 2 篇：标题")
    assert "1 篇文章，应有 2 篇" in compare(bundle, "thumb", [KEPT])[0]


def test_an_article_of_which_the_platform_drops_a_part_is_reported(services, sandbox, monkeypatch):
    whole = services.studio.article

    def with_a_form(*given: object) -> Bundle:
        article = whole(*given)
        html = article.html.replace("</section>", "<script>仅此一处</script></section>", 1)
        return Bundle((replace(article, html=html),))

    monkeypatch.setattr(services.studio, "bundle", with_a_form)
    monkeypatch.setattr(flow, "require_sound", lambda *_, **__: None)
    delivery = flow.push_issue(services, ISSUE).delivery
    assert delivery.state is State.DRAFTED
    assert "仅此一处" in delivery.findings


# Drafts that somebody else has touched.


def test_a_draft_deleted_in_the_console_is_explained_with_both_remedies(office):
    office.services.platform.delete_draft(office.push().media_id)  # by somebody else
    office.edit()
    with pytest.raises(PlatformRefused, match=r"发表了就用 .* --url .*删掉了就用 .* --fresh"):
        office.push()
    assert "lost" in office.steps


def test_an_update_whose_answer_was_lost_is_written_again_even_if_the_issue_is_as_before(office):
    """Or the box would go on holding what nobody wants any more."""
    original = office.services.archive.issue(ISSUE)
    office.push()
    office.edit()
    office.sandbox.fault("draft/update", "timeout_after", seconds=1.5)
    with pytest.raises(PlatformError):
        office.push()
    office.services.archive.add(original, "again.txt", "1" * 64, replace=True)
    office.push()
    [draft] = office.sandbox.state["drafts"]
    assert "761" not in draft["articles"][0]["content"]


# What an editor says.


def test_an_approval_holds_until_the_issue_is_corrected(office):
    office.push()
    assert office.approve().delivery.state is State.APPROVED
    assert office.push().state is State.APPROVED
    office.edit()
    with pytest.raises(ArticleError, match="rikan push"):
        office.approve()
    assert office.push().state is State.DRAFTED


def test_an_approved_draft_that_the_platform_was_too_busy_to_publish_stays_approved(office):
    office.push()
    office.approve()
    office.sandbox.fault("freepublish/submit", "errcode", errcode=53501)
    with pytest.raises(PlatformError):
        office.publish()
    assert office.delivery.state is State.APPROVED


def test_a_skipped_issue_is_neither_pushed_nor_published_until_that_is_undone(office):
    office.push()
    assert office.skip().state is State.SKIPPED
    before = office.sandbox.changes
    for deed in (office.push, office.publish):
        with pytest.raises(ArticleError, match="--undo"):
            deed()
    assert office.sandbox.changes == before
    assert office.skip(undo=True).state is State.DRAFTED
    assert office.publish().state is State.PUBLISHING


def test_a_preview_goes_to_each_phone_and_is_recorded(office):
    office.push()
    proofs = office.preview(OPENID, "ann_editor")
    assert proofs.delivery.state is State.PREVIEWED
    assert [shown["to"] for shown in office.sandbox.state["previews"]] == [OPENID, "ann_editor"]
    assert office.steps[-2:] == ["preview", "previewed"]


def test_one_who_does_not_follow_the_account_does_not_keep_the_others_from_their_preview(office):
    office.push()
    office.sandbox.fault("message/mass/preview", "errcode", errcode=43004)
    proofs = office.preview("stranger", OPENID)
    assert proofs.sent == (OPENID,)
    assert [name for name, _ in proofs.refused] == ["stranger"]


def test_what_was_not_pushed_yet_is_not_shown_to_anybody(office):
    with pytest.raises(ArticleError, match="rikan push"):
        office.preview(OPENID)
    office.push()
    office.edit()
    with pytest.raises(ArticleError, match="rikan push"):
        office.preview(OPENID)
    assert office.sandbox.state["previews"] == []


# What would be done.


def test_a_plan_changes_nothing_here_or_there(services, sandbox):
    plans = [
        delivering.plan_push(services, ISSUE),
        delivering.plan_publish(services, ISSUE),
        delivering.plan_for(services, ISSUE, Deed.PREVIEW),
        delivering.plan_for(services, ISSUE, Deed.SKIPPED),
        delivering.plan_for(services, ISSUE, Deed.WITHDRAW),
    ]
    assert "新建一份草稿" in plans[0]
    assert all(plan.startswith("做不成") for plan in (plans[1], plans[2], plans[4]))
    assert steps(services) == []
    assert sandbox.state["log"] == []


def test_a_plan_says_what_is_then_done(services, sandbox):
    flow.push_issue(services, ISSUE)
    assert "什么也不做" in delivering.plan_push(services, ISSUE)
    assert "提交发布" in delivering.plan_publish(services, ISSUE)
    assert "群发" in delivering.plan_publish(services, ISSUE, Way.MASS)
    edit(services)
    assert "原地更新" in delivering.plan_push(services, ISSUE)
    assert "做不成" in delivering.plan_publish(services, ISSUE)
