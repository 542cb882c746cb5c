"""An issue in portions, for one that no single article can hold. Nothing is lost, and order is kept."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from bot.errors import ArticleError
from bot.model import Issue, Section, Shapes

Fits = Callable[[Sequence[Section]], bool]
GOES_ON = "（续）"


def portions(issue: Issue, fits: Callable[[Issue], bool]) -> tuple[Issue, ...]:
    """As few portions as follow from filling each; the summary opens the first, references end the last.

    A portion ends with a section where it can, else with a sub-section, else with a paragraph.
    Raises ArticleError for a paragraph that no article can hold.
    """

    def holds(sections: Sequence[Section]) -> bool:
        # Whatever else the first and the last hold, they must be able to: it is little.
        return fits(replace(issue, sections=merged(sections), references=()))

    packs = _packed(list(issue.sections), holds)
    made = [
        replace(
            issue,
            sections=_continued(merged(pack), packs[at - 1] if at else ()),
            summary="" if at else issue.summary,
            shapes=() if at else issue.shapes,
            references=(),
        )
        for at, pack in enumerate(packs)
    ]
    last = replace(made[-1], references=issue.references)
    alone = replace(made[-1], summary="", shapes=(), sections=(), references=issue.references)
    return (*made[:-1], last) if fits(last) else (*made, alone)


def _packed(sections: Sequence[Section], holds: Fits) -> list[list[Section]]:
    packs: list[list[Section]] = [[]]
    waiting = list(reversed(sections))
    while waiting:
        section = waiting.pop()
        if holds([*packs[-1], section]):
            packs[-1].append(section)
        elif packs[-1] and holds([section]):
            packs.append([section])
        else:
            waiting.extend(reversed(list(_broken(section))))
    return packs


def _broken(section: Section) -> Iterator[Section]:
    """The same section in smaller pieces, each under the section's own heading."""
    count = len(section.paragraphs)
    if section.subsections and (count or len(section.subsections) > 1):
        if count:
            yield replace(section, subsections=())
        for part in section.subsections:
            yield replace(section, paragraphs=(), shapes=(), subsections=(part,))
    elif section.subsections:
        [part] = section.subsections
        for piece in _broken(part):
            yield replace(section, subsections=(piece,))
    elif count > 1:
        for start, end in ((0, count // 2), (count // 2, count)):
            shapes = section.shapes[start:end]
            yield replace(section, paragraphs=section.paragraphs[start:end], shapes=shapes)
    else:
        raise ArticleError(
            f"第 {section.number} 节有一段太长，一篇文章放不下。请把这一段（或表格、代码）拆成几段"
        )


def merged(sections: Sequence[Section]) -> tuple[Section, ...]:
    """Pieces of one section that stand together are one again."""
    whole: list[Section] = []
    for section in sections:
        if whole and whole[-1].number == section.number and whole[-1].title == section.title:
            whole[-1] = _joined(whole[-1], section)
        else:
            whole.append(section)
    return tuple(whole)


def _joined(first: Section, second: Section) -> Section:
    shapes = (*_padded(first), *_padded(second)) if first.shapes or second.shapes else ()
    return replace(
        first,
        paragraphs=first.paragraphs + second.paragraphs,
        shapes=shapes,
        subsections=merged(first.subsections + second.subsections),
    )


def _padded(section: Section) -> Shapes:
    return section.shapes or (None,) * len(section.paragraphs)


def _continued(sections: tuple[Section, ...], before: Sequence[Section]) -> tuple[Section, ...]:
    """The first heading says so where it goes on from the portion before."""
    if not (before and sections) or before[-1].number != sections[0].number:
        return sections
    first = sections[0]
    return (replace(first, title=first.title + GOES_ON), *sections[1:])
