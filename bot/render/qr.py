"""The footer of every article: the codes that lead to the account and to the website."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from qrcode.constants import ERROR_CORRECT_Q
from qrcode.exceptions import DataOverflowError
from qrcode.main import QRCode

from bot.errors import ArticleError
from bot.model import Picture
from bot.render.fonts import Face, bold, regular
from bot.render.typeset import Setting, fit, spread

# Twice and more the width of an article on a phone, which is 375 px at most (px).
WIDTH = 1080
# ISO/IEC 18004 asks for four modules of white around a code.
QUIET = 4
# A code and its quiet zone fill at most this square (px).
ROOM = 500
# Shrunk to 375 px wide, a module of 7 px is still 2.4: below two, phones begin to fail.
SMALLEST_MODULE = 7
ABREAST = 2

HEADING = "联系我们，请扫描二维码"
HEADING_TOP, CODES_TOP, CAPTION_TOP, NOTE_TOP, ROW = 56, 116, 8, 66, 644
HEADING_SETTING = Setting(WIDTH - 120, 60, largest=44, smallest=24)
CAPTION_SETTING = Setting(ROOM, 50, largest=40, smallest=22)
NOTE_SETTING = Setting(ROOM, 40, largest=30, smallest=20)

# An opaque light plate: readers in dark mode see dark modules on white all the same.
PLATE = "#ffffff"
INK, MUTED, RULE = "#1c1c1c", "#5c5c5c", "#cccccc"


@dataclass(frozen=True, slots=True)
class Code:
    """What a code says, what stands below it in bold, and a smaller line below that."""

    content: str
    caption: str
    note: str = ""


def draw_footer(codes: Sequence[Code], fonts: Path) -> Picture:
    """Draw the codes two abreast on one plate, 1080 px wide, with the fonts of a folder.

    The same codes give the same bytes. Raises ArticleError for no codes, an empty one, or one
    too dense to be read on a phone; StartError for a missing or broken font.
    """
    if not codes:
        raise ArticleError("没有要画的二维码，请在设置里填写公众号或网站的地址。")
    version = max(map(_version, codes))
    pictures = [_picture(code, version) for code in codes]
    rows = -(-len(codes) // ABREAST)
    plate = Image.new("L", (WIDTH, CODES_TOP + rows * ROW), PLATE)
    _heading(plate, bold(fonts))
    for number, (code, picture) in enumerate(zip(codes, pictures, strict=True)):
        _place(plate, code, picture, _middle(number, len(codes)), fonts)
    return _png("footer.png", plate)


def _version(code: Code) -> int:
    """The smallest size of code (1 to 40) that holds the content."""
    if not code.content.strip():
        raise ArticleError(f"二维码“{code.caption}”没有内容，请在设置里填写它的地址。")
    try:
        version: int = _drawing(code).best_fit()
    except (DataOverflowError, ValueError) as error:
        raise _too_dense(code) from error
    if _module(version) < SMALLEST_MODULE:
        raise _too_dense(code)
    return version


def _drawing(code: Code, version: int | None = None) -> QRCode[Any]:
    """Error correction Q: a quarter of the code may be dirty, folded or covered."""
    drawing = QRCode(version, ERROR_CORRECT_Q, border=QUIET)
    drawing.add_data(code.content)
    return drawing


def _module(version: int) -> int:
    """The side of a module (px) that makes the code fill its room."""
    return ROOM // (4 * version + 17 + 2 * QUIET)


def _picture(code: Code, version: int) -> Image.Image:
    """The code with its quiet zone. All codes of a footer have one version, hence one size."""
    drawing = _drawing(code, version)
    drawing.make(fit=False)
    modules = drawing.get_matrix()
    dots = bytes(0 if dark else 255 for row in modules for dark in row)
    small = Image.frombytes("L", (len(modules), len(modules)), dots)
    side = len(modules) * _module(version)
    return small.resize((side, side), Image.Resampling.NEAREST)


def _too_dense(code: Code) -> ArticleError:
    length = len(code.content.encode())
    return ArticleError(
        f"二维码“{code.caption}”的内容有 {length} 字节，画出来手机难以识别，"
        "请换成较短的地址（建议 120 字节以内）。"
    )


def _middle(number: int, count: int) -> tuple[int, int]:
    """The middle of a code's top edge (px); the last of an odd number stands alone."""
    row, column = divmod(number, ABREAST)
    alone = number == count - 1 and column == 0
    across = WIDTH // 2 if alone else (2 * column + 1) * WIDTH // (2 * ABREAST)
    return across, CODES_TOP + row * ROW


def _heading(plate: Image.Image, face: Face) -> None:
    """The heading between two short rules."""
    canvas = ImageDraw.Draw(plate)
    left, right = _centred(canvas, (WIDTH // 2, HEADING_TOP), HEADING, face, HEADING_SETTING)
    level = HEADING_TOP + HEADING_SETTING.largest // 2
    for start in (left - 32 - 96, right + 32):
        canvas.rectangle((start, level, start + 95, level + 2), fill=RULE)


def _place(
    plate: Image.Image, code: Code, picture: Image.Image, at: tuple[int, int], fonts: Path
) -> None:
    """Put a code's picture and its two lines below a point."""
    middle, top = at
    plate.paste(picture, (middle - picture.width // 2, top + (ROOM - picture.height) // 2))
    canvas = ImageDraw.Draw(plate)
    below = top + ROOM
    _centred(canvas, (middle, below + CAPTION_TOP), code.caption, bold(fonts), CAPTION_SETTING)
    _centred(canvas, (middle, below + NOTE_TOP), code.note, regular(fonts), NOTE_SETTING, ink=MUTED)


def _centred(
    canvas: ImageDraw.ImageDraw,
    at: tuple[int, int],
    text: str,
    face: Face,
    setting: Setting,
    *,
    ink: str = INK,
) -> tuple[int, int]:
    """Write a line around a middle; return where it starts and ends (px)."""
    middle, top = at
    block = fit(face.clean(text), face.advance, setting)
    half = spread(block.lines[0], face.advance)[1] * block.size / 2
    face.write(canvas, (middle - half, top), block.lines[0], block.size, ink)
    return round(middle - half), round(middle + half)


def _png(name: str, image: Image.Image) -> Picture:
    """Flat greys: a fraction of a JPEG's size, and the modules' edges stay sharp."""
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return Picture(name, file.getvalue(), *image.size)
