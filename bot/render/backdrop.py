"""The editors' own pictures: a photograph behind a cover, a logo on it."""

import io
from pathlib import Path

from PIL import Image, ImageOps

from bot.errors import ArticleError, reason_of
from bot.render.layout import Palette
from bot.render.ornament import beside_square

FORMATS = ("JPEG", "PNG", "WEBP")
# More bytes than any photograph from a telephone.
HEAVIEST = 20_000_000
# A JPEG is opened at a fraction of its size; everything else has to fit into memory as it is (pixels).
MOST, MOST_JPEG = 9_000_000, 80_000_000
LEAST = 16
LARGEST_LOGO = (500, 500)
REMEDY = "请换一张 JPEG 或 PNG"


def read_file(path: Path, what: str) -> bytes:
    """The bytes of an editor's picture. Raises ArticleError naming `what` it is for."""
    try:
        if path.stat().st_size > HEAVIEST:
            raise ArticleError(f"{what} {path.name} 超过 20 MB。请先缩小再用")
        return path.read_bytes()
    except OSError as error:
        raise ArticleError(
            f"{what} {path} 读不了（{reason_of(error)}）。请检查路径和权限"
        ) from error


def open_picture(data: bytes, what: str, largest: tuple[int, int]) -> Image.Image:
    """The picture upright and in memory ("RGBA"), not much larger than `largest` (px).

    Raises ArticleError naming `what` it is for, if it is no picture, a broken or a huge one.
    """
    if len(data) > HEAVIEST:
        raise ArticleError(f"{what}超过 20 MB。请先缩小再用")
    try:
        return _decoded(data, what, largest)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ArticleError(f"{what}像素太多。请先缩小到 3000×3000 以内") from error
    except (OSError, ValueError, SyntaxError, EOFError, OverflowError, MemoryError) as error:
        raise ArticleError(f"{what}不是图片，或已损坏。{REMEDY}") from error


def _decoded(data: bytes, what: str, largest: tuple[int, int]) -> Image.Image:
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        most = MOST_JPEG if image.format == "JPEG" else MOST
        if image.width * image.height > most:
            raise ArticleError(
                f"{what}太大（{image.width}×{image.height} 像素）。请先缩小到 3000×3000 以内"
            )
        if min(image.size) < LEAST:
            raise ArticleError(f"{what}太小（{image.width}×{image.height} 像素）。{REMEDY}")
        image.draft("RGB", largest)
        image.thumbnail((max(largest) * 2, max(largest) * 2))
        return ImageOps.exif_transpose(image).convert("RGBA")


def tinted(picture: Image.Image, size: tuple[int, int], palette: Palette) -> Image.Image:
    """The picture filling `size` px in the palette's own tones, stronger beside the central square.

    Within it no tone is brighter than the ground may be, so that words stand out from any picture;
    and whatever is behind them, a cover still looks like the newsletter's.
    """
    plain = Image.new("RGB", picture.size, palette.dark)
    plain.paste(picture, mask=picture.getchannel("A"))
    fitted = ImageOps.fit(plain, size, Image.Resampling.LANCZOS).convert("L")
    grey = ImageOps.autocontrast(fitted, cutoff=1)
    calm = ImageOps.colorize(grey, palette.dark, palette.light)
    strong = ImageOps.colorize(grey, palette.dark, palette.line, mid=palette.light)
    return Image.composite(strong, calm, beside_square(size, 0, 1))


def logo_of(data: bytes, what: str) -> Image.Image:
    """A logo ("RGBA") without its empty margins."""
    picture = open_picture(data, what, LARGEST_LOGO)
    box = picture.getchannel("A").getbbox()
    if box is None:
        raise ArticleError(f"{what}是全透明的。{REMEDY}")
    return picture.crop(box)
