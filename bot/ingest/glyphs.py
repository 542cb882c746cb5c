"""What the pages of a PDF show, letter by letter: a program of its own, `python glyphs.py < FILE`.

A PDF can make any reader of PDFs crash, hang or eat the machine's memory. So the library runs in
a process that may only use so much, and answers in JSON; `pdf` starts it and reads the answer.
It imports nothing of this package.
"""

import contextlib
import ctypes
import json
import math
import re
import resource
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

# A report has six pages and six thousand letters; what is far beyond is no issue of a daily.
MOST_PAGES = 100
MOST_LETTERS = 200_000
# A full page of a report has 1,000.
MOST_ON_PAGE = 30_000
MOST_LINKS = 500
# 96 full pages took 64 MB of addresses and a second; the parent keeps the rest of 500 MB.
MEMORY = 384 * 1024 * 1024
SECONDS = 4
# A gap this wide, in letters, may hold something that the file draws later, in another font.
GAP = 0.3
# What stands this much higher or lower, in letters, is on another line, or raised.
RISE = 0.1
# A letter counts as turned by a quarter of a circle within this part of one.
ASKEW = 0.02
_BOLD_NAMES = ("bold", "black", "heavy", "demi")
_BOLD_WEIGHT = 600
# The library's own sign for a hyphen at the end of a line, and the space it makes up.
_HYPHEN, _SPACE = 2, 32
_MADE_UP = "\x1f"
_BLANK = " \u00a0\u3000\x1f"
# A space that was only seen between two Chinese characters is none: their line was stretched.
_STRETCHED = re.compile(r"(?<=[\u2e80-\uffff])\x1f(?=[\u2e80-\uffff])")


@dataclass(frozen=True, slots=True)
class _Setting:
    """How letters are set: by how many quarters of a circle turned (None: askew), how large, how bold."""

    turn: int | None
    size: float
    font: str
    bold: bool


@dataclass(slots=True)
class _Letter:
    """One letter, and its place with the text upright."""

    text: str
    left: float
    right: float
    baseline: float
    setting: _Setting
    link: str


def read_pages(data: bytes) -> dict[str, Any]:
    """The spans of each page, or the `problem` that keeps them from being read."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        code = getattr(error, "err_code", None)
        return {"problem": "password" if code == pdfium.FPDF_ERR_PASSWORD else "broken"}
    if len(document) > MOST_PAGES:
        return {"problem": "pages"}
    pages: list[list[Any]] = []
    letters = 0
    for number in range(len(document)):
        try:
            page = document[number]
            text = page.get_textpage()
        except pypdfium2.PdfiumError:
            return {"problem": "broken"}
        on_page = pdfium.FPDFText_CountChars(text)
        letters += on_page
        if letters > MOST_LETTERS or on_page > MOST_ON_PAGE:
            return {"problem": "letters"}
        pages.append(list(_spans(_letters(text, _links(document, page)))))
    return {"pages": pages, "producer": _producer(document)}


def _producer(document: pypdfium2.PdfDocument) -> str:
    return " ".join(
        filter(None, (document.get_metadata_value(key) for key in ("Creator", "Producer")))
    )


def _links(document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage) -> list[tuple[str, Any]]:
    """The addresses that can be clicked, and where on the page."""
    found: list[tuple[str, Any]] = []
    at, link = ctypes.c_int(0), pdfium.FPDF_LINK()
    while len(found) < MOST_LINKS and pdfium.FPDFLink_Enumerate(page, at, link):
        area = pdfium.FS_RECTF()
        address = _address(document, pdfium.FPDFLink_GetAction(link))
        if address and pdfium.FPDFLink_GetAnnotRect(link, area):
            found.append((address, area))
    return found


def _address(document: pypdfium2.PdfDocument, action: Any) -> str:
    if not action or pdfium.FPDFAction_GetType(action) != pdfium.PDFACTION_URI:
        return ""
    buffer = ctypes.create_string_buffer(2048)
    size = pdfium.FPDFAction_GetURIPath(document, action, buffer, len(buffer))
    return buffer.value.decode("utf-8", "replace") if 0 < size <= len(buffer) else ""


def _letters(text: pypdfium2.PdfTextPage, links: list[tuple[str, Any]]) -> Iterator[_Letter]:
    """The letters that stand as most do: a watermark is set askew, a margin note on its side."""
    settings = _settings(text)
    usual = Counter(one.turn for one in settings if one).most_common(1)
    last: _Letter | None = None
    for at, setting in enumerate(settings):
        if setting is None:  # what the library made up: a space it saw, or the end of a line
            if last and pdfium.FPDFText_GetUnicode(text, at) == _SPACE:
                yield _Letter(
                    _MADE_UP, last.right, last.right, last.baseline, last.setting, last.link
                )
        elif setting.turn is not None and setting.turn == usual[0][0]:
            last = _letter(text, at, setting, setting.turn, links)
            yield last


def _settings(text: pypdfium2.PdfTextPage) -> list[_Setting | None]:
    """How each letter is set; letters of one text object are set alike."""
    found: list[_Setting | None] = []
    known: dict[int, _Setting] = {}
    for at in range(pdfium.FPDFText_CountChars(text)):
        if pdfium.FPDFText_IsGenerated(text, at) == 1:
            found.append(None)
            continue
        thing = pdfium.FPDFText_GetTextObject(text, at)
        key = ctypes.cast(thing, ctypes.c_void_p).value or 0
        if key not in known:
            known[key] = _setting(text, at, thing)
        found.append(known[key])
    return found


def _setting(text: pypdfium2.PdfTextPage, at: int, thing: Any) -> _Setting:
    """Bold is told by the font's name, by its weight, or by a stroke around the letters."""
    matrix, buffer, flags = pdfium.FS_MATRIX(), ctypes.create_string_buffer(128), ctypes.c_int()
    pdfium.FPDFText_GetMatrix(text, at, matrix)
    quarters = math.atan2(matrix.b, matrix.a) / (math.pi / 2)
    turn = round(quarters) % 4 if abs(quarters - round(quarters)) < ASKEW else None
    size = pdfium.FPDFText_GetFontSize(text, at) * math.hypot(matrix.c, matrix.d)
    pdfium.FPDFText_GetFontInfo(text, at, buffer, len(buffer), flags)
    name = buffer.value.decode("utf-8", "replace")
    font = name.partition("+")[2] or name
    bold = (
        any(word in font.lower() for word in _BOLD_NAMES)
        or pdfium.FPDFText_GetFontWeight(text, at) >= _BOLD_WEIGHT
        or pdfium.FPDFTextObj_GetTextRenderMode(thing) == pdfium.FPDF_TEXTRENDERMODE_FILL_STROKE
    )
    return _Setting(turn, size, font, bold)


def _letter(
    text: pypdfium2.PdfTextPage, at: int, setting: _Setting, turn: int, links: list[tuple[str, Any]]
) -> _Letter:
    box, x, y = pdfium.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetLooseCharBox(text, at, box)
    pdfium.FPDFText_GetCharOrigin(text, at, x, y)
    start, end = _turned(box.left, box.bottom, turn)[0], _turned(box.right, box.top, turn)[0]
    middle = (box.left + box.right) / 2, (box.bottom + box.top) / 2
    link = next((address for address, area in links if _within(*middle, area)), "")
    letter = _character(pdfium.FPDFText_GetUnicode(text, at))
    baseline = _turned(x.value, y.value, turn)[1]
    return _Letter(letter, min(start, end), max(start, end), baseline, setting, link)


def _character(code: int) -> str:
    """A letter of Unicode; what the font does not name, or names wrongly, is unknown."""
    if code == _HYPHEN:
        return "-"
    if code in {9, 10, 13}:
        return " "
    return chr(code) if 31 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"


def _turned(x: float, y: float, turn: int) -> tuple[float, float]:
    return ((x, y), (y, -x), (-x, -y), (-y, x))[turn]


def _within(x: float, y: float, area: Any) -> bool:
    return bool(area.left <= x <= area.right and area.bottom <= y <= area.top)


def _spans(letters: Iterator[_Letter]) -> Iterator[list[Any]]:
    """Letters that are set alike and follow each other, as one piece of text."""
    run: list[_Letter] = []
    for letter in letters:
        if run and not _follows(run[-1], letter):
            yield from _span(run)
            run = []
        run.append(letter)
    yield from _span(run)


def _follows(last: _Letter, letter: _Letter) -> bool:
    size = letter.setting.size
    near = -size < letter.left - last.right < GAP * size
    level = abs(last.baseline - letter.baseline) < RISE * size
    return near and level and last.setting == letter.setting and last.link == letter.link


def _span(run: list[_Letter]) -> Iterator[list[Any]]:
    text = _STRETCHED.sub("", "".join(letter.text for letter in run)).replace(_MADE_UP, " ")
    solid = [letter for letter in run if letter.text.strip(_BLANK)]
    if solid:
        first, last = solid[0], solid[-1]
        how = first.setting
        yield [
            text,
            first.left,
            last.right,
            first.baseline,
            how.size,
            how.font,
            how.bold,
            first.link,
        ]


def main() -> None:
    """Read a PDF from standard input, within the limits, and write what was found."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(OSError, ValueError):  # macOS knows no limit of addresses
            resource.setrlimit(what, (most, most))
    json.dump(read_pages(sys.stdin.buffer.read()), sys.stdout)


if __name__ == "__main__":
    main()
