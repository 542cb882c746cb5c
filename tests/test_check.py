"""What an editor is told before an issue goes out."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.ingest.check import check
from bot.ingest.file import read_issue, read_text
from bot.model import Section, Severity

ISSUES = Path(__file__).parent / "issues"
GOOD = read_text(
    "每日动态\n2026-06-13\n摘要\n有新闻。\n\n## 一、甲\n有。\n## 二、乙\n有。\n参考文献\n1. 甲网。\n"
)


@pytest.mark.parametrize("path", sorted(ISSUES.glob("*.txt")), ids=lambda path: path.stem)
def test_the_real_issues_have_no_problem(path):
    assert check(read_issue(path)[0], path.name) == ()


def sections(*numbers: str) -> tuple[Section, ...]:
    return tuple(Section(number, "甲", ("有。",)) for number in numbers)


@pytest.mark.parametrize(
    ("issue", "words"),
    [
        (replace(GOOD, summary=""), "摘要：没有摘要。请在目录前面补一段摘要"),
        (replace(GOOD, references=()), "参考文献：没有参考文献。请在文末补上“参考文献”和各条来源"),
        (
            replace(GOOD, sections=(Section("1", "甲"),)),
            "第 1 节：只有标题，没有内容。请补上正文，或删去这个标题",
        ),
        (
            replace(GOOD, sections=(Section("1", "甲", (), (Section("1.1", "乙"),)),)),
            "第 1.1 节：只有标题，没有内容。请补上正文，或删去这个标题",
        ),
        (
            replace(GOOD, sections=sections("1", "3", "4")),
            "第 3 节：编号不连续，缺第 2 节。请核对是否漏了一节",
        ),
        (
            replace(GOOD, sections=sections("1", "2", "2", "3")),
            "第 2 节：编号重复或倒退。请按顺序改正编号",
        ),
        (
            replace(GOOD, sections=(Section("1", "甲", (), sections("1.2")),)),
            "第 1.2 节：编号不连续，缺第 1.1 节。请核对是否漏了一节",
        ),
        (
            replace(GOOD, sections=(Section("1", "甲", (), sections("2.1")),)),
            "第 2.1 节：编号与所在的第 1 节不符。请改正编号",
        ),
        (
            replace(GOOD, summary="今年\ufffd月。"),
            "摘要：“今年”后面有乱码“\ufffd”，像是转换时丢了字。请对照原稿补上",
        ),
        (
            replace(GOOD, title="□日报"),
            "标题：开头有“□”，像是转换时丢了字。请对照原稿补上",
        ),
    ],
)
def test_a_problem_says_where_it_is_and_what_to_do(issue, words):
    (problem,) = check(issue)
    assert (str(problem), problem.severity) == (words, Severity.WARNING)


def test_a_date_that_disagrees_with_the_file_name_is_a_problem():
    (problem,) = check(GOOD, "日报 2026年6月12日.txt")
    assert str(problem).startswith("日期：正文写的是 2026-06-13，文件名写的是 2026-06-12。")


@pytest.mark.parametrize(
    "name", ["", "今天.txt", "2026-06-13.txt", "20260613-2.md", "2026-99-99.txt"]
)
def test_a_file_name_without_another_date_is_none(name):
    assert check(GOOD, name) == ()
