"""Canonical Markdown in, the issue out, as `bot.ingest.markdown` wrote it or an editor changed it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.errors import IngestError
from bot.ingest.block import Block
from bot.ingest.day import day_in
from bot.ingest.escape import unescaped, unescaped_address
from bot.ingest.markdown import FIELDS, REFERENCES, SUMMARY, VERSION
from bot.ingest.matter import read_matter
from bot.ingest.paragraphs import read_passages
from bot.ingest.reference import read_reference
from bot.ingest.rich import read_rich
from bot.ingest.sentence import joined
from bot.model import Issue, Reference, Section

_NUMBERED = re.compile(r"\s*#{1,3}\s+((\d{1,3}(?:\.\d{1,3})?)(?:[ \t]+|$))")
_DIGITS = re.compile(r"\d+")
_RULE = re.compile(r"[-*_]{3,}")
_ITEM = re.compile(r"(?:\d{1,9}[.)]|[-+*])(?:\s+(.*))?")
_ADDRESS = re.compile(r"<(\S*)>")
_FIELD = re.compile(rf"({'|'.join(FIELDS)})：(.*)")
_EDITIONS = 99


@dataclass(slots=True)
class _Part:
    number: str
    title: str
    pieces: list[Block] = field(default_factory=list)
    parts: list["_Part"] = field(default_factory=list)

    def section(self) -> Section:
        passages = read_passages(self.pieces, whole=True)
        parts = tuple(part.section() for part in self.parts)
        return Section(self.number, self.title, passages.paragraphs, parts, passages.shapes)


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
    """Goes through the body block by block, and knows which part it is in."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.summary: list[Block] = []
        self.sections: list[_Part] = []
        self.references: list[_Cited] = []
        self._lines = lines
        self._pieces: list[Block] | None = None
        self._cited_from = 0

    def read(self, blocks: Sequence[Block]) -> None:
        for block in blocks:
            if 0 < block.level <= 3:
                self._open(block)
            elif self._cited_from:
                continue
            elif self._pieces is None:
                problem = f"“{block.text[:12]}…”不属于任何一节"
                raise IngestError(block.place, problem, "请在它前面补上“## 1 标题”这样的标题")
            else:
                self._pieces.append(block)
        self._close_references(len(self._lines))

    def _open(self, block: Block) -> None:
        row = _row(block)
        self._close_references(row)
        if block.text == REFERENCES:
            self._cited_from = row + 1
        elif block.text == SUMMARY:
            self._pieces = self.summary
        else:
            self._pieces = self._open_section(block).pieces

    def _open_section(self, block: Block) -> _Part:
        level = block.level
        found = _NUMBERED.match(self._lines[_row(block)])
        if level == 1 or not found or ("." in found[2]) != (level == 3):
            raise IngestError(
                block.place,
                f"标题“{block.text[:20]}”的编号或级别不对",
                "请写成“## 1 标题”，小节写成“### 1.1 标题”",
            )
        part = _Part(found[2], block.text[len(found[1]) :])
        if level == 3 and not self.sections:
            raise IngestError(
                block.place, f"小节 {part.number} 之前没有所属的一节", "请在它前面补上这一节的标题"
            )
        (self.sections if level == 2 else self.sections[-1].parts).append(part)
        return part

    def _close_references(self, end: int) -> None:
        """References have a form of their own, line by line."""
        if self._cited_from:
            for line in self._lines[self._cited_from : end]:
                self._cite(line.strip())
        self._cited_from = 0

    def _cite(self, line: str) -> None:
        if not line or _RULE.fullmatch(line):
            return
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


def _row(block: Block) -> int:
    return int(_DIGITS.findall(block.place)[0]) - 1


def read_markdown(text: str) -> Issue:
    """Read canonical Markdown; IngestError where it is no issue any more."""
    lines = text.replace("\r\n", "\n").split("\n")
    matter = read_matter(lines)
    if matter.values.get("rikan") != VERSION:
        raise IngestError(
            "文件开头", "写成这个文件的程序比这一版新", "请升级 rikan，或删去“rikan:”那一行"
        )
    reader = _Reader(lines)
    reader.read(read_rich("\n".join(lines), matter.lines, exact=True).blocks)
    return _issue(matter.values, reader)


def _issue(head: dict[str, str], reader: _Reader) -> Issue:
    if not head.get("title"):
        raise IngestError("文件开头", "没有刊名", "请在开头的两条横线之间补上“title: 刊名”")
    if not reader.sections:
        raise IngestError("正文", "没有找到各节的标题", "请给每一节加上“## 1 标题”这样的标题")
    summary = read_passages(reader.summary, whole=True)
    return Issue(
        title=head["title"],
        organisation=head.get("organisation", ""),
        partners=head.get("partners", ""),
        date=_day(head.get("date", "")),
        summary="\n".join(summary.paragraphs),
        sections=_sections(reader.sections),
        references=tuple(cited.reference() for cited in reader.references),
        edition=_edition(head.get("edition", "1")),
        shapes=summary.shapes,
    )


def _sections(parts: Sequence[_Part]) -> tuple[Section, ...]:
    return tuple(part.section() for part in parts)


def _day(words: str) -> date:
    found = day_in(words)
    if not found:
        raise IngestError("文件开头", "没有日期，或日期不存在", "请补上“date: 2026-06-13”")
    return found[0]


def _edition(words: str) -> int:
    if not (words.isdecimal() and 1 <= int(words) <= _EDITIONS):
        raise IngestError(
            "文件开头", f"“edition: {words}”不对", "请写成 1 到 99 的数，或删去这一行"
        )
    return int(words)
