"""The cover as small as messages show it: in the list of articles, and in a chat."""

import io
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image

from bot.model import Cover, Picture

# The customary sizes (px): across a phone in the list, and beside the words of a shared article.
LIST, SHARED = (900, 383), (200, 200)
QUALITY = 80


@dataclass(frozen=True, slots=True)
class Cards:
    """900×383 and 200×200 px, JPEG."""

    wide: Picture
    square: Picture


@lru_cache(maxsize=16)
def draw_cards(cover: Cover) -> Cards:
    """The two of a cover; the same cover gives the same bytes."""
    return Cards(_reduced(cover.wide, LIST), _reduced(cover.square, SHARED))


def _reduced(picture: Picture, size: tuple[int, int]) -> Picture:
    with Image.open(io.BytesIO(picture.data)) as image:
        image.draft("RGB", size)
        small = image.resize(size, Image.Resampling.LANCZOS)
    file = io.BytesIO()
    small.save(file, "JPEG", quality=QUALITY)
    return Picture(picture.name, file.getvalue(), *size)
