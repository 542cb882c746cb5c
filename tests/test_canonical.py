"""An issue written as Markdown reads back to the same issue, whatever stands in it."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.errors import IngestError
from bot.ingest.canonical import read_markdown
from bot.ingest.captions import caption_of
from bot.ingest.file import read_text
from bot.ingest.markdown import write_markdown
from bot.ingest.matter import is_canonical
from bot.ingest.prose import is_marked
from bot.model import Issue, Reference, Section
from bot.shape import (
    Code,
    Figure,
    Item,
    Listing,
    Prose,
    Quote,
    Run,
    Table,
    merged,
    said_by,
)

CALM = settings(max_examples=200, deadline=None, database=None, derandomize=True)
SAMPLES = sorted((Path(__file__).parent / "issues").glob("*.txt"))
HEAD = "---\nrikan: 1\ntitle: 每日动态\ndate: 2026-06-13\n---\n\n"


HEADED = (
    "每日动态\n2026-06-13\n摘要\n有新闻。\n\n## 一、甲\n有。\n"
    "参考文献\n1. 甲网 | 新闻 | 2026-06-12\n"
)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_real_issues_read_back_exactly(path):
    issue = read_text(path.read_text(encoding="utf-8"))
    written = write_markdown(issue)
    assert is_canonical(written)
    assert read_markdown(written) == issue
    assert write_markdown(read_markdown(written)) == written


def test_what_is_written_is_plain_markdown(golden):
    issue = Issue(
        "每日动态",
        "某某委员会",
        "甲 & 乙",
        date(2026, 6, 13),
        "有新闻。\n有数据。",
        (
            Section("1", "数据要素 × 制造", ("有_一_段。", "1. 建设平台；"), (Section("1.1", "#1 机房", ("很 大。",)),)),
            Section("2", "出口", ("- 增长 3*4。", "| 表 | 格 |", "\\$17.5 亿", "约 3~5 个，~~无~~", "尾空格 ")),
        ),
        (
            Reference("甲网 | 新闻 | 2026-06-12", "https://a.cn/b_c", "甲网", "新闻", "2026-06-12"),
            Reference("看不出来的一条", source="其实是乙网"),
        ),
    )  # fmt: skip
    written = write_markdown(issue)
    golden("canonical.md", written)
    assert read_markdown(written) == issue


# Anything but what no reader ever puts into an issue: lines broken inside, and nothing at all.
LETTERS = st.one_of(
    st.characters(exclude_categories=["Cs"], exclude_characters="\n"),
    st.sampled_from("#-+*_`|\\<>&[]~=1.)( \t。：“”&;x数据"),
)
LINES = st.text(LETTERS, min_size=1, max_size=30)
MARKS = ["", "1. ", "12) ", "# ", "## ", "- ", "+ ", "* ", "> ", "| ", "---", "===", "\\", "\\\\#",
                            "&#x9;", "&amp;", "<https://a.cn>", "来源：", "[a](b)", "**", "~~~", "\u3000\u3000", " "]  # fmt: skip
OPENINGS = st.sampled_from(MARKS)
TEXTS = st.builds(lambda opening, line: opening + line, OPENINGS, LINES)
PARAGRAPHS = st.lists(TEXTS, max_size=3).map(tuple)
FIELDS = st.one_of(st.just(""), TEXTS)


@st.composite
def issues(draw) -> Issue:
    numbers = draw(st.lists(st.integers(1, 99), min_size=1, max_size=3))
    return Issue(
        title=draw(TEXTS),
        organisation=draw(FIELDS),
        partners=draw(FIELDS),
        date=draw(st.dates(date(1900, 1, 1), date(2099, 12, 31))),
        summary="\n".join(draw(PARAGRAPHS)),
        sections=tuple(
            Section(
                str(number),
                draw(FIELDS),
                draw(PARAGRAPHS),
                tuple(
                    Section(f"{number}.{part}", draw(FIELDS), draw(PARAGRAPHS))
                    for part in draw(st.lists(st.integers(1, 9), max_size=2))
                ),
            )
            for number in numbers
        ),
        references=tuple(draw(st.lists(st.builds(Reference, *[TEXTS, *[FIELDS] * 5]), max_size=3))),
        edition=draw(st.integers(1, 99)),
    )


@CALM
@given(issues())
def test_any_issue_reads_back(issue):
    written = write_markdown(issue)
    assert is_canonical(written)
    assert read_markdown(written) == issue
    assert read_markdown(written.replace("\n", "\r\n")) == issue


@CALM
@given(TEXTS)
@example("\u2028a\x85b\x1c")
@example("&#x110000;&#xd800;\\&#x41;")
def test_any_line_stays_the_paragraph_it_is(text):
    section = Section("1", "甲", (text, "有。", text))
    issue = Issue("每日动态", "", "", date(2026, 6, 13), "", (section,))
    assert read_markdown(write_markdown(issue)) == issue


@CALM
@given(st.lists(st.sampled_from([*MARKS, "摘要", "参考文献", "## 1 甲", "### 1.1 乙", "\n", "。"])))  # fmt: skip
def test_whatever_an_editor_makes_of_it_is_read_or_refused(pieces):
    try:
        assert isinstance(read_markdown(HEAD + "".join(pieces)), Issue)
    except IngestError as error:
        assert all((error.place, error.problem, error.remedy))  # noqa: PT017  an Issue is as welcome


# --- Shapes ------------------------------------------------------------------------------------

SIGNS = st.sampled_from("#-+*_`|\\<>&[]~=1.)(! ^:$。，“”&;x数据")
SAID = st.text(
    st.one_of(st.characters(exclude_categories=["Cs", "Cc"]), SIGNS), min_size=1, max_size=8
)
LINKS = st.sampled_from(
    ["https://a.cn/b_c*d?e=1&f=2", "https://mp.weixin.qq.com/s/x", "http://b.cn/(x) y", "mailto:a@b.cn",
     "https://c.cn/<x>\\&lt;|y"]
)  # fmt: skip
LINES_SAID = st.one_of(SAID, SAID, st.builds("{}\n{}".format, SAID, SAID))
MARKED = st.builds(
    Run, SAID, bold=st.booleans(), italic=st.booleans(), struck=st.booleans(), code=st.booleans(),
    link=st.one_of(st.just(""), LINKS), note=st.one_of(st.just(""), st.just(""), SAID),
)  # fmt: skip
BOLD = st.builds(Run, LINES_SAID, bold=st.just(True))
RUNS = st.lists(st.one_of(st.builds(Run, LINES_SAID), MARKED, BOLD), min_size=1, max_size=4).map(
    merged
)
CELLS = st.one_of(st.just(()), RUNS)
WIDE = st.lists(st.sampled_from(["", "left", "center", "right"]), min_size=1, max_size=3)
TABLES = WIDE.flatmap(
    lambda aligned: st.builds(
        Table,
        st.just(tuple(aligned)),
        st.tuples(*[CELLS for _ in aligned]),
        st.lists(st.tuples(*[CELLS for _ in aligned]), max_size=3).map(tuple),
    )
)
ALTS = st.one_of(
    st.sampled_from(["", "a.png", "图片"]), SAID.map(lambda alt: " ".join(alt.split()))
)
TITLES_SAID = st.text("图一x\"'\\&;()[]<>*", min_size=1, max_size=6)


@st.composite
def figures(draw):
    alt = draw(ALTS)
    address = draw(
        st.sampled_from(["图 1.png", "data:image/png;base64," + "A" * 300, "https://a.cn/x)"])
    )
    return Figure(address, alt, draw(st.one_of(st.just(caption_of(alt)), TITLES_SAID)))


@st.composite
def listings(draw, depth=0):
    """A list's items from top to bottom: further paragraphs and, at last, a list within."""
    items = []
    number = draw(st.one_of(st.just(0), st.integers(1, 99)))
    for at in range(draw(st.integers(1, 3))):
        items.append(Item(draw(RUNS), depth, number and number + at))
        items += [Item(draw(RUNS), depth, goes_on=True) for _ in range(draw(st.integers(0, 1)))]
        if depth < 2 and draw(st.booleans()):
            items += draw(listings(depth + 1))
            items += [Item(draw(RUNS), depth, goes_on=True) for _ in range(draw(st.integers(0, 1)))]
    return items


CODES = st.builds(
    Code,
    st.text(st.one_of(st.characters(exclude_categories=["Cs", "Cc"]), st.sampled_from("`~ \n\t#"))),
    st.sampled_from(["", "python", "c++"]),
)
SHAPES = st.one_of(
    RUNS.filter(is_marked).map(Prose),
    listings().map(lambda items: Listing(tuple(items))),
    TABLES,
    st.lists(RUNS, min_size=1, max_size=3).map(lambda paragraphs: Quote(tuple(paragraphs))),
    CODES,
    figures(),
)


@CALM
@given(st.lists(st.one_of(SHAPES, SHAPES, SAID), min_size=1, max_size=4), st.booleans())
def test_any_shape_reads_back(passages, in_summary):
    words = tuple(each if isinstance(each, str) else said_by(each) for each in passages)
    shapes = tuple(None if isinstance(each, str) else each for each in passages)
    shapes = shapes if any(shapes) else ()
    section = Section("1", "甲", words, (Section("1.1", "乙", words, shapes=shapes),), shapes)
    summary = "\n".join(words) if in_summary else ""
    day = date(2026, 6, 13)
    issue = Issue("每日动态", "", "", day, summary, (section,), shapes=shapes if in_summary else ())
    written = write_markdown(issue)
    assert read_markdown(written) == issue, written
    assert read_markdown(written.replace("\n", "\r\n")) == issue


# --- Changed by hand ---------------------------------------------------------------------------


def test_what_an_editor_adds_needs_no_knowledge_of_the_format():
    issue = read_markdown(
        HEAD
        + "## 摘要\n有新闻。\n\n## 1 甲\n**第一段**很长，\n分两行写。\n第二段。\n- 一项\n- 两项\n\n***\n\n"
        "#### 1. 机房\n\n## 参考文献\n- 甲网 | 新闻 | 2026-06-12\n2) 乙网 | 数据\n   | 2026-06\n   <https://b.cn>\n"
    )
    assert issue.summary == "有新闻。"
    assert issue.sections[0].paragraphs == (
        "第一段很长，分两行写。",
        "第二段。",
        "一项 两项",
        "1. 机房",
    )
    assert [(each.source, each.date, each.url) for each in issue.references] == [
        ("甲网", "2026-06-12", ""),
        ("乙网", "2026-06", "https://b.cn"),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEAD, "没有找到各节的标题"),
        (HEAD + "一段话。\n", "第 7 行：“一段话。…”不属于任何一节"),
        (HEAD + "## 甲\n", "第 7 行：标题“甲”的编号或级别不对"),
        (HEAD + "# 1 甲\n", "编号或级别不对"),
        (HEAD + "## 1.1 甲\n", "编号或级别不对"),
        (HEAD + "### 1.1 甲\n", "小节 1.1 之前没有所属的一节"),
        (HEAD.replace("title: 每日动态\n", "") + "## 1 甲\n", "没有刊名"),
        (HEAD.replace("06-13", "06-31") + "## 1 甲\n", "没有日期"),
        (HEAD.replace("rikan: 1", "rikan: 2") + "## 1 甲\n", "比这一版新"),
        (HEAD.replace("rikan: 1", "rikan: 1\nedition: 0") + "## 1 甲\n", "edition: 0"),
    ],
)
def test_a_slip_of_the_editor_is_named_with_its_line(text, words):
    with pytest.raises(IngestError, match=words):
        read_markdown(text)


@pytest.mark.parametrize("rule", [0, 1])
def test_a_text_that_lost_a_rule_of_its_head_is_refused(rule):
    lines = write_markdown(read_text(HEADED)).split("\n")
    at = [number for number, line in enumerate(lines) if line == "---"][rule]
    with pytest.raises(IngestError, match="少了一条横线"):
        read_text("\n".join(lines[:at] + lines[at + 1 :]))


def test_other_markdown_is_not_taken_for_it():
    assert not is_canonical("# 每日动态\n\nrikan: 1\n")
    assert not is_canonical("---\ntitle: 每日动态\n---\n")
