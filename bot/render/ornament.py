"""The cover's engraving: the day as a pattern of lines, as on a banknote.

Month and day stand left and right of the central square, raised out of a field of waves whose
frequencies, phases and heights come from the issue's ID; so no two days look the same.
"""

import hashlib
import math
from collections.abc import Callable, Sequence

from PIL import Image, ImageChops, ImageDraw

from bot.render.fonts import Face

# Pillow draws without smoothing. The lines are nearly level, so drawing them this much taller and
# reducing the height alone smooths them at a quarter of the cost.
TALLER = 6
# Distance of lines, and how far apart their points are (px).
PITCH = 13
STEP = 12
# Width of a line in the field, and within a figure (px).
FINE = 1.5
BROAD = 7.5
# How much of the field's strength is left behind the words in the middle: they come first.
HUSH = 0.15
HALF = 0.5

Wave = Callable[[float, float], float]
Curve = list[tuple[float, float]]


def engrave(size: tuple[int, int], seed: str, figures: Sequence[str], face: Face) -> Image.Image:
    """A mask ("L", `size` px) of the engraving, with two figures beside the central square."""
    curves = _curves(size, _wave(seed))
    field = ImageChops.multiply(_lines(size, curves, FINE), _hush(size))
    return Image.composite(_lines(size, curves, BROAD), field, _figures(size, figures, face))


def _wave(seed: str) -> Wave:
    """How far (px) the line at height y is displaced at x."""
    chance = (byte / 255 for byte in hashlib.sha256(seed.encode()).digest())
    waves = [
        (
            9 + 13 * next(chance),
            (0.0022 + 0.0045 * next(chance)) * (1 if next(chance) > HALF else -1),
            (next(chance) - HALF) * 0.012,
            next(chance) * math.tau,
        )
        for _ in range(3)
    ]

    def wave(x: float, y: float) -> float:
        return sum(
            height * math.sin(along * x + across * y + start)
            for height, along, across, start in waves
        )

    return wave


def _curves(size: tuple[int, int], wave: Wave) -> list[Curve]:
    """The lines' upper edges, from above the picture to below it (px)."""
    across, down = size
    places = range(-STEP, across + 2 * STEP, STEP)
    heights = range(-5 * PITCH, down + 5 * PITCH, PITCH)
    return [[(x, y + wave(x, y)) for x in places] for y in heights]


def _lines(size: tuple[int, int], curves: Sequence[Curve], width: float) -> Image.Image:
    across, down = size
    mask = Image.new("L", (across, down * TALLER))
    canvas = ImageDraw.Draw(mask)
    for curve in curves:
        upper = [(x, y * TALLER) for x, y in curve]
        lower = [(x, (y + width) * TALLER) for x, y in reversed(curve)]
        canvas.polygon(upper + lower, fill=255)
    return mask.reduce((1, TALLER))


def _hush(size: tuple[int, int]) -> Image.Image:
    """Full strength at both ends, little in the central square."""
    across, down = size
    edge = (across - down) / 2
    row = [
        255 * (HUSH + (1 - HUSH) * min(1, max(0, (abs(x - across / 2) - down / 2) / edge)))
        for x in range(across)
    ]
    strip = Image.frombytes("L", (across, 1), bytes(map(int, row)))
    return strip.resize(size)


def _figures(size: tuple[int, int], figures: Sequence[str], face: Face) -> Image.Image:
    """The figures as a mask, each in the middle of its flank."""
    across, down = size
    mask = Image.new("L", size)
    canvas = ImageDraw.Draw(mask)
    flank = (across - down) / 2
    font = face.at(round(flank * 0.78))
    for middle, figure in zip((flank / 2, across - flank / 2), figures, strict=True):
        canvas.text((middle, down / 2), figure, font=font, fill=255, anchor="mm")
    return mask
