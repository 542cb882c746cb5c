"""Markdown as editors really write it: what is bold stays bold, and any newsletter is an issue."""

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import IngestError
from bot.ingest.canonical import read_markdown
from bot.ingest.file import read_issue, read_text
from bot.ingest.markdown import write_markdown
from bot.model import Issue, Severity
from bot.shape import Code, Figure, Item, Listing, Prose, Quote, Run, Table, said_by
from tests.test_ingest import ISSUES, NAMES, REWRITTEN, same, source, wanted

CALM = settings(
    max_examples=150,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
TODAY = date(2026, 6, 13)
HEAD = "# 每日动态\n\n2026-06-13\n\n## 甲\n\n"


def shapes(text: str) -> list[Any]:
    """The shapes of the only section's paragraphs; words where there is no shape."""
    (section,) = read_text(HEAD + text, "a.md").sections
    kept = section.shapes or (None,) * len(section.paragraphs)
    return [shape or words for shape, words in zip(kept, section.paragraphs, strict=True)]


def prose(text: str) -> tuple[Run, ...]:
    (shape,) = shapes(text)
    assert isinstance(shape, Prose)
    return shape.runs


def bold(text: str) -> list[str]:
    return [run.text for run in prose(text) if run.bold]


def written(tmp_path: Path, text: str, name: str = "a.md") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


# --- Our own dialects --------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_real_issue_saved_as_markdown_is_read_exactly(name):
    assert same(read_text(source(name), "a.md").structure()) == same(wanted(name))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("layout", REWRITTEN)
def test_its_layout_does_not_change_what_is_read_from_markdown(name, layout):
    text = REWRITTEN[layout](name)
    assert same(read_text(text, "a.md").structure()) == same(wanted(name))


# --- Words -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("含**加粗，**紧贴标点。", ["加粗，"]),
        ("的**“引号加粗”**后接。", ["“引号加粗”"]),
        ("数据**（2026）**增长。", ["（2026）"]),
        ("用**(A)**GPT。", ["(A)"]),
        ("**《办法》**与**《规定》**。", ["《办法》", "《规定》"]),
        ("前面** 加粗 **后面。", [" 加粗 "]),
        ("**加粗 **后面。", ["加粗 "]),
        ("<b>加粗</b>后面。", ["加粗"]),
        ("***又粗又斜***。", ["又粗又斜"]),
    ],
)
def test_bold_needs_no_space_beside_chinese_punctuation(text, words):
    assert bold(text) == words
    assert "*" not in "".join(run.text for run in prose(text))


def test_stars_between_spaces_are_no_marks():
    assert shapes("算式 2 ** 3 ** 4 和 3 * 4 都在。") == ["算式 2 ** 3 ** 4 和 3 * 4 都在。"]


def test_marks_of_every_kind_are_kept():
    text = "*斜*、~~删~~、~~“删”~~后、`a*b`、[词](https://a.cn/b_c)、<https://b.cn>、https://c.cn。"
    assert prose(text) == (
        Run("斜", italic=True), Run("、"), Run("删", struck=True), Run("、"), Run("“删”", struck=True),
        Run("后、"), Run("a*b", code=True), Run("、"), Run("词", link="https://a.cn/b_c"),
        Run("、https://b.cn、https://c.cn。"),
    )  # fmt: skip


def test_plain_words_have_no_shape():
    (section,) = read_text(HEAD + "一段话。\n\n另一段，约 3~5 个、a_b_c。\n", "a.md").sections
    assert (section.paragraphs, section.shapes) == (("一段话。", "另一段，约 3~5 个、a_b_c。"), ())


def test_a_link_within_the_page_is_only_its_words():
    assert shapes("见[上文](#a)和[那里](../b.md)、[坏的](javascript:alert(1))。") == [
        "见上文和那里、坏的。"
    ]


def test_a_link_by_reference_is_followed():
    assert prose("见[甲][a]。\n\n[a]: https://a.cn")[1] == Run("甲", link="https://a.cn")


def test_tags_go_and_their_words_stay():
    text = '文<span style="color:red">字</span><br>换行<!-- 注释 -->，H<sub>2</sub>O。'
    assert prose(text) == (Run("文字\n换行，H2O。"),)
    assert shapes("<script>alert(1)</script>\n\n<div>\n<p>里面**也算**。</p>\n</div>") == [
        Prose((Run("里面"), Run("也算", bold=True), Run("。")))
    ]


def test_a_line_break_that_the_editor_asked_for_stays_in_its_paragraph():
    assert prose("第一行  \n第二行\\\n第三行。") == (Run("第一行\n第二行\n第三行。"),)
    assert read_text(HEAD + "甲  \n乙。", "a.md").sections[0].paragraphs == ("甲乙。",)


def test_a_paragraph_broken_at_a_width_is_one_with_its_marks():
    assert prose("一段**话，\n分两行**写。") == (
        Run("一段"),
        Run("话，分两行", bold=True),
        Run("写。"),
    )


# --- What stands between the words -------------------------------------------------------------


def test_a_nested_list_keeps_its_depths_numbers_and_further_paragraphs():
    text = "- 甲\n  - 乙\n\n    3. 丙\n    4. 丁\n\n  甲的另一段。\n- **戊**\n\n1) 己\n2) 庚\n"
    assert shapes(text) == [
        Listing(
            (
                Item((Run("甲"),)),
                Item((Run("乙"),), 1),
                Item((Run("丙"),), 2, 3),
                Item((Run("丁"),), 2, 4),
                Item((Run("甲的另一段。"),), 0, goes_on=True),
                Item((Run("戊", bold=True),)),
            )
        ),
        Listing((Item((Run("己"),), 0, 1), Item((Run("庚"),), 0, 2))),
    ]


def test_a_list_says_its_words_without_marks():
    assert read_text(HEAD + "- 甲\n- **乙**\n", "a.md").sections[0].paragraphs == ("甲 乙",)


def test_bullets_that_markdown_does_not_know_make_a_list():
    assert shapes("• 甲\n• 乙\n") == [Listing((Item((Run("甲"),)), Item((Run("乙"),))))]


def test_boxes_are_shown_as_boxes():
    assert said_by(shapes("- [ ] 待办\n- [x] 办完\n")[0]) == "☐ 待办 ☑ 办完"


def test_what_stands_between_two_items_parts_the_list():
    first, code, last = shapes("1. 甲\n\n   ```\n   x\n   ```\n2. 乙\n")
    assert (said_by(first), code, last) == ("甲", Code("x"), Listing((Item((Run("乙"),), 0, 2),)))


def test_a_table_keeps_its_sides_and_short_rows_are_filled():
    assert shapes("| 甲 | 乙 | 丙 |\n|:--|:-:|--:|\n| 1 | **2**<br>3 |\n") == [
        Table(
            ("left", "center", "right"),
            ((Run("甲"),), (Run("乙"),), (Run("丙"),)),
            (((Run("1"),), (Run("2", bold=True), Run("\n3")), ()),),
        )
    ]


def test_quotes_and_code_stay_what_they_are():
    text = "> 第一段，\n> 还是它。\n>\n> **第二段**\n> —— 某人\n\n```python x\n a  b\n\n#c\n```\n\n    indented\n"
    assert shapes(text) == [
        Quote(((Run("第一段，还是它。"),), (Run("第二段", bold=True),), (Run("—— 某人"),))),
        Code(" a  b\n\n#c", "python"),
        Code("indented"),
    ]


def test_a_paragraph_set_in_by_four_spaces_is_no_code():
    assert shapes("    编辑用空格缩进的一段话，里面没有代码。\n") == [
        "编辑用空格缩进的一段话，里面没有代码。"
    ]


def test_pictures_stand_apart_with_their_captions():
    text = '![甲](a.png)![乙](<b c.png> "题注")\n\n文中 ![image.png](i.png){width=50%} 有图。\n\n<img src="https://a.cn/x.png" alt="丙">\n'
    assert shapes(text) == [
        Figure("a.png", "甲", "甲"),
        Figure("b c.png", "乙", "题注"),
        "文中 有图。",
        Figure("i.png", "image.png", ""),
        Figure("https://a.cn/x.png", "丙", "丙"),
    ]


def test_a_picture_within_the_text_is_read_whole_and_at_once():
    address = "data:image/png;base64," + "iVBOR" * 300_000
    assert shapes(f"![甲]({address})\n") == [Figure(address, "甲", "甲")]


def test_a_rule_says_nothing():
    assert shapes("甲\n\n---\n\n乙。\n") == ["甲", "乙。"]


def test_a_deeper_heading_is_a_bold_paragraph():
    text = "### 乙\n\n#### 丙 `d`\n\n有。\n"
    (section,) = read_text(HEAD + text, "a.md").sections
    (part,) = section.subsections
    assert (part.number, part.title, part.paragraphs) == ("1.1", "乙", ("丙 d", "有。"))
    assert part.shapes == (Prose((Run("丙 ", bold=True), Run("d", bold=True, code=True))), None)


# --- Footnotes ---------------------------------------------------------------------------------


def test_a_footnote_belongs_to_the_words_before_it():
    text = "引用[^1]，又一条[^甲]。\n\n[^1]: 见 [某网](https://a.cn)。\n[^甲]: 两行\n    的话。\n"
    assert prose(text) == (
        Run("引用", note="见 某网 https://a.cn。"),
        Run("，又一条", note="两行的话。"),
        Run("。"),
    )


def test_a_footnote_without_its_other_half_is_told(tmp_path):
    text = HEAD + "引用[^1]，又 [^0-9]。\n\n[^2]: 没人要。\n"
    issue, where = read_issue(written(tmp_path, text))
    assert issue.sections[0].paragraphs == ("引用，又 [^0-9]。",)
    assert [(problem.severity, problem.place) for problem in where.problems] == [
        (Severity.WARNING, "脚注"),
        (Severity.WARNING, "第 9 行"),
    ]
    assert all("[^" in problem.text and problem.remedy for problem in where.problems)


# --- Newsletters that know nothing of us -------------------------------------------------------


def test_the_torture_article_leaves_nothing_literal():
    issue, where = read_issue(ISSUES / "torture.md")
    said = "".join(str(issue.structure()).split("article(text")[:1])
    assert not [sign for sign in ("**", "~~", "[^", "](", "![", "<b", "- ") if sign in said]
    assert (where.undated, where.problems, issue.id) == (False, (), "2026-06-20")
    assert (issue.title, issue.organisation) == ("排版试验：一期什么都有的日报", "某某研究会")
    kinds = [type(shape) for section in issue.sections for shape in section.shapes]
    assert kinds == [Listing, Listing, Table, Code]
    (part,) = issue.sections[2].subsections
    assert [type(shape) for shape in part.shapes] == [
        Quote,
        Figure,
        Figure,
        Prose,
        type(None),
        Prose,
    ]
    assert [figure.address[:20] for figure in issue.figures] == [
        "data:image/png;base6",
        "https://mmbiz.qpic.c",
    ]
    assert read_markdown(write_markdown(issue)) == issue


def test_a_newsletter_without_numbers_or_date_is_an_issue():
    issue, where = read_issue(ISSUES / "newsletter.md", TODAY)
    parts = [part for section in issue.sections for part in (section, *section.subsections)]
    assert [f"{part.number} {part.title}" for part in parts] == [
        "1 新闻", "1.1 模型又降价了", "1.2 数据要素有了新办法", "2 工具", "3 我们自己",
    ]  # fmt: skip
    assert issue.title.startswith("每周观察：")
    assert issue.summary == "大家好，这一期谈三件事。\n先看新闻，再看工具，最后说说我们自己。"
    assert issue.shapes == (
        Prose((Run("大家好，这一期谈"), Run("三件事", bold=True), Run("。"))),
        None,
    )
    assert (issue.date, where.undated) == (TODAY, True)
    assert [str(problem) for problem in where.problems] == [
        "日期：没有日期。请在标题下面写上“2026 年 6 月 13 日”"
    ]


def test_without_today_a_date_is_still_asked_for():
    with pytest.raises(IngestError, match="没有找到日期"):
        read_issue(ISSUES / "newsletter.md")


def read_newsletter(tmp_path: Path, text: str, name: str = "a.md") -> Issue:
    return read_issue(written(tmp_path, text, name), TODAY)[0]


def outline(issue: Issue) -> list[str]:
    return [f"{section.number} {section.title}" for section in issue.sections]


def test_the_day_in_the_files_name_comes_before_today(tmp_path):
    issue = read_newsletter(tmp_path, "## 甲\n\n有。\n", "2026-05-01-周报.md")
    assert (issue.id, issue.title, outline(issue)) == ("2026-05-01", "周报", ["1 甲"])


@pytest.mark.parametrize(
    ("text", "title", "sections"),
    [
        ("没有标题的一段。\n\n又一段。\n", "a", ["1 a"]),
        ("# 题目\n\n只有一段。\n", "题目", ["1 题目"]),
        ("# 甲\n\n有。\n\n# 乙\n\n有。\n", "a", ["1 甲", "2 乙"]),
        ("# 某某周刊\n\n# 甲\n\n有。\n\n# 乙\n\n有。\n", "某某周刊", ["1 甲", "2 乙"]),
        ("---\ntitle: 前言里的题目\n---\n\n## 甲\n\n有。\n", "前言里的题目", ["1 甲"]),
        ("# 题目\n\n## 前言\n\n有。\n\n## 一、甲\n\n有。\n\n## 二、乙\n\n有。\n\n## 结语\n\n有。\n",
         "题目", ["1 前言", "2 甲", "3 乙", "4 结语"]),
        ("# 题目\n\n## **甲** `b` [c](https://c.cn)\n\n有。\n", "题目", ["1 甲 b c"]),
        ("#题目\n\n##甲\n有。\n＃＃乙\n#话题# 还在。\n", "题目", ["1 甲", "2 乙"]),
        ("# 题目\n\n摘要：要点。\n\n一段。\n\n又一段。\n", "题目", ["1 题目"]),
        ("# 题目\n\n## 目录\n\n- [甲的事](#甲)\n- [乙的事](#乙)\n\n## 甲\n\n有。\n\n## 乙\n\n有。\n",
         "题目", ["1 甲", "2 乙"]),
        ("# 题目\n\n## 甲\n\n**小结**\n\n1. 只有一条\n\n扫码入群\n\n## 乙\n\n有。\n", "题目", ["1 甲", "2 乙"]),
        ("# 题目\n\n## 甲\n\n有。\n\n## 参考资料\n\n- [某网](https://a.cn)\n\n## 下期预告\n\n有。\n",
         "题目", ["1 甲", "2 下期预告"]),
    ],
)  # fmt: skip
def test_any_headings_make_sections(tmp_path, text, title, sections):
    issue = read_newsletter(tmp_path, text)
    assert (issue.title, outline(issue)) == (title, sections)


def test_nothing_of_an_unnumbered_newsletter_is_taken_for_its_last_page(tmp_path):
    text = "# 题目\n\n## 甲\n\n扫码报名\n\n报名从速。\n\n## 乙\n\n有。\n"
    issue = read_newsletter(tmp_path, text)
    assert [section.paragraphs for section in issue.sections] == [
        ("扫码报名", "报名从速。"),
        ("有。",),
    ]


def test_short_lines_stay_paragraphs_of_their_own(tmp_path):
    issue = read_newsletter(tmp_path, "# 题目\n\n## 甲\n\n图一的说明\n\n后文。\n")
    assert issue.sections[0].paragraphs == ("图一的说明", "后文。")


def test_links_of_references_are_their_addresses(tmp_path):
    text = (
        HEAD
        + "有。\n\n## 参考文献\n\n1. 来源：甲网；标题：[新闻](https://a.cn/b)；日期：2026-06-12。\n2. [乙网](https://b.cn)\n"
    )
    references = read_newsletter(tmp_path, text).references
    assert [(each.source, each.title, each.url) for each in references] == [
        ("甲网", "新闻", "https://a.cn/b"),
        ("", "", "https://b.cn"),
    ]


def test_a_text_that_is_markdown_in_substance_is_read_as_such():
    issue = read_text(HEAD + "| 甲 | 乙 |\n|---|---|\n| 1 | 2 |\n", "a.txt")
    assert isinstance(issue.sections[0].shapes[0], Table)


def test_an_english_date_is_one(tmp_path):
    issue = read_newsletter(tmp_path, "# Weekly\n\nJune 5, 2026\n\n## News\n\nSome.\n")
    assert (issue.id, issue.organisation) == ("2026-06-05", "")


def rikan(*words: object, status: int) -> str:
    root = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli.main", *map(str, words)],
        cwd=root / "tests",
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout


def test_check_tells_a_missing_date_and_goes_on():
    told = rikan("check", "--json", ISSUES / "newsletter.md", ISSUES / "2026-06-13.txt", status=1)
    undated, sound = json.loads(told)
    first = undated["problems"][0]
    assert (first["severity"], first["place"], first["text"]) == ("error", "日期", "没有日期")
    assert first["remedy"].startswith("请在标题下面写上“")
    assert sound["problems"] == []


def test_show_reads_a_newsletter_without_a_date():
    shown = json.loads(rikan("show", "--json", ISSUES / "newsletter.md", status=0))
    assert [section["title"] for section in shown["sections"]] == ["新闻", "工具", "我们自己"]


# --- Whatever comes ----------------------------------------------------------------------------

PIECES = ["# ", "## ", "- ", "1. ", "> ", "```\n", "**", "*", "~~", "`", "[a](", "](b)", "![", "[^1]", "[^1]: ",
          "| a | b |\n|---|---|\n", "|", "<b>", "</b>", "<!--", "<div>\n", "---\n", "\n", "\n\n", "    ", "\t", "摘要",
          "目录", "参考文献", "2026-06-13", "数据", "。", "&#x7;", "&amp;", "\\", "• ", "#话题#", "data:image/png;base64,",
          "[a]: b\n", "\u3000\u3000", "\0", "---\ntitle: 甲\n---\n"]  # fmt: skip


@CALM
@given(pieces=st.lists(st.sampled_from(PIECES), max_size=40), headed=st.booleans())
def test_any_pieces_of_markdown_are_read_or_refused(tmp_path, pieces, headed):
    path = written(tmp_path, (HEAD if headed else "") + "".join(pieces))
    try:
        issue, _ = read_issue(path, TODAY)
    except IngestError as error:
        assert all((error.place, error.problem, error.remedy))  # noqa: PT017  an Issue is as welcome
        return
    for section in issue.sections:
        assert len(section.shapes) in (0, len(section.paragraphs))
    assert len(issue.shapes) in (0, len(issue.summary.split("\n")))


@CALM
@given(pieces=st.lists(st.sampled_from(PIECES), max_size=30))
def test_what_was_read_once_reads_back_the_same(tmp_path, pieces):
    try:
        issue, _ = read_issue(written(tmp_path, HEAD + "".join(pieces)), TODAY)
    except IngestError:
        return
    again = read_markdown(write_markdown(issue))
    assert again.structure() == issue.structure()
    assert again == issue


MONSTERS = {
    "quotes": ">" * 100_000,
    "brackets": "[" * 100_000,
    "brackets in lines": ("[" * 99 + "\n\n") * 1_150,
    "stars": "*" * 100_000,
    "open bold": "**a" * 30_000,
    "open stars and lines": ("*a_ " * 999 + "\n\n") * 28,
    "pictures in pictures": ("![x" * 9 + "\n\n") * 3_900,
    "brackets in brackets": ("[" * 99 + "]" * 99 + "\n\n") * 590,
    "links in links": ("[a](" * 99 + "\n\n") * 290,
    "links": "[a](https://b.cn) " * 6_000,
    "a wide table": "|a" * 1_000 + "\n" + "|-" * 1_000 + "\n" + ("|a" * 1_000 + "\n") * 55,
    "a long table": "|a|b|\n|-|-|\n" + "|1|2|\n" * 19_000,
    "deep lists": "".join("  " * at + "- a\n" for at in range(300)),
    "comments": "<!--" * 25_000,
    "tags": "<a " * 30_000,
    "footnotes": "".join(f"a[^{at}]\n\n[^{at}]: b\n\n" for at in range(4_000)),
    "headings": "## a\n\nb\n\n" * 9_000,
    "a picture without end": "![a](data:image/png;base64," + "A" * 1_500_000,
    "NUL": "a\0b\n" * 3_000,
}


# A process of its own: this one may have grown with other tests. (ru_maxrss would tell of it, too.)
READING = """
import re, sys, time
from datetime import date
from pathlib import Path
from bot.errors import IngestError
from bot.ingest.file import read_issue
try:
    read_issue(Path(sys.argv[1]), date(2026, 6, 20))
except IngestError as error:
    assert error.remedy
status = Path("/proc/self/status")
told = status.read_text() if status.exists() else "VmHWM: 0 kB"
print(time.process_time(), re.search("VmHWM:\\\\s*(\\\\d+)", told)[1])
"""


@pytest.mark.parametrize("name", MONSTERS)
def test_a_monster_is_read_or_refused_in_no_time(tmp_path, name):
    path = written(tmp_path, HEAD + MONSTERS[name])
    done = subprocess.run(
        [sys.executable, "-c", READING, path], capture_output=True, text=True, check=True
    )
    seconds, kilobytes = map(float, done.stdout.split())
    assert seconds < 5
    assert kilobytes < 500_000


def test_an_overlong_text_is_refused(tmp_path):
    with pytest.raises(IngestError, match="12 万字"):
        read_issue(written(tmp_path, HEAD + "国" * 130_000))


def test_a_follower_does_not_wait_for_the_markdown_library():
    code = "import sys, bot.flow; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert "markdown_it" not in loaded.stdout


@pytest.mark.parametrize("mark", ["", "> "])
def test_a_summary_behind_its_bold_label_is_without_it(mark):
    text = f"# 日报\n\n2026-06-13\n\n{mark}**摘要：** 有**大**新闻。\n\n## 甲\n\n有事。"
    issue = read_text(text, "a.md")
    runs = (Run("有"), Run("大", bold=True), Run("新闻。"))
    assert issue.summary == "有大新闻。"
    assert issue.shapes == ((Quote((runs,)) if mark else Prose(runs)),)
    assert read_markdown(write_markdown(issue)) == issue


def test_a_list_in_a_quotation_has_a_line_for_each_item():
    text = "# 日报\n2026-06-13\n## 甲\n> 央行：\n> - 一项\n> - 二项"
    (shape,) = read_text(text, "a.md").sections[0].shapes
    assert shape == Quote(((Run("央行："),), (Run("• 一项"),), (Run("• 二项"),)))


def test_numbered_headings_of_a_list_leave_their_text_plain():
    text = "# 日报\n2026-06-13\n\n1. **粮食**\n\n   有事。\n\n2. **畜牧**\n\n   有事。"
    issue = read_text(text, "a.md")
    assert [(part.title, part.shapes) for part in issue.sections] == [("粮食", ()), ("畜牧", ())]
    assert read_markdown(write_markdown(issue)) == issue
