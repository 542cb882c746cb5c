"""Blocks of any format in, an Issue out: the parts are told apart by their titles and their order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.errors import IngestError
from bot.ingest.block import Block, span
from bot.ingest.contents import (
    Contents,
    contents_entries,
    contents_length,
    read_contents,
    title_key,
)
from bot.ingest.front import find_date_line, read_front
from bot.ingest.labels import (
    is_contents_label,
    is_references_label,
    is_summary_label,
    opens_ending,
    read_summary_label,
)
from bot.ingest.number import read_mark
from bot.ingest.outline import first_heading, read_sections, with_lesser_headings
from bot.ingest.paragraphs import read_passages
from bot.ingest.prose import prose, without_beginning
from bot.ingest.references import ending_at, read_references, references_length
from bot.ingest.sentence import ends_sentence
from bot.model import Issue, Problem
from bot.shape import Prose, Quote

# A head of a page is the title and little more.
_HEAD_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Report:
    """An issue, and what its file says beside it: the contents list's entries, the last page.

    `undated` is an issue whose day is only supposed; `problems` are the file's own.
    """

    issue: Issue
    contents: tuple[str, ...] = ()
    tail: tuple[str, ...] = ()
    undated: bool = False
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Parts:
    """The blocks of an issue, by the part they belong to."""

    front: Sequence[Block]
    summary: Sequence[Block]
    contents: Sequence[Block]
    body: Sequence[Block]
    references: Sequence[Block]
    tail: Sequence[Block]


def read_structure(blocks: Sequence[Block], name: str = "") -> Issue:
    """Read an issue; `name` is the file's, and only used to tell the editor what to write."""
    return read_report(blocks, name).issue


def read_report(blocks: Sequence[Block], name: str = "", *, whole: bool = False) -> Report:
    """Read an issue together with what is only there to compare it with.

    `whole`: no page has cut a paragraph in two.
    """
    if not blocks:
        raise IngestError(name or "文件", "里面没有文字", "请换成写好的日报")
    date_at = find_date_line(blocks[: _find(blocks, _ends_front)] or blocks[:1], name)
    blocks = [*blocks[: date_at + 1], *with_lesser_headings(blocks[date_at + 1 :])]
    parts = _cut(blocks, date_at)
    front = read_front(parts.front, date_at)
    parts = _without_running_head(parts, front.title)
    contents = read_contents(parts.contents)
    if first_heading(parts.body, contents) == len(parts.body):
        raise _no_sections(parts.body or blocks[-1:])
    summary = read_passages([*filter(_is_apart, parts.front), *parts.summary], whole=whole)
    issue = Issue(
        title=front.title,
        organisation=front.organisation,
        partners=front.partners,
        date=front.date,
        summary="\n".join(summary.paragraphs),
        sections=read_sections(parts.body, contents, whole=whole),
        references=read_references(parts.references),
        shapes=summary.shapes,
    )
    tail = tuple(block.text for block in parts.tail)
    return Report(issue, contents_entries(parts.contents), tail)


def _is_apart(block: Block) -> bool:
    return block.apart


def _ends_front(text: str) -> bool:
    return is_summary_label(text) or is_contents_label(text)


def _no_sections(blocks: Sequence[Block]) -> IngestError:
    return IngestError(
        span(blocks),
        "没有找到各节的标题，应有形如“一、标题”或“1 标题”的行",
        "请给每一节加上编号的标题",
    )


def _cut(blocks: Sequence[Block], date_at: int) -> _Parts:
    """Part an issue: head, summary, contents, body, references; the last page is left out."""
    contents_at = _find(blocks, is_contents_label)
    summary_at = _find_summary(blocks, date_at, contents_at)
    if contents_at is None:
        start = date_at + 1 if summary_at is None else summary_at
        first = start + first_heading(blocks[start:], Contents())
        front, contents, body = blocks[:first], blocks[:0], blocks[first:]
    elif summary_at is None or summary_at < contents_at:
        rest = blocks[contents_at + 1 :]
        length = contents_length(rest)
        front, contents, body = blocks[:contents_at], rest[:length], rest[length:]
    else:
        contents, rest = blocks[contents_at + 1 : summary_at], blocks[summary_at:]
        first = first_heading(rest, read_contents(contents))
        front, body = [*blocks[:contents_at], *rest[:first]], rest[first:]
    front, summary = _cut_summary(front, date_at)
    return _Parts(front, summary, contents, *_cut_references(body))


def _find(blocks: Sequence[Block], is_it: Callable[[str], bool]) -> int | None:
    return next((at for at, block in enumerate(blocks) if is_it(block.text)), None)


def _find_summary(blocks: Sequence[Block], date_at: int, contents_at: int | None) -> int | None:
    """The title 摘要: before the contents or, after them, before any other running text."""
    end = contents_at
    if end is None:
        end = date_at + 1 + first_heading(blocks[date_at + 1 :], Contents())
    found = _find(blocks[:end], is_summary_label)
    if found is not None or contents_at is None:
        return found
    prose = _find(blocks[end:], ends_sentence)
    label = _find(blocks[end:], is_summary_label)
    return end + label if label is not None and prose is not None and label <= prose else None


def _cut_summary(blocks: Sequence[Block], date_at: int) -> tuple[Sequence[Block], Sequence[Block]]:
    """Part head and summary: at the title 摘要, or else where running text follows the date."""
    at = _find(blocks, is_summary_label)
    if at is None:
        prose = _find(blocks[date_at + 1 :], ends_sentence)
        return (blocks, ()) if prose is None else _at(blocks, date_at + 1 + prose)
    words = read_summary_label(blocks[at].text)
    if words:
        return blocks[:at], [_without_label(blocks[at], words), *blocks[at + 1 :]]
    return blocks[:at], blocks[at + 1 :]


def _without_label(block: Block, words: str) -> Block:
    """A line that goes on with `words` after its label, also as it is set."""
    length = len(block.text) - len(words)
    match block.shape:
        case Prose(runs):
            return replace(block, text=words, shape=prose(without_beginning(runs, length)))
        case Quote((runs, *more)):
            shape = Quote((without_beginning(runs, length), *more))
            return replace(block, text=words, shape=shape)
    return replace(block, text=words)


def _at(blocks: Sequence[Block], at: int) -> tuple[Sequence[Block], Sequence[Block]]:
    return blocks[:at], blocks[at:]


def _cut_references(
    body: Sequence[Block],
) -> tuple[Sequence[Block], Sequence[Block], Sequence[Block]]:
    """Part body, references and last page, at the last 参考文献: an earlier one is named in a list."""
    titles = [at for at, block in enumerate(body) if is_references_label(block.text)]
    if not titles:
        end = ending_at(body)
        return body[:end], (), body[end:]
    before, rest = body[: titles[-1]], body[titles[-1] + 1 :]
    length = references_length(rest)
    if _goes_on_after(before, rest[length:]):
        end = length + ending_at(rest[length:])
        return [*before, *rest[length:end]], rest[:length], rest[end:]
    return before, rest[:length], rest[length:]


def _goes_on_after(body: Sequence[Block], rest: Sequence[Block]) -> bool:
    """Whether a newsletter without numbers has more sections behind its references."""
    if not rest or not rest[0].level or rest[0].text.endswith(("：", ":")):
        return False
    numbered = any(block.level and read_mark(block.text) for block in body)
    return not numbered and not opens_ending(rest[0].text)


def _without_running_head(parts: _Parts, title: str) -> _Parts:
    """Leave out the title where it stands again at the head of a page."""
    head = title_key(title)

    def kept(blocks: Sequence[Block]) -> Sequence[Block]:
        return [
            block
            for block in blocks
            if block.level > 1 or len(block.text) > _HEAD_LENGTH or title_key(block.text) != head
        ]

    return replace(
        parts, summary=kept(parts.summary), body=kept(parts.body), references=kept(parts.references)
    )
