"""The contents list: which blocks belong to it, and what it knows of the headings."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bot.ingest.block import Block
from bot.ingest.labels import is_label, is_references_label
from bot.ingest.number import Mark, read_mark
from bot.ingest.sentence import ends_sentence

# Longer blocks are running text; an entry with its dotted leaders stays well below.
_ENTRY_LENGTH = 200
# Leaders, and the number of a page; a single dot is one only after a word.
_ENTRY_END = re.compile(
    r"(?:\t|(?:[.．·•_-]\s*){2}|[…⋯]\s*|(?<=[\u4e00-\u9fff”）])\s?[.．·]\s?)\d{1,3}$"
)
_PAGE = re.compile(r"(?<!\d)\d{1,2}$")
_LEADERS = " \t.．·…⋯_-\u3000"
# Titles that share this much of their pairs of characters are one title, mistyped or shortened.
ALIKE = 0.6
_NAMESAKES = 20


def ends_entry(text: str) -> bool:
    """Whether a line ends as one of a contents list does: with leaders and the number of a page."""
    return bool(_ENTRY_END.search(text[-_ENTRY_LENGTH:]))


def title_key(text: str) -> str:
    """A title without spaces, quotes and other marks, which change between contents and heading."""
    return "".join(letter for letter in text if letter.isalnum()).casefold()


def likeness(key: str, other: str) -> float:
    """How much two title keys share, from 0 to 1 (Dice's coefficient of their pairs of characters)."""
    pairs, others = _pairs(key), _pairs(other)
    return 2 * len(pairs & others) / ((len(pairs) + len(others)) or 1)


def _pairs(key: str) -> set[str]:
    return {key[at : at + 2] for at in range(len(key) - 1)}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the contents: its number, if it has one, its title's key, and how deep it is."""

    ordinals: tuple[int, ...]
    key: str
    depth: int

    def names(self, title: str) -> bool:
        """Whether a title is this entry's, word for word."""
        return title_key(title) == self.key


@dataclass(frozen=True, slots=True)
class Contents:
    """What the contents list knows; an issue without one has an empty one."""

    by_key: dict[str, list[Entry]] = field(default_factory=dict)
    by_number: dict[tuple[int, ...], list[Entry]] = field(default_factory=dict)

    def find(self, text: str, mark: Mark | None) -> Entry | None:
        """The entry of a heading: the same words, or the same number and almost the same words."""
        key = title_key(mark.title if mark else text)
        ordinals = mark.ordinals if mark else ()
        same = [entry for entry in self.by_key.get(key, ()) if bool(entry.ordinals) == bool(mark)]
        if same:
            return next((one for one in same if one.ordinals[-1:] == ordinals[-1:]), same[0])
        namesakes = self.by_number.get(ordinals, ()) if mark else ()
        return next((one for one in namesakes if likeness(key, one.key) >= ALIKE), None)


def read_contents(blocks: Iterable[Block]) -> Contents:
    """Read the entries; one that has no number goes on with the last, which a line's end has cut."""
    contents, style = Contents(), ""
    for text in _entries(blocks):
        mark = _entry_mark(text, style)
        style = style or (mark.style if mark else "")
        depth = 2 if mark and mark.style != style else 1
        entry = Entry(mark.ordinals if mark else (), title_key(mark.title if mark else text), depth)
        for known in (
            contents.by_key.setdefault(entry.key, []),
            contents.by_number.setdefault(entry.ordinals, []),
        ):
            if len(known) < _NAMESAKES:
                known.append(entry)
    return contents


def contents_entries(blocks: Iterable[Block]) -> tuple[str, ...]:
    """The entries as they are written, without page numbers, and without 摘要 and the like."""
    return tuple(entry for entry in _entries(blocks) if entry and not is_label(entry))


def _entries(blocks: Iterable[Block]) -> list[str]:
    entries: list[tuple[str, bool]] = []
    style = ""
    for block in blocks:
        title, paged = _without_page(block.text)
        mark = _entry_mark(block.text, style)
        style = style or (mark.style if mark else "")
        if entries and not mark and not entries[-1][1] and _entry_mark(entries[-1][0], style):
            entries[-1] = (entries[-1][0] + title, paged)
        elif len(title) <= _ENTRY_LENGTH:
            entries.append((title, paged))
    return [title for title, _ in entries]


def _entry_mark(text: str, style: str) -> Mark | None:
    """The mark of an entry; a quantity, as in `93 家企业`, is one only where others have its like."""
    mark = read_mark(text)
    return None if mark and mark.counts and mark.style != style else mark


def _without_page(text: str) -> tuple[str, bool]:
    """An entry without dotted leaders and page number, and whether it had the latter."""
    found = _PAGE.search(text)
    if found and found.start() and text[found.start() - 1] in _LEADERS:
        return text[: found.start()].rstrip(_LEADERS), True
    return text.rstrip(_LEADERS), False


def contents_length(blocks: Sequence[Block]) -> int:
    """How many of the blocks after the title 目录 are its entries.

    The body begins where the first entry comes again, as a heading. If it never does, the list
    was left empty, or what it says cannot be told from the body: then nothing belongs to it, but
    for entries up to a 参考文献 that stands before any running text.
    """
    start = next((at for at, block in enumerate(blocks) if not _names_label(block)), len(blocks))
    if start == len(blocks) or _is_prose(blocks[start]):
        return start
    for at in range(start + 1, len(blocks)):
        if _comes_again(blocks[start].text, blocks[at].text):
            return at
    return start + _length_by_evidence(blocks[start:])


def _comes_again(entry: str, text: str) -> bool:
    """Whether a line repeats an entry, as its heading does: the same title, or nearly, and number."""
    if len(text) > _ENTRY_LENGTH:
        return False
    (entry, _), (text, _) = _without_page(entry), _without_page(text)
    mark, other = read_mark(entry), read_mark(text)
    if mark is None or other is None:
        return mark == other and title_key(entry) == title_key(text)
    if mark.ordinals != other.ordinals:
        return False
    key, other_key = title_key(mark.title), title_key(other.title)
    return key == other_key or (mark.style == other.style and likeness(key, other_key) >= ALIKE)


def _names_label(block: Block) -> bool:
    """Whether an entry is 摘要 or the like, which is no heading of the body."""
    title, _ = _without_page(block.text)
    return is_label(title)


def _length_by_evidence(blocks: Sequence[Block]) -> int:
    """For a list whose first entry is not repeated: its numbers begin anew, or 参考文献 ends it."""
    prose = next((at for at, block in enumerate(blocks) if _is_prose(block)), len(blocks))
    opening = read_mark(blocks[0].text)
    for at in range(1, prose):
        mark = read_mark(blocks[at].text)
        if opening and mark and (mark.style, mark.ordinals) == (opening.style, opening.ordinals):
            return at
    titles = [at for at in range(prose) if is_references_label(_without_page(blocks[at].text)[0])]
    return titles[0] + 1 if titles else 0


def _is_prose(block: Block) -> bool:
    mark = read_mark(block.text)
    numbered = mark is not None and not mark.counts
    return len(block.text) > _ENTRY_LENGTH or (ends_sentence(block.text) and not numbered)
