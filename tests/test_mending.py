"""What is mechanical about an editor's text is mended, and nothing else; what differs is shown."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.console.difference import Kind, differences, words_between
from bot.errors import IngestError
from bot.ingest.check import check
from bot.ingest.file import read_issue, read_text
from bot.ingest.markdown import write_markdown
from bot.ingest.mending import Mend, mend_for, mended
from bot.ingest.proof.passage import passages
from bot.ingest.whereabouts import line_of, places_in
from tests.conftest import ISSUES, SAMPLES

TEXT = write_markdown(read_issue(SAMPLES[-1])[0])
HEAD = "---\nrikan: 1\ntitle: 日报\ndate: 2026-06-13\n---\n\n"
SIGNS = '“”",.:;!?()（），。**`[]\\<>|-#12 \n中文字a好AI1.'
NARROW = str.maketrans("，；：！？。（）“”", ',;:!?.()""')


def issue_text(*paragraphs: str, heading: str = "## 1 一节") -> str:
    return f"{HEAD}{heading}\n\n" + "\n\n".join(paragraphs) + "\n"


def paragraph(text: str) -> str:
    return read_text(text, "x.md").sections[0].paragraphs[0]


@pytest.mark.parametrize(
    ("mend", "before", "after"),
    [
        (Mend.QUOTES, "称为”智造“的工厂", "称为“智造”的工厂"),
        (Mend.QUOTES, "只有一个”的", "只有一个”的"),
        (Mend.QUOTES, "**”粗“**和`”码“`", "**“粗”**和`”码“`"),
        (Mend.PUNCTUATION, "很好,很好;对:的!吗?是.好", "很好，很好；对：的！吗？是。好"),
        (Mend.PUNCTUATION, '他说"好"就"行"', "他说“好”就“行”"),
        (Mend.PUNCTUATION, '他说"好', '他说"好'),
        (Mend.PUNCTUATION, "中(文)字 AI, 2.5 和 http://a.cn/,b", "中（文）字 AI, 2.5 和 http://a.cn/,b"),
        (Mend.PUNCTUATION, "中,[文](https://a.cn/x,y),字", "中，[文](https://a.cn/x,y)，字"),
        (Mend.PUNCTUATION, "`中,文`,字", "`中,文`,字"),
        (Mend.PUNCTUATION, "甲\\``中,文`中,字", "甲\\``中,文`中，字"),
        (Mend.PUNCTUATION, "``中,文`中,字``中,字", "``中,文`中,字``中，字"),
        (Mend.PUNCTUATION, ">中,字", ">中，字"),
    ],
)  # fmt: skip
def test_a_paragraph_is_mended(mend, before, after):
    assert mended(issue_text(before), mend) == issue_text(after)


def test_only_the_paragraph_that_was_asked_for_is_mended():
    text = issue_text("很好,很好", "很好,很好")
    assert mended(text, Mend.PUNCTUATION, 10) == issue_text("很好,很好", "很好，很好")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("## 1 甲\n\n一\n\n## 3 乙\n\n二", "## 1 甲\n\n一\n\n## 2 乙\n\n二"),
        ("## 1 甲\n\n一\n\n## 新的一节\n\n二", "## 1 甲\n\n一\n\n## 2 新的一节\n\n二"),
        ("## 2 甲\n\n### 1.3 乙\n\n一", "## 1 甲\n\n### 1.1 乙\n\n一"),
        ("## 摘要\n\n零\n\n## 2 甲\n\n一\n\n## 参考文献\n\n3. 来源", None),
    ],
)
def test_sections_are_numbered_anew(before, after):
    wanted = after or before.replace("## 2", "## 1")
    assert mended(HEAD + before + "\n", Mend.NUMBERS) == HEAD + wanted + "\n"


def test_the_slips_of_an_issue_are_found_where_they_stand_and_are_gone_after_a_click_each():
    text = TEXT.replace("“人工智能+”", "”人工智能+“", 1).replace("文件明确，", "文件明确,", 1)
    text = text.replace("\n## 3 ", "\n## 5 ")
    for kind in Mend:
        issue, places = read_text(text, "x.md"), places_in(text)
        found = [each for each in check(issue) if mend_for(each) is kind]
        assert found
        text = mended(text, kind, None if kind is Mend.NUMBERS else line_of(found[0].place, places))
    assert text == TEXT


@given(st.text(alphabet=SIGNS, max_size=60), st.sampled_from(list(Mend)))
def test_mending_twice_changes_nothing_more_and_once_nothing_else(words, mend):
    text = issue_text(words)
    once = mended(text, mend)
    assert mended(once, mend) == once
    try:
        before = read_text(text, "x.md")
    except IngestError:
        return
    after = read_text(once, "x.md")
    told = [str(each.record()).translate(NARROW) for each in (before, after)]
    plain = [re.sub(r"'number': '[\d.]+'", "", each).replace("\\", "") for each in told]
    assert plain[0] == plain[1]


@given(st.text(max_size=200), st.sampled_from(list(Mend)))
def test_any_text_can_be_mended_and_looked_through(text, mend):
    assert mended(mended(text, mend), mend) == mended(text, mend)
    places = places_in(text)
    assert line_of("第 3 节第 1 段等 4 处", places) <= text.count("\n")


@pytest.mark.parametrize("odd", ["`", "<", "](", "![", "[^", ":-|", "> ", "``` `` ` "])
def test_a_line_that_never_closes_what_it_opens_is_mended_no_slower_than_others(odd):
    text = issue_text("很好,很好。" + odd * 20_000)
    assert "很好，很好" in mended(text, Mend.PUNCTUATION)


def test_of_an_issue_with_thousands_of_paragraphs_each_is_found():
    text = issue_text(*(f"第{number}段。" for number in range(5_000)))
    places = places_in(text)
    assert places["第 1 节第 5000 段"].start == text.count("\n") - 1


@pytest.mark.parametrize(
    "path", [*SAMPLES, ISSUES / "torture.md"], ids=lambda path: Path(path).name
)
def test_every_passage_is_found_on_its_line(path):
    issue = read_issue(path)[0]
    text = write_markdown(issue)
    lines, places = text.split("\n"), places_in(text)
    for each in passages(issue):
        span = places[each.place]
        there = re.sub(r"[\\*\s|`-]", "", "".join(lines[span.start : span.end]))
        assert re.sub(r"[\\*\s|`-]", "", each.text)[:2] in there


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("第 12 行", 11),
        ("第 1 节第 1 段", 8),
        ("第 1 节第 9 段", 6),
        ("第 1 节标题", 6),
        ("第 1 节第 1 段等 4 处", 8),
        ("参考文献第 2、3 条", 12),
        ("参考文献第 1、2、3、4、5、6等 8 条", 11),
        ("标题", 2),
        ("全文", 0),
    ],
)
def test_a_place_leads_to_its_line(place, line):
    text = issue_text("一段") + "\n## 参考文献\n1. 甲\n2. 乙\n"
    assert line_of(place, places_in(text)) == line


# What differs.


def test_the_words_that_differ_are_marked_and_long_rests_left_out():
    before, after = "甲" * 60 + "发布 417 个案例。", "甲" * 60 + "发布 418 个案例。"
    [change] = differences(f"## 1 题\n\n{before}\n", f"## 1 题\n\n{after}\n")
    assert change.heading == "1 题"
    assert [(each.kind, each.text) for each in change.pieces][1:3] == [
        (Kind.OUT, "417"),
        (Kind.IN, "418"),
    ]
    assert change.pieces[0].text.startswith("…甲")


def test_a_paragraph_that_is_another_one_is_shown_whole():
    changes = differences("很早以前写的一段\n", "Totally different\n")
    assert [each.kind for change in changes for each in change.pieces] == [Kind.IN, Kind.OUT]


def test_the_same_text_does_not_differ():
    assert differences(TEXT, TEXT) == ()


@given(st.text(alphabet="甲乙丙丁ab1 ,。", max_size=60), st.text(alphabet="甲乙丙丁ab1 ,。", max_size=60))  # fmt: skip
def test_without_what_came_it_is_the_one_and_without_what_went_the_other(before, after):
    pieces = words_between(before, after)
    assert "".join(each.text for each in pieces if each.kind is not Kind.IN) == before
    assert "".join(each.text for each in pieces if each.kind is not Kind.OUT) == after
