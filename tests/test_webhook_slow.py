"""Answers that take longer than the platform waits, with its real patience, over real HTTP."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from bot import flow
from bot.cli.cast import free_port, wait_until
from bot.config import load_config
from bot.resources import directory
from bot.sandbox.account import Account
from bot.sandbox.app import create_sandbox
from bot.sandbox.server import serve
from bot.services import open_services
from tests.conftest import AES_KEY, APPID, APPSECRET, SAMPLES, TOKEN, Sandbox, write_config

FOLLOWERS = 8
ROOT = Path(__file__).parents[1]


@pytest.fixture
def phone(tmp_path: Path, account_kind: str) -> Iterator[Sandbox]:
    """The platform, and two server processes of four threads that search for six seconds."""
    port = free_port()
    webhook = f"http://127.0.0.1:{port}/wechat"
    account = Account(APPID, APPSECRET, TOKEN, AES_KEY, "secure", webhook, kind=account_kind)
    server = serve(create_sandbox(account, templates=directory("templates")), "127.0.0.1", 0)
    sandbox = Sandbox(f"http://127.0.0.1:{server.port}")
    path = write_config(tmp_path, sandbox.url)
    with open_services(load_config(path, {})) as services:
        issue = flow.add_issue(services, SAMPLES[-1]).issue
        flow.note_published(services, issue.id, f"{sandbox.url}/published")
    words = [
        "-w2",
        "-kgthread",
        "--threads=4",
        "-b",
        f"127.0.0.1:{port}",
        "tests.slow_app:application()",
    ]
    settings = {"RIKAN_CONFIG": str(path), "RUNS": str(tmp_path / "runs.txt")}
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--log-level=warning", "--no-control-socket", *words],
        cwd=ROOT,
        env=os.environ | settings,
    )
    try:
        assert wait_until(lambda: answers(port))
        yield sandbox
    finally:
        process.terminate()
        process.wait()
        server.close()


def answers(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/readyz", timeout=1).ok
    except requests.RequestException:
        return False


def ask(sandbox: Sandbox, number: int) -> dict:
    """One follower's question, each its own words; waits as the platform does."""
    said = {"openid": f"oFollower{number}", "text": f"数据要素 {number}"}
    response = requests.post(f"{sandbox.url}/sandbox/say", json=said, timeout=30)
    response.raise_for_status()
    return response.json()


def ask_at_once(sandbox: Sandbox) -> list[dict]:
    with ThreadPoolExecutor(FOLLOWERS) as pool:
        return list(pool.map(lambda number: ask(sandbox, number), range(FOLLOWERS)))


def runs(tmp_path: Path) -> list[str]:
    """The words of each search of a question; the greeting's own are not asked for here."""
    return (tmp_path / "runs.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("account_kind", ["unverified"])
def test_eight_slow_answers_are_ready_on_the_platforms_next_try(phone, tmp_path):
    said = ask_at_once(phone)
    assert {each["answer"]["type"] for each in said} <= {"text", "news"}
    assert [each["violations"] for each in said] == [[]] * FOLLOWERS
    assert sorted(runs(tmp_path)) == [f"数据要素 {number}" for number in range(FOLLOWERS)]


def told(sandbox: Sandbox) -> dict[str, list[str]]:
    """The messages that the account wrote by itself, by follower."""
    found: dict[str, list[str]] = {}
    for each in sandbox.state["messages"]:
        if not each["text"]:
            answer = each["answer"]
            found.setdefault(each["openid"], []).append(
                answer["content"] or answer["articles"][0]["title"]
            )
    return found


def written(sandbox: Sandbox) -> dict[str, list[str]]:
    """The answers among them: a first follower may be asked for patience."""
    return {
        openid: [text for text in texts if not text.startswith("正在查找")]
        for openid, texts in told(sandbox).items()
    }


def test_eight_slow_answers_follow_as_messages_of_their_own(phone, tmp_path):
    said = ask_at_once(phone)
    assert [each["answer"]["type"] for each in said] == ["success"] * FOLLOWERS
    assert wait_until(lambda: sum(map(len, written(phone).values())) >= FOLLOWERS)
    assert {len(texts) for texts in written(phone).values()} == {1}
    assert all(len(texts) <= 2 for texts in told(phone).values())
    assert phone.state["violations"] == []
    assert sorted(runs(tmp_path)) == [f"数据要素 {number}" for number in range(FOLLOWERS)]
