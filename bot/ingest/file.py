"""A file in, an Issue out: which files are accepted, and how their bytes become text."""

import codecs
import hashlib
import importlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bot.errors import IngestError
from bot.ingest.block import Block
from bot.ingest.matter import is_canonical
from bot.ingest.structure import Report, read_report
from bot.ingest.substance import is_rich
from bot.ingest.text import read_blocks
from bot.model import Issue, Problem

ACCEPTED = frozenset(
    {".txt", ".text", ".md", ".markdown", ".pdf", ".docx", ".docm", ".doc", ".wps", ""}
)
# A report of six pages is 12 kB; these keep a mistaken file from costing more than a moment.
LARGEST_FILE = 2 * 1024 * 1024
MOST_LINES = 20_000
# A typeset report brings its fonts and pictures: 0.2 MB as a rule, 20 MB with photographs.
LARGEST_TYPESET = 32 * 1024 * 1024

# What the bytes begin with says what a file is; its name may be wrong. A format's module is loaded
# when the first such file is read: whoever reads a text need not wait for it.
_READERS = {
    b"%PDF-": ("bot.ingest.pdf", "read_pdf"),
    b"PK\x03\x04": ("bot.ingest.word", "read_word"),
}
_MARKDOWN = frozenset({".md", ".markdown"})
_MARKDOWN_READER = ("bot.ingest.markdown_file", "read_markdown_file")
# Some programs write a mark or an empty line before a PDF; its readers look for it further on.
_PDF_BEFORE = b"\xef\xbb\xbf\0 \t\r\n"
_OTHER_FORMATS = {
    b"\xd0\xcf\x11\xe0": (
        "是旧版 Word 文件（.doc），或加了密码",
        "请在 Word 或 WPS 里打开它，不设密码另存为 .docx 再试",
    ),
    b"{\\rtf": ("是 RTF 文件", "请在 Word 或 WPS 里打开它，另存为 .docx 再试"),
    b"\x89PNG": ("是图片", "请换成原来的 Word 文件或由它导出的 PDF 再试"),
    b"\xff\xd8\xff": ("是图片", "请换成原来的 Word 文件或由它导出的 PDF 再试"),
}
# Pictures within a Markdown text do not count as text.
_EMBEDDED = re.compile(rb"data:image/[\w.+-]{1,20};base64,[\w+/=]+")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# A text has next to no control characters, and a damaged one is still mostly sound.
_CONTROLS = frozenset(map(chr, (*range(9), *range(14, 27), *range(28, 32), 127)))
_FEW = 0.01


@dataclass(frozen=True, slots=True)
class Source:
    """Where an issue came from: the file's name, and the SHA-256 of its bytes in hexadecimal.

    `contents` and `tail` are what its contents list and its last page say: no part of the issue,
    but something to compare it with. `undated` is an issue whose date is only supposed; `problems`
    are what was amiss with the file itself.
    """

    name: str
    digest: str
    contents: tuple[str, ...] = ()
    tail: tuple[str, ...] = ()
    undated: bool = False
    problems: tuple[Problem, ...] = ()


def read_issue(path: Path, today: date | None = None) -> tuple[Issue, Source]:
    """Read an issue from a PDF, a Word file, text or Markdown; IngestError for anything else.

    With `today`, Markdown without a date is read, too: as of the day in its name, or of today.
    """
    data = _read_bytes(path)
    blocks = _typeset_blocks(data, path.name)
    if blocks is None:
        report = _read_text(_decode(data, path.name), path.name, today)
    else:
        report = _read_blocks(blocks, path.name)
    digest = hashlib.sha256(data).hexdigest()
    return report.issue, Source(
        path.name, digest, report.contents, report.tail, report.undated, report.problems
    )


def _typeset_blocks(data: bytes, name: str) -> Sequence[Block] | None:
    """The blocks of a PDF or Word file; None if it is neither."""
    beginning = data[:1024].lstrip(_PDF_BEFORE)
    for signature, reader in _READERS.items():
        if beginning.startswith(signature):
            read: Callable[[bytes, str], Sequence[Block]] = _loaded(*reader)
            return read(data, name)
    return None


def _loaded(module: str, function: str) -> Any:
    return getattr(importlib.import_module(module), function)


def read_text(text: str, name: str = "") -> Issue:
    """Read an issue from text; `name` is the file's, for what the editor is told."""
    return _read_text(text, name).issue


def _read_text(text: str, name: str, today: date | None = None) -> Report:
    if text.count("\n") + text.count("\r") > 2 * MOST_LINES:
        raise _too_long(name)
    named = Path(name).suffix.lower() in _MARKDOWN
    if named or is_canonical(text) or is_rich(text):
        read: Callable[..., Report] = _loaded(*_MARKDOWN_READER)
        return read(text, name, today=today, named=named)
    return _read_blocks(read_blocks(text), name)


def _read_blocks(blocks: Sequence[Block], name: str) -> Report:
    if len(blocks) > MOST_LINES:
        raise _too_long(name)
    return read_report(blocks, name)


def _too_long(name: str) -> IngestError:
    return IngestError(
        name or "文件", f"超过 {MOST_LINES} 行，不像一期日报", "请换成单独一期的文件"
    )


def _read_bytes(path: Path) -> bytes:
    """The bytes of an accepted file, never more than the largest."""
    name = path.name or str(path)
    try:
        if path.is_dir():
            raise IngestError(name, "这是文件夹，不是文件", "请指定文件夹里的某一个文件")
        if not path.exists():
            raise IngestError(name, "没有这个文件", "请检查路径和文件名")
        if not path.is_file():
            raise IngestError(name, "这不是普通文件", "请换成保存在磁盘上的文件")
        _check_kind(path.suffix.lower(), name)
        with path.open("rb") as file:
            data = file.read(LARGEST_TYPESET + 1)
    except (OSError, ValueError) as error:
        raise IngestError(name, "文件打不开", "请检查文件权限，或把它复制到别处再试") from error
    if len(data) > LARGEST_TYPESET:
        raise IngestError(name, "文件超过 32 MB，不像一期日报", "请换成没有大图的文件再试")
    return data


def _check_kind(suffix: str, name: str) -> None:
    if suffix not in ACCEPTED:
        raise IngestError(name, f"不认识 {suffix} 这种文件", "请存成 .docx、.pdf 或 .txt 再试")


def _decode(data: bytes, name: str) -> str:
    """UTF-8 first, then what else Chinese editors save as: UTF-16 with its mark, GB18030."""
    for beginning, (kind, remedy) in _OTHER_FORMATS.items():
        if data.startswith(beginning):
            raise IngestError(name, f"这{kind}，读不了", remedy)
    if len(data) > LARGEST_FILE and len(_EMBEDDED.sub(b"", data)) > LARGEST_FILE:
        raise IngestError(name, "文件超过 2 MB，不像一期日报的文字", "请只保留正文文字再试")
    text = data.decode("utf-16", "replace") if data.startswith(_UTF16) else _decode_bytes(data)
    if not text.strip("\ufeff \t\r\n"):
        raise IngestError(name, "文件是空的", "请换成写好的日报")
    if "\0" in text or sum(letter in _CONTROLS for letter in text) > _FEW * len(text):
        raise IngestError(
            name,
            "不是文本，也不是 PDF 或 Word 文件",
            "请换成原来的 Word 文件、PDF，或另存为 UTF-8 编码的 .txt 再试",
        )
    return text


def _decode_bytes(data: bytes) -> str:
    """A text in UTF-8 with a damaged letter is still UTF-8: GB18030 would make it all nonsense."""
    text = data.decode("utf-8-sig", "replace")
    if text.count("\ufffd") <= _FEW * len(text):
        return text
    return data.decode("gb18030", "replace")
