"""A PDF in, blocks out."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from bot.errors import IngestError
from bot.ingest.block import Block
from bot.ingest.columns import in_columns
from bot.ingest.furniture import body_size, without_furniture
from bot.ingest.links import blocks_with_links, lines_joined, shown
from bot.ingest.page import Line, Span, read_lines
from bot.ingest.setting import heading_sizes
from bot.ingest.typeset import read_block, read_paragraphs

# Six pages take a quarter of a second; the whole of reading has five.
_PATIENCE = 4.2
# 100 full pages have 4,000 lines.
MOST_LINES = 20_000
# A page whose letters are mostly unknown has a font that does not say what they are.
_UNKNOWN = 0.3
# Points: no letter is smaller than this, no page larger than that.
_SMALLEST, _FARTHEST = 0.5, 20_000
# TeX parts words at a line's end; Word, LibreOffice and browsers do not.
_PARTS_WORDS = ("tex", "dvi")

_PROBLEMS = {
    "password": ("这份 PDF 加了密码", "请去掉密码另存一份再试"),
    "broken": ("这份 PDF 已损坏或没有下载完整", "请重新导出或下载一份再试"),
    "pages": ("这份 PDF 超过 100 页，不像一期日报", "请换成单独一期的文件"),
    "letters": ("这份 PDF 的文字太多，不像一期日报", "请换成单独一期的文件"),
    "slow": ("这份 PDF 太复杂，读不出来", "请用原来的软件重新导出，或换成 Word 文件再试"),
    "scan": (
        "这是扫描件或图片，里面没有文字",
        "请换成原来的 Word 文件或由它导出的 PDF，或先做文字识别再试",
    ),
    "unknown": ("这份 PDF 的字体没有说明各是什么字，复制出来是乱码", "请换成 Word 文件再试"),
}


def read_pdf(data: bytes, name: str) -> tuple[Block, ...]:
    """Read the paragraphs of a PDF; `name` is the file's, for what the editor is told."""
    found = _ask_glyphs(data, name)
    pages = [[Span(*span) for span in spans] for spans in found["pages"]]
    return read_spans(pages, found["producer"], name)


def read_spans(spans: Sequence[Sequence[Span]], producer: str, name: str) -> tuple[Block, ...]:
    """Read the paragraphs from the pieces of text on each page, and the program that set them."""
    pages = [
        read_lines(number, [span for span in page if _is_on_paper(span)])
        for number, page in enumerate(spans, 1)
    ]
    if sum(map(len, pages)) > MOST_LINES:
        _refuse(name, "letters")
    _check_legible(pages, name)
    hyphenated = any(word in producer.casefold() for word in _PARTS_WORDS)
    return tuple(_read_blocks(pages, hyphenated=hyphenated))


def _is_on_paper(span: Span) -> bool:
    """Whether a piece of text is where and as large as readers could see it."""
    places = (span.left, span.right, span.baseline)
    return (
        _SMALLEST < span.size < _FARTHEST
        and all(abs(place) < _FARTHEST for place in places)
        and bool(span.text.strip())
    )


def _ask_glyphs(data: bytes, name: str) -> Any:
    """What `glyphs` says, from a process that cannot take this one with it."""
    program = [sys.executable, "-P", str(Path(__file__).with_name("glyphs.py"))]
    try:
        done = subprocess.run(  # noqa: S603  our own program
            program, input=data, capture_output=True, timeout=_PATIENCE, check=True
        )
        found = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        _refuse(name, "slow", error)
    if "problem" in found:
        _refuse(name, found["problem"])
    return found


def _refuse(name: str, problem: str, cause: Exception | None = None) -> NoReturn:
    raise IngestError(name or "文件", *_PROBLEMS[problem]) from cause


def _check_legible(pages: Sequence[Sequence[Line]], name: str) -> None:
    text = "".join(line.text for page in pages for line in page)
    if not any(map(str.isalnum, text.replace("\ufffd", ""))) and "\ufffd" not in text:
        _refuse(name, "scan")
    if text.count("\ufffd") > _UNKNOWN * len(text):
        _refuse(name, "unknown")


def _read_blocks(pages: Sequence[Sequence[Line]], *, hyphenated: bool) -> list[Block]:
    pages = in_columns(without_furniture(pages, body_size(pages)))
    if not any(pages):
        return []
    paragraphs, setting = read_paragraphs(pages)
    sizes = heading_sizes([lines[0] for lines in paragraphs], setting)
    found = []
    for lines in paragraphs:
        pieces = lines_joined([line.pieces for line in lines], hyphenated=hyphenated)
        if block := read_block(lines, shown(pieces), setting, sizes):
            found.append((block, pieces))
    return blocks_with_links(found)
