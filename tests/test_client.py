"""The platform's client over real HTTP: tokens, trouble, and secrets that stay secret."""

import logging
import re
import socket
import traceback
from collections.abc import Callable, Iterator
from unittest.mock import Mock

import pytest
import requests
from flask import Response, jsonify

from bot.config import Config
from bot.delivery import Outcome
from bot.errors import (
    PlatformBusy,
    PlatformDenied,
    PlatformError,
    PlatformRefused,
    PlatformUnclear,
)
from bot.services import Services
from bot.wechat.platform import Platform
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
    oddity,
    platform_at,
    platform_on,
    unused_port,
)
from tests.conftest import APPSECRET

SANDBOX_TOKEN = re.compile("sandbox_[0-9a-f]{8}")
HANGS = {"kind": "timeout_before", "seconds": 2}


@pytest.fixture
def platform(config: Config, clock: Callable) -> Iterator[Platform]:
    with platform_on(changed(config, timeout=PATIENCE), clock) as platform:
        yield platform


# What goes well.


def test_many_calls_need_one_token(platform, sandbox):
    add_draft(platform)
    list_drafts(platform)
    list(platform.published())
    assert calls(sandbox, "stable_token") == 1
    assert platform.calls == 4


def test_chinese_and_emoji_are_sent_as_they_are(platform, sandbox):
    add_draft(platform)
    state = sandbox.state
    [article] = state["drafts"][0]["articles"]
    assert state["violations"] == []
    assert (article["title"], article["digest"]) == (ARTICLE.title, ARTICLE.digest)


def test_a_draft_is_found_in_the_box_as_it_was_put_there(platform):
    media_id = add_draft(platform)
    [draft] = list_drafts(platform)
    assert draft.media_id == media_id
    assert 'data-rikan="2026-06-13:abc"' in draft.content


def test_more_drafts_than_a_page_holds_are_all_listed(platform, sandbox):
    thumb = platform.upload_cover(PICTURE).media_id
    added = [platform.add_draft(BUNDLE, COVER, thumb) for _ in range(21)]
    assert {draft.media_id for draft in list_drafts(platform)} == set(added)
    assert calls(sandbox, "draft/batchget") == 2


def test_a_picture_arrives_whole(platform):
    assert requests.get(platform.upload_picture(PICTURE).url, timeout=5).content == PICTURE.data


def test_a_published_draft_has_an_outcome_and_an_address(platform):
    outcome = platform.outcome(platform.submit(add_draft(platform)))
    assert outcome.status == 0
    assert [article.url for article in platform.published()] == [outcome.url]


# Trouble: which branch of the tree, and what it says.


def test_a_refused_connection_is_certain_even_for_a_draft():
    nowhere = f"http://127.0.0.1:{unused_port()}"
    with platform_at(nowhere) as platform, pytest.raises(PlatformBusy, match="draft/add"):
        platform.add_draft(BUNDLE, COVER, "thumb")


def test_a_name_that_nobody_knows_is_certain_even_for_a_draft(monkeypatch):
    unknown = Mock(side_effect=socket.gaierror(socket.EAI_NONAME, "Name or service not known"))
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with (
        platform_at("http://platform.invalid") as platform,
        pytest.raises(PlatformBusy, match="draft/add"),
    ):
        platform.add_draft(BUNDLE, COVER, "thumb")


def test_a_proxy_that_is_not_there_is_certain_even_for_a_draft():
    proxy = f"http://127.0.0.1:{unused_port()}"
    with (
        platform_at("http://platform.invalid", proxy) as platform,
        pytest.raises(PlatformBusy, match="代理"),
    ):
        platform.add_draft(BUNDLE, COVER, "thumb")


@pytest.mark.parametrize("url", ["api.weixin.qq.com", "ftp://a", "http://", "http://a..b"])
def test_an_address_that_is_none_names_the_setting(url):
    with platform_at(url) as platform, pytest.raises(PlatformDenied, match=r"api_base_url"):
        platform.add_draft(BUNDLE, COVER, "thumb")


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "timeout_after", "seconds": 2},
        HANGS,
        {"kind": "reset"},
        {"kind": "http", "status": 502},
        {"kind": "http", "status": 500},
        {"kind": "http", "status": 200},
        {"kind": "http", "status": 404},
        {"kind": "errcode", "errcode": -1},
    ],
    ids=lambda fault: "-".join(map(str, fault.values())),
)
def test_a_draft_that_may_have_arrived_is_unclear(platform, sandbox, fault):
    sandbox.fault("draft/add", **fault)
    with pytest.raises(PlatformUnclear, match="draft/add"):
        add_draft(platform)
    assert len(sandbox.state["drafts"]) == (fault["kind"] == "timeout_after")
    assert platform.calls == 2  # the cover, and the draft once


def test_a_publication_that_may_have_begun_is_unclear(platform, sandbox):
    media_id = add_draft(platform)
    sandbox.fault("freepublish/submit", "timeout_after", seconds=2)
    with pytest.raises(PlatformUnclear, match="freepublish/submit"):
        platform.submit(media_id)


@pytest.mark.parametrize(
    "fault",
    [
        HANGS,
        {"kind": "reset"},
        {"kind": "http", "status": 502},
        {"kind": "http", "status": 429},
        {"kind": "errcode", "errcode": -1},
        {"kind": "errcode", "errcode": 45011},
    ],
    ids=lambda fault: "-".join(map(str, fault.values())),
)
@pytest.mark.parametrize("call", ["draft/batchget", "stable_token"])
def test_what_may_pass_is_worth_another_try(platform, sandbox, call, fault):
    sandbox.fault(call, **fault)
    with pytest.raises(PlatformBusy) as caught:
        list_drafts(platform)
    assert caught.value.call == call
    assert list_drafts(platform) == []


def test_trouble_with_the_token_leaves_no_doubt_about_the_draft(platform, sandbox):
    thumb = platform.upload_cover(PICTURE).media_id
    sandbox.expire_tokens()
    sandbox.fault("stable_token", "http", status=502)
    with pytest.raises(PlatformBusy):
        platform.add_draft(BUNDLE, COVER, thumb)


def test_a_server_that_is_not_on_the_list_learns_its_address(platform, sandbox):
    sandbox.fault("stable_token", "errcode", errcode=40164, ip="203.0.113.9")
    with pytest.raises(PlatformDenied, match=r"服务器的 IP 203\.0\.113\.9 不在公众号的 IP 白名单"):
        list_drafts(platform)


@pytest.mark.parametrize("there", ["2409:8c54:871::1", "203.0.113.9 ipv6 ::ffff:203.0.113.9"])
def test_the_address_is_read_in_either_form(there):
    refusal = {"errcode": 40164, "errmsg": f"invalid ip {there}, not in whitelist rid: 6-7-8"}
    with (
        oddity(lambda: jsonify(refusal)) as url,
        platform_at(url) as platform,
        pytest.raises(PlatformDenied, match=f"IP {there.split()[0]} 不在"),
    ):
        list_drafts(platform)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (48001, PlatformDenied),
        (45009, PlatformDenied),
        (53500, PlatformDenied),
        (40007, PlatformRefused),
        (45002, PlatformRefused),
        (99999, PlatformRefused),
    ],
)
def test_a_code_says_whether_to_try_again(platform, sandbox, code, kind):
    sandbox.fault("draft/add", "errcode", errcode=code)
    with pytest.raises(kind) as caught:
        add_draft(platform)
    assert (caught.value.call, caught.value.code) == ("draft/add", code)
    assert caught.value.rid
    assert f"{code}，rid {caught.value.rid}" in str(caught.value)


@pytest.mark.parametrize("status", [200, 302, 403, 404])
def test_an_answer_that_is_none_of_the_platforms_names_the_settings(platform, sandbox, status):
    sandbox.fault("draft/batchget", "http", status=status)
    with pytest.raises(PlatformDenied, match=rf"HTTP {status}.*api_base_url"):
        list_drafts(platform)


@pytest.mark.parametrize(
    "body", ["", "[]", "null", "1", "\ufeff{}", "{" * 9, "[" * 99_999], ids=range(7)
)
def test_an_answer_that_is_no_object_is_the_platforms_failure(body):
    with oddity(lambda: Response(body)) as url, platform_at(url) as platform:
        with pytest.raises(PlatformDenied):
            list_drafts(platform)
        with pytest.raises(PlatformUnclear):
            platform.add_draft(BUNDLE, COVER, "thumb")


@pytest.mark.parametrize(
    "answer", [{}, {"errcode": 0}, {"errcode": "0"}, {"item": [{}], "total_count": 1}]
)
def test_an_answer_without_what_was_asked_for_is_the_platforms_failure(answer):
    with oddity(lambda: jsonify(answer)) as url, platform_at(url) as platform:
        for ask in (
            lambda: platform.upload_picture(PICTURE),
            lambda: platform.upload_cover(PICTURE),
            lambda: platform.outcome("1"),
            lambda: platform.add_draft(BUNDLE, COVER, "thumb"),
            lambda: platform.submit("m"),
        ):
            with pytest.raises((PlatformDenied, PlatformUnclear)):
                ask()


@pytest.mark.parametrize("item", [{"content": {"news_item": [{}]}}, 1, None])
def test_a_listing_that_cannot_be_read_is_the_platforms_failure(item):
    answer = {"total_count": 1, "item": [item]}
    with (
        oddity(lambda: jsonify(answer)) as url,
        platform_at(url) as platform,
        pytest.raises(PlatformDenied),
    ):
        list_drafts(platform)


def test_a_listing_that_promises_more_than_it_has_comes_to_an_end():
    answer = {"total_count": 10**9, "item": []}
    with oddity(lambda: jsonify(answer)) as url, platform_at(url) as platform:
        assert list_drafts(platform) == []
        assert platform.calls == 1


def test_a_token_answer_without_a_token_is_the_platforms_failure(config, clock):
    with (
        oddity(lambda: jsonify({"errcode": 0})) as url,
        platform_on(changed(config, api_base_url=url), clock) as platform,
        pytest.raises(PlatformDenied, match="stable_token"),
    ):
        list_drafts(platform)


def test_a_redirection_is_not_followed_with_the_secret(config, clock, sandbox):
    there = f"{sandbox.url}/cgi-bin/stable_token"
    moved = Response(status=307, headers={"Location": there})
    with (
        oddity(lambda: moved) as url,
        platform_on(changed(config, api_base_url=url), clock) as platform,
        pytest.raises(PlatformDenied, match="307"),
    ):
        list_drafts(platform)
    assert sandbox.state["log"] == []


def test_an_outcome_in_progress_has_no_address_yet():
    answer = {"publish_id": "1", "publish_status": 1}
    with oddity(lambda: jsonify(answer)) as url, platform_at(url) as platform:
        assert platform.outcome("1") == Outcome("1", 1, "")


# The way there.


def test_a_configured_proxy_wins_over_the_environment(config, clock, sandbox, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{unused_port()}")
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{unused_port()}")
    there = changed(config, api_base_url="http://platform.invalid", proxy=sandbox.url)
    with platform_on(there, clock) as platform:
        assert list_drafts(platform) == []


def test_without_one_the_environments_proxy_is_used(config, clock, sandbox, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", sandbox.url)
    monkeypatch.setenv("http_proxy", sandbox.url)
    with platform_on(changed(config, api_base_url="http://platform.invalid"), clock) as platform:
        assert list_drafts(platform) == []


# Secrets stay secret.

TROUBLE = [
    *({"kind": "http", "status": status} for status in (200, 302, 404, 429, 502)),
    *({"kind": "errcode", "errcode": code} for code in (-1, 40001, 40125, 40164, 48001, 99999)),
    {"kind": "reset"},
    HANGS,
]


def everything_said(error: BaseException, log: pytest.LogCaptureFixture) -> str:
    shown = "".join(traceback.format_exception(error))
    return f"{shown}{error!s}{error!r}{log.text}"


@pytest.fixture
def overheard(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Somebody has turned on every log there is."""
    caplog.set_level(logging.DEBUG)
    for name in ("urllib3", "urllib3.connectionpool", "urllib3.util.retry", "requests"):
        caplog.set_level(logging.DEBUG, logger=name)
    return caplog


@pytest.mark.parametrize("fault", TROUBLE, ids=lambda fault: "-".join(map(str, fault.values())))
@pytest.mark.parametrize("call", ["stable_token", "draft/add", "material/add_material"])
def test_no_failure_shows_a_secret(platform, sandbox, overheard, call, fault):
    sandbox.fault(call, times=2, **fault)
    with pytest.raises(PlatformError) as caught:
        add_draft(platform)
    said = everything_said(caught.value, overheard)
    assert APPSECRET not in said
    assert not SANDBOX_TOKEN.search(said)


@pytest.mark.parametrize("proxy", ["", "http://user:proxy-password@127.0.0.1:1"])
def test_no_failed_connection_shows_a_secret(overheard, proxy):
    nowhere = f"http://127.0.0.1:{unused_port()}"
    with platform_at(nowhere, proxy) as platform, pytest.raises(PlatformBusy) as caught:
        list_drafts(platform)
    said = everything_said(caught.value, overheard)
    assert APPSECRET not in said
    assert "proxy-password" not in said
    assert not SANDBOX_TOKEN.search(said)


def test_a_log_of_what_goes_well_shows_no_secret(platform, overheard):
    add_draft(platform)
    assert "/cgi-bin/draft/add?access_token=… " in overheard.text
    assert APPSECRET not in overheard.text
    assert not SANDBOX_TOKEN.search(overheard.text)


def test_a_client_shows_no_secret_of_its_own(services: Services):
    list_drafts(services.platform)
    assert APPSECRET not in repr(vars(services.platform)) + repr(services.config)
