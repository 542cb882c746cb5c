"""Whatever comes in, an Issue or an IngestError goes out; whatever is written reads back equal."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import IngestError
from bot.ingest.file import LARGEST_FILE, read_issue, read_text
from bot.model import Issue, Reference, Section

# The same examples every time: what is found is to be found by whoever changed the code.
CALM = settings(
    max_examples=150,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
HEAD = "每日动态\n2026-06-13\n摘要\n有新闻。\n目录\n"
NUMERALS = "零一二三四五六七八九十"


def is_read_or_refused(text: str) -> None:
    try:
        assert isinstance(read_text(text), Issue)
    except IngestError as error:
        assert all(str(error).partition("："))  # noqa: PT017  an Issue is as welcome


# --- Anything ----------------------------------------------------------------------------------


@CALM
@given(data=st.binary(max_size=400), name=st.sampled_from(["a.txt", "a.md", "a"]))
def test_any_bytes_are_read_or_refused(tmp_path, data, name):
    path = tmp_path / name
    path.write_bytes(data)
    try:
        read_issue(path)
    except IngestError as error:
        assert str(error).startswith((name, "第"))  # noqa: PT017  an Issue is as welcome


@CALM
@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text):
    is_read_or_refused(text)
    is_read_or_refused(HEAD + text)


PIECES = ["一、", "1. ", "1.1 ", "（一）", "第一章", "# ", "### ", "**", "- ", "摘要", "目录", "参考文献", "\n",
          "\n\n", "\t3", " . . .", "。", "；", "：", "《", "》", "(2026 年 6 月)", "2026-06-13", " | ", "[a](", ")",
          "https://a.cn", "来源：", "标题：", "联系我们", "国家数据局", "AI", " ", "\u3000\u3000", "0", "99"]  # fmt: skip


@CALM
@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_any_pieces_of_an_issue_are_read_or_refused(text):
    is_read_or_refused(text)
    is_read_or_refused(HEAD + text)


@pytest.mark.parametrize(
    "piece",
    [
        *PIECES,
        "1",
        "一、\n",
        "国" * 40 + "\n",
        "一、" + "国" * 60 + "\n",
        "1 a\n",
        "." * 190 + "a\n",
        "参考文献\n[1] 某网 | 某事\n",
        "[](a",
        "[1] 某网 | 某事 | 2026-06-01\n",
    ],
)
def test_a_large_file_of_one_piece_is_read_or_refused(piece):
    text = HEAD + piece * (LARGEST_FILE // 8 // len(piece.encode()))
    is_read_or_refused(text)


# --- Round trips -------------------------------------------------------------------------------

WORDS = st.sampled_from(
    [
        "数据要素",
        "产业落地",
        "国家数据局",
        "高质量",
        "算力",
        "城市治理",
        "AI",
        "5G",
        "“人工智能 +”",
        "能源",
        "场景",
    ]
)
OPENINGS = st.sampled_from(
    ["", "4 月 16 日，", "2026 年，", "一是", "Reuters 报道，", "《方案》提出，"]
)
TITLES = st.lists(WORDS, min_size=3, max_size=8, unique=True).map("".join)
SENTENCES = st.lists(WORDS, min_size=2, max_size=30).map("，".join)
PARAGRAPHS = st.builds(lambda opening, text: f"{opening}{text}。", OPENINGS, SENTENCES)
TOWNS = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋"
DATES = st.dates(date(2020, 1, 1), date(2039, 12, 31))


@st.composite
def issues(draw: Callable[..., Any]) -> Issue:
    """An issue as editors might have written it: every heading has text below it."""
    towns = iter(TOWNS)
    titles = TITLES.map(lambda title: next(towns) + title)  # no two headings say the same
    sections = []
    for number in range(1, draw(st.integers(1, 5)) + 1):
        parts = tuple(
            Section(f"{number}.{part}", draw(titles), draw(some_paragraphs(1)))
            for part in range(1, draw(st.integers(0, 3)) + 1)
        )
        paragraphs = draw(some_paragraphs(0 if parts else 1))
        sections.append(Section(str(number), draw(titles), paragraphs, parts))
    return Issue("每日动态", draw(st.sampled_from(["", "某某委员会"])), draw(st.sampled_from(["", "甲 & 乙"])),
                 draw(DATES), draw(PARAGRAPHS), tuple(sections), tuple(draw(st.lists(references(), max_size=4))))  # fmt: skip


def some_paragraphs(fewest: int) -> Any:
    return st.lists(PARAGRAPHS, min_size=fewest, max_size=3).map(tuple)


@st.composite
def references(draw: Callable[..., Any]) -> Reference:
    source, title, day = draw(WORDS), draw(TITLES), draw(DATES).isoformat()
    text, note = draw(
        st.sampled_from(
            [
                (f"来源：{source}；标题：{title}；日期：{day}；用途：核验。", "核验"),
                (f"{source} | {title} | {day} | 核验。", "核验"),
                (f"{source} ({day}), {title}。", ""),
                (f"{source},《{title}》({day})。", ""),
            ]
        )
    )
    url = draw(st.sampled_from(["", "https://a.cn/b"]))
    return Reference(text, url, source, title, day, note)


@dataclass(frozen=True)
class Dialect:
    """One way of writing an issue down."""

    section: Callable[[int], str]
    part: Callable[[int, int], str]
    heading: str
    contents: str | None
    leader: str
    bullet: str
    end: str


DIALECTS = st.builds(
    Dialect,
    section=st.sampled_from([lambda n: f"{n} ", lambda n: f"{NUMERALS[n]}、", lambda n: f"第{NUMERALS[n]}章 "]),
    part=st.sampled_from([lambda m, n: f"{m}.{n} ", lambda _, n: f"（{NUMERALS[n]}）", lambda _, n: f"{n}. "]),
    heading=st.sampled_from(["{}", "# {}", "#### {}", "**{}**", "## **{}**"]),
    contents=st.sampled_from([None, "", "full"]),
    leader=st.sampled_from(["", "\t{}", " . . . . {}", "……{}"]),
    bullet=st.sampled_from(["1. ", "- ", "[1] "]),
    end=st.sampled_from(["\n", "\r\n"]),
)  # fmt: skip


def written(issue: Issue, dialect: Dialect) -> str:
    """An issue as text; every line is followed by an empty one."""
    heads = [head for section in issue.sections for head in headings(section, dialect)]
    entries = [head + dialect.leader.format(2 + at // 3) for at, head in enumerate(heads)]
    lines = [
        "# 每日动态",
        issue.organisation,
        issue.partners,
        str(issue.date),
        "摘要",
        issue.summary,
    ]
    if dialect.contents is not None:
        lines += ["目录", *(entries if dialect.contents else ())]
    for section in issue.sections:
        own, *others = headings(section, dialect)
        lines += [dialect.heading.format(own), *section.paragraphs]
        for head, part in zip(others, section.subsections, strict=True):
            lines += [dialect.heading.format(head), *part.paragraphs]
    lines += ["参考文献", *cited(issue.references, dialect), "# 联系我们", "某某公众号"]
    return (dialect.end * 2).join(filter(None, lines))


def headings(section: Section, dialect: Dialect) -> list[str]:
    number = int(section.number)
    parts = enumerate(section.subsections, start=1)
    return [
        dialect.section(number) + section.title,
        *(dialect.part(number, at) + part.title for at, part in parts),
    ]


def cited(references: Sequence[Reference], dialect: Dialect) -> list[str]:
    lines = []
    for reference in references:
        lines += [dialect.bullet + reference.text, reference.url and f"<{reference.url}>"]
    return lines


@CALM
@given(issues(), DIALECTS)
def test_an_issue_reads_back_whatever_its_dialect(issue, dialect):
    assert read_text(written(issue, dialect)) == issue


@CALM
@given(issues(), DIALECTS, st.integers(21, 40))
def test_a_paragraph_cut_by_a_page_reads_back_whole(issue, dialect, at):
    text = issue.sections[0].paragraphs or issue.sections[0].subsections[0].paragraphs
    whole = text[0]
    cut = next((i for i in range(at, len(whole) - 1) if is_chinese(whole[i - 1 : i + 1])), None)
    if cut is not None and whole != issue.summary:
        halves = whole[:cut] + "\n\n" + whole[cut:]
        assert read_text(written(issue, dialect).replace(whole, halves)) == issue


def is_chinese(pair: str) -> bool:
    return all("\u4e00" <= letter <= "\u9fff" for letter in pair)
