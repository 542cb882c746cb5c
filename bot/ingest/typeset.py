"""The paragraphs of typeset pages: lines put together again, and what their setting shows.

A line goes on in the next one if the next one's first word had no room in it; where a paragraph
begins is shown by an indent, a wider gap, a number, or a line before it that had room left.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.ingest.block import Block
from bot.ingest.contents import ends_entry
from bot.ingest.labels import is_label
from bot.ingest.number import read_mark
from bot.ingest.page import Line, is_chinese, same_size
from bot.ingest.reference import opens_reference, without_number
from bot.ingest.sentence import ends_sentence, stops
from bot.ingest.setting import (
    EDGE,
    Setting,
    is_apart,
    near,
    read_setting,
    right_edges,
    with_ends,
)
from bot.ingest.text import read_line

# Lengths below are in letters of the line's own size. Lines are centred within this.
_CENTRED = 0.3
# What begins further right is indented, up to
# the deepest indent.
_DEEPEST = 6.0
# The next word may be so much narrower than the room left, for spaces are stretched and shrunk.
_SLACK, _SHOWN, _TOUCH = 0.4, 1.2, 0.02
# A Latin letter is about half as wide as a Chinese character.
_NARROW = 0.55
# No word needs more room than this part of a line: addresses are broken anywhere.
_LONGEST_WORD = 0.6
# Headings have so many lines, which are no further apart than this; set by Word, than that.
_LONGEST_HEADING, _CLOSE, _APART_HEADING = 4, 2.0, 4.2
_HEADING_LENGTH = 120

_BULLET = re.compile(r"[●•▪■◆○◦]|[-*+]\s")
_NO_HEADING_ENDS = ("。", "：", ":", "；")
# A line may not be broken beside a quotation mark, before a closing sign or after an opening one.
_FIRST_WORD = re.compile(
    r"[（《「『【〔“‘(\[{]*(?:[^\s\u2000-\uffff]+|[\u2000-\uffff])"
    r"(?:[，。、；：？！）》」』】〕％]+[^\s\u2000-\uffff]*|[“”‘’]+(?:[^\s\u2000-\uffff]+|[\u2000-\uffff])?"
    r"|[,.;:?!)\]}%]+)*"
)


def read_paragraphs(pages: Sequence[Sequence[Line]]) -> tuple[list[list[Line]], Setting]:
    """Put lines together, over the ends of pages as well."""
    lines = [line for page in pages for line in page]
    setting = read_setting(lines)
    edges = right_edges(lines, setting)
    setting = with_ends(setting, lines, edges)
    runs: list[list[Line]] = []
    for at, line in enumerate(lines):
        following = lines[at + 1] if at + 1 < len(lines) else None
        if runs and _continues(runs[-1], line, following, setting, edges[at - 1]):
            runs[-1].append(line)
        else:
            runs.append([line])
    return runs, setting


def _continues(
    run: Sequence[Line], line: Line, following: Line | None, setting: Setting, edge: float
) -> bool:
    """Whether a line goes on with the paragraph before it."""
    last, heading = run[-1], setting.is_heading(run[0])
    if _is_rest_of_address(last, line):
        return True
    if _is_set_apart(run, line, setting) or _begins_item(run, line, heading=heading):
        return False
    if heading and _is_rest_of_title(run, line):
        return True
    if not heading and _may_be_title(run, line) and not _is_tail(line, following, edge, setting):
        return False
    return _is_filled(last, line, edge, setting) and _is_aligned(run, line, following, setting)


def _is_rest_of_address(last: Line, line: Line) -> bool:
    """Whether a line begins in the middle of the address in which the one before it ends."""
    link, begun = last.pieces[-1].link, last.pieces[-1].text.strip().split(" ")[-1]
    going_on = line.pieces[0].text.split(" ")[0].strip()
    return bool(link) and line.pieces[0].link == link and begun + going_on in link


def _is_rest_of_title(run: Sequence[Line], line: Line) -> bool:
    """Whether a line set as the numbered heading above it has no number of its own.

    Some programs break a line at spaces only, so that much room is left.
    """
    near = run[-1].page == line.page and run[-1].baseline - line.baseline < _CLOSE * line.size
    indented = line.left > run[0].left - EDGE * line.size
    return near and indented and bool(read_mark(run[0].text)) and not read_mark(line.text)


def _is_set_apart(run: Sequence[Line], line: Line, setting: Setting) -> bool:
    """Whether the setting or the words alone show that a line is no rest of the one before."""
    last = run[-1]
    if not same_size(last.size, line.size) or _is_set_otherwise(last, line):
        return True
    if is_label(last.text) or is_label(line.text):
        return True
    if ends_entry(last.text) or _opens_bullet(run, line):
        return True
    if last.page != line.page or last.baseline <= line.baseline:
        return False
    if setting.is_heading(run[0]) and len(run) <= _LONGEST_HEADING:
        return last.baseline - line.baseline > _APART_HEADING * line.size
    return is_apart(last, line, setting)


def _opens_bullet(run: Sequence[Line], line: Line) -> bool:
    """Whether a line begins with a bullet; a plus or a dash may also stand between two words."""
    if not _BULLET.match(line.text):
        return False
    return line.text[0] not in "-*+" or stops(run[-1].text) or bool(_BULLET.match(run[0].text))


def _is_set_otherwise(last: Line, line: Line) -> bool:
    """Whether weight or font change just where a line ends, and not within one of the two."""
    if last.spans[-1].bold != line.spans[0].bold and (last.bold or line.bold):
        return True
    return bool(last.font and line.font) and last.font != line.font


def _may_be_title(run: Sequence[Line], line: Line) -> bool:
    """Whether lines may be a heading that only its number shows; running text has an indent."""
    mark = read_mark(run[0].text)
    return (
        mark is not None
        and mark.firm
        and len(run) <= _LONGEST_HEADING
        and not any("。" in one.text for one in run)
        and abs(line.left - run[0].left) < EDGE * line.size
    )


def _is_tail(line: Line, following: Line | None, edge: float, setting: Setting) -> bool:
    """Whether a line can be the rest of a heading: no sentence, and not filled."""
    if ends_sentence(line.text):
        return False
    return following is None or not _is_filled(line, following, edge, setting)


def _begins_item(run: Sequence[Line], line: Line, *, heading: bool) -> bool:
    """Whether a line is the next item of a list, or the next heading."""
    mark, before = read_mark(line.text), read_mark(run[0].text)
    last = run[-1]
    ended = bool(last.pieces[-1].link) or ends_sentence(last.text)
    if ended and opens_reference(line.text) and opens_reference(run[0].text):
        return True
    if mark is None or mark.counts:
        return without_number(line.text)[1] and (ended or without_number(run[0].text)[1])
    if heading and mark.firm:
        return True
    if before is None or before.style != mark.style:
        return ended and (mark.spelt or (mark.listed and bool(last.pieces[-1].link)))
    return (
        before.ordinals[:-1] == mark.ordinals[:-1] and mark.ordinals[-1] == 1 + before.ordinals[-1]
    )


def _is_filled(last: Line, line: Line, edge: float, setting: Setting) -> bool:
    """Whether the first word of a line had no room in the line before."""
    room = (edge - last.right) / line.size
    stopped = stops(last.text)
    if stopped and setting.justified and room > EDGE:
        return False
    if stopped and not setting.shows_paragraphs and setting.is_cut_short(last, room):
        return False
    usual = setting.measure(line)
    need = min(_first_word_width(line), _LONGEST_WORD * (usual.right - usual.left) / line.size)
    if stopped and is_chinese(line.text[0]):
        return room < need + _benefit_of_doubt(last, line, setting)
    return room < need + _SLACK


def _benefit_of_doubt(last: Line, line: Line, setting: Setting) -> float:
    """How much more room a stop may leave where a paragraph would show where it begins."""
    if setting.indent:
        return _SHOWN
    return _SLACK if setting.shows_paragraphs and near(last, line) else -_TOUCH


def _first_word_width(line: Line) -> float:
    """In letters: a character with the signs that may not be parted from it, or a Latin word."""
    word = _FIRST_WORD.match(line.text)
    return sum(_NARROW if letter < "\u2000" else 1 for letter in word[0]) if word else 0


def _is_aligned(run: Sequence[Line], line: Line, following: Line | None, setting: Setting) -> bool:
    """Whether a line begins where the rest of the paragraph would, and not with an indent."""
    first, reach = run[0], EDGE * line.size
    if len(run) > 1:
        shift = line.left - run[1].left
        return abs(shift) < reach or _is_centred(run[-1], line)
    shift = line.left - first.left
    if shift < -_DEEPEST * line.size:
        return False
    if shift > reach:  # the first line hangs out, as a number does
        return (_may_hang(first) and shift < _DEEPEST * line.size) or _is_centred(first, line)
    if shift > -reach and following and near(line, following) and not first.bold:
        # Both begin alike: two paragraphs with an indent, if the text below begins further left;
        # two that hang out, if it begins further right, and not as a paragraph would.
        below = following.left - line.left
        hangs = reach < below < _DEEPEST * line.size
        if setting.indent and abs(below - setting.indent * line.size) < reach:
            hangs = False
        return (below > -reach and not hangs) or line.size != following.size
    return True


def _may_hang(first: Line) -> bool:
    """Whether the rest of a paragraph may begin further right: that of an item, or of a sentence."""
    numbered = without_number(first.text)[1] or read_mark(first.text) or _BULLET.match(first.text)
    return bool(numbered) or not stops(first.text)


def _is_centred(line: Line, other: Line) -> bool:
    middles = (line.left + line.right) / 2, (other.left + other.right) / 2
    near_by = abs(middles[0] - middles[1]) < _CENTRED * line.size
    return near_by and not ends_sentence(line.text)


def read_block(
    lines: Sequence[Line], text: str, setting: Setting, sizes: Sequence[float]
) -> Block | None:
    """A paragraph as a block: how deep a heading it is, if it is one; None if it says nothing."""
    line, block = lines[0], read_line(text, f"第 {lines[0].page} 页")
    if block is None:
        return None
    if len(text) > _HEADING_LENGTH or text.endswith(_NO_HEADING_ENDS):
        return replace(block, gap=True)
    bold = all(map(setting.is_bold, lines)) or _has_other_font(line, setting)
    level = next((at for at, size in enumerate(sizes, 1) if same_size(size, line.size)), 0)
    return replace(block, level=level, bold=bold, gap=True)


def _has_other_font(line: Line, setting: Setting) -> bool:
    """Whether a line is set apart by its Chinese font, as 黑体 is from 宋体."""
    return bool(line.font and setting.font) and line.font != setting.font
