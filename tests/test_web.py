"""The issues' public pages: only what is published, light, and complete."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
import requests
from flask.testing import FlaskClient
from PIL import Image

from bot import flow
from bot.errors import ArchiveError, ConfigError
from bot.services import Services
from bot.web import create_app
from tests.conftest import SAMPLES

ROOT = Path(__file__).parents[1]


@pytest.fixture
def browser(services: Services) -> Iterator[FlaskClient]:
    for path in SAMPLES:
        flow.add_issue(services, path)
    flow.note_published(services, "2026-06-11", "https://mp.weixin.qq.com/s/x")
    with create_app(services).test_client() as client:
        yield client


def test_a_published_issue_has_a_page(browser):
    page = browser.get("/issues/2026-06-11")
    assert page.status_code == 200
    assert "国家数据局征集上合组织数字经济案例" in page.text
    assert '<meta property="og:title" content="新质生产力每日动态 | 6月11日">' in page.text
    assert "<script" not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_every_picture_of_the_page_is_there(browser):
    for name, width in {"cover.jpg": 1800, "card.jpg": 900, "footer.png": 1080}.items():
        picture = browser.get(f"/issues/2026-06-11/{name}")
        assert f"/issues/2026-06-11/{name}" in browser.get("/issues/2026-06-11").text
        with Image.open(BytesIO(picture.data)) as opened:
            assert opened.width == width
    assert browser.get("/issues/2026-06-11/config.toml").status_code == 404


def test_to_be_read_a_published_issue_needs_no_drawing(browser, monkeypatch):
    monkeypatch.setattr("bot.render.cover.draw", None)
    assert "国家数据局" in browser.get("/issues/2026-06-11").text
    assert browser.get("/issues/2026-06-11/footer.png").status_code == 200


@pytest.mark.parametrize(
    "path", ["2026-06-13", "2026-06-13/cover.jpg", "1999-01-01", "..%2f..", "x"]
)
def test_what_is_not_published_is_not_found(browser, path):
    answer = browser.get(f"/issues/{path}")
    assert answer.status_code == 404
    assert "国家数据局" not in answer.text
    assert "没有找到这一页" in answer.text


def test_an_archive_in_trouble_is_a_sentence_for_readers(browser, services, monkeypatch):
    def broken(_issue_id: str) -> None:
        raise ArchiveError("数据库用不了：/srv/rikan/data 磁盘已满")

    monkeypatch.setattr(services.ledger, "delivery", broken)
    answer = browser.get("/issues/2026-06-11")
    assert (answer.status_code, "系统正忙" in answer.text) == (503, True)
    assert "/srv" not in answer.text


def test_the_process_says_whether_it_is_alive_and_ready(browser):
    assert browser.get("/healthz").text == "ok\n"
    assert browser.get("/readyz").text == "ready\n"


def test_a_web_process_without_its_settings_does_not_start(services):
    bare = services.config.model_copy(update={"wechat": type(services.config.wechat)()})
    with pytest.raises(ConfigError, match=r"wechat\.token"):
        create_app(Services(bare, services.now, services.closing))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_web_process_answers_and_ends_quietly(config_path, number):
    command = [sys.executable, "-u", "-m", "bot.cli.main", "--config", str(config_path)]
    words = [*command, "web", "--port", "0"]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        words, cwd=ROOT, process_group=0, stdout=pipe, stderr=pipe, text=True
    ) as process:
        assert process.stdout
        [address] = re.findall(r"http://[\d.:]+", process.stdout.readline())
        assert requests.get(f"{address}/readyz", timeout=20).text == "ready\n"
        os.killpg(process.pid, number)  # as a terminal does: to all of them at once
        _, printed = process.communicate(timeout=20)
    assert printed == ""
