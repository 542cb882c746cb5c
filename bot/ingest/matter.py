"""Front matter: the `key: value` lines between two rules with which many Markdown files begin.

As much of YAML as editors and their tools write there, and nothing else of it.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.errors import IngestError
from bot.ingest.block import Block
from bot.ingest.contents import title_key
from bot.ingest.labels import is_label, is_summary_label
from bot.ingest.number import read_mark

# A head has a few lines; whatever goes on for longer only happens to begin with a rule.
_MOST_LINES = 60
_RULE, _ENDS = "---", ("---", "...")
_ENTRY = re.compile(r"([\w-]{1,30})\s?[:：](?:\s+(.*)|([^/\s].*)|)$")
_BLOCK_MARKS = frozenset({">", "|", ">-", "|-", ">+", "|+"})
_NAMES = {
    "标题": "title", "刊名": "title", "name": "title",
    "日期": "date", "day": "date",
    "摘要": "summary", "导读": "summary", "description": "summary", "abstract": "summary",
    "organization": "organisation", "主办": "organisation", "主办单位": "organisation", "单位": "organisation",
    "partner": "partners", "合作": "partners", "合作单位": "partners", "协办": "partners",
}  # fmt: skip
# The first line of canonical Markdown's head: where it stands outside of one, a rule was deleted.
_OURS = re.compile(r"rikan\s*[:：]\s*\d+$")
_PLACE = "文件开头"
_HEAD = ("title", "organisation", "partners", "date")
_HEAD_LENGTH = 5_000


@dataclass(frozen=True, slots=True)
class Matter:
    """What the front matter says, by English names; and how many lines it takes."""

    values: dict[str, str] = field(default_factory=dict)
    lines: int = 0


def read_matter(lines: Sequence[str]) -> Matter:
    """Read the front matter of a text; an empty one where the text does not begin with any.

    Raises IngestError for canonical Markdown that has lost one of the rules around it.
    """
    start = next((at for at, line in enumerate(lines) if line.strip("\ufeff \t")), len(lines))
    if start == len(lines) or lines[start].strip("\ufeff \t") != _RULE:
        _require_rules(lines[start : start + 1])
        return Matter()
    values: dict[str, list[str]] = {}
    last = ""
    for at, line in enumerate(lines[start + 1 : start + _MOST_LINES], start=start + 1):
        if line.rstrip() in _ENDS:
            return Matter({name: _value(pieces) for name, pieces in values.items()}, at + 1)
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if line[0] in " \t-" and last:
            values[last].append(line.strip())
        elif entry := _ENTRY.match(line):
            key = entry[1].casefold()
            name = _NAMES.get(key, key)
            last = key if name in values else name
            values[last] = [(entry[2] or entry[3] or "").strip()]
        else:
            break
    _require_rules(lines[start + 1 : start + 2])
    return Matter()


def _require_rules(first: Sequence[str]) -> None:
    if any(_OURS.match(line.strip("\ufeff \t")) for line in first):
        raise IngestError(_PLACE, "少了一条横线（---）", "刊名、日期那几行的上面和下面各写一行 ---")


def is_canonical(text: str) -> bool:
    """Whether a text says that it is canonical Markdown."""
    return "rikan" in read_matter(text[:_HEAD_LENGTH].split("\n")).values


def _value(pieces: Sequence[str]) -> str:
    first, *more = pieces
    if first in _BLOCK_MARKS or not first:
        items = [_scalar(piece.removeprefix("- ")) for piece in more]
        listed = more and all(piece.startswith("- ") for piece in more)
        return ("、" if listed else "").join(items)
    return _scalar(first)


def _scalar(words: str) -> str:
    if words.startswith('"'):
        try:
            return str(json.loads(words))
        except ValueError:
            return words.strip('"')
    if words.startswith("'"):
        return words.strip("'").replace("''", "'")
    return words.partition(" #")[0].strip()


def with_head(matter: Matter, body: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks of an issue as if its head had been written out; what the body says itself wins."""
    said = {name: words for name, words in matter.values.items() if words}
    blocks = [
        Block(said[name], _PLACE, level=1 if name == "title" else 0)
        for name in _HEAD
        if name in said
    ]
    if blocks and _opens_with_title(body):
        blocks = [body[0], *(block for block in blocks if not block.level)]
        body = body[1:]
    known = {title_key(block.text) for block in blocks}
    while body and title_key(body[0].text) in known:
        body = body[1:]
    if "summary" in said and not any(is_summary_label(block.text) for block in body):
        blocks += [Block("摘要", _PLACE, level=2), Block(said["summary"], _PLACE)]
    return (*blocks, *body)


def _opens_with_title(body: Sequence[Block]) -> bool:
    """Whether the body has a title of its own: its first line, and the only one of that level."""
    if not body or body[0].level != 1 or is_label(body[0].text) or read_mark(body[0].text):
        return False
    return all(block.level != 1 for block in body[1:])
