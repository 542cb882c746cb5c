"""The footer of every article: the codes that lead to the account and to the website, on one plate."""

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

from bot.errors import ArticleError
from bot.model import Picture
from bot.render.fonts import Face, bold, regular
from bot.render.qr import (
    PAPER,
    QUIET,
    ROOM,
    Code,
    Grade,
    Mark,
    as_on_phone,
    code_in_picture,
    draw_code,
    grade_of,
    read_codes,
)
from bot.render.typeset import Setting, fit, spread

# Twice and more the width of an article on a phone, which is 375 px at most (px).
WIDTH = 1080
ABREAST = 2
# Our own bound (bytes): every reader of every article pays for the footer.
HEAVIEST = 100_000
SEAL = Mark()
QUALITIES = (88, 80, 70, 60)

HEADING = "联系我们，请扫描二维码"
HEADING_TOP, CODES_TOP, CAPTION_TOP, NOTE_TOP, ROW = 56, 116, 8, 66, 644
HEADING_SETTING = Setting(WIDTH - 120, 60, largest=44, smallest=24)
CAPTION_SETTING = Setting(ROOM, 50, largest=40, smallest=22)
NOTE_SETTING = Setting(ROOM, 40, largest=30, smallest=20)

# An opaque light plate: readers in dark mode see dark modules on white all the same.
INK, MUTED, RULE = "#1c1c1c", "#5c5c5c", "#cccccc"


def draw_footer(codes: Sequence[Code], fonts: Path, mark: Mark = SEAL) -> Picture:
    """Draw the codes two abreast on one plate, 1080 px wide, with the fonts of a folder.

    The same codes give the same bytes. Every code is read back as a phone receives it. Raises
    ArticleError for no codes, an empty one, one too dense for a phone, a mark or picture that
    cannot be used, and one that does not say what it should; StartError for a missing font.
    """
    if not codes:
        raise ArticleError("没有要画的二维码，请在设置里填写公众号或网站的地址。")
    drawn = [_picture(code, grade_of(codes), mark, bold(fonts)) for code in codes]
    rows = -(-len(codes) // ABREAST)
    plate = Image.new("RGB", (WIDTH, CODES_TOP + rows * ROW), PAPER)
    _heading(plate, bold(fonts))
    for number, (code, (_, picture)) in enumerate(zip(codes, drawn, strict=True)):
        _place(plate, code, picture, _middle(number, len(codes)), fonts)
    _require_read(plate, codes, [content for content, _ in drawn])
    return _encoded(plate)


def _picture(code: Code, grade: Grade, mark: Mark, face: Face) -> tuple[str, Image.Image]:
    """What the code says, and itself. All codes of a footer have one version, hence one size."""
    if code.picture:
        return code_in_picture(code, grade.modules * grade.module, QUIET * grade.module)
    return code.content, draw_code(code, grade, mark, face)


def _require_read(plate: Image.Image, codes: Sequence[Code], contents: Sequence[str]) -> None:
    """Raise ArticleError unless a phone reads from the plate what each code should say."""
    read = read_codes(as_on_phone(plate))
    for code, content in zip(codes, contents, strict=True):
        if content not in read:
            raise ArticleError(
                f"二维码“{code.caption}”画好后识别不出来。请换小一点的标志（wechat.qr_logo_size）或较短的地址"
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


def _encoded(plate: Image.Image) -> Picture:
    """A PNG, whose modules have sharp edges; a JPEG where an editor's picture makes that heavy."""
    file = io.BytesIO()
    plate.save(file, "PNG", compress_level=6)
    name = "footer.png"
    for quality in QUALITIES:
        if file.tell() <= HEAVIEST:
            break
        name, file = "footer.jpg", io.BytesIO()
        plate.save(file, "JPEG", quality=quality, optimize=True)
    return Picture(name, file.getvalue(), *plate.size)
