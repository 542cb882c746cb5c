"""`rikan status` and the commands that an editor steers a delivery with, as processes."""

import json

import pytest

from bot.delivery import State
from tests.conftest import SAMPLES, write_config
from tests.test_cli import ISSUE, fails, rikan

__all__ = ["rikan"]
WEB = 'public_url = "https://daily.example.cn"\nsecret_key = "a key of thirty-two letters, or so"'


@pytest.fixture
def ready(tmp_path, rikan, sandbox):
    """A pushed issue."""
    write_config(tmp_path, sandbox.url, web=WEB)
    rikan("add", SAMPLES[-1])
    rikan("push", ISSUE)


def told(rikan, *words: object) -> dict:
    return json.loads(rikan(*words, "--json").stdout)


def test_status_tells_the_state_and_every_step(rikan, ready):
    where = told(rikan, "status", ISSUE)
    assert {"id", "state", "url", "media_id", "problem", "timeline"} <= set(where)
    assert where["state"] == "drafted"
    assert where["media_id"]
    assert [step["what"] for step in where["timeline"]] == ["add", "added", "checked"]
    for step in where["timeline"]:
        assert {"at", "who", "what", "detail"} <= set(step)
        assert step["at"].endswith("+08:00")
        assert step["who"].startswith("cli")
    text = rikan("status", ISSUE).stdout
    assert "草稿已就绪" in text
    assert "读回草稿核对" in text


def test_status_without_an_issue_lists_the_latest(rikan, ready):
    [entry] = told(rikan, "status")
    assert entry == {"id": ISSUE, "state": "drafted", "url": "", "problem": ""}
    assert ISSUE in rikan("status").stdout


def test_status_of_an_issue_that_was_only_added_has_no_steps(rikan, tmp_path):
    write_config(tmp_path)
    rikan("add", SAMPLES[-1])
    assert told(rikan, "status", ISSUE)["timeline"] == []
    assert "2020-01-01" in fails(rikan, "status", "2020-01-01")


def test_an_editor_previews_approves_publishes_and_withdraws(rikan, ready, sandbox):
    assert told(rikan, "preview", ISSUE, "--to", "ann_editor")["sent"] == ["ann_editor"]
    assert told(rikan, "approve", ISSUE)["state"] == "approved"
    rikan("publish", ISSUE)
    assert told(rikan, "publish", ISSUE)["state"] == "published"
    assert f"rikan status {ISSUE}" in fails(rikan, "approve", ISSUE)  # and not: push it first
    assert told(rikan, "withdraw", ISSUE, "--yes")["state"] == "withdrawn"
    states = [step["to"] for step in told(rikan, "status", ISSUE)["timeline"]]
    order = [State(state) for state in dict.fromkeys(states)]
    assert order == [
        State.DRAFTING,
        State.DRAFTED,
        State.PREVIEWED,
        State.APPROVED,
        State.PUBLISHING,
        State.PUBLISHED,
        State.WITHDRAWN,
    ]


def test_who_practises_has_links_to_previews_and_drafts_without_a_source(rikan, tmp_path, sandbox):
    write_config(
        tmp_path, sandbox.url, web=WEB.replace("https://daily.example.cn", "http://127.0.0.1:8000")
    )
    rikan("add", SAMPLES[-1])
    assert "草稿已就绪" in rikan("push", ISSUE).stdout
    assert rikan("preview", ISSUE).stdout.startswith("http://127.0.0.1:8000/preview/")
    assert sandbox.state["violations"] == []


def test_a_withdrawal_asks_first_and_no_answer_is_no(rikan, ready, sandbox):
    rikan("publish", ISSUE)
    rikan("publish", ISSUE)
    rikan("withdraw", ISSUE, status=130)
    assert "freepublish/delete" not in sandbox.changes


@pytest.mark.parametrize(
    "words",
    [
        ["push", ISSUE, "--fresh"],
        ["preview", ISSUE, "--to", "ann_editor"],
        ["preview", ISSUE],
        ["approve", ISSUE],
        ["return", ISSUE, "第二节有误"],
        ["skip", ISSUE],
        ["publish", ISSUE],
        ["publish", ISSUE, "--mode", "mass"],
        ["publish", ISSUE, "--by-hand"],
        ["withdraw", ISSUE],
    ],
    ids=" ".join,
)
def test_a_dry_run_says_what_it_would_do_and_does_nothing(rikan, ready, sandbox, words):
    before, where = sandbox.state["log"], told(rikan, "status", ISSUE)
    assert rikan(*words, "--dry-run").stdout.startswith(f"{ISSUE}  （试运行）")
    assert told(rikan, *words, "--dry-run")["dry_run"] is True
    assert sandbox.state["log"] == before
    assert told(rikan, "status", ISSUE) == where


def test_nobody_who_got_a_preview_is_a_failure_with_each_reason(rikan, ready, sandbox):
    sandbox.fault("message/mass/preview", "errcode", errcode=43004)
    assert "stranger" in fails(rikan, "preview", ISSUE, "--to", "stranger")


class TestAnUnverifiedAccount:
    @pytest.fixture
    def account_kind(self) -> str:
        return "unverified"

    def test_gets_the_link_instead_of_a_preview(self, rikan, ready):
        done = rikan("preview", ISSUE, "--to", "ann_editor")
        assert done.stdout.startswith("https://daily.example.cn/preview/")
        assert "没有手机预览的权限" in done.stderr

    def test_is_told_that_its_draft_waits_for_a_person(self, rikan, ready):
        text = rikan("publish", ISSUE, "--mode", "draft").stdout
        assert "请在公众平台的草稿箱里发表" in text


def test_skipping_and_no_longer(rikan, ready):
    assert told(rikan, "skip", ISSUE)["state"] == "skipped"
    assert "--undo" in fails(rikan, "push", ISSUE)
    assert told(rikan, "skip", ISSUE, "--undo")["state"] == "drafted"
