"""The way to the platform: through a real proxy, over http and over https."""

import logging
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.config import load_config
from bot.errors import ConfigError, PlatformBusy, PlatformDenied
from bot.resources import directory
from bot.sandbox.account import Account
from bot.sandbox.app import create_sandbox
from bot.wechat.client import MpClient
from bot.wechat.platform import Platform
from tests.account import Given, add_draft, changed, list_drafts, platform_on, unused_port
from tests.conftest import AES_KEY, APPID, APPSECRET, TOKEN, write_config
from tests.way import NAME, behind_tls, proxy

PASSWORD = "proxy-password-13579"


@pytest.fixture(autouse=True)
def _no_proxy_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "requests_ca_bundle"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def secure_platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The sandbox under https; its certificate is trusted."""
    account = Account(APPID, APPSECRET, TOKEN, AES_KEY, "secure")
    app = create_sandbox(account, templates=directory("templates"), now=time.time)
    with behind_tls(app, tmp_path) as (url, certificate):
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        yield url


def test_everything_goes_through_the_proxy(config, clock, sandbox):
    with proxy(sandbox.url) as way:
        there = changed(config, api_base_url=f"http://{NAME}", proxy=way.url)
        with platform_on(there, clock) as platform:
            add_draft(platform)
    assert way.seen == [
        f"POST http://{NAME}/cgi-bin/{call}"
        for call in ("stable_token", "material/add_material", "draft/add")
    ]
    assert len(sandbox.state["drafts"]) == 1


def test_over_https_the_proxy_learns_nothing_but_the_name(config, clock, secure_platform):
    with proxy(secure_platform) as way:
        there = changed(config, api_base_url=f"https://{NAME}", proxy=way.url)
        with platform_on(there, clock) as platform:
            assert list_drafts(platform) == []
    assert set(way.seen) == {f"CONNECT {NAME}:443"}
    assert way.heard
    assert APPSECRET.encode() not in way.heard
    assert b"access_token" not in way.heard


def test_a_proxy_is_given_its_password(config, clock, secure_platform):
    with proxy(secure_platform, PASSWORD) as way:
        with_password = way.url.replace("://", f"://user:{PASSWORD}@")
        there = changed(config, api_base_url=f"https://{NAME}", proxy=with_password)
        with platform_on(there, clock) as platform:
            assert list_drafts(platform) == []


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_with_another_password_names_the_setting(
    config, clock, sandbox, secure_platform, scheme, caplog
):
    caplog.set_level(logging.DEBUG)
    with proxy(sandbox.url, PASSWORD) as way:
        wrong = way.url.replace("://", "://user:wrong-password-24680@")
        there = changed(config, api_base_url=f"{scheme}://{NAME}", proxy=wrong)
        with (
            platform_on(there, clock) as platform,
            pytest.raises(PlatformDenied, match="代理") as caught,
        ):
            list_drafts(platform)
    said = "".join(traceback.format_exception(caught.value)) + caplog.text
    assert "wrong-password" not in said
    assert sandbox.state["log"] == []


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(
    config, clock, secure_platform, monkeypatch
):
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with proxy(secure_platform) as way:
        there = changed(config, api_base_url=f"https://{NAME}", proxy=way.url)
        with platform_on(there, clock) as platform, pytest.raises(PlatformDenied, match="证书"):
            list_drafts(platform)


def test_a_proxy_that_is_not_there_does_not_fall_back_to_the_direct_way(config, clock, sandbox):
    gone = f"http://127.0.0.1:{unused_port()}"
    with (
        platform_on(changed(config, proxy=gone), clock) as platform,
        pytest.raises(PlatformBusy, match="代理"),
    ):
        list_drafts(platform)
    assert sandbox.state["log"] == []


@pytest.mark.parametrize("proxy_url", ["socks5://127.0.0.1:1080", "127.0.0.1:3128", "ftp://a"])
def test_a_proxy_of_another_kind_is_refused_when_the_settings_are_read(tmp_path, proxy_url):
    path = write_config(tmp_path, wechat=f'proxy = "{proxy_url}"')
    with pytest.raises(ConfigError, match=r"wechat\.proxy"):
        load_config(path, {})


# Not even a traceback that prints variables has them.


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "reset"},
        {"kind": "http", "status": 502},
        {"kind": "http", "status": 200},
        {"kind": "errcode", "errcode": 40125},
    ],
    ids=lambda fault: "-".join(map(str, fault.values())),
)
@pytest.mark.parametrize("call", ["stable_token", "draft/batchget"])
def test_a_traceback_with_its_variables_shows_no_secret(config, clock, sandbox, call, fault):
    sandbox.fault(call, **fault)
    with platform_on(config, clock) as platform, pytest.raises(Exception, match=call) as caught:
        list_drafts(platform)
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    text = "".join(shown.format())
    assert "call = " in text
    assert APPSECRET not in text
    assert "sandbox_" not in text
    assert caught.value.__context__ is None


def test_an_unreachable_platforms_error_keeps_nothing_of_the_request():
    client = MpClient(APPID, lambda: APPSECRET, f"http://127.0.0.1:{unused_port()}", 0.5)
    client.use_tokens(Given())
    with pytest.raises(PlatformBusy) as caught:
        list_drafts(Platform(client))
    client.close()
    assert caught.value.__context__ is None
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert Given().get() not in "".join(shown.format())
