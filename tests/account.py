"""One account on the platform, as the tests of its client use it."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask, Response

from bot.config import Config
from bot.model import Article, Bundle, Cover, Picture
from bot.sandbox.server import serve
from bot.services import open_services
from bot.wechat.client import MpClient
from bot.wechat.platform import Platform
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
BUNDLE = Bundle((ARTICLE,))
PATIENCE = 0.5  # seconds; long enough for a local answer, short enough for many tests


def changed(config: Config, **wechat: object) -> Config:
    """The same settings, some of [wechat] changed."""
    return config.model_copy(update={"wechat": config.wechat.model_copy(update=wechat)})


@contextmanager
def platform_on(config: Config, clock: Callable, queue_url: str = "") -> Iterator[Platform]:
    """The account, its tokens in `queue_url` if given."""
    queue = config.queue.model_copy(update={"url": queue_url})
    with open_services(config.model_copy(update={"queue": queue}), clock) as services:
        yield services.platform


def calls(sandbox: Sandbox, call: str) -> int:
    return [entry["call"] for entry in sandbox.state["log"]].count(call)


def add_draft(platform: Platform) -> str:
    return platform.add_draft(BUNDLE, COVER, platform.upload_cover(PICTURE).media_id)


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
