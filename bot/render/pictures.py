"""A picture as it comes in, a picture fit for an article out: JPEG or PNG, upright, opaque, small.

The platform takes JPEG and PNG of less than 1 MB for an article's body, and shows a column that is
never wider than 677 px; 1080 are sharp on any phone.
"""

import hashlib
import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image, ImageCms, ImageOps, JpegImagePlugin, UnidentifiedImageError

from bot.errors import IngestError
from bot.model import Picture

WIDEST = 1080  # px
TALLEST = 16_000  # px; what is longer, users report, the platform cannot read
HEAVIEST = 1_000_000  # bytes
# A phone's largest photographs have 50 million pixels; more would not fit into a small server.
MOST_PIXELS = 50_000_000
QUALITIES = (90, 82, 74, 66, 58, 50)
SMALLER = 0.8  # of the width, where no quality is enough
# Formats of charts and screenshots, with sharp edges and few colours.
DRAWN = ("PNG", "GIF", "BMP")
FORMATS = ("JPEG", *DRAWN, "WEBP", "AVIF")
SRGB = ImageCms.createProfile("sRGB")
_APPLE = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
# What Pillow's readers are known to raise on damaged files.
_UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    EOFError,
    MemoryError,
    RuntimeError,
    struct.error,
    zlib.error,
)


def fit(hint: str, data: bytes) -> Picture:
    """The picture in `data`, made fit; its name comes from the digest of `data`.

    The same bytes give the same picture. `hint` is what the editor calls it. Raises IngestError.
    """
    _require_known(hint, data)
    with _reading(hint), Image.open(io.BytesIO(data), formats=FORMATS) as image:
        _require_moderate(hint, *image.size)
        drawn = image.format in DRAWN
        # A large photograph is decoded at half or a quarter, still twice what is needed.
        image.draft(None, (2 * WIDEST, 2 * WIDEST))
        ready = _in_srgb(_narrowed(_opaque(_upright(image))))
    encoded, extension = _encoded(ready, drawn=drawn)
    width, height = measure(encoded)
    return Picture(f"{hashlib.sha256(data).hexdigest()[:16]}{extension}", encoded, width, height)


def measure(data: bytes) -> tuple[int, int]:
    """The width and height of a fitted picture, in pixels."""
    with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as image:
        return image.size


def _require_known(hint: str, data: bytes) -> None:
    beginning = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if beginning.startswith(b"<") and b"<svg" in beginning:
        raise IngestError(hint, "是 SVG 图，公众号不收", "请在绘图软件里导出成 PNG 再试")
    if data[4:8] == b"ftyp" and data[8:12] in _APPLE and b"avif" not in data[:64]:
        raise IngestError(hint, "是苹果手机的 HEIC 图", "请在手机或电脑上另存为 JPG 再试")


def _require_moderate(hint: str, width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise IngestError(hint, f"有 {width}×{height} 像素，太大", "请缩小到宽 2,000 像素以内再试")
    if height * min(WIDEST / width, 1) > TALLEST:
        raise IngestError(hint, f"有 {width}×{height} 像素，太长", "请切成几张再试")


@contextmanager
def _reading(hint: str) -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on damaged marks that nobody needs
            yield
    except Image.DecompressionBombError as error:
        raise IngestError(hint, "像素太多", "请缩小到宽 2,000 像素以内再试") from error
    except UnidentifiedImageError as error:
        raise IngestError(hint, "不是能用的图片", "请换成 JPG 或 PNG 图片再试") from error
    except _UNREADABLE as error:
        raise IngestError(
            hint, "已损坏，或没有下载完整", "请重新导出或下载一份 JPG 或 PNG 再试"
        ) from error


def _upright(image: Image.Image) -> Image.Image:
    """As it was held: phones write down which way is up instead of turning the picture."""
    image.load()
    try:
        turned = ImageOps.exif_transpose(image)
    except _UNREADABLE:
        return image
    return turned if image.getexif().get(0x0112, 1) != 1 else image


def _opaque(image: Image.Image) -> Image.Image:
    """On white: dark ink without a ground of its own disappears in dark mode."""
    if image.has_transparency_data:
        above = image.convert("RGBA")
        ground = Image.new("RGB", image.size, "white")
        ground.paste(above, mask=above.getchannel("A"))
        ground.info = image.info
        return ground
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode in {"RGB", "L", "CMYK"}:
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _narrowed(image: Image.Image, width: int = WIDEST) -> Image.Image:
    if image.width <= width:
        return image
    height = max(round(image.height * width / image.width), 1)
    narrow = image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
    narrow.info = image.info
    return narrow


def _in_srgb(image: Image.Image) -> Image.Image:
    """In the colours that every screen shows; phones photograph in wider ones."""
    profile = image.info.get("icc_profile")
    if profile:
        try:
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if ImageCms.getProfileDescription(own).strip()[:4] != "sRGB":
                image = ImageCms.profileToProfile(image, own, SRGB, outputMode="RGB") or image
        except (ImageCms.PyCMSError, *_UNREADABLE):
            pass  # a damaged profile says nothing about the picture
    return image.convert("RGB") if image.mode == "CMYK" else image


def _encoded(image: Image.Image, *, drawn: bool) -> tuple[bytes, str]:
    image.info = {}  # whatever a camera or a person wrote into the file stays here
    if drawn and len(data := _saved(image, "PNG")) < HEAVIEST:
        return data, ".png"
    while True:
        for quality in _qualities(image):
            data = _saved(image, "JPEG", quality=quality, progressive=True)
            if len(data) < HEAVIEST:
                return data, ".jpg"
        image = _narrowed(image, round(image.width * SMALLER))


def _qualities(image: Image.Image) -> tuple[int | str, ...]:
    # Where nothing was changed so far, a second encoding with the picture's own tables is hardly seen.
    untouched = isinstance(image, JpegImagePlugin.JpegImageFile) and image.format == "JPEG"
    return ("keep", *QUALITIES) if untouched else QUALITIES


def _saved(image: Image.Image, form: str, **how: object) -> bytes:
    file = io.BytesIO()
    image.save(file, form, optimize=True, **how)
    return file.getvalue()
