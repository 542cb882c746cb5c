"""Sections: whether their numbers run on, and whether anything stands below each heading."""

from collections.abc import Iterator, Sequence

from bot.ingest.proof.passage import parts, place_of, warning
from bot.model import Issue, Problem, Section, Severity


def check_sections(issue: Issue) -> Iterator[Problem]:
    """Gaps and repeats in the numbers, and headings without a text."""
    if not any(part.paragraphs for part in parts(issue)):
        yield Problem(
            Severity.ERROR, "正文", "各节都只有标题，没有一段内容", "请换成写好的日报，或补上正文"
        )
        return
    yield from _check_numbers("", issue.sections)
    for section in issue.sections:
        yield from _check_section(section)


def _check_section(section: Section) -> Iterator[Problem]:
    if not section.paragraphs and not section.subsections:
        yield warning(place_of(section), "只有标题，没有内容", "请补上正文，或删去这个标题")
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
            yield warning(place_of(section), f"编号与所在的第 {parent} 节不符", "请改正编号")
        elif number < expected:
            yield warning(place_of(section), "编号重复或倒退", "请按顺序改正编号")
        elif number > expected:
            missing = f"{parent}.{expected}".lstrip(".")
            yield warning(place_of(section), f"编号不连续，缺第 {missing} 节", "请核对是否漏了一节")
        expected = max(number, expected - 1) + 1
