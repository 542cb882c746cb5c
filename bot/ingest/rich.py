"""Markdown in, blocks out: what each line says and how its words are set; lists, tables, pictures."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from markdown_it.token import Token

from bot.ingest.block import Block
from bot.ingest.footnotes import Footnotes
from bot.ingest.frame import Frame, numbers_of, with_task
from bot.ingest.labels import is_label
from bot.ingest.markup import read_inline, read_tokens
from bot.ingest.number import read_mark
from bot.ingest.prose import prose
from bot.ingest.runs import Line, one_line, read_lines
from bot.ingest.text import BULLET, says_nothing
from bot.ingest.webpage import read_webpage
from bot.model import Problem
from bot.shape import (
    Code,
    Figure,
    Item,
    Listing,
    Run,
    Runs,
    Shape,
    Table,
    merged,
    said_by,
    words_of,
)

_CALLOUT = re.compile(r"\[!\w{1,20}\]|\[toc\]|\[\[toc\]\]", re.IGNORECASE)
_ALIGNED = re.compile(r"text-align:(\w+)")
_INDENT = "\u3000\u3000"


@dataclass(frozen=True, slots=True)
class Rich:
    """The blocks of a Markdown text, and what is amiss with its footnotes."""

    blocks: tuple[Block, ...]
    problems: tuple[Problem, ...]


def read_rich(text: str, skip: int = 0, *, exact: bool = False) -> Rich:
    """Read Markdown but for its first `skip` lines; `exact` as in canonical Markdown."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    lines[:skip] = [""] * skip
    tokens = read_tokens("\n".join(lines), exact=exact)
    reader = _Reader(lines, Footnotes(tokens), exact=exact)
    reader.underlined = any(token.markup == "=" for token in tokens)
    reader.read(tokens, Frame())
    return Rich(tuple(reader.blocks), tuple(reader.notes.problems()))


def _parted(tokens: Sequence[Token]) -> Iterator[tuple[Token, Sequence[Token]]]:
    """Each block with what stands in it."""
    start = level = 0
    for at, token in enumerate(tokens):
        start = at if level == 0 else start
        level += token.nesting
        if level == 0:
            yield tokens[start], tokens[start + 1 : at]


class _Reader:
    """Goes through the blocks from top to bottom.

    `_apart`: what comes next does not touch the line above. `_follows`: it goes on with a list
    or a quotation.
    """

    def __init__(self, lines: Sequence[str], notes: Footnotes, *, exact: bool) -> None:
        self.blocks: list[Block] = []
        self.notes = notes
        self.underlined = False
        self._lines = lines
        self._exact = exact
        self._apart = True
        self._follows = False

    def read(self, tokens: Sequence[Token], frame: Frame) -> None:
        for token, inner in _parted(tokens):
            if frame.plain:
                self._follows = False
            match token.type:
                case "paragraph_open":
                    self._read_words(inner[0], frame)
                case "heading_open":
                    self._read_heading(token, inner[0], frame)
                case "bullet_list_open" | "ordered_list_open":
                    self._read_list(token, inner, frame)
                case "blockquote_open":
                    self.read(inner, replace(frame, quoted=True))
                case "fence" | "code_block":
                    self._read_code(token, frame)
                case "table_open":
                    self._read_table(inner, _row(token))
                case "html_block":
                    self._read_webpage(token, frame)
                case _:
                    self._apart = True
            frame = replace(frame, goes_on=frame.depth >= 0, lead="")

    # Lines of words.

    def _read_words(self, words: Token, frame: Frame) -> None:
        self._add_lines(self._lines_of(words.children or ()), _row(words), frame)

    def _lines_of(self, tokens: Sequence[Token]) -> list[Line]:
        return read_lines(tokens, self.notes.words, exact=self._exact)

    def _add_lines(self, lines: Sequence[Line], row: int, frame: Frame) -> None:
        """A paragraph's lines; pictures within words stand behind them."""
        figures: list[tuple[Figure, int]] = []
        opened = False
        for line in lines:
            shown = [(figure, row + line.row) for figure in line.figures]
            if line.runs:
                opened = self._add_line(line, row + line.row, frame, rest=opened) or opened
                figures += shown
            else:
                self._add_figures(shown)
        self._add_figures(figures)

    def _add_line(self, line: Line, row: int, frame: Frame, *, rest: bool) -> bool:
        runs = tuple(line.runs)
        if frame.depth >= 0 and not rest and not self._exact:
            runs = with_task(runs)
        words = words_of(runs)
        if not self._exact and self._is_nothing(words, row, frame):
            self._apart = True
            return False
        block = Block(
            words,
            _place(row),
            bold=all(run.bold or not run.text.strip() for run in runs),
            indented=self._source(row).startswith(_INDENT),
            gap=not rest and self._is_gap(row),
            broken=line.broken and rest,
        )
        self._put(self._framed(block, runs, frame, rest=rest))
        return True

    def _framed(self, block: Block, runs: Runs, frame: Frame, *, rest: bool) -> Block:
        """The line with its shape; a list's further lines belong to the item above."""
        if frame.plain or (rest and block.indented):
            block = replace(block, shape=prose(runs))
            return block if self._exact else self._with_bullet(block, runs)
        if rest and not frame.quoted:
            return replace(block, shape=prose(runs), bold=False, follows=True)
        return replace(
            block,
            text=block.text if rest else frame.lead + block.text,
            bold=False,
            bullet=frame.bulleted,
            shape=replace(frame, lead="" if rest else frame.lead).shape(runs),
            follows=self._follows,
        )

    def _with_bullet(self, block: Block, runs: Runs) -> Block:
        """`• 一项`: the signs that Markdown does not know make a list, too."""
        found = BULLET.match(block.text)
        if not found or len(found[0]) > len(runs[0].text):
            return block
        runs = merged((replace(runs[0], text=runs[0].text[found.end() :]), *runs[1:]))
        last = self.blocks[-1] if self.blocks else block
        return replace(
            block,
            text=words_of(runs),
            bold=False,
            bullet=True,
            shape=Listing((Item(runs),)),
            follows=isinstance(last.shape, Listing) and last.bullet,
        )

    def _is_nothing(self, words: str, row: int, frame: Frame) -> bool:
        """Whether a line is a page's number, or a word to a program."""
        return bool(_CALLOUT.fullmatch(words)) or (
            frame.plain and says_nothing(self._source(row).strip())
        )

    def _is_gap(self, row: int) -> bool:
        above = self._lines[row - 1] if row else ""
        return self._apart or not above.strip(" \t>")

    def _source(self, row: int) -> str:
        return self._lines[row].lstrip(" \t>") if row < len(self._lines) else ""

    def _put(self, block: Block) -> None:
        self.blocks.append(block)
        self._apart, self._follows = False, block.framed or block.follows

    # What stands between the lines.

    def _add_apart(self, shape: Shape, row: int) -> None:
        self._put(Block(said_by(shape), _place(row), gap=True, shape=shape))
        self._apart, self._follows = True, True

    def _add_figures(self, figures: Sequence[tuple[Figure, int]]) -> None:
        for figure, row in figures:
            self._add_apart(figure, row)

    def _read_heading(self, token: Token, words: Token, frame: Frame) -> None:
        lines = self._lines_of(words.children or ())
        if not frame.plain or self._is_rule_below(token, words):
            self._add_lines(lines, _row(words), frame)
            self._apart = True
            return
        runs, row = one_line(lines), _row(token)
        text = " ".join(words_of(runs).split("\n"))
        if text:
            gap = self._is_gap(row)
            self._put(Block(text, _place(row), int(token.tag[1]), gap=gap, shape=prose(runs)))
        self._add_figures([(figure, row) for line in lines for figure in line.figures])

    def _is_rule_below(self, token: Token, words: Token) -> bool:
        """Whether a row of - is a rule: it underlines where = does, too, or what must be a title."""
        if self._exact or token.markup not in ("-", "="):
            return token.markup in ("-", "=")
        mark = read_mark(words.content)
        titled = is_label(words.content) or (mark is not None and not mark.counts)
        sure = self.underlined or titled
        return "\n" in words.content or not sure

    def _read_list(self, token: Token, inner: Sequence[Token], frame: Frame) -> None:
        items = list(_parted(inner))
        numbers = numbers_of([item for item, _ in items]) if token.type[0] == "o" else []
        lone = frame.plain and len(items) == 1 and not self._exact
        if lone and says_nothing(self._source(_row(token)).strip()):
            return
        for at, (item, body) in enumerate(items):
            number = numbers[at] if numbers else 0
            lead = f"{number}{item.markup} " if number else "• " if frame.quoted else ""
            self.read(body, Frame(frame.depth + 1, number, lead, frame.quoted))

    def _read_code(self, token: Token, frame: Frame) -> None:
        text = token.content.removesuffix("\n")
        if token.type == "code_block" and _is_prose(text):
            lines = self._lines_of(read_inline("\n".join(map(str.strip, text.split("\n")))))
            self._add_lines(lines, _row(token), frame)
        elif frame.quoted and text.strip():
            self._add_line(Line([Run(text, code=True)]), _row(token), frame, rest=False)
        else:
            language = (token.info.split() or [""])[0].strip("{}.")
            self._add_apart(Code(text, language), _row(token))

    def _read_table(self, inner: Sequence[Token], row: int) -> None:
        figures: list[tuple[Figure, int]] = []
        rows: list[tuple[Runs, ...]] = []
        aligned: list[str] = []
        for token in inner:
            if token.type == "tr_open":
                rows.append(())
            elif token.type == "th_open":
                found = _ALIGNED.search(str(token.attrs.get("style", "")))
                aligned.append(found[1] if found else "")
            elif token.type == "inline":
                lines = self._lines_of(token.children or ())
                rows[-1] += (one_line(lines),)
                figures += [(figure, row) for line in lines for figure in line.figures]
        padding = ((),) * len(aligned)
        whole = tuple((*each, *padding)[: len(aligned)] for each in rows)
        self._add_apart(Table(tuple(aligned), whole[0], whole[1:]), row)
        self._add_figures(figures)

    def _read_webpage(self, token: Token, frame: Frame) -> None:
        self._apart = True
        for piece in read_webpage(token.content):
            lines = self._lines_of(read_inline(piece.source))
            if piece.level and frame.plain and (words := words_of(one_line(lines))):
                self._put(Block(words, _place(_row(token)), piece.level, gap=True))
            else:
                inside = replace(frame, depth=0) if piece.item and frame.plain else frame
                self._add_lines(lines, _row(token), inside)
            self._apart = True


def _place(row: int) -> str:
    return f"第 {row + 1} 行"


def _row(token: Token) -> int:
    return token.map[0] if token.map else 0


def _is_prose(text: str) -> bool:
    """Whether what is set in by four spaces is a paragraph of Chinese, and no program."""
    return "。" in text and sum("\u4e00" <= letter <= "\u9fff" for letter in text) * 2 > len(text)
