"""What an editor should look at before an issue goes out."""

import re
from collections.abc import Iterator, Sequence

from bot.ingest.day import find_day
from bot.model import Issue, Problem, Section, Severity

_LEFTOVERS = {"□": "“□”", "\ufffd": "乱码“\ufffd”"}


def check(issue: Issue, source_name: str = "") -> tuple[Problem, ...]:
    """Every problem of an issue, in reading order; `source_name` is the file's, for its date."""
    return (
        *_check_date(issue, source_name),
        *_check_summary(issue),
        *_check_numbers("", issue.sections),
        *(problem for section in issue.sections for problem in _check_section(section)),
        *_check_references(issue),
        *_check_leftovers(issue),
    )


def _warning(place: str, text: str, remedy: str) -> Problem:
    return Problem(Severity.WARNING, place, text, remedy)


def _check_date(issue: Issue, name: str) -> Iterator[Problem]:
    try:
        found = find_day(name)
    except ValueError:
        return
    if found and found[0] != issue.date:
        text = f"正文写的是 {issue.date}，文件名写的是 {found[0]}"
        yield _warning("日期", text, "请核对哪一个是对的，再改正文或文件名")


def _check_summary(issue: Issue) -> Iterator[Problem]:
    if not issue.summary:
        yield _warning("摘要", "没有摘要", "请在目录前面补一段摘要")


def _check_section(section: Section) -> Iterator[Problem]:
    if not section.paragraphs and not section.subsections:
        yield _warning(_place(section), "只有标题，没有内容", "请补上正文，或删去这个标题")
    yield from _check_numbers(section.number, section.subsections)
    for part in section.subsections:
        yield from _check_section(part)


def _check_numbers(parent: str, sections: Sequence[Section]) -> Iterator[Problem]:
    """Numbers are to run from 1 on; after a gap they are expected to run on from there."""
    expected = 1
    for section in sections:
        above, _, last = section.number.rpartition(".")
        number = int(last)
        if above != parent:
            yield _warning(_place(section), f"编号与所在的第 {parent} 节不符", "请改正编号")
        elif number < expected:
            yield _warning(_place(section), "编号重复或倒退", "请按顺序改正编号")
        elif number > expected:
            missing = f"{parent}.{expected}".lstrip(".")
            yield _warning(_place(section), f"编号不连续，缺第 {missing} 节", "请核对是否漏了一节")
        expected = max(number, expected - 1) + 1


def _check_references(issue: Issue) -> Iterator[Problem]:
    if not issue.references:
        yield _warning("参考文献", "没有参考文献", "请在文末补上“参考文献”和各条来源")


def _check_leftovers(issue: Issue) -> Iterator[Problem]:
    for place, text in _texts(issue):
        for sign, name in _LEFTOVERS.items():
            if found := re.search(f".{{0,6}}{sign}", text):
                words = f"“{found[0][:-1]}”后面有{name}" if found[0][:-1] else f"开头有{name}"
                yield _warning(place, f"{words}，像是转换时丢了字", "请对照原稿补上")


def _texts(issue: Issue) -> Iterator[tuple[str, str]]:
    yield "标题", issue.title
    yield "摘要", issue.summary
    for section in issue.sections:
        for part in (section, *section.subsections):
            yield _place(part), "\n".join((part.title, *part.paragraphs))
    for number, reference in enumerate(issue.references, start=1):
        yield f"参考文献第 {number} 条", reference.text


def _place(section: Section) -> str:
    return f"第 {section.number} 节"
