"""What is mechanical about an editor's Markdown, mended in the text itself: quotes, punctuation, numbers.

What the proofs look at are plain words. Here they are looked at where they stand, between the marks of
Markdown; a mend that would change anything else is none.
"""

import json
import re
from collections.abc import Callable
from enum import StrEnum

from bot.errors import IngestError
from bot.ingest.file import read_text
from bot.ingest.markdown import REFERENCES, SUMMARY
from bot.ingest.matter import read_matter
from bot.ingest.proof.punctuation import HALF_WIDTH, widened
from bot.ingest.proof.quotes import WRONG_WAY, turned
from bot.ingest.rich import read_rich
from bot.ingest.whereabouts import Places, Span, places_in
from bot.model import Issue, Problem

NAME = "稿子.md"
NUMBERS = "编号"
# What is no words: an escaped sign's backslash, code, pictures, the addresses of links, marks.
_MARKS = re.compile(
    r"\\(?=[!-/:-@\[-`{-~])|(?<!(?<!\\)`)(`++).*?(?<!`)\1(?!`)|!\[[^\[\]\n]*\]\([^)\]\n]*\)|\]\([^)\]\n]*\)"
    r"|<[^<>\n]*>|\[\^[^\[\]\n]*\]:?|&#?\w{1,10};|(?<!\\)[*~\[\]]+"
    r"|(?m:^(?:[ \t>]*+(?:[-+#]++|\d{1,9}[.)])[ \t]|[ \t>]++))"
    r"|(?m:^(?=[^|\n]*\|)[ \t:|-]++$)|(?<!\\)\|"
)
_FENCE = re.compile(r"\s*(?:```|~~~)")
_NUMBERED = re.compile(r"(#{2,3}[ \t]+)(?:\d{1,3}(?:\.\d{1,3})?(?=[ \t]|$))?[ \t]*")
_NARROW = str.maketrans("，；：！？。（）“”", ',;:!?.()""')
_NO_QUOTES = str.maketrans("“”", '""')


class Mend(StrEnum):
    """What can be mended without thinking."""

    QUOTES = "quotes"
    PUNCTUATION = "punctuation"
    NUMBERS = "numbers"


def mend_for(problem: Problem) -> Mend | None:
    """How that problem is mended; None where somebody has to think."""
    if problem.text.startswith(WRONG_WAY):
        return Mend.QUOTES
    if problem.text.startswith(HALF_WIDTH):
        return Mend.PUNCTUATION
    return Mend.NUMBERS if NUMBERS in problem.text else None


def mended(text: str, mend: Mend, line: int | None = None) -> str:
    """The text, mended: all of it or, with a line (from 0), the passage that begins there.

    As it was where nothing is to be mended, or a mend would change more than it should.
    """
    new = _renumbered(text) if mend is Mend.NUMBERS else _mended_passages(text, mend, line)
    return new if new != text and _only(mend, text, new) else text


def _mended_passages(text: str, mend: Mend, line: int | None) -> str:
    lines, places = text.split("\n"), places_in(text)
    change = turned if mend is Mend.QUOTES else widened
    for span in _passages(places, mend):
        if line is None or span.start <= line < span.end:
            passage = "\n".join(lines[span.start : span.end])
            lines[span.start : span.end] = _changed(passage, change).split("\n")
    return "\n".join(lines)


def _passages(places: Places, mend: Mend) -> set[Span]:
    """Where words stand; punctuation is left alone in references, which have a style of their own."""
    return {
        span
        for name, span in places.items()
        if name not in ("标题", "日期", REFERENCES)
        and not (mend is Mend.PUNCTUATION and name.startswith(REFERENCES))
    }


def _changed(passage: str, change: Callable[[str], str]) -> str:
    """The passage with its words changed, letter for letter; none is added, none taken away."""
    if _FENCE.match(passage):
        return passage
    words, places, at = "", list[int](), 0
    for mark in (*_MARKS.finditer(passage), None):
        end = mark.start() if mark else len(passage)
        words += passage[at:end]
        places += range(at, end)
        at = mark.end() if mark else end
    body = words.rstrip()
    new = change(body)
    letters = list(passage)
    for place, old, letter in zip(places, body, new, strict=False):
        if letter != old:
            letters[place] = letter
            # Before anything but ASCII a backslash would be seen.
            if place and letters[place - 1] == "\\" and (place - 1) not in places:
                letters[place - 1] = ""
    return "".join(letters)


def _renumbered(text: str) -> str:
    lines = text.split("\n")
    section = part = 0
    for block in read_rich(text, read_matter(lines).lines, exact=True).blocks:
        if block.level not in (2, 3) or block.text in (SUMMARY, REFERENCES):
            continue
        row = int(block.place.split()[1]) - 1
        if block.level == 2:
            section, part = section + 1, 0
        elif section:
            part += 1
        number = f"{section}.{part}" if part else str(section)
        if section and _NUMBERED.match(lines[row]):
            lines[row] = _NUMBERED.sub(rf"\g<1>{number} ", lines[row], count=1).rstrip(" ")
    return "\n".join(lines)


def _only(mend: Mend, old: str, new: str) -> bool:
    """Whether nothing else was changed. A text that cannot be read can only get better."""
    try:
        before = _without(mend, read_text(old, NAME))
    except IngestError:
        return True
    try:
        return before == _without(mend, read_text(new, NAME))
    except IngestError:
        return False


def _without(mend: Mend, issue: Issue) -> str:
    """What an issue says, but for what that mend changes."""
    record = issue.record()
    if mend is Mend.NUMBERS:
        for section in record["sections"]:
            for part in (section, *section["subsections"]):
                part["number"] = ""
    words = json.dumps(record, ensure_ascii=False)
    return words.translate(_NARROW if mend is Mend.PUNCTUATION else _NO_QUOTES).replace('\\"', '"')
