"""`rikan demo`: every part a real process but the platform, and true only if all of it happened."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli.rehearsal import Answer, Rehearsal

ROOT = Path(__file__).parents[1]


def test_the_demo_does_the_whole_job_and_says_so(tmp_path):
    command = [sys.executable, "-m", "bot.cli.main", "demo", "--once", "--out", "out"]
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "RIKAN_WECHAT__APPID": "somebody-elses"}
    done = subprocess.run(
        command, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=90, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("✓") == 8
    assert "✗" not in done.stdout
    written = {path.name for path in (tmp_path / "out" / "2026-06-13").iterdir()}
    assert written == {
        "article.html",
        "preview.html",
        "report.json",
        "cover.jpg",
        "square.jpg",
        "footer.png",
    }
    assert len(list((tmp_path / "out").iterdir())) == 5
    report = json.loads((tmp_path / "out" / "2026-06-13" / "report.json").read_text("utf-8"))
    assert report["findings"] == []
    assert list(tmp_path.iterdir()) == [tmp_path / "out"]


@pytest.fixture
def rehearsal(services, sandbox):
    return Rehearsal(services, f"{sandbox.url}/")


def test_the_demo_leads_into_its_console(rehearsal, services):
    address = rehearsal.console()
    assert address.startswith(f"http://127.0.0.1:{services.config.web.port}/console/")
    invited = services.accounts.invitation(address.rpartition("/")[2])
    assert invited
    assert invited.role == "admin"


def test_the_demo_does_not_pass_where_something_is_missing(rehearsal, sandbox):
    """Nothing was pushed, nothing published, and the follower was told nonsense."""
    checks = rehearsal.checks([Answer("最新", "您好", 1, (f"{sandbox.url}/nowhere",))], [], 7)
    passed = {check.what: check.passed for check in checks}
    assert not passed["五期都成了草稿，其中较早的四期已发布"]
    assert not passed["再推送一遍，平台上什么也没有改变"]
    assert not passed["读者问“最新”得到了正确的回答"]
