"""A file in, an Issue out: the five real issues, and the ways in which others will be written."""

import json
import re
import textwrap
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from bot.ingest.file import read_issue, read_text

ISSUES = Path(__file__).parent / "issues"
NAMES = sorted(path.stem for path in ISSUES.glob("*.txt"))
QUOTES = str.maketrans("“”‘’", "\"\"''")
NUMERALS = "零一二三四五六七八九十"


def same(value: Any) -> Any:
    """A structure without white space and the direction of its quotes."""
    if isinstance(value, str):
        return "".join(value.split()).translate(QUOTES)
    if isinstance(value, list):
        return [same(item) for item in value]
    return {name: same(item) for name, item in value.items()} if isinstance(value, dict) else value


def source(name: str) -> str:
    return (ISSUES / f"{name}.txt").read_text(encoding="utf-8")


def wanted(name: str) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads((ISSUES / "structure" / f"{name}.json").read_text("utf-8"))
    return plain


def read(text: str) -> Any:
    return same(read_text(text).structure())


# --- The five, written otherwise ---------------------------------------------------------------


def headings(name: str) -> dict[str, dict[str, Any]]:
    """The sections of an issue by their headings as the sample writes them."""
    found = {}
    for section in wanted(name)["sections"]:
        for prefix in (section["number"], NUMERALS[int(section["number"])] + "、"):
            found[same(prefix + section["title"])] = section
        for part in section["subsections"]:
            found[same(part["number"] + part["title"])] = part
    return found


def bare(line: str) -> str:
    return line.lstrip("# ").replace("**", "").strip()


def with_headings(name: str, write: Any, text: str = "") -> str:
    """The sample with each heading of the body written by `write(section, heading)`."""
    known = headings(name)
    lines = (text or source(name)).split("\n")
    return "\n".join(
        write(known[same(bare(line))], bare(line)) if same(bare(line)) in known else line
        for line in lines
    )


def without_contents(name: str, title: str = "") -> str:
    lines = source(name).split("\n")
    begin = next(at for at, line in enumerate(lines) if bare(line) == "Contents")
    first = [key for key, section in headings(name).items() if section["number"] == "1"]
    end = max(at for at, line in enumerate(lines) if same(bare(line)) in first)
    return "\n".join([*lines[:begin], title, "", *lines[end:]])


def without_marks(text: str) -> str:
    return re.sub(r"(?m)^#+\s*|\*\*|</?b>", "", text)


def wrapped(text: str, width: int) -> str:
    lines = text.split("\n")
    return "\n".join(
        line if line.startswith("#") or "\t" in line else "\n".join(textwrap.wrap(line, width))
        for line in lines
    )


def cut_at(text: str, width: int) -> str:
    """Every line cut at a number of characters, as an editor's window copies it."""
    cut = re.compile(f".{{1,{width}}}")
    return "\n".join("\n".join(cut.findall(line)) for line in text.split("\n"))


def cut_at_columns(text: str, width: int) -> str:
    lines, column = [""], 0
    for letter in text:
        column += 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        if letter == "\n" or column > width:
            lines.append("")
            column = 2
        lines[-1] += letter.strip("\n")
    return "\n".join(lines)


def paged(text: str) -> str:
    """Pages of forty lines, each with its running head and its number."""
    lines = text.split("\n")
    pages = ["\n".join(lines[at : at + 40]) for at in range(0, len(lines), 40)]
    return "\n".join(f"{page}\n每日动态 第 18 期\n第 {n} 页" for n, page in enumerate(pages, 1))


def dented(text: str, width: int) -> str:
    """Paragraphs without empty lines between them; four spaces begin one that is no reference."""
    lines: list[str] = []
    for line in filter(str.strip, text.split("\n")):
        prose = len(line) > 60 and "\t" not in line and not re.match(r"\d+\. |- |来源", line)
        lines += re.findall(f".{{1,{width}}}", ("    " if prose else "") + line)
    return "\n".join(lines)


@pytest.mark.parametrize("name", NAMES)
def test_a_real_issue_is_read_exactly(name):
    issue, where = read_issue(ISSUES / f"{name}.txt")
    assert same(issue.structure()) == same(wanted(name))
    assert (where.name, len(where.digest)) == (f"{name}.txt", 64)


REWRITTEN = {
    "no marks": lambda name: without_marks(source(name)),
    "bold": lambda name: with_headings(name, lambda _, heading: f"**{heading}**"),
    "wrong levels": lambda name: with_headings(name, lambda _, heading: f"###### {heading}"),
    "no contents": without_contents,
    "no contents, no marks": lambda name: without_marks(without_contents(name)),
    "empty contents": lambda name: without_contents(name, "目 录"),
    "no page numbers": lambda name: re.sub(r"(?m)[ .]*\t(<b>)?\d(</b>)?$", "", source(name)),
    "lines end as on Windows": lambda name: source(name).replace("\n", "\r\n"),
    "no empty lines": lambda name: re.sub(r"\n\s*\n", "\n", source(name)),
    "no empty lines, no marks": lambda name: without_marks(re.sub(r"\n\s*\n", "\n", source(name))),
    "indented": lambda name: re.sub(r"(?m)^(?=[^#\n]{60})", "\u3000\u3000", source(name)),
    "no last page": lambda name: re.split(r"(?m)^(?:# )?联系我们|^高促会", source(name))[0],
    "summary in its line": lambda name: re.sub(r"(?m)^#* ?摘要\n+", "【摘要】", source(name)),
    "page numbers": lambda name: source(name).replace("\n\n", "\n\n3\n\n"),
    "words at 40": lambda name: wrapped(source(name), 40),
    "words at 60, no marks": lambda name: wrapped(without_marks(source(name)), 60),
    "cut at 40": lambda name: cut_at(source(name), 40),
    "cut at 40, no marks": lambda name: cut_at(without_marks(source(name)), 40),
    "cut at 40, nothing else": lambda name: cut_at(without_marks(without_contents(name)), 40),
    "80 columns": lambda name: cut_at_columns(source(name), 80),
    "words at 30, no marks": lambda name: wrapped(without_marks(source(name)), 30),
    "cut at 30, no marks": lambda name: cut_at(without_marks(source(name)), 30),
    "60 columns, nothing else": lambda name: cut_at_columns(
        without_marks(without_contents(name)), 60
    ),
    "38 columns": lambda name: cut_at_columns(source(name), 38),
    "copied out of pages": lambda name: paged(cut_at(without_marks(source(name)), 38)),
    "indented by spaces": lambda name: dented(without_marks(source(name)), 36),
    "72 columns, no marks": lambda name: cut_at_columns(without_marks(source(name)), 72),
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("rewrite", REWRITTEN.values(), ids=REWRITTEN.keys())
def test_the_layout_does_not_change_what_is_read(name, rewrite):
    assert read(rewrite(name)) == same(wanted(name))


# How editors number sections and their parts.
NUMBERS = {
    "一、（一）": (lambda n: f"{NUMERALS[n]}、", lambda _, n: f"（{NUMERALS[n]}）"),
    "一、1.": (lambda n: f"{NUMERALS[n]}、", lambda _, n: f"{n}. "),
    "一、1.1": (lambda n: f"{NUMERALS[n]}、", lambda m, n: f"{m}.{n} "),
    "第一章 1.1": (lambda n: f"第{NUMERALS[n]}章 ", lambda m, n: f"{m}.{n} "),
    "第一部分 一、": (lambda n: f"第{NUMERALS[n]}部分：", lambda _, n: f"{NUMERALS[n]}、"),
    "1 1.1": (lambda n: f"{n} ", lambda m, n: f"{m}.{n} "),
    "1. 1.1": (lambda n: f"{n}. ", lambda m, n: f"{m}.{n} "),
    "1、（1）": (lambda n: f"{n}、", lambda _, n: f"（{n}）"),
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("numbers", NUMBERS.values(), ids=NUMBERS.keys())
@pytest.mark.parametrize("mark", ["", "## "])
@pytest.mark.parametrize("cut", [source, without_contents])
def test_the_numbering_does_not_change_what_is_read(name, numbers, mark, cut):
    def write(section: dict[str, Any], _: str) -> str:
        ordinals = [int(part) for part in section["number"].split(".")]
        return f"{mark}{numbers[len(ordinals) - 1](*ordinals)}{section['title']}"

    assert read(with_headings(name, write, cut(name))) == same(wanted(name))


@pytest.mark.parametrize(
    "written",
    ["2026年6月13日", "2026-06-13", "2026/6/13", "2026.6.13", "2026 年 06 月 13 日", "# 2026年6月13日",
     "日期：2026-06-13", "2026年6月13日（星期六）", "二〇二六年六月十三日", "２０２６年６月１３日"],
)  # fmt: skip
def test_the_date_may_be_written_in_many_ways(written):
    text = source("2026-06-13").replace("2026 年 6 月 13 日", written, 1)
    assert read(text) == same(wanted("2026-06-13"))
