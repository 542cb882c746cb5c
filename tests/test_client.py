"""The platform's client over real HTTP: tokens, trouble, and secrets that stay secret."""

import logging
import re
import socket
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
import redis
import requests
from flask import Flask, Response, jsonify

from bot.config import Config
from bot.errors import (
    PlatformBusy,
    PlatformDenied,
    PlatformError,
    PlatformRefused,
    PlatformUnclear,
)
from bot.model import Article, Cover, Outcome, Picture
from bot.sandbox.server import serve
from bot.services import Services, open_services
from bot.wechat.client import MpClient
from bot.wechat.platform import Platform
from bot.wechat.tokens import MARGIN, OwnTokens, SharedTokens, open_tokens
from tests.conftest import APPID, APPSECRET, Sandbox
from tests.sandbox_caller import picture

PICTURE = Picture("cover.png", picture(), 235, 100)
COVER = Cover(PICTURE, PICTURE, "0_0_1_1", "0.287_0_0.713_1")
ARTICLE = Article(
    issue_id="2026-06-13",
    title="新质生产力每日动态 | 6月13日",
    author="工作委员会",
    digest="数据要素、5G 与算力 🌏",
    html='<section data-rikan="2026-06-13:abc"><p>国家数据局发文。</p></section>',
    source_url="",
    fingerprint="abc",
)
SANDBOX_TOKEN = re.compile("sandbox_[0-9a-f]{8}")
PATIENCE = 0.5  # seconds; long enough for a local answer, short enough for many tests
HANGS = {"kind": "timeout_before", "seconds": 2}


def changed(config: Config, **wechat: object) -> Config:
    """The same settings, some of [wechat] changed."""
    return config.model_copy(update={"wechat": config.wechat.model_copy(update=wechat)})


@contextmanager
def platform_on(config: Config, clock: Callable, queue_url: str = "") -> Iterator[Platform]:
    """The account, its tokens in `queue_url` if given."""
    queue = config.queue.model_copy(update={"url": queue_url})
    with open_services(config.model_copy(update={"queue": queue}), clock) as services:
        yield services.platform


@pytest.fixture
def platform(config: Config, clock: Callable) -> Iterator[Platform]:
    with platform_on(changed(config, timeout=PATIENCE), clock) as platform:
        yield platform


def calls(sandbox: Sandbox, call: str) -> int:
    return [entry["call"] for entry in sandbox.state["log"]].count(call)


def add_draft(platform: Platform) -> str:
    return platform.add_draft(ARTICLE, COVER, platform.upload_cover(PICTURE).media_id)


def list_drafts(platform: Platform) -> list:
    return list(platform.drafts())


def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class Given:
    """A token that was had from somewhere."""

    def get(self) -> str:
        return "sandbox_0123456789abcdef"

    def drop(self, token: str) -> None:
        """There is no other."""


@contextmanager
def platform_at(url: str, proxy: str = "") -> Iterator[Platform]:
    """An account that has its token already and meets the trouble at the call itself."""
    client = MpClient(APPID, lambda: APPSECRET, url, PATIENCE, proxy)
    client.use_tokens(Given())
    yield Platform(client)
    client.close()


@contextmanager
def oddity(answer: Callable[[], Response]) -> Iterator[str]:
    """A far side that answers everything in one way."""
    app = Flask("oddity")
    app.add_url_rule("/cgi-bin/<path:call>", "any", lambda call: answer(), methods=["GET", "POST"])
    server = serve(app, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.port}"
    server.close()


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
    assert draft.title == ARTICLE.title
    assert 'data-rikan="2026-06-13:abc"' in draft.content


def test_more_drafts_than_a_page_holds_are_all_listed(platform, sandbox):
    thumb = platform.upload_cover(PICTURE).media_id
    added = [platform.add_draft(ARTICLE, COVER, thumb) for _ in range(21)]
    assert {draft.media_id for draft in list_drafts(platform)} == set(added)
    assert calls(sandbox, "draft/batchget") == 2


def test_a_picture_arrives_whole(platform):
    assert requests.get(platform.upload_picture(PICTURE).url, timeout=5).content == PICTURE.data


def test_a_published_draft_has_an_outcome_and_an_address(platform):
    outcome = platform.outcome(platform.submit(add_draft(platform)))
    assert outcome.status == 0
    assert [article.url for article in platform.published()] == [outcome.url]


# Tokens.


def test_an_expired_token_is_replaced_once_and_the_call_goes_through(platform, sandbox):
    list_drafts(platform)
    sandbox.expire_tokens()
    assert list_drafts(platform) == []
    assert calls(sandbox, "stable_token") == 2
    assert calls(sandbox, "draft/batchget") == 3


@pytest.mark.parametrize("call", ["upload_picture", "upload_cover"])
def test_an_upload_after_its_token_has_expired_sends_the_whole_file(platform, sandbox, call):
    list_drafts(platform)
    sandbox.expire_tokens()
    upload = getattr(platform, call)(PICTURE)
    assert requests.get(upload.url, timeout=5).content == PICTURE.data


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_a_token_that_is_refused_for_ever_is_asked_for_once_more(platform, sandbox, code):
    sandbox.fault("draft/batchget", "errcode", errcode=code, times=9)
    with pytest.raises(PlatformDenied) as caught:
        list_drafts(platform)
    assert caught.value.code == code
    assert calls(sandbox, "draft/batchget") == 2
    assert calls(sandbox, "stable_token") == 2


def test_a_wrong_secret_is_not_tried_again(config, clock, sandbox):
    from_elsewhere = type(config.wechat.appsecret)("another-appsecret-9876543210")
    with (
        platform_on(changed(config, appsecret=from_elsewhere), clock) as platform,
        pytest.raises(PlatformDenied, match=r"appsecret") as caught,
    ):
        list_drafts(platform)
    assert caught.value.code == 40125
    assert [entry["call"] for entry in sandbox.state["log"]] == ["stable_token"]


class Seconds:
    """A clock in seconds, and tokens counted as they are fetched."""

    def __init__(self, lifetime: int = 7200) -> None:
        self.at, self.fetched, self.lifetime = 0.0, 0, lifetime

    def __call__(self) -> float:
        return self.at

    def fetch(self) -> tuple[str, int]:
        self.fetched += 1
        return f"token-{self.fetched}", self.lifetime


def test_a_token_is_renewed_before_its_end():
    seconds = Seconds()
    tokens = OwnTokens(seconds.fetch, seconds)
    assert tokens.get() == tokens.get() == "token-1"
    seconds.at = 7200 - MARGIN - 1
    assert tokens.get() == "token-1"
    seconds.at += 1
    assert tokens.get() == "token-2"


def test_a_token_is_kept_for_what_is_left_of_its_life():
    seconds = Seconds(lifetime=MARGIN + 45)
    tokens = OwnTokens(seconds.fetch, seconds)
    tokens.get()
    seconds.at = 45
    assert tokens.get() == "token-2"


def test_only_the_token_that_was_refused_is_dropped():
    seconds = Seconds()
    tokens = OwnTokens(seconds.fetch, seconds)
    tokens.get()
    tokens.drop("token-0")
    assert tokens.get() == "token-1"
    tokens.drop("token-1")
    assert tokens.get() == "token-2"


def test_a_failed_fetch_leaves_no_token_behind():
    seconds, answers = Seconds(), iter([PlatformBusy("stable_token", "忙")])

    def fetch() -> tuple[str, int]:
        for error in answers:
            raise error
        return seconds.fetch()

    tokens = OwnTokens(fetch, seconds)
    with pytest.raises(PlatformBusy):
        tokens.get()
    assert tokens.get() == "token-1"


@pytest.mark.parametrize("shared", [False, True])
def test_eight_threads_need_one_token(config, clock, sandbox, queue_url, shared):
    with (
        platform_on(config, clock, queue_url if shared else "") as platform,
        ThreadPoolExecutor(8) as threads,
    ):
        listed = list(threads.map(lambda _: list_drafts(platform), range(8)))
    assert listed == [[]] * 8
    assert calls(sandbox, "stable_token") == 1


def test_two_processes_with_one_redis_need_one_token(config, clock, sandbox, queue_url):
    with (
        platform_on(config, clock, queue_url) as first,
        platform_on(config, clock, queue_url) as second,
    ):
        list_drafts(first)
        list_drafts(second)
        assert calls(sandbox, "stable_token") == 1
        sandbox.expire_tokens()
        list_drafts(first)
        list_drafts(second)
    assert calls(sandbox, "stable_token") == 2


@pytest.fixture
def server(queue_url: str) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(queue_url) as server:
        yield server


def test_a_shared_token_is_forgotten_before_its_end(server):
    SharedTokens(server, "wx1", Seconds(lifetime=1000).fetch).get()
    [key] = server.keys("*")
    assert 0 < server.ttl(key) <= 1000 - MARGIN


def test_of_the_shared_tokens_only_the_refused_one_is_dropped(server):
    seconds = Seconds()
    ours, theirs = (SharedTokens(server, "wx1", seconds.fetch) for _ in range(2))
    assert ours.get() == theirs.get() == "token-1"
    ours.drop("token-1")
    assert ours.get() == "token-2"
    theirs.drop("token-1")
    assert theirs.get() == "token-2"


def test_accounts_do_not_share_their_tokens(server):
    seconds = Seconds()
    tokens = [SharedTokens(server, account, seconds.fetch).get() for account in ("wx1", "wx2")]
    assert tokens == ["token-1", "token-2"]


def test_a_failed_fetch_lets_the_next_one_try(server):
    def fetch() -> tuple[str, int]:
        raise PlatformBusy("stable_token", "忙")

    with pytest.raises(PlatformBusy):
        SharedTokens(server, "wx1", fetch).get()
    assert SharedTokens(server, "wx1", Seconds().fetch).get() == "token-1"


def test_without_its_redis_a_process_goes_on_with_its_own_token(
    config, clock, sandbox, queue_url, server
):
    with platform_on(config, clock, queue_url) as platform:
        list_drafts(platform)
        server.shutdown(nosave=True)
        list_drafts(platform)
        sandbox.expire_tokens()
        list_drafts(platform)
    assert calls(sandbox, "stable_token") == 3


def test_a_redis_that_was_never_there_is_done_without(tmp_path):
    seconds = Seconds()
    tokens = open_tokens(f"unix://{tmp_path}/none.sock", "wx1", seconds.fetch)
    assert tokens.get() == tokens.get() == "token-1"
    tokens.drop("token-1")
    assert tokens.get() == "token-2"


# Trouble: which branch of the tree, and what it says.


def test_a_refused_connection_is_certain_even_for_a_draft():
    nowhere = f"http://127.0.0.1:{unused_port()}"
    with platform_at(nowhere) as platform, pytest.raises(PlatformBusy, match="draft/add"):
        platform.add_draft(ARTICLE, COVER, "thumb")


def test_a_proxy_that_is_not_there_is_certain_even_for_a_draft():
    proxy = f"http://127.0.0.1:{unused_port()}"
    with (
        platform_at("http://platform.invalid", proxy) as platform,
        pytest.raises(PlatformBusy, match="代理"),
    ):
        platform.add_draft(ARTICLE, COVER, "thumb")


@pytest.mark.parametrize("url", ["api.weixin.qq.com", "ftp://a", "http://", "http://a..b"])
def test_an_address_that_is_none_names_the_setting(url):
    with platform_at(url) as platform, pytest.raises(PlatformDenied, match=r"api_base_url"):
        platform.add_draft(ARTICLE, COVER, "thumb")


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
        platform.add_draft(ARTICLE, COVER, thumb)


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
            platform.add_draft(ARTICLE, COVER, "thumb")


@pytest.mark.parametrize(
    "answer", [{}, {"errcode": 0}, {"errcode": "0"}, {"item": [{}], "total_count": 1}]
)
def test_an_answer_without_what_was_asked_for_is_the_platforms_failure(answer):
    with oddity(lambda: jsonify(answer)) as url, platform_at(url) as platform:
        for ask in (
            lambda: platform.upload_picture(PICTURE),
            lambda: platform.upload_cover(PICTURE),
            lambda: platform.outcome("1"),
            lambda: platform.add_draft(ARTICLE, COVER, "thumb"),
            lambda: platform.submit("m"),
        ):
            with pytest.raises((PlatformDenied, PlatformUnclear)):
                ask()


@pytest.mark.parametrize("item", [{}, {"content": {}}, {"content": {"news_item": [{}]}}, 1, None])
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
