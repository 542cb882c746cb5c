"""An issue as a proofreader goes through it: passage by passage, each with its place."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import groupby
from operator import itemgetter

from bot.model import Issue, Problem, Section, Severity

# As many findings of one kind are told one by one; a longer row of them is told as one.
_ONE_BY_ONE = 3
_EXAMPLES = 3


class Kind(Enum):
    """What a passage is, for what may stand in one and not in another."""

    TITLE = auto()
    SUMMARY = auto()
    HEADING = auto()
    PARAGRAPH = auto()
    REFERENCE = auto()


@dataclass(frozen=True, slots=True)
class Passage:
    """Some words, and where an editor finds them: `第 1.2 节第 3 段`."""

    kind: Kind
    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A slip in a passage, shown by the words around it."""

    place: str
    words: str


def passages(issue: Issue) -> Iterator[Passage]:
    """Everything that readers will see of an issue, from top to bottom."""
    yield Passage(Kind.TITLE, "标题", issue.title)
    yield from _summary(issue.summary.split("\n"))
    for part in parts(issue):
        yield Passage(Kind.HEADING, f"{place_of(part)}标题", part.title)
        for number, paragraph in enumerate(part.paragraphs, start=1):
            yield Passage(Kind.PARAGRAPH, f"{place_of(part)}第 {number} 段", paragraph)
    for number, reference in enumerate(issue.references, start=1):
        yield Passage(Kind.REFERENCE, f"参考文献第 {number} 条", reference.text)


def _summary(paragraphs: Sequence[str]) -> Iterator[Passage]:
    for number, paragraph in enumerate(paragraphs, start=1):
        place = "摘要" if len(paragraphs) == 1 else f"摘要第 {number} 段"
        yield Passage(Kind.SUMMARY, place, paragraph)


def parts(issue: Issue) -> Iterator[Section]:
    """The sections and their sub-sections, as they follow each other."""
    for section in issue.sections:
        yield section
        yield from section.subsections


def place_of(section: Section) -> str:
    """Where a section is, for the editor."""
    return f"第 {section.number} 节"


def warning(place: str, text: str, remedy: str) -> Problem:
    """A problem that an editor should know of, and that does not keep the issue out."""
    return Problem(Severity.WARNING, place, text, remedy)


def around(text: str, start: int, end: int, reach: int = 4) -> str:
    """The words around a slip, short enough to be quoted."""
    before, after = max(start - reach, 0), end + reach
    return text[before:after].strip()


def gathered(findings: Iterable[Finding], text: str, remedy: str) -> Iterator[Problem]:
    """One problem for each place; one for all of them where there would be a long row."""
    pairs = [(finding.place, finding.words) for finding in findings]
    places = [
        (place, list(dict.fromkeys(words for _, words in group)))
        for place, group in groupby(pairs, key=itemgetter(0))
    ]
    if len(places) > _ONE_BY_ONE:
        first, words = places[0]
        yield warning(f"{first}等 {len(places)} 处", f"{text}，如{words[0]}", remedy)
        return
    for place, words in places:
        more = f" 等 {len(words)} 处" if len(words) > _EXAMPLES else ""
        yield warning(place, f"{text}：{'、'.join(words[:_EXAMPLES])}{more}", remedy)
