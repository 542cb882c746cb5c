"""A Word file as what it is, a ZIP archive of XML, read within limits.

What the archive says of its sizes need not be so: every part is unpacked only as far as is allowed,
and its XML is read as a stream, so that no depth and no number of elements costs more than is known.
"""

import io
import zipfile
import zlib
from collections.abc import Callable
from xml.parsers import expat

from bot.errors import IngestError

# The text of a report takes 0.1 MB, the styles of a template 0.5 MB.
LARGEST_PART = 12 * 1024 * 1024
# A report has 20 parts, a book with pictures some hundreds. Each costs time when the list is read.
MOST_PARTS = 5_000
# Elements: a plain report has 200, its styles 9,000; 300,000 are read in a second. Tables in text boxes in tables
# are 60 deep.
MOST_ELEMENTS, DEEPEST = 300_000, 400

_ENTRY = b"PK\x01\x02"
_BROKEN = ("文件已损坏或没有下载完整", "请在 Word 里重新保存一份再试")
_NOT_WORD = ("这是压缩包，里面没有 Word 文档", "请先解压，再指定里面的日报文件")
_COMPLEX = ("文件异常复杂，不像一期日报", "请把正文复制到新的 Word 文档里再试")
_ENTITIES = ("文件含有 Word 不会写的内容（DTD）", "请在 Word 里重新保存一份再试")
_LOCKED = ("文件加了密码", "请去掉密码另存一份再试")

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]


class _TooComplexError(Exception):
    """Stops the XML parser from inside."""


class _EntitiesError(Exception):
    """The same, for a document type definition."""


class Package:
    """The parts of a Word file by their names; IngestError for whatever cannot be read."""

    def __init__(self, data: bytes, name: str) -> None:
        self._name = name or "文件"
        if data.count(_ENTRY) > MOST_PARTS:
            raise IngestError(self._name, *_COMPLEX)
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except (
            zipfile.BadZipFile,
            OSError,
            ValueError,
            OverflowError,
            NotImplementedError,
        ) as error:
            raise IngestError(self._name, *_BROKEN) from error
        self._names = {info.filename.lower(): info for info in self._archive.infolist()}

    def has(self, part: str) -> bool:
        return part.lower() in self._names

    def parse(self, part: str, start: Start, end: End, text: Text | None = None) -> None:
        """Walk through the XML of a part; a missing one is empty. Names come without prefix."""
        if not self.has(part):
            return
        _parse(self._read(part), _Walk(start, end, text), self._name)

    def not_word(self) -> IngestError:
        """What to say of an archive without a document."""
        return IngestError(self._name, *_NOT_WORD)

    def too_complex(self) -> IngestError:
        """What to say of a document that no report is like."""
        return IngestError(self._name, *_COMPLEX)

    def empty(self) -> IngestError:
        """What to say of a document without words."""
        return IngestError(
            self._name,
            "里面没有文字（内容可能是图片）",
            "请换成文字可以选中的 Word 文件再试",
        )

    def _read(self, part: str) -> bytes:
        info = self._names[part.lower()]
        if info.flag_bits & 1:
            raise IngestError(self._name, *_LOCKED)
        if info.file_size > LARGEST_PART:
            raise IngestError(self._name, *_COMPLEX)
        if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise IngestError(self._name, *_BROKEN)
        try:
            with self._archive.open(info) as file:
                data = file.read(LARGEST_PART + 1)
        except (
            zipfile.BadZipFile,
            zlib.error,
            OSError,
            EOFError,
            ValueError,
            RuntimeError,
        ) as error:
            raise IngestError(self._name, *_BROKEN) from error
        if len(data) > LARGEST_PART:
            raise IngestError(self._name, *_COMPLEX)
        return data


class _Walk:
    """Counts what passes, and hands it on."""

    def __init__(self, start: Start, end: End, text: Text | None) -> None:
        self._start, self._end, self._text = start, end, text
        self._elements = self._depth = 0

    def parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._open
        parser.EndElementHandler = self._close
        parser.StartDoctypeDeclHandler = self._refuse
        if self._text:
            parser.CharacterDataHandler = self._text
        return parser

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        self._depth += 1
        if self._elements > MOST_ELEMENTS or self._depth > DEEPEST:
            raise _TooComplexError
        self._start(_local(name), {_local(key): value for key, value in attributes.items()})

    def _close(self, name: str) -> None:
        self._depth -= 1
        self._end(_local(name))

    def _refuse(self, *_: object) -> None:
        raise _EntitiesError


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _parse(data: bytes, walk: _Walk, name: str) -> None:
    try:
        walk.parser().Parse(data, True)
    except _TooComplexError as error:
        raise IngestError(name, *_COMPLEX) from error
    except _EntitiesError as error:
        raise IngestError(name, *_ENTITIES) from error
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise IngestError(name, *_BROKEN) from error
