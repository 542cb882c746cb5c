"""`rikan check`, `add` and `show` as processes: what an editor reads, and what programs read."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from bot.ingest.canonical import read_markdown
from bot.ingest.file import read_issue
from tests.conftest import SAMPLES, write_config
from tests.test_cli import rikan

__all__ = ["rikan"]

ROOT = Path(__file__).parents[1]
COMMAND = [sys.executable, "-m", "bot.cli.main"]
APRIL, JUNE = SAMPLES[0], SAMPLES[-1]


def test_check_prints_a_table_and_leaves_nothing_behind(rikan, tmp_path):
    lines = rikan("check", APRIL, JUNE).stdout.splitlines()
    assert lines[0].startswith("2026-04-16.txt  ")
    assert lines[1].split() == ["位置", "问题", "办法"]
    assert any("第 1.1 节标题" in line and "”智造”" in line and "改成“" in line for line in lines)
    assert lines[-1] == "2026-06-13.txt  没有发现问题"
    assert list(tmp_path.iterdir()) == []


def test_check_exits_1_where_a_file_is_no_issue_and_goes_on(rikan, tmp_path):
    (tmp_path / "empty.txt").write_bytes(b"")
    done = rikan("check", "empty.txt", "none.txt", JUNE, "--json", status=1)
    empty, none, june = json.loads(done.stdout)
    assert (empty["file"], june["problems"]) == ("empty.txt", [])
    assert none["problems"] == [
        {
            "severity": "error",
            "place": "none.txt",
            "text": "没有这个文件",
            "remedy": "请检查路径和文件名",
        }
    ]
    assert "错误" in rikan("check", "empty.txt", status=1).stdout


def test_check_compares_with_the_archive_where_there_are_settings(rikan, tmp_path):
    write_config(tmp_path)
    rikan("add", JUNE)
    later = tmp_path / "2026-06-14.txt"
    text = JUNE.read_text(encoding="utf-8").replace("2026 年 6 月 13 日", "2026 年 6 月 14 日", 1)
    later.write_text(text, encoding="utf-8")
    [found] = json.loads(rikan("check", later, "--json").stdout)
    assert any("与 2026-06-13 那一期" in problem["text"] for problem in found["problems"])
    assert [each["id"] for each in json.loads(rikan("list", "--json").stdout)] == ["2026-06-13"]


def test_markdown_of_a_file_or_an_archived_issue_reads_back(rikan, tmp_path):
    written = rikan("show", APRIL, "--markdown").stdout
    assert read_markdown(written) == read_issue(APRIL)[0]
    write_config(tmp_path)
    rikan("add", APRIL)
    assert rikan("show", "2026-04-16", "--markdown").stdout == written


def test_changes_tell_what_each_correction_changed(rikan, tmp_path):
    write_config(tmp_path)
    rikan("add", JUNE)
    assert "没有替换过" in rikan("show", "2026-06-13", "--changes").stdout
    corrected = tmp_path / "改正.txt"
    text = JUNE.read_text(encoding="utf-8").replace("417 个典型案例、", "418 个典型案例、")
    corrected.write_text(text, encoding="utf-8")
    rikan("add", corrected, "--replace")
    moment, source, heading, old, new = rikan("show", "2026-06-13", "--changes").stdout.split("\n")[
        :5
    ]
    assert moment.endswith("替换了 2026-06-13.txt")
    assert Path(source.removeprefix("原件：")).read_bytes() == JUNE.read_bytes()
    assert heading.startswith("## 2 “数据要素 ×”")
    assert (old[0], new[0]) == ("-", "+")
    assert old[1:].replace("417 个典型案例、", "418 个典型案例、") == new[1:]


@pytest.mark.parametrize(
    "words", [("2026-06-13", "--json", "--markdown"), (JUNE, "--changes"), ("--changes",)]
)
def test_options_that_make_no_sense_are_refused(rikan, tmp_path, words):
    write_config(tmp_path)
    rikan("show", *words, status=2)


def on_a_screen(tmp_path: Path, *words: object) -> tuple[str, str]:
    """What a command prints where stderr is a terminal: stdout, and the screen."""
    screen, stderr = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, *map(str, words)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm"},
        stdout=subprocess.PIPE,
        stderr=stderr,
    ) as process:
        os.close(stderr)
        shown = b"".join(pieces(screen))
        os.close(screen)
        printed, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return printed.decode(), shown.decode("utf-8", "replace")


def pieces(screen: int) -> Iterator[bytes]:
    """What comes until the other side of a terminal is closed, which Linux calls an error."""
    with suppress(OSError):
        while piece := os.read(screen, 65536):
            yield piece


def test_a_bar_shows_how_far_many_files_have_come(rikan, tmp_path):
    write_config(tmp_path)
    printed, shown = on_a_screen(tmp_path, "add", *SAMPLES)
    assert len(printed.splitlines()) == len(SAMPLES)
    assert "/5" in shown
    assert "/5" not in rikan("add", *SAMPLES).stderr
    assert "/3" not in on_a_screen(tmp_path, "add", *SAMPLES[:3])[1]
