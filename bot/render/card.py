"""The cover as small as messages show it: in the list of articles, and in a chat."""

import io
from dataclasses import dataclass

from PIL import Image

from bot.model import Issue, Look, Picture
from bot.render.cover import UNCHANGED, Style, draw, square_of

# The customary sizes (px): across a phone in the list, and beside the words of a shared article.
LIST, SHARED = (900, 383), (200, 200)
QUALITY = 60  # as small as they are shown, nobody sees the difference


@dataclass(frozen=True, slots=True)
class Cards:
    """900×383 and 200×200 px, JPEG."""

    wide: Picture
    square: Picture


def draw_cards(issue: Issue, style: Style, look: Look = UNCHANGED) -> Cards:
    """The two, drawn as the cover is (`draw_cover`) in half the time: what takes the rest is its JPEG."""
    wide = draw(issue, style, look)
    square = square_of(wide)
    return Cards(_reduced("cover.jpg", wide, LIST), _reduced("square.jpg", square, SHARED))


def _reduced(name: str, image: Image.Image, size: tuple[int, int]) -> Picture:
    file = io.BytesIO()
    image.resize(size, Image.Resampling.LANCZOS).save(
        file, "JPEG", quality=QUALITY, progressive=True, optimize=True
    )
    return Picture(name, file.getvalue(), *size)
