"""A Markdown newsletter that knows nothing of our form gets its head: title, date, summary.

They are taken from where they are found: the headings, the front matter (which `matter` has put
before them), the file's name, the day on which it is read. What stands before the first section's
heading is the summary.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from pathlib import PurePath

from bot.ingest.block import Block
from bot.ingest.contents import Contents, contents_length
from bot.ingest.day import day_in, find_day
from bot.ingest.front import FRONT_BLOCKS, is_of_head, no_date, without_day
from bot.ingest.labels import is_contents_label, is_label, is_summary_label, opens_ending
from bot.ingest.number import read_mark
from bot.ingest.outline import first_heading
from bot.ingest.sentence import ends_sentence
from bot.shape import Listing, Prose

# The names below a title: who makes the newsletter, with whom.
_NAME_LENGTH, _MOST_NAMES = 40, 3
_HERE = "文件名"
_PERIODICAL = re.compile(r"[日周月季年早晚简快][报刊]|通讯|daily|weekly|newsletter", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Newsletter:
    """Blocks with a head as `structure` expects it; `undated` if their day is only supposed.

    `typeset`: they are in our form, as it comes out of a typeset report, where pages cut paragraphs.
    """

    blocks: tuple[Block, ...]
    undated: bool = False
    typeset: bool = False


@dataclass(slots=True)
class _Head:
    title: Block | None = None
    names: list[Block] = field(default_factory=list)
    day: Block | None = None
    intro: list[Block] = field(default_factory=list)


def with_form(blocks: Sequence[Block], name: str, today: date | None) -> Newsletter:
    """Give a newsletter its head; `name` is the file's. IngestError where there is no day at all."""
    blocks = _without_links_to_headings(blocks)
    label = next((at for at, each in enumerate(blocks) if _is_head_label(each)), len(blocks))
    front = blocks[: min(label, FRONT_BLOCKS)]
    if label < len(blocks) and any(map(_gives_day, front)):
        return Newsletter(_with_section(blocks, label, name), typeset=True)
    title_at = _title_at(blocks)
    end = min(label, _first_section(blocks, 0 if title_at is None else title_at + 1))
    head = _read_head(blocks[:end], title_at)
    undated = head.day is None
    head.day = head.day or _supposed_day(name, today)
    if head.day is None:
        raise no_date(blocks[:FRONT_BLOCKS], name)
    return Newsletter(tuple(_composed(head, blocks[end:], name)), undated)


def _without_links_to_headings(blocks: Sequence[Block]) -> Sequence[Block]:
    """Without a contents list that does not name the headings word for word: `[工具](#工具)`."""
    titles = [at for at, each in enumerate(blocks) if each.level]
    for at, following in pairwise(titles):
        entries = blocks[at + 1 : following]
        listed = any(isinstance(each.shape, Listing) for each in entries)
        if not (is_contents_label(blocks[at].text) and listed):
            continue
        if contents_length(blocks[at + 1 :]) != len(entries):
            return [*blocks[:at], *blocks[following:]]
    return blocks


def _is_head_label(block: Block) -> bool:
    return is_summary_label(block.text) or is_contents_label(block.text)


def _gives_day(block: Block) -> bool:
    """Whether a line is there for its date; a date that does not exist is one to complain of."""
    if not is_of_head(block):
        return False
    try:
        return find_day(block.text) is not None
    except ValueError:
        return True


def _title_at(blocks: Sequence[Block]) -> int | None:
    """The heading that is the whole newsletter's: the only one of its level, above all others."""
    titles = [at for at, each in enumerate(blocks) if each.level and not is_label(each.text)]
    if not titles:
        return None
    first, *others = titles
    block = blocks[first]
    mark = read_mark(block.text)
    if (mark and not mark.counts and (first or mark.firm)) or opens_ending(block.text):
        return None
    if any(_gives_day(each) for each in blocks[:first]):
        return None
    if all(blocks[at].level > block.level for at in others):
        return first if others or block.level == 1 else None
    below = blocks[first + 1 : others[0]]
    titled = not below or _PERIODICAL.search(block.text) or any(map(_gives_day, (block, *below)))
    return first if block.level == 1 and titled else None


def _first_section(blocks: Sequence[Block], start: int) -> int:
    """Where the first section's heading is; the number of blocks if there is none."""
    shown = any(block.level for block in blocks[start:])
    at = start
    while (at := at + first_heading(blocks[at:], Contents())) < len(blocks):
        block = blocks[at]
        numbered = read_mark(block.text) is not None and not block.framed
        if not _gives_day(block) and (block.level or numbered or not shown):
            return at
        at += 1
    return at


def _read_head(blocks: Sequence[Block], title_at: int | None) -> _Head:
    head = _Head(title=blocks[title_at] if title_at is not None else None)
    for block in blocks:
        if block is head.title:
            continue
        if not head.day and _gives_day(block):
            head.day = block
        elif _is_name(block) and not _has_words(head.intro) and len(head.names) < _MOST_NAMES:
            head.names.append(block)
        else:
            head.intro.append(_no_heading(block))
    if head.title and not head.day and _gives_day(head.title):
        head.title, head.day = _parted(head.title)
    return head


def _no_heading(block: Block) -> Block:
    """Running text, even if it is bold or numbered: the first section comes later."""
    listed = isinstance(block.shape, Listing)
    return replace(block, bold=False, bullet=block.bullet or listed)


def _has_words(intro: Sequence[Block]) -> bool:
    return not all(block.apart for block in intro)


def _is_name(block: Block) -> bool:
    linked = isinstance(block.shape, Prose) and any(run.link for run in block.shape.runs)
    short = len(block.text) <= _NAME_LENGTH and not ends_sentence(block.text)
    return short and not block.framed and not block.bullet and not linked


def _parted(title: Block) -> tuple[Block, Block]:
    """A title and the day beside it, `每日动态（2026年6月13日）`."""
    found = day_in(title.text)
    if not found:
        return title, title
    day, before, after = found
    words = without_day(before, after) or title.text
    return Block(words, title.place, level=1), _day_block(day, title.place)


def _day_block(day: date, place: str) -> Block:
    return Block(f"{day.year} 年 {day.month} 月 {day.day} 日", place)


def _supposed_day(name: str, today: date | None) -> Block | None:
    """The day in the file's name, else the one on which it is read: only if the latter is known."""
    if today is None:
        return None
    found = day_in(name)
    return _day_block(found[0] if found else today, _HERE)


def _composed(head: _Head, rest: Sequence[Block], name: str) -> Sequence[Block]:
    """The newsletter in our order: title, names, day, summary, sections."""
    title = Block(head.title.text, head.title.place, level=1) if head.title else None
    if not title and not head.names:
        title = Block(_title_of_file(name), _HERE, level=1)
    assert head.day  # noqa: S101  with_form has seen to it
    top = [*([title] if title else ()), *head.names, head.day]
    if rest and is_summary_label(rest[0].text):
        return _with_section([*top, rest[0], *head.intro, *rest[1:]], len(top), name)
    if not rest:
        return [*top, Block(top[0].text, _HERE, level=2), *head.intro]
    summary = [Block("摘要", head.day.place, level=2), *head.intro] if head.intro else []
    return [*top, *summary, *rest]


def _with_section(blocks: Sequence[Block], label: int, name: str) -> tuple[Block, ...]:
    """A newsletter that has a summary, and behind it no heading: the rest of it is one section."""
    rest = blocks[label + 1 :]
    if is_contents_label(blocks[label].text) or any(is_contents_label(each.text) for each in rest):
        return tuple(blocks)
    if first_heading(rest, Contents()) < len(rest) or not rest:
        return tuple(blocks)
    title_at = _title_at(blocks[:label])
    title = blocks[title_at].text if title_at is not None else _title_of_file(name)
    cut = next(
        (at for at, each in enumerate(rest) if at and each.gap and not each.follows), len(rest)
    )
    cut = cut if cut < len(rest) else 0
    heading = Block(title, rest[cut].place, level=2)
    return (*blocks[: label + 1], *rest[:cut], heading, *rest[cut:])


def _title_of_file(name: str) -> str:
    """A file's name without its extension and, if there is more to it, without its date."""
    stem = PurePath(name).stem or "日报"
    found = day_in(stem)
    return (without_day(found[1], found[2]) if found else "") or stem
