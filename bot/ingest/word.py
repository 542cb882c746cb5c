"""A Word file in, blocks out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot.ingest.block import Block
from bot.ingest.labels import is_contents_label
from bot.ingest.links import Piece, blocks_with_links, shown
from bot.ingest.notes import read_notes, with_notes
from bot.ingest.package import Package
from bot.ingest.styles import Numbers, Style, Styles, is_on, read_lists, read_styles, set_style
from bot.ingest.text import read_line
from bot.ingest.word_table import Cell, with_tables
from bot.ingest.wrap import unwrapped
from bot.shape import said_by

# Paragraphs, and lines broken by hand: a report has 60; each costs time.
MOST_LINES = 20_000

_DOCUMENT, _RELATIONS = "word/document.xml", "word/_rels/document.xml.rels"
# What was deleted or moved away, what an older Word would show instead, what a field is made of.
_SKIPPED = frozenset(
    {"del", "moveFrom", "Fallback", "instrText", "delText", "sectPr", "rPrChange", "pPrChange"}
)
_SIGNS = {"tab": "\t", "noBreakHyphen": "-", "cr": "\n", "ptab": "\t"}
_FIELD_LINK = re.compile(r'\s*HYPERLINK\s+(?!\\l)"?([^"\s]+)', re.IGNORECASE)
_CONTENTS_STYLE = re.compile(r"(?:toc|目录)\s?[1-9]$", re.IGNORECASE)
# Symbols of Wingdings and Symbol that serve as bullets.
_BULLET_SIGN = "• "


@dataclass(slots=True)
class _Paragraph:
    own: Style = field(default_factory=Style)
    style: str = ""
    pieces: list[Piece] = field(default_factory=list)
    weights: list[bool] = field(default_factory=list)


def read_word(data: bytes, name: str) -> tuple[Block, ...]:
    """Read the paragraphs of a Word file; `name` is the file's, for what the editor is told."""
    package = Package(data, name)
    if not package.has(_DOCUMENT):
        raise package.not_word()
    reader = _Reader(_read_links(package), read_styles(package), Numbers(read_lists(package)))
    package.parse(_DOCUMENT, reader.start, reader.end, reader.text)
    if reader.lines > MOST_LINES:
        raise package.too_complex()
    blocks = _read_blocks(reader.paragraphs)
    if not blocks:
        raise package.empty()
    return tuple(with_notes(blocks, read_notes(package)))


def _read_links(package: Package) -> dict[str, str]:
    links: dict[str, str] = {}

    def start(_: str, attributes: dict[str, str]) -> None:
        if attributes.get("TargetMode") == "External":
            links[attributes.get("Id", "")] = attributes.get("Target", "")

    package.parse(_RELATIONS, start, lambda _: None)
    return links


class _Reader:
    """Walks through a document; text boxes are paragraphs inside of paragraphs."""

    def __init__(self, links: dict[str, str], styles: Styles, numbers: Numbers) -> None:
        self.paragraphs: list[Cell | None] = []
        self._links, self._styles, self._numbers = links, styles, numbers
        self._open: list[_Paragraph] = []
        self._rows: list[list[list[Cell]]] = []
        self._tables = 0
        self._skipped = 0
        self._run_bold: bool | None = None
        self._hidden = self._in_run = self._in_text = self._in_code = False
        self._link = self._code = ""
        self._fields: list[str] = []

    @property
    def lines(self) -> int:
        """How many lines the paragraphs take."""
        breaks = (
            piece.text.count("\n") for cell in self.paragraphs if cell for piece in cell.pieces
        )
        return len(self.paragraphs) + sum(breaks)

    # --- What begins ---------------------------------------------------------------------------

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self._skipped or name in _SKIPPED:
            self._in_code = name == "instrText" and not self._skipped
            self._skipped += 1
        elif name == "p":
            self._open.append(_Paragraph())
            self._in_run = False
        elif name == "tbl":
            self._tables += not self._rows
        elif name == "tr":
            self._rows.append([])
        elif name == "tc" and self._rows:
            self._rows[-1].append([])
        elif self._open:
            self._start_inside(name, attributes)

    def _start_inside(self, name: str, attributes: dict[str, str]) -> None:
        value = attributes.get("val")
        if name == "r":
            self._in_run, self._run_bold, self._hidden = True, None, False
        elif name == "t":
            self._in_text = True
        elif name == "hyperlink":
            self._link = self._links.get(attributes.get("id", ""), "")
        elif name == "fldChar":
            self._turn_field(attributes.get("fldCharType", ""))
        elif name in {*_SIGNS, "br", "sym"}:
            self._sign(name, attributes)
        elif self._in_run:
            self._set_run(name, value)
        elif name == "pStyle":
            self._open[-1].style = value or ""
        elif name not in {"name", "basedOn", "b"}:
            set_style(self._open[-1].own, name, value, attributes)

    def _set_run(self, name: str, value: str | None) -> None:
        if name == "b":
            self._run_bold = is_on(value)
        elif name == "rStyle":
            self._run_bold = self._styles.find(value or "").bold
        elif name == "vanish":
            self._hidden = is_on(value)

    def _sign(self, name: str, attributes: dict[str, str]) -> None:
        if not self._in_run:  # a tab stop of the paragraph, not a tab
            return
        if name == "br":
            sign = "\n" if attributes.get("type", "textWrapping") == "textWrapping" else ""
        else:
            sign = _SIGNS.get(name, _BULLET_SIGN)
        self._add(sign)

    def _turn_field(self, turn: str) -> None:
        """A field is its code, then what it shows: `HYPERLINK "https://…"` and the words."""
        if turn == "begin":
            self._fields.append("")
            self._code = ""
        elif turn == "separate" and self._fields:
            found = _FIELD_LINK.match(self._code)
            self._fields[-1] = found[1] if found else ""
        elif turn == "end" and self._fields:
            self._fields.pop()

    # --- What is said --------------------------------------------------------------------------

    def text(self, words: str) -> None:
        if self._in_code:
            self._code = (self._code + words)[:2048]
        elif self._in_text and not self._skipped:
            self._add(words.replace("\n", " "))

    def _add(self, words: str) -> None:
        if self._open and words and not self._hidden:
            paragraph = self._open[-1]
            link = self._link or next((one for one in reversed(self._fields) if one), "")
            paragraph.pieces.append(Piece(words, link))
            if any(map(str.isalnum, words)):
                inherited = self._styles.find(paragraph.style).bold
                paragraph.weights.append(
                    bool(inherited if self._run_bold is None else self._run_bold)
                )

    # --- What ends -----------------------------------------------------------------------------

    def end(self, name: str) -> None:
        if self._skipped:
            self._skipped -= 1
            self._in_code = False
        elif name == "p" and self._open:
            self._keep(self._open.pop())
            self._link = ""
        elif name == "tr" and self._rows:
            self._end_row(self._rows.pop())
        elif name == "t":
            self._in_text = False
        elif name == "r":
            self._in_run = False
        elif name == "hyperlink":
            self._link = ""

    def _keep(self, paragraph: _Paragraph) -> None:
        cell = self._shown(paragraph)
        if self._rows and self._rows[-1]:
            if cell:
                self._rows[-1][-1].append(cell)
        else:
            self.paragraphs.append(cell)

    def _shown(self, paragraph: _Paragraph) -> Cell | None:
        if not shown(paragraph.pieces).strip():
            return None
        style, own = self._styles.find(paragraph.style), paragraph.own
        list_id = style.list_id if own.list_id is None else own.list_id
        list_level = style.list_level if own.list_level is None else own.list_level
        number, bullet = self._numbers.next(list_id or "0", list_level or 0)
        level = style.level if own.level is None else own.level
        indented = style.indented if own.indented is None else own.indented
        pieces = (Piece(number), *paragraph.pieces) if number else tuple(paragraph.pieces)
        bold = bool(paragraph.weights) and all(paragraph.weights)
        contents = bool(_CONTENTS_STYLE.match(style.name))
        return Cell(pieces, level or 0, bold, bullet, bool(indented), contents)

    def _end_row(self, cells: Sequence[Sequence[Cell]]) -> None:
        """Tables set text side by side, or only frame it: what stands in one cell stays as it is."""
        filled = [cell for cell in cells if cell]
        found = [paragraph for cell in filled for paragraph in cell]
        if len(filled) > 1 and len(found) == len(filled):
            row = [piece for cell in found for piece in (Piece(" | "), *cell.pieces)][1:]
            found = [Cell(tuple(row))]
        if len(cells) > 1 and len(found) == 1 and not self._rows:
            columns = tuple(cell[0].pieces if cell else () for cell in cells)
            found = [replace(found[0], columns=columns, table=self._tables)]
        if self._rows and self._rows[-1]:
            self._rows[-1][-1].extend(found)
        else:
            self.paragraphs.extend(found)


def _read_blocks(paragraphs: Sequence[Cell | None]) -> list[Block]:
    found: list[tuple[Block, list[Piece]]] = []
    opens: list[bool] = []
    gap = False
    for number, cell in enumerate(with_tables(_without_lone_contents(paragraphs)), 1):
        if cell and cell.shape:
            words = said_by(cell.shape)
            found.append((Block(words, f"第 {number} 段", gap=True, shape=cell.shape), []))
            opens.append(True)
            continue
        for at, pieces in enumerate(_lines(cell) if cell else ()):
            block = read_line(shown(pieces), f"第 {number} 段")
            if cell and block:
                found.append((_set(block, cell, gap=gap), pieces))
                opens.append(at == 0)
                gap = False
        gap = gap or cell is None
    return _whole(blocks_with_links(found), opens)


def _whole(blocks: Sequence[Block], opens: Sequence[bool]) -> list[Block]:
    """Blocks as paragraphs: as Word has them, unless each of its paragraphs is a mere line.

    That is what a text becomes that was copied out of a PDF.
    """
    whole = unwrapped(blocks)
    if len(whole) < len(blocks):
        return list(whole)
    return [replace(block, gap=opened) for block, opened in zip(blocks, opens, strict=True)]


def _without_lone_contents(paragraphs: Sequence[Cell | None]) -> list[Cell | None]:
    """Leave out a contents list that has no title, by which it would be known."""
    titled = False
    kept: list[Cell | None] = []
    for cell in paragraphs:
        titled = titled or bool(cell and is_contents_label(shown(cell.pieces).strip()))
        if titled or not (cell and cell.contents):
            kept.append(cell)
    return kept


def _lines(cell: Cell) -> list[list[Piece]]:
    """The lines that the author broke; a heading is broken only to look well."""
    lines: list[list[Piece]] = [[]]
    for piece in cell.pieces:
        text = piece.text.replace("\n", "") if cell.level else piece.text
        first, *others = text.split("\n")
        lines[-1].append(Piece(first, piece.link))
        lines += [[Piece(other, piece.link)] for other in others]
    return lines


def _set(block: Block, cell: Cell, *, gap: bool) -> Block:
    return replace(
        block,
        level=cell.level,
        bold=cell.bold or block.bold,
        bullet=cell.bullet or block.bullet,
        indented=cell.indented or block.indented,
        gap=gap,
    )
