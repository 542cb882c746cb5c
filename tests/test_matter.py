"""Markdown as other programs write it: front matter, and headings that are underlined."""

import pytest

from bot.ingest.file import read_text
from bot.ingest.matter import read_matter

BODY = "\n## 一、甲\n\n有。\n"


def test_front_matter_gives_the_head_of_an_issue():
    issue = read_text(
        "---\ntitle: 每日动态\ndate: 2026-06-13\norganisation: '某某委员会'\npartners: 甲 & 乙\n"
        'summary: "有\\"新闻\\"。"\ntags: [日报]\ndraft: false\n---\n' + BODY
    )
    assert (issue.title, issue.organisation, issue.partners) == (
        "每日动态",
        "某某委员会",
        "甲 & 乙",
    )
    assert (issue.id, issue.summary) == ("2026-06-13", '有"新闻"。')
    assert [section.title for section in issue.sections] == ["甲"]
    assert issue.sections[0].paragraphs == ("有。",)


def test_front_matter_and_body_may_say_the_same():
    issue = read_text(
        "---\ntitle: 每日动态\ndate: 2026-06-13T08:00:00+08:00\nsummary: 旧的。\n---\n\n"
        "# 每日动态\n\n## 摘要\n\n新的。\n" + BODY
    )
    assert (issue.title, issue.organisation, issue.summary) == ("每日动态", "", "新的。")


def test_the_title_of_the_body_is_the_one_that_readers_know():
    issue = read_text(
        "---\ntitle: 每日动态（6月13日发布）\nauthor: 小王\ndate: 2026-06-13\n---\n"
        "# 每日动态\n\n某某委员会\n" + BODY
    )
    assert (issue.title, issue.organisation) == ("每日动态", "某某委员会")
    assert issue.summary == ""


def test_chinese_keys_lists_and_folded_text_are_understood():
    matter = read_matter(
        ["---", "标题：每日动态", "日期: 2026-06-13", "# 说明", "摘要: >", "  有新闻，", "  有数据。", "合作:", "  - 甲", "  - 乙", "...", "正文"]
    )  # fmt: skip
    assert matter.values == {
        "title": "每日动态",
        "date": "2026-06-13",
        "summary": "有新闻，有数据。",
        "partners": "甲、乙",
    }
    assert matter.lines == 11


@pytest.mark.parametrize(
    "text", ["", "\n\n", "---", "---\ntitle: 甲\n", "---\n正文。\n---\n", "标题\n---\na: b\n---\n"]
)
def test_a_rule_alone_is_no_front_matter(text):
    assert read_matter(text.split("\n")).lines == 0


def test_underlined_headings_are_headings():
    issue = read_text(
        "每日动态\n========\n\n2026-06-13\n\n摘要\n----\n\n有新闻。\n\n任务\n----\n\n有。\n\n进展\n---\n\n很快。\n"
    )
    assert issue.title == "每日动态"
    assert [(part.number, part.title) for part in issue.sections] == [("1", "任务"), ("2", "进展")]


def test_a_rule_below_other_lines_stays_a_rule():
    issue = read_text(
        "每日动态\n甲 & 乙\n2026-06-13\n---\n\n一、任务\n---\n\n有一段话。\n---\n\n又一段\n---\n话。\n"
    )
    assert (issue.title, issue.partners) == ("每日动态", "甲 & 乙")
    assert [part.title for part in issue.sections] == ["任务"]
    assert issue.sections[0].paragraphs == ("有一段话。", "又一段话。")
