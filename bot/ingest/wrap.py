"""Lines that a fixed width has broken, put together again."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.ingest.block import Block
from bot.ingest.contents import ends_entry
from bot.ingest.labels import is_label, is_summary_label, opens_ending
from bot.ingest.number import read_mark
from bot.ingest.reference import opens_reference
from bot.ingest.sentence import ends_sentence, joined, stops

# Lines count as broken at a fixed width from this many columns on, if this many are.
_NARROWEST, _NARROWEST_RAGGED = 26, 40
_FEWEST = 3
# How full the lines are where every character may end one, and where only a word may.
_FULL, _RAGGED = 0.94, 0.6
_REGULAR = 0.8
# A Chinese character takes two columns: so much may be left at the end of any line.
_WIDE = 2

_LINK_LINE = re.compile(r"\[[^\[\]]{1,200}\]\(\S{1,500}\)?$|<?(?:https?://|www\.)\S{1,500}$")
# What a line's end does not part, and how many lines must have been filled with such for that to tell.
_WORD = re.compile(r"[!-~]+|.[，。、；：？！）》」』】”’]*")
_EXACT = 0.97
# `[1]`, as references are numbered.
_ITEM = re.compile(r"[\[［【](\d{1,3})[\]］】]\s*(?=\S)")
# The number of a heading whose first word had no room beside it.
_LONE_NUMBER = re.compile(r"\d{1,2}[.．]\d{1,2}")
_ADDRESS_LENGTH = 500
_OPEN_ADDRESS = re.compile(r"(?:https?:?/{0,2}|https?://[!-~]*|www\.?[!-~]*)$")
_REST = re.compile(r"[!-~]+$")
_LINK_LENGTH = 800
_OPEN_LINK = re.compile(r"\[[^\[\]]{0,200}(?:\](?:\([^()\s]{0,500})?)?$")


@dataclass(frozen=True, slots=True)
class _Width:
    """The width at which a text is broken: by columns or by characters, and how full lines are.

    `exact` where every line has as much as there is room for.
    """

    measure: Callable[[str], int]
    most: int
    full: float
    exact: bool = False

    def filled(self, line: Block) -> bool:
        """Whether a line may have been broken because there was no more room."""
        marks = line.level + 1 if line.level else 0
        return self.measure(line.text) + marks >= min(self.full * self.most, self.most - _WIDE)

    def has_room(self, line: Block, following: Block) -> bool:
        """Whether the first word of the next line would have fitted."""
        word = _WORD.match(following.text)
        need = self.measure(word[0] if word else "")
        return self.measure(line.text) + need <= self.most

    def is_cut(self, line: Block, following: Block) -> bool:
        """Whether a line that does not end its sentence has no room for the next word."""
        long = self.measure(line.text) >= _RAGGED * self.most
        return long and not ends_sentence(line.text) and not self.has_room(line, following)

    def share_cut(self, pairs: Sequence[tuple[Block, Block]]) -> float:
        """How many of the lines have no room for the next word."""
        return sum(not self.has_room(*pair) for pair in pairs) / len(pairs)


def unwrapped(lines: Sequence[Block]) -> Sequence[Block]:
    """The blocks of a text: its lines, or what they were before they were broken at a width."""
    width = _wrap_width(lines)
    if not width:
        return lines
    spaced = _is_spaced(lines)
    runs: list[list[Block]] = []
    # Title, organisation, partners and date are lines of their own, however long, unless it is
    # certain what has been cut.
    begin = next((at for at, line in enumerate(lines) if _opens_body(line)), 0)
    if width.exact or (spaced and any(line.gap for line in lines[1:begin])):
        begin = 0
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
    pairs = [pair for pair in pairwise(lines) if _is_running(*pair)]
    open_ended = [pair for pair in pairs if not ends_sentence(pair[0].text)]
    whole = len(pairs) - len(open_ended)
    for full, narrowest in ((_FULL, _NARROWEST), (_RAGGED, _NARROWEST_RAGGED)):
        broken = [pair for pair in open_ended if _columns(pair[0].text) >= narrowest]
        if len(broken) < max(_FEWEST, whole):
            continue
        widths = [_width(measure, broken, full) for measure in (_columns, len)]
        regular = [
            width
            for width in widths
            if sum(width.filled(line) for line, _ in broken) >= _REGULAR * len(broken)
        ]
        if regular:
            width = max(regular, key=lambda each: each.share_cut(broken))
            return replace(width, exact=width.share_cut(broken) >= _EXACT)
    return None


def _width(
    measure: Callable[[str], int], broken: Sequence[tuple[Block, Block]], full: float
) -> _Width:
    return _Width(measure, max(measure(line.text) for line, _ in broken), full)


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
    numbered = mark is not None and not mark.counts
    return numbered or bool(_ITEM.match(line.text)) or is_label(line.text) or _is_link(line)


def _opens_body(line: Block) -> bool:
    return is_summary_label(line.text) or _opens_block(line)


def _is_link(line: Block) -> bool:
    return bool(_LINK_LINE.match(line.text))


def _is_firm(line: Block) -> bool:
    mark = read_mark(line.text)
    return mark is not None and mark.spelt


def _continues(
    run: Sequence[Block], line: Block, following: Block | None, width: _Width, *, spaced: bool
) -> bool:
    """Whether a line goes on with the run before it, in a text broken at a width."""
    last = run[-1].text
    if line.gap or line.marked or "\t" in last or ends_entry(last):
        return False
    filled = width.filled(run[-1]) or width.is_cut(run[-1], line)
    if _is_cut_in_two(run, line, filled=filled):
        return True
    if _is_parted(run, line, filled=filled):
        return False
    if _may_be_heading(run):
        return filled and not run[0].bold and _is_tail(line, following, width)
    if not stops(last):
        return filled
    return spaced or (filled and not (width.exact and width.has_room(run[-1], line)))


def _is_cut_in_two(run: Sequence[Block], line: Block, *, filled: bool) -> bool:
    """Whether a link, an address, or a number and its heading stand half in a line, half in the next."""
    last = run[-1].text
    if len(run) == 1 and _LONE_NUMBER.fullmatch(last):
        return not _opens_block(line)
    return _is_open_link(run) or (filled and _is_rest_of_address(last, line))


def _is_parted(run: Sequence[Block], line: Block, *, filled: bool) -> bool:
    """Whether the words of two lines show that the second is no rest of the first."""
    ended = ends_sentence(run[-1].text)
    if is_label(run[-1].text) or _is_link(run[-1]) or _follows_in_list(run[0], line):
        return True
    if _stands_alone(line, new=ended or not filled):
        return True
    return ended and opens_reference(run[0].text) and opens_reference(line.text)


def _is_open_link(run: Sequence[Block]) -> bool:
    """Whether the run is a link that its line had no room for."""
    if not run[0].text.startswith("[") or len(run) > _LINK_LENGTH:
        return False
    return bool(_OPEN_LINK.match("".join(line.text for line in run)))


def _is_rest_of_address(last: str, line: Block) -> bool:
    """Whether a line begins in the middle of the address in which the one before it ends."""
    open_ended = _OPEN_ADDRESS.search(last[-_ADDRESS_LENGTH:])
    begins_anew = line.text.startswith("http") and "://" in (open_ended or [""])[0]
    return bool(open_ended and _REST.match(line.text)) and not begins_anew


def _stands_alone(line: Block, *, new: bool) -> bool:
    """Whether a line begins something new; a digit may also be the middle of a sentence."""
    if _is_firm(line) or _is_link(line) or is_label(line.text) or opens_ending(line.text):
        return True
    return new and _opens_block(line)


def _follows_in_list(first: Block, line: Block) -> bool:
    """Whether a line has the next number after that of the run before it."""
    item, another = _ITEM.match(first.text), _ITEM.match(line.text)
    if item and another:
        return int(another[1]) == 1 + int(item[1])
    mark, other = read_mark(first.text), read_mark(line.text)
    if mark is None or other is None or mark.style != other.style or not other.listed:
        return False
    return other.ordinals == (1 + mark.ordinals[0],)


def _may_be_heading(run: Sequence[Block]) -> bool:
    first = run[0]
    if first.level or first.bold:
        return True
    mark = read_mark(first.text)
    if mark is None or mark.counts or not (mark.firm or mark.style == "digit"):
        return False
    return "。" not in run[-1].text


def _is_tail(line: Block, following: Block | None, width: _Width) -> bool:
    """Whether a line can be the rest of a heading: no sentence, and not as full as running text."""
    mark = read_mark(line.text)
    if mark and mark.style != "digit" and not mark.counts:
        return False
    last = following is None or following.gap
    return not ends_sentence(line.text) and (last or not width.filled(line))


def _one_block(run: list[Block]) -> Block:
    if len(run) == 1:
        return run[0]
    pieces = [line.text for line in run]
    if pieces[0].startswith("[") and _LINK_LINE.match("".join(pieces)):
        return replace(run[0], text="".join(pieces))
    if _LONE_NUMBER.fullmatch(pieces[0]):
        pieces = [f"{pieces[0]} {pieces[1]}", *pieces[2:]]
    return replace(run[0], text=joined(_with_whole_addresses(pieces)))


def _with_whole_addresses(pieces: Sequence[str]) -> list[str]:
    """The pieces, with an address that a line's end has cut in one of them."""
    whole = [pieces[0]]
    for piece in pieces[1:]:
        if _OPEN_ADDRESS.search(whole[-1][-_ADDRESS_LENGTH:]) and _REST.match(piece):
            whole[-1] += piece
        else:
            whole.append(piece)
    return whole
