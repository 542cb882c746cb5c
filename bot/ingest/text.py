"""Text or Markdown in, blocks out: what each line says, and what it shows of the layout."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.ingest.block import Block
from bot.ingest.copied import without_pages
from bot.ingest.labels import is_label
from bot.ingest.matter import read_matter, with_head
from bot.ingest.number import read_mark
from bot.ingest.sentence import INVISIBLE, joined
from bot.ingest.wrap import unwrapped

_HEADING = re.compile(r"([#＃]{1,6})(?![#＃])\s*")
BULLET = re.compile(r"[-*+•●▪◦·○■◆]\s+|[•●▪■◆](?=\S)")
_QUOTE = re.compile(r"(?:>\s?){1,3}")
_TAG = re.compile(
    r"</?(?:b|strong|i|em|u|p|span|center|div|h[1-6]|br|font)\b[^<>]{0,80}>", re.IGNORECASE
)
_BOLD_TAG = re.compile(r"</?(?:b|strong)>", re.IGNORECASE)
# A rule, a bullet, a picture, or a page number: they say nothing, but part what is around them.
_NOTHING = re.compile(
    r"[-+•]|(?:[-*_=—–~]\s?){3,}|!\[[^\[\]]{0,200}\]\([^()]{0,500}\)"
    r"|(?:[-—–]\s?)?\d{1,3}(?:\s?[-—–])?|第?\s?\d{1,3}\s?[页/]\s?(?:共?\s?\d{1,3}\s?页?)?"
)
_NOTHING_LENGTH = 720
_UNDERLINE, _UNDERLINED = {"=": 1, "-": 2}, 120


def read_blocks(text: str) -> tuple[Block, ...]:
    """Split a text into blocks; empty lines, rules, pictures and page numbers only leave a gap."""
    raw = without_pages(text.splitlines())
    matter = read_matter(raw)
    lines = unwrapped(_read_lines(raw, matter.lines, _underlined(raw)))
    body = _with_closed_bold([_without_bold(block) for block in lines])
    return with_head(matter, body)


def _underlined(raw: Sequence[str]) -> Mapping[int, int]:
    """The lines that are underlined, as headings of one or two levels are in older Markdown.

    A row of = is nothing else. A row of - is also a rule: it is an underline where = is one, too,
    or where the line above is numbered or a title like 摘要.
    """
    rows = {
        at: _UNDERLINE[line.strip()[0]]
        for at, line in enumerate(raw[1:])
        if (line[:1] in _UNDERLINE) and len(set(line.strip())) == 1 and len(line.strip()) > 1
        if raw[at].strip() and (at == 0 or not raw[at - 1].strip()) and len(raw[at]) <= _UNDERLINED
    }
    sure = 1 in rows.values()
    return {at: level for at, level in rows.items() if sure or level == 1 or _titled(raw[at])}


def _titled(line: str) -> bool:
    mark = read_mark(line.strip())
    return is_label(line.strip()) or (mark is not None and not mark.counts)


def _read_lines(raw_lines: Sequence[str], start: int, levels: Mapping[int, int]) -> list[Block]:
    lines: list[Block] = []
    gap = False
    for at, raw in enumerate(raw_lines[start:], start):
        if at - 1 in levels:
            gap = True
            continue
        line = read_line(raw, f"第 {at + 1} 行")
        if line and at in levels:
            line = replace(line, level=line.level or levels[at])
        if line:
            lines.append(replace(line, gap=gap))
        gap = line is None
    return lines


def read_line(raw: str, place: str) -> Block | None:
    """What one line says and shows; None if it says nothing."""
    indented = raw.startswith("\u3000\u3000")
    words = raw.translate(INVISIBLE).strip()
    if words.startswith(">"):
        words = _QUOTE.sub("", words, count=1)
    if not words or says_nothing(words):
        return None
    bullet = BULLET.match(words)
    words = words[bullet.end() :] if bullet else words
    heading = _HEADING.match(words)
    words = words[heading.end() :].rstrip("#＃ ") if heading else words
    level = len(heading[1]) if heading else 0
    line = _without_bold(Block(words, place, level, bullet=bool(bullet), indented=indented))
    return line if line.text else None


def says_nothing(words: str) -> bool:
    """Whether a line is a rule, a lone bullet or picture, or a page's number."""
    return len(words) <= _NOTHING_LENGTH and bool(_NOTHING.fullmatch(words))


def _without_bold(line: Block) -> Block:
    """The line without `**` and tags, bold if all of it was; a `**` without its other half stays."""
    words = line.text
    if "<" in words:
        words = _TAG.sub("", _BOLD_TAG.sub("**", words)).strip()
    pieces = words.replace("****", "").split("**")
    if len(pieces) % 2 == 0:
        return replace(line, text=words)
    bold = len(pieces) > 1 and not any(piece.strip() for piece in pieces[::2])
    return replace(line, text="".join(pieces).strip(), bold=bold or line.bold)


def _with_closed_bold(lines: Sequence[Block]) -> tuple[Block, ...]:
    """Bold that is opened in one line and closed in the next makes one bold block of both."""
    closed: list[Block] = []
    for line in lines:
        last = closed[-1] if closed else None
        if last and not line.gap and last.text.startswith("**") and line.text.endswith("**"):
            closed[-1] = _without_bold(replace(last, text=joined([last.text, line.text])))
        else:
            closed.append(line)
    return tuple(closed)
