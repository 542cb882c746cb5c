"""Lines that a fixed width has broken, put together again."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.ingest.block import Block
from bot.ingest.labels import is_label, is_summary_label, opens_ending
from bot.ingest.number import read_mark
from bot.ingest.sentence import ends_sentence, joined

# Lines count as broken at a fixed width from this many columns on, if this many are.
_NARROWEST = 40
_FEWEST = 3
# How full the lines are where every character may end one, and where only a word may.
_FULL, _RAGGED = 0.94, 0.6
_REGULAR = 0.8

# Marks that do not occur in the middle of a sentence.
_FIRM = frozenset({"chapter", "han", "(han)"})
_LINK_LINE = re.compile(r"\[[^\[\]]{1,200}\]\(\S{1,500}\)?$|<?(?:https?://|www\.)\S{1,500}$")
_OPEN_LINK = re.compile(r"\[[^\[\]]{0,200}(?:\](?:\([^()\s]{0,500})?)?$")


@dataclass(frozen=True, slots=True)
class _Width:
    """The width at which a text is broken: by columns or by characters, and how full lines are."""

    measure: Callable[[str], int]
    most: int
    full: float

    def filled(self, line: Block) -> bool:
        """Whether a line may have been broken because there was no more room."""
        marks = line.level + 1 if line.level else 0
        return self.measure(line.text) + marks >= self.full * self.most


def unwrapped(lines: Sequence[Block]) -> Sequence[Block]:
    """The blocks of a text: its lines, or what they were before they were broken at a width."""
    width = _wrap_width(lines)
    if not width:
        return lines
    spaced = _is_spaced(lines)
    runs: list[list[Block]] = []
    # Title, organisation, partners and date are lines of their own, however long.
    begin = next((at for at, line in enumerate(lines) if _opens_body(line)), 0)
    for at, line in enumerate(lines):
        following = lines[at + 1] if at + 1 < len(lines) else None
        if at > begin and _continues(runs[-1], line, following, width, spaced=spaced):
            runs[-1].append(line)
        else:
            runs.append([line])
    return [_one_block(run) for run in runs]


def _columns(text: str) -> int:
    """The width on a screen, where a Chinese character takes two columns."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _wrap_width(lines: Sequence[Block]) -> _Width | None:
    """Where running text is broken; None where a line is a paragraph.

    Broken text shows itself by lines that go on in the next one, all of about the same width.
    """
    running = [line for line, following in pairwise(lines) if _is_running(line, following)]
    open_ended = [line for line in running if not ends_sentence(line.text)]
    broken = [line for line in open_ended if _columns(line.text) >= _NARROWEST]
    whole = len(running) - len(open_ended)
    if len(broken) < max(_FEWEST, whole):
        return None
    for full in (_FULL, _RAGGED):
        for measure in (_columns, len):
            width = _Width(measure, max(measure(line.text) for line in broken), full)
            if sum(map(width.filled, broken)) >= _REGULAR * len(broken):
                return width
    return None


def _is_running(line: Block, following: Block) -> bool:
    """Whether two lines follow each other with nothing that would part them."""
    if following.gap or line.marked or following.marked:
        return False
    return not _opens_block(line) and not _opens_block(following)


def _is_spaced(lines: Sequence[Block]) -> bool:
    """Whether paragraphs are set apart by empty lines: then a stop at a line's end is no evidence."""
    ends = [following.gap for line, following in pairwise(lines) if ends_sentence(line.text)]
    return 2 * sum(ends) >= len(ends)


def _opens_block(line: Block) -> bool:
    """Whether the words alone show that a block begins here."""
    mark = read_mark(line.text)
    return bool(mark and not mark.counts) or is_label(line.text) or _is_link(line)


def _opens_body(line: Block) -> bool:
    return is_summary_label(line.text) or _opens_block(line)


def _is_link(line: Block) -> bool:
    return bool(_LINK_LINE.match(line.text))


def _is_firm(line: Block) -> bool:
    mark = read_mark(line.text)
    return mark is not None and mark.style in _FIRM


def _continues(
    run: Sequence[Block], line: Block, following: Block | None, width: _Width, *, spaced: bool
) -> bool:
    """Whether a line goes on with the run before it, in a text broken at a width."""
    last = run[-1].text
    if line.gap or line.marked or "\t" in last:
        return False
    if _is_open_link(run):
        return True
    filled = width.filled(run[-1])
    if (
        is_label(last)
        or _is_link(run[-1])
        or _stands_alone(line, new=ends_sentence(last) or not filled)
    ):
        return False
    if _may_be_heading(run):
        return filled and not run[0].bold and _is_tail(line, following, width)
    return filled or (spaced and ends_sentence(last))


def _is_open_link(run: Sequence[Block]) -> bool:
    """Whether the run is a link that its line had no room for."""
    return run[0].text.startswith("[") and bool(
        _OPEN_LINK.match("".join(line.text for line in run))
    )


def _stands_alone(line: Block, *, new: bool) -> bool:
    """Whether a line begins something new; a digit may also be the middle of a sentence."""
    if _is_firm(line) or _is_link(line) or is_label(line.text) or opens_ending(line.text):
        return True
    return new and _opens_block(line)


def _may_be_heading(run: Sequence[Block]) -> bool:
    first = run[0]
    if first.level or first.bold:
        return True
    mark = read_mark(first.text)
    titled = mark is not None and mark.style in {*_FIRM, "1.1", "digit"} and not mark.counts
    return titled and "。" not in run[-1].text


def _is_tail(line: Block, following: Block | None, width: _Width) -> bool:
    """Whether a line can be the rest of a heading: no sentence, and not as full as running text."""
    last = following is None or following.gap
    return not ends_sentence(line.text) and (last or not width.filled(line))


def _one_block(run: list[Block]) -> Block:
    if len(run) == 1:
        return run[0]
    pieces = [line.text for line in run]
    if pieces[0].startswith("[") and _LINK_LINE.match("".join(pieces)):
        return replace(run[0], text="".join(pieces))
    return replace(run[0], text=joined(pieces))
