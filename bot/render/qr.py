"""One QR code: drawn with a mark in its middle, or taken from the platform's own picture; and read back."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import zxingcpp
from PIL import Image, ImageDraw
from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_Q
from qrcode.exceptions import DataOverflowError
from qrcode.main import QRCode

from bot.errors import ArticleError
from bot.render.backdrop import logo_of, open_picture
from bot.render.fonts import Face

# ISO/IEC 18004 asks for four modules of white around a code.
QUIET = 4
# A code and its quiet zone fill at most this square (px).
ROOM = 500
# The footer's 1080 px shrink to 375 on a phone: a module of 7 px is still 2.4 there, and below two
# phones begin to fail. Level H is worth its smaller modules while they are as large as this.
SMALLEST_MODULE, COMFORTABLE_MODULE = 7, 9
# How much of its width a code can spare: a third of what its level can mend of its area.
BEARABLE = {ERROR_CORRECT_H: 0.31, ERROR_CORRECT_Q: 0.28}
LEAST_SHARE = 0.1
LARGEST_PICTURE = (1200, 1200)
LOGO = "二维码中间的标志"
ONLY_QR = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])

PAPER, INK, SEAL = "#ffffff", "#000000", "#0f4294"


@dataclass(frozen=True, slots=True)
class Code:
    """What a code says, what stands below it in bold, and a smaller line below that.

    `picture` is an image file of a code that exists already; its `content` may then be left empty.
    """

    content: str
    caption: str
    note: str = ""
    picture: bytes = b""


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands in the middle of codes: an image file, else the first character of the caption.

    `share` is its part of the code's width.
    """

    picture: bytes = b""
    share: float = 0.2


@dataclass(frozen=True, slots=True)
class Grade:
    """The size (version, 1 to 40) and error correction of a footer's codes."""

    version: int
    level: int

    @property
    def modules(self) -> int:
        """Across, without the quiet zone."""
        return 4 * self.version + 17

    @property
    def module(self) -> int:
        """The side of a module (px) that makes the code fill its room."""
        return ROOM // (self.modules + 2 * QUIET)


def grade_of(codes: Sequence[Code]) -> Grade:
    """The one grade that holds all contents: level H where modules stay comfortably large, else Q.

    Raises ArticleError for an empty content, or one too dense to be read on a phone.
    """
    drawn = [code for code in codes if not code.picture]
    for level, least in ((ERROR_CORRECT_H, COMFORTABLE_MODULE), (ERROR_CORRECT_Q, SMALLEST_MODULE)):
        grade = Grade(max([_version(code, level) for code in drawn], default=2), level)
        if grade.module >= least:
            return grade
    raise _too_dense(max(drawn, key=lambda code: len(code.content.encode())))


def _version(code: Code, level: int) -> int:
    """The smallest size of code that holds the content."""
    if not code.content.strip():
        raise ArticleError(f"二维码“{code.caption}”没有内容，请在设置里填写它的地址。")
    try:
        version: int = _drawing(code, level).best_fit()
    except (DataOverflowError, ValueError) as error:
        raise _too_dense(code) from error
    return version


def _drawing(code: Code, level: int, version: int | None = None) -> QRCode[Any]:
    drawing = QRCode(version, level, border=QUIET)
    drawing.add_data(code.content)
    return drawing


def _too_dense(code: Code) -> ArticleError:
    length = len(code.content.encode())
    return ArticleError(
        f"二维码“{code.caption}”的内容有 {length} 字节，画出来手机难以识别，"
        "请换成较短的地址（建议 120 字节以内）。"
    )


def draw_code(code: Code, grade: Grade, mark: Mark, face: Face) -> Image.Image:
    """The code with its quiet zone and its mark ("RGB"). Raises ArticleError for a mark too large."""
    drawing = _drawing(code, grade.level, grade.version)
    drawing.make(fit=False)
    modules = drawing.get_matrix()
    dots = bytes(0 if dark else 255 for row in modules for dark in row)
    small = Image.frombytes("L", (len(modules), len(modules)), dots)
    side = len(modules) * grade.module
    picture = small.resize((side, side), Image.Resampling.NEAREST).convert("RGB")
    if sign := _sign(code, mark, face, _room(grade, mark)):
        _put_in_middle(picture, sign, grade)
    return picture


def _room(grade: Grade, mark: Mark) -> int:
    """How many px the mark may take: whole modules, an odd number, like the code's own side."""
    bearable = BEARABLE[grade.level]
    if not LEAST_SHARE <= mark.share <= bearable:
        raise ArticleError(
            f"二维码中间的标志占宽度的 {mark.share:.0%}，能承受的是 {LEAST_SHARE:.0%} 到 {bearable:.0%}。"
            "请修改设置 wechat.qr_logo_size"
        )
    return (int(grade.modules * mark.share) - 1 | 1) * grade.module


def _sign(code: Code, mark: Mark, face: Face, room: int) -> Image.Image | None:
    """The mark within its room (px)."""
    inner = room - 2 * max(3, room // 14)
    if mark.picture:
        logo = logo_of(mark.picture, LOGO)
        scale = inner / max(logo.size)
        size = (max(1, round(logo.width * scale)), max(1, round(logo.height * scale)))
        return logo.resize(size, Image.Resampling.LANCZOS)
    character = face.clean(code.caption.strip())[:1]
    return _seal(character, face, inner) if character.strip() else None


def _seal(character: str, face: Face, side: int) -> Image.Image:
    """A character on a rounded square, drawn larger and reduced for smooth corners."""
    seal = Image.new("RGBA", (side * 4, side * 4))
    canvas = ImageDraw.Draw(seal)
    canvas.rounded_rectangle((0, 0, side * 4 - 1, side * 4 - 1), radius=side, fill=SEAL)
    font = face.at(round(side * 4 * 0.68), character)
    canvas.text((side * 2, side * 2), character, font=font, fill=PAPER, anchor="mm")
    return seal.reduce(4)


def _put_in_middle(picture: Image.Image, sign: Image.Image, grade: Grade) -> None:
    """Clear whole modules around the middle and set the sign there."""
    wanted = max(sign.size) + 2 * max(3, max(sign.size) // 14)
    side = (-(-wanted // grade.module) | 1) * grade.module
    corner = (picture.width - side) // 2
    picture.paste(PAPER, (corner, corner, corner + side, corner + side))
    place = ((picture.width - sign.width) // 2, (picture.height - sign.height) // 2)
    picture.paste(sign, place, mask=sign.getchannel("A"))


def read_codes(picture: Image.Image) -> list[str]:
    """What the codes in a picture say, as a phone reads them."""
    return [code.text for code in _found(picture)]


def _found(picture: Image.Image) -> Sequence[zxingcpp.Barcode]:
    # Between a code's modules, other kinds of code may be found by chance.
    return zxingcpp.read_barcodes(picture.convert("L"), formats=ONLY_QR)


def as_on_phone(picture: Image.Image, width: int = 375, quality: int = 60) -> Image.Image:
    """The picture as it arrives on a phone: so many px wide, compressed like this (JPEG)."""
    small = picture.resize((width, round(picture.height * width / picture.width)))
    file = io.BytesIO()
    small.convert("RGB").save(file, "JPEG", quality=quality)
    return Image.open(file)


def code_in_picture(code: Code, side: int, margin: int) -> tuple[str, Image.Image]:
    """What the code in `code.picture` says, and itself upright, `side` px within `margin` of white.

    Raises ArticleError if there is no code, or one that says something else than `code.content`.
    """
    what = f"二维码“{code.caption}”的图片"
    given = open_picture(code.picture, what, LARGEST_PICTURE)
    plain = Image.new("RGB", given.size, PAPER)
    plain.paste(given, mask=given.getchannel("A"))
    found = _found(plain)
    if len(found) != 1:
        raise ArticleError(
            f"{what}里认出 {len(found)} 个二维码，应正好有一个。请换成公众平台下载的二维码图片"
        )
    if code.content and found[0].text != code.content:
        raise ArticleError(
            f"{what}写的是 {found[0].text}，与设置 wechat.account_qr 不同。请改正其中一个"
        )
    cut = _upright(plain, found[0].position).resize((side, side), Image.Resampling.LANCZOS)
    framed = Image.new("RGB", (side + 2 * margin, side + 2 * margin), PAPER)
    framed.paste(cut, (margin, margin))
    return found[0].text, framed


def _upright(plain: Image.Image, corners: Any) -> Image.Image:
    """The code cut out at its four corners, straightened if it was photographed at an angle."""
    side = max(plain.size)
    quad = [
        value
        for corner in (
            corners.top_left,
            corners.bottom_left,
            corners.bottom_right,
            corners.top_right,
        )
        for value in (corner.x, corner.y)
    ]
    return plain.transform((side, side), Image.Transform.QUAD, quad, Image.Resampling.BICUBIC)
