"""Which blocks of the body are headings, and the sections that follow from them.

A number alone proves nothing: items of a list have one too. What counts as evidence is the layout
(`#`, bold), the contents list, the number's place in its series, and that text follows.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot.errors import IngestError
from bot.ingest.block import Block
from bot.ingest.contents import Contents, Entry, likeness, title_key
from bot.ingest.labels import is_contents_label, is_label
from bot.ingest.number import Mark, read_mark
from bot.ingest.paragraphs import read_passages
from bot.ingest.sentence import ends_sentence, joined
from bot.model import Section

# A heading that only its number shows is no longer than this; any heading is no longer than that.
_PLAIN_LENGTH, _HEADING_LENGTH = 70, 120
# The rest of a heading that a line's end has cut.
_TAIL_LENGTH = 30
_BRACKETED = re.compile(r"【[^【】]{1,20}】")
_UNFINISHED = ("；", "，", "、", ";", ",", "：", ":")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: how deep, its number as digits, its words, and how many blocks it takes."""

    depth: int
    number: str
    title: str
    blocks: int = 1


@dataclass(slots=True)
class _Draft:
    heading: Heading
    pieces: list[Block] = field(default_factory=list)
    parts: list["_Draft"] = field(default_factory=list)

    def section(self, *, whole: bool) -> Section:
        passages = read_passages(self.pieces, whole=whole)
        return Section(
            number=self.heading.number,
            title=self.heading.title,
            paragraphs=passages.paragraphs,
            subsections=tuple(part.section(whole=whole) for part in self.parts),
            shapes=passages.shapes,
        )


def read_sections(
    blocks: Sequence[Block], contents: Contents, *, whole: bool = False
) -> tuple[Section, ...]:
    """Read the body; `whole` paragraphs are not cut by pages.

    Text before the first heading belongs to nothing: an error, not a loss.
    """
    finder = _HeadingFinder(contents)
    sections: list[_Draft] = []
    last: _Draft | None = None
    at = 0
    while at < len(blocks):
        heading = finder.find(blocks, at)
        if heading:
            last = _Draft(heading)
            (sections if heading.depth == 1 else sections[-1].parts).append(last)
        elif last:
            last.pieces.append(blocks[at])
        else:
            raise IngestError(
                blocks[at].place,
                f"“{blocks[at].text[:12]}…”不属于任何一节",
                "请在它前面补上编号的标题，形如“一、标题”或“1 标题”",
            )
        at += heading.blocks if heading else 1
    return tuple(draft.section(whole=whole) for draft in sections)


def first_heading(blocks: Sequence[Block], contents: Contents) -> int:
    """Where the first heading is; the number of blocks if there is none."""
    finder = _HeadingFinder(contents)
    return next((at for at in range(len(blocks)) if finder.find(blocks, at)), len(blocks))


def with_lesser_headings(blocks: Sequence[Block]) -> Sequence[Block]:
    """The blocks; where there is no heading, `（一）政策` and `【政策】` are shown to be some."""
    listed = any(is_contents_label(block.text) for block in blocks)
    if listed or first_heading(blocks, Contents()) < len(blocks):
        return blocks
    return [replace(block, bold=True) if _is_lesser_heading(block) else block for block in blocks]


def _is_lesser_heading(block: Block) -> bool:
    mark = read_mark(block.text)
    titled = mark is not None and mark.style == "(han)"
    bracketed = bool(_BRACKETED.fullmatch(block.text)) and not is_label(block.text)
    prosaic = _reads_as_prose(block.text, shown=False, listed=False)
    return (titled or bracketed) and not (block.framed or prosaic)


class _HeadingFinder:
    """Walks the body from top to bottom and remembers which numbers it has seen."""

    def __init__(self, contents: Contents) -> None:
        self._contents = contents
        self._style = ""
        self._inner_style = ""
        self._section = 0
        self._inner = 0
        self._level = 0
        self._inner_level = 0
        self._counted = False

    def find(self, blocks: Sequence[Block], at: int) -> Heading | None:
        """The heading that begins at a block, if one does."""
        block = blocks[at]
        if block.bullet or len(block.text) > _HEADING_LENGTH or is_label(block.text) or block.apart:
            return None
        mark = self._mark(block.text)
        entry = self._contents.find(block.text, mark)
        shown = bool(block.level or block.bold)
        if _reads_as_prose(block.text, shown=shown, listed=entry is not None):
            return None
        if mark is None or (mark.counts and not shown and not (entry and entry.names(mark.title))):
            return self._unnumbered(block, entry if mark is None else None)
        depth = self._depth(mark, entry, shown=shown, level=block.level)
        if not depth or not (shown or entry or self._is_likely(mark, depth, blocks, at)):
            return None
        return self._numbered(block, mark, depth, *_tail(blocks, at, entry, mark.title))

    def _mark(self, text: str) -> Mark | None:
        """The number of a heading; where none has one, `93 家企业` is none but by its place."""
        mark = read_mark(text)
        if mark and mark.counts and self._style in {"", "none"}:
            return mark if mark.ordinals[-1] == 1 + self._section else None
        return mark

    def _depth(self, mark: Mark, entry: Entry | None, *, shown: bool, level: int) -> int:
        """1 for a section, 2 for a part of one, 0 for whatever is deeper or not in a series."""
        if self._level and self._style == "none" and not entry:
            return self._depth_by_level(level)
        if mark.style == "1.1":
            return 2
        if entry:
            return entry.depth if self._section else 1
        if mark.style == self._style:
            return 1
        if not self._style:
            return 0 if mark.inner and not shown else 1
        return 2 if self._inner_style in {"", mark.style} or (shown and not self._inner) else 0

    def _depth_by_level(self, level: int) -> int:
        """The same where `#`s alone make the headings, and a number is part of the words."""
        if 0 < level <= self._level:
            return 1
        return 2 if level and (not self._inner_level or level <= self._inner_level) else 0

    def _is_likely(self, mark: Mark, depth: int, blocks: Sequence[Block], at: int) -> bool:
        """Whether a heading that nothing but its number shows is the next of its series."""
        ordinal = mark.ordinals[-1]
        if mark.style == "1.1" and mark.ordinals[0] != self._section:
            return False
        if ordinal != 1 + (self._section if depth == 1 else self._inner):
            return False
        return (mark.firm and (depth == 1 or not mark.listed)) or _leads(blocks, at, mark)

    def _numbered(self, block: Block, mark: Mark, depth: int, title: str, taken: int) -> Heading:
        if depth == 1:
            number = mark.ordinals[-1]
            if self._counted and number <= self._section:
                number = self._section + 1
            self._open_section(number, mark.style, block.level)
            return Heading(1, str(self._section), title, taken)
        if not self._section:
            raise IngestError(
                block.place,
                f"小节“{block.text[:12]}…”之前没有所属的一节",
                f"请在它前面补上第 {mark.ordinals[0]} 节的标题",
            )
        self._inner, self._inner_style = mark.ordinals[-1], mark.style
        self._inner_level = min(filter(None, (self._inner_level, block.level)), default=0)
        parent = mark.ordinals[0] if len(mark.ordinals) > 1 else self._section
        return Heading(2, f"{parent}.{self._inner}", title, taken)

    def _unnumbered(self, block: Block, entry: Entry | None) -> Heading | None:
        """A heading without a number takes the next one; in a numbered text bold alone is none."""
        plain = self._style in {"", "none"}
        if not (block.level or entry or (block.bold and plain and not self._level)):
            return None
        if self._section and block.level > self._level > 0:
            return self._unnumbered_part(block)
        self._counted = True
        self._open_section(self._section + 1, self._style or "none", block.level)
        return Heading(1, str(self._section), block.text)

    def _unnumbered_part(self, block: Block) -> Heading | None:
        """The next part of a section; what is set deeper than its parts stays in the text."""
        if block.level > self._inner_level > 0:
            return None
        self._inner_level = block.level
        self._inner += 1
        return Heading(2, f"{self._section}.{self._inner}", block.text)

    def _open_section(self, number: int, style: str, level: int) -> None:
        self._section, self._inner = number, 0
        self._style = self._style or style
        self._level = min(self._level, level) if self._level and level else self._level or level


def _reads_as_prose(text: str, *, shown: bool, listed: bool) -> bool:
    """Whether a line is a sentence rather than a title; less is asked of one that looks the part."""
    if shown:
        return text.endswith("。") and len(text) > _PLAIN_LENGTH
    if listed:
        return text.endswith("。")
    return len(text) > _PLAIN_LENGTH or "。" in text or text.endswith(_UNFINISHED)


def _leads(blocks: Sequence[Block], at: int, mark: Mark) -> bool:
    """Whether text, or a part with another kind of number, follows: items of a list follow each other."""
    if at + 1 == len(blocks):
        return False
    following = read_mark(blocks[at + 1].text)
    return following is None or following.counts or following.style != mark.style


def _tail(blocks: Sequence[Block], at: int, entry: Entry | None, title: str) -> tuple[str, int]:
    """The whole title, and the blocks it takes: two where a line's end has cut it."""
    following = blocks[at + 1] if at + 1 < len(blocks) else None
    if following is None or following.marked or read_mark(following.text):
        return title, 1
    if len(following.text) > _TAIL_LENGTH or ends_sentence(following.text):
        return title, 1
    if _BRACKETED.fullmatch(following.text):
        return title, 1
    whole = joined([title, following.text])
    if entry:
        is_whole = likeness(title_key(whole), entry.key) > likeness(title_key(title), entry.key)
    else:
        is_whole = not following.gap and at + 2 < len(blocks) and not following.text.endswith("；")
    return (whole, 2) if is_whole else (title, 1)
