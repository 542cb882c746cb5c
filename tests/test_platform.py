"""What the newsletter asks of the platform, over real HTTP."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from bot.config import Config
from bot.errors import (
    PlatformBusy,
    PlatformDenied,
    PlatformError,
    PlatformRefused,
    PlatformUnclear,
)
from bot.model import Bundle
from bot.wechat.codes import ONCE
from bot.wechat.platform import MassJob, Platform
from tests.account import (
    ARTICLE,
    BUNDLE,
    COVER,
    PATIENCE,
    PICTURE,
    add_draft,
    calls,
    changed,
    list_drafts,
    platform_on,
)

OPENID = "oFollower0000000000000000001"
LOST = [{"kind": "timeout_after", "seconds": 2}, {"kind": "reset_after"}, {"kind": "http_after"}]


@pytest.fixture
def platform(config: Config, clock: Callable) -> Iterator[Platform]:
    with platform_on(changed(config, timeout=PATIENCE), clock) as platform:
        yield platform


# Reading back.


def test_a_draft_is_read_back_article_by_article(platform):
    second = replace(ARTICLE, title="新质生产力每日动态 | 下篇", digest="下篇", source_url="")
    thumb = platform.upload_cover(PICTURE).media_id
    media_id = platform.add_draft(Bundle((ARTICLE, second)), COVER, thumb)
    first_back, second_back = platform.draft(media_id)
    assert (first_back.title, first_back.digest) == (ARTICLE.title, ARTICLE.digest)
    assert (second_back.title, second_back.digest) == (second.title, second.digest)
    assert {first_back.media_id, second_back.media_id} == {media_id}
    assert first_back.thumb_media_id == thumb
    assert "国家数据局发文" in first_back.content


def test_a_draft_that_is_gone_is_refused_with_its_code(platform):
    media_id = add_draft(platform)
    platform.delete_draft(media_id)
    with pytest.raises(PlatformRefused) as caught:
        platform.draft(media_id)
    assert caught.value.code == 40007


def test_drafts_are_counted_without_being_listed(platform, sandbox):
    assert platform.draft_count() == 0
    add_draft(platform)
    assert platform.draft_count() == 1
    assert calls(sandbox, "draft/batchget") == 0


def test_a_published_article_is_known_by_its_article_id(platform):
    outcome = platform.outcome(platform.submit(add_draft(platform)))
    [article] = platform.published()
    assert article.article_id
    assert (article.article_id, article.url) == (outcome.article_id, outcome.url)


# A look on one phone.


def test_a_preview_goes_to_an_openid_or_to_a_wechat_id(platform, sandbox):
    media_id = add_draft(platform)
    platform.preview(media_id, openid=OPENID)
    platform.preview(media_id, wechat_id="editor-wang")
    assert [each["to"] for each in sandbox.state["previews"]] == [OPENID, "editor-wang"]
    assert {each["content"] for each in sandbox.state["previews"]} == {media_id}
    assert platform.draft_count() == 1


# To all followers.


def test_a_message_to_all_uses_the_draft_up_and_is_known_by_its_number(platform, sandbox):
    media_id = add_draft(platform)
    job = platform.send_to_all(media_id, "2026-06-13-abc", ignore_reprint=True)
    assert job.msg_id
    assert job.msg_data_id
    assert platform.mass_status(job.msg_id) == "SEND_SUCCESS"
    assert list_drafts(platform) == []
    [sent] = sandbox.state["mass"]
    assert (sent["clientmsgid"], sent["content"]) == ("2026-06-13-abc", media_id)


def test_a_message_sent_again_gives_the_first_ones_number(platform, sandbox):
    first = platform.send_to_all(add_draft(platform), "2026-06-13-abc", ignore_reprint=False)
    again = platform.send_to_all(add_draft(platform), "2026-06-13-abc", ignore_reprint=False)
    assert again == MassJob(first.msg_id)
    assert len(sandbox.state["mass"]) == 1


@pytest.mark.parametrize("code", [45065, 45066])
def test_a_message_sent_before_under_a_number_not_told_is_unclear(platform, sandbox, code):
    media_id = add_draft(platform)
    sandbox.fault("message/mass/sendall", "errcode", errcode=code)
    with pytest.raises(PlatformUnclear, match="已提交过群发") as caught:
        platform.send_to_all(media_id, "2026-06-13-abc", ignore_reprint=False)
    assert caught.value.code == code


def test_the_second_message_of_a_day_is_one_too_many(platform):
    platform.send_to_all(add_draft(platform), "2026-06-13-abc", ignore_reprint=False)
    with pytest.raises(PlatformDenied, match="群发次数已用完"):
        platform.send_to_all(add_draft(platform), "2026-06-13-def", ignore_reprint=False)


# Taking it back.


def test_a_published_article_is_withdrawn(platform):
    platform.submit(add_draft(platform))
    [article] = platform.published()
    platform.withdraw_published(article.article_id)
    assert list(platform.published()) == []
    with pytest.raises(PlatformRefused) as caught:
        platform.withdraw_published(article.article_id)
    assert caught.value.code == 53600


def test_a_message_to_all_is_withdrawn(platform, sandbox):
    job = platform.send_to_all(add_draft(platform), "2026-06-13-abc", ignore_reprint=False)
    platform.withdraw_mass(job.msg_id)
    assert platform.mass_status(job.msg_id) == "DELETE"
    with pytest.raises(PlatformRefused, match="没有这条群发"):
        platform.withdraw_mass("1")


def test_one_of_several_articles_is_withdrawn(platform):
    thumb = platform.upload_cover(PICTURE).media_id
    second = replace(ARTICLE, title="下篇")
    media_id = platform.add_draft(Bundle((ARTICLE, second)), COVER, thumb)
    job = platform.send_to_all(media_id, "2026-06-13-abc", ignore_reprint=False)
    platform.withdraw_mass(job.msg_id, 1)
    assert platform.mass_status(job.msg_id) == "SEND_SUCCESS"
    platform.withdraw_mass(job.msg_id, 2)
    assert platform.mass_status(job.msg_id) == "DELETE"


# What cannot be undone is done once, and its doubt is told.


def once(platform: Platform, call: str) -> Callable[[], object]:
    """Make ready for a call, and give it."""
    if call == "draft/add":
        thumb = platform.upload_cover(PICTURE).media_id
        return lambda: platform.add_draft(BUNDLE, COVER, thumb)
    media_id = add_draft(platform)
    if call == "message/mass/delete":
        job = platform.send_to_all(media_id, "abc", ignore_reprint=False)
        return lambda: platform.withdraw_mass(job.msg_id)
    if call == "freepublish/delete":
        platform.submit(media_id)
        [article] = platform.published()
        return lambda: platform.withdraw_published(article.article_id)
    return {
        "draft/delete": lambda: platform.delete_draft(media_id),
        "freepublish/submit": lambda: platform.submit(media_id),
        "message/mass/preview": lambda: platform.preview(media_id, openid=OPENID),
        "message/mass/sendall": lambda: platform.send_to_all(media_id, "a", ignore_reprint=False),
    }[call]


@pytest.mark.parametrize("fault", LOST, ids=lambda fault: fault["kind"])
@pytest.mark.parametrize("call", ONCE)
def test_a_call_whose_answer_is_lost_is_unclear_and_not_repeated(platform, sandbox, call, fault):
    act = once(platform, call)
    sandbox.fault(call, **fault)
    with pytest.raises(PlatformUnclear, match=call):
        act()
    assert calls(sandbox, call) == 1


@pytest.mark.parametrize("call", ONCE)
def test_an_expired_token_is_no_doubt(platform, sandbox, call):
    act = once(platform, call)
    sandbox.expire_tokens()
    act()
    assert [entry["errcode"] for entry in sandbox.state["log"] if entry["call"] == call] == [
        42001,
        0,
    ]


@pytest.mark.parametrize("fault", LOST, ids=lambda fault: fault["kind"])
@pytest.mark.parametrize("call", ["draft/get", "draft/count", "message/mass/get"])
def test_a_look_that_was_lost_may_be_taken_again(platform, sandbox, call, fault):
    media_id = add_draft(platform)
    look = {
        "draft/get": lambda: platform.draft(media_id),
        "draft/count": platform.draft_count,
        "message/mass/get": lambda: platform.mass_status("1"),
    }[call]
    sandbox.fault(call, **fault)
    with pytest.raises(PlatformBusy):
        look()
    look()


# An account that may not.


@pytest.fixture
def account_kind(request: pytest.FixtureRequest) -> str:
    return "unverified" if "unverified" in request.node.name else "verified"


def test_an_unverified_account_learns_what_it_can_do_instead(platform):
    media_id = add_draft(platform)
    refusals: list[tuple[Callable[[], object], str]] = [
        (lambda: platform.submit(media_id), "手动发布"),
        (lambda: platform.preview(media_id, openid=OPENID), "rikan preview"),
        (lambda: platform.send_to_all(media_id, "abc", ignore_reprint=False), "手动发表"),
        (lambda: list(platform.published()), "手动发布"),
    ]
    for attempt, remedy in refusals:
        with pytest.raises(PlatformDenied, match=remedy) as caught:
            attempt()
        assert caught.value.code == 48001
    assert platform.draft_count() == 1


@pytest.mark.parametrize("call", ["draft/get", "draft/count", "message/mass/get"])
def test_a_refusal_keeps_the_platforms_own_name_for_the_request(platform, sandbox, call):
    sandbox.fault(call, "errcode", errcode=45009)
    with pytest.raises(PlatformError) as caught:
        {
            "draft/get": lambda: platform.draft("m"),
            "draft/count": platform.draft_count,
            "message/mass/get": lambda: platform.mass_status("1"),
        }[call]()
    assert caught.value.rid
    assert f"rid {caught.value.rid}" in str(caught.value)
