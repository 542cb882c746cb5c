"""Canonical Markdown in, the issue out, as `bot.ingest.markdown` wrote it or an editor changed it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.errors import IngestError
from bot.ingest.day import find_day
from bot.ingest.markdown import (
    FIELDS,
    REFERENCES,
    SUMMARY,
    VERSION,
    unescaped,
    unescaped_address,
)
from bot.ingest.matter import read_matter
from bot.ingest.reference import read_reference
from bot.ingest.sentence import ends_sentence, joined
from bot.model import Issue, Reference, Section

_HEADING = re.compile(r"(#{1,6})\s+(.*)")
_NUMBERED = re.compile(r"(\d{1,3}(?:\.\d{1,3})?)(?:\s+(.*))?")
_RULE = re.compile(r"[-*_]{3,}")
_BULLET = re.compile(r"[-+*]\s+")
_ITEM = re.compile(r"(?:\d{1,9}[.)]|[-+*])(?:\s+(.*))?")
_ADDRESS = re.compile(r"<(\S*)>")
_FIELD = re.compile(rf"({'|'.join(FIELDS)})：(.*)")
_EDITIONS = 99
_HEAD_LENGTH = 5_000


@dataclass(slots=True)
class _Part:
    number: str
    title: str
    paragraphs: list[str] = field(default_factory=list)
    parts: list["_Part"] = field(default_factory=list)

    def section(self) -> Section:
        return Section(
            self.number,
            self.title,
            tuple(self.paragraphs),
            tuple(part.section() for part in self.parts),
        )


@dataclass(slots=True)
class _Cited:
    pieces: list[str]
    url: str = ""
    fields: dict[str, str] = field(default_factory=dict)

    def reference(self) -> Reference:
        text = joined(self.pieces)
        if self.fields:
            return Reference(text, self.url, **self.fields)
        return read_reference(text, self.url)


class _Reader:
    """Goes through the body line by line, and knows which part it is in."""

    def __init__(self) -> None:
        self.summary: list[str] = []
        self.sections: list[_Part] = []
        self.references: list[_Cited] = []
        self._paragraphs: list[str] | None = None
        self._in_references = False
        self._gap = True

    def read(self, line: str, place: str) -> None:
        if not line or _RULE.fullmatch(line):
            self._gap = True
            return
        heading = _HEADING.fullmatch(line)
        if heading and len(heading[1]) <= 3:
            self._open(len(heading[1]), heading[2].strip(), place)
        elif self._in_references:
            self._cite(line)
        elif self._paragraphs is None:
            raise IngestError(
                place, f"“{line[:12]}…”不属于任何一节", "请在它前面补上“## 1 标题”这样的标题"
            )
        else:
            self._say(self._paragraphs, heading[2] if heading else line)
        self._gap = False

    def _open(self, level: int, words: str, place: str) -> None:
        self._in_references = words == REFERENCES
        if words == SUMMARY:
            self._paragraphs = self.summary
        elif not self._in_references:
            self._paragraphs = self._open_section(level, words, place).paragraphs

    def _open_section(self, level: int, words: str, place: str) -> _Part:
        found = _NUMBERED.fullmatch(words)
        if level == 1 or not found or ("." in found[1]) != (level == 3):
            raise IngestError(
                place,
                f"标题“{unescaped(words)[:20]}”的编号或级别不对",
                "请写成“## 1 标题”，小节写成“### 1.1 标题”",
            )
        part = _Part(found[1], unescaped(found[2] or ""))
        if level == 3 and not self.sections:
            raise IngestError(
                place, f"小节 {part.number} 之前没有所属的一节", "请在它前面补上这一节的标题"
            )
        (self.sections if level == 2 else self.sections[-1].parts).append(part)
        return part

    def _say(self, paragraphs: list[str], line: str) -> None:
        """A paragraph; or the rest of one that was broken at a width."""
        bullet = _BULLET.match(line)
        words = unescaped(line[bullet.end() :] if bullet else line)
        if paragraphs and not self._gap and not bullet and not ends_sentence(paragraphs[-1]):
            paragraphs[-1] = joined([paragraphs[-1], words])
        else:
            paragraphs.append(words)

    def _cite(self, line: str) -> None:
        if item := _ITEM.fullmatch(line):
            self.references.append(_Cited([unescaped(item[1] or "")]))
        elif not self.references:
            self.references.append(_Cited([unescaped(line)]))
        elif address := _ADDRESS.fullmatch(line):
            self.references[-1].url = unescaped_address(address[1])
        elif said := _FIELD.fullmatch(line):
            self.references[-1].fields[FIELDS[said[1]]] = unescaped(said[2])
        else:
            self.references[-1].pieces.append(unescaped(line))


def is_canonical(text: str) -> bool:
    """Whether a text says that it is canonical Markdown."""
    return "rikan" in read_matter(text[:_HEAD_LENGTH].split("\n")).values


def read_markdown(text: str) -> Issue:
    """Read canonical Markdown; IngestError where it is no issue any more."""
    lines = text.replace("\r\n", "\n").split("\n")
    matter = read_matter(lines)
    if matter.values.get("rikan") != VERSION:
        raise IngestError(
            "文件开头", "写成这个文件的程序比这一版新", "请升级 rikan，或删去“rikan:”那一行"
        )
    reader = _Reader()
    for number, line in enumerate(lines[matter.lines :], start=matter.lines + 1):
        reader.read(line.strip(), f"第 {number} 行")
    return _issue(matter.values, reader)


def _issue(head: dict[str, str], reader: _Reader) -> Issue:
    if not head.get("title"):
        raise IngestError("文件开头", "没有刊名", "请在开头的两条横线之间补上“title: 刊名”")
    if not reader.sections:
        raise IngestError("正文", "没有找到各节的标题", "请给每一节加上“## 1 标题”这样的标题")
    return Issue(
        title=head["title"],
        organisation=head.get("organisation", ""),
        partners=head.get("partners", ""),
        date=_day(head.get("date", "")),
        summary="\n".join(reader.summary),
        sections=_sections(reader.sections),
        references=tuple(cited.reference() for cited in reader.references),
        edition=_edition(head.get("edition", "1")),
    )


def _sections(parts: Sequence[_Part]) -> tuple[Section, ...]:
    return tuple(part.section() for part in parts)


def _day(words: str) -> date:
    try:
        found = find_day(words)
    except ValueError:
        found = None
    if not found:
        raise IngestError("文件开头", "没有日期，或日期不存在", "请补上“date: 2026-06-13”")
    return found[0]


def _edition(words: str) -> int:
    if not (words.isdecimal() and 1 <= int(words) <= _EDITIONS):
        raise IngestError(
            "文件开头", f"“edition: {words}”不对", "请写成 1 到 99 的数，或删去这一行"
        )
    return int(words)
