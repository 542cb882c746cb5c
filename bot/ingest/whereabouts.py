"""On which lines of a Markdown text each place of an issue stands: proofs and lint name places.

Nothing is required of the text: somebody is just typing it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.ingest.block import Block
from bot.ingest.markdown import REFERENCES, SUMMARY
from bot.ingest.matter import read_matter
from bot.ingest.paragraphs import grouped
from bot.ingest.rich import read_rich

NUMBER = re.compile(r"#{2,3}[ \t]+(\d{1,3}(?:\.\d{1,3})?)(?:[ \t]|$)")
_REFERENCE = re.compile(r"\s*(?:\d{1,9}[.)]|[-+*])(?:\s|$)")
_LINE = re.compile(r"第 (\d+) 行")
_PART = re.compile(r"第 [\d.]+ 节|摘要|参考文献")
_FIRST = re.compile(r"(参考文献)第 (\d+)[\d、 等]* 条")


@dataclass(frozen=True, slots=True)
class Span:
    """Some lines of a text, counted from 0; `end` is the first one behind."""

    start: int
    end: int


Places = Mapping[str, Span]


def places_in(text: str) -> Places:
    """The lines of each place by its name: `第 1.2 节第 3 段`, `参考文献第 2 条`, `标题`, `摘要`."""
    lines = text.replace("\r\n", "\n").split("\n")
    head = read_matter(lines).lines
    blocks = read_rich(text, head, exact=True).blocks
    places: dict[str, Span] = {}
    for name, span in (*_head(lines[:head]), *_body(lines, blocks)):
        places.setdefault(name, span)
    return places


def line_of(place: str, places: Places) -> int:
    """On which line, from 0, something is that a finding says is there; 0 where it is anywhere."""
    if found := _LINE.match(place):
        return int(found[1]) - 1
    exact = re.sub(r"等 \d+ 处$|的图片 .*", "", place)
    first = _FIRST.sub(r"\1第 \2 条", exact)
    part = _PART.match(exact)
    names = (exact, first, part[0] if part else "")
    return next((places[name].start for name in names if name in places), 0)


def _head(lines: Sequence[str]) -> Iterator[tuple[str, Span]]:
    for at, line in enumerate(lines):
        for name, key in (("标题", "title"), ("日期", "date")):
            if line.startswith(f"{key}:"):
                yield name, Span(at, at + 1)


def _body(lines: Sequence[str], blocks: Sequence[Block]) -> Iterator[tuple[str, Span]]:
    headings = [at for at, block in enumerate(blocks) if 0 < block.level <= 3]
    for at, following in pairwise([*headings, len(blocks)]):
        start = _row(blocks[at])
        end = _row(blocks[following]) if following < len(blocks) else len(lines)
        yield from _part(lines, blocks[at:following], start, end)


def _part(
    lines: Sequence[str], blocks: Sequence[Block], start: int, end: int
) -> Iterator[tuple[str, Span]]:
    heading, *pieces = blocks
    number = NUMBER.match(lines[start].strip())
    if heading.text == REFERENCES:
        yield REFERENCES, Span(start, start + 1)
        yield from _references(lines, start + 1, end)
        return
    name = f"第 {number[1]} 节" if number else heading.text
    paragraphs = list(_paragraphs(pieces, end))
    if name == SUMMARY and len(paragraphs) == 1:
        yield SUMMARY, paragraphs[0]
    yield name, Span(start, start + 1)
    yield f"{name}标题", Span(start, start + 1)
    for count, span in enumerate(paragraphs, start=1):
        yield f"{name}第 {count} 段", span


def _paragraphs(pieces: Sequence[Block], end: int) -> Iterator[Span]:
    starts = [_row(first) for first, *_ in grouped(pieces, whole=True)]
    for start, following in pairwise([*starts, end]):
        yield Span(start, max(following, start + 1))


def _references(lines: Sequence[str], start: int, end: int) -> Iterator[tuple[str, Span]]:
    items = [at for at in range(start, end) if _REFERENCE.match(lines[at])]
    for count, (at, following) in enumerate(pairwise([*items, end]), start=1):
        yield f"参考文献第 {count} 条", Span(at, following)


def _row(block: Block) -> int:
    found = _LINE.match(block.place)
    return int(found[1]) - 1 if found else 0
