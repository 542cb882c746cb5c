"""The cover's engraving: the day as a pattern of lines, as on a banknote.

Waves or a rosette whose frequencies, phases and heights come from the issue's ID, so that no two
days look the same; the flanks beside the central square carry month and day, or the month's days.
"""

import calendar
import hashlib
import math
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from PIL import Image, ImageChops, ImageDraw

from bot.render.fonts import CAPITAL, Face

# Pillow draws without smoothing. Waves are nearly level, so drawing them this much taller and
# reducing the height alone smooths them at a quarter of the cost; a rosette needs both.
TALLER = 6
FINER = 3
# Distance of lines, and how far apart their points are (px).
PITCH = 13
STEP = 12
# Width of a line in the field, and within a figure (px).
FINE = 1.5
BROAD = 7.5
# How much of the field's strength is left behind the words in the middle, where they come first,
# and at the edges.
HUSH, LOUD = 0.12, 0.75
# Broad rings need more of it.
ROSETTE_HUSH = 0.07
HALF = 0.5
# How much of a flank's width its content takes.
FILLED = 0.78
# Rosette: rings, their distance (px), points on each, and how often they swell to a broad one.
RINGS, RING_PITCH, RING_POINTS, SWELL = 72, 15, 360, 0.42
# The calendar: a dot's diameter as a part of their distance, the current day's, and how strong
# those before and after it are; the field fades within so many px of it to so little.
DOT, TODAY, PAST, AHEAD = 0.5, 0.94, 165, 80
FADE, FADED = 130, 0.2

Wave = Callable[[float, float], float]
Curve = list[tuple[float, float]]


def engrave(
    size: tuple[int, int], seed: str, day: date, face: Face, ornament: str, flanks: Sequence[str]
) -> Image.Image:
    """A mask ("L", `size` px) of the engraving.

    `ornament` is waves or rosette; `flanks` name what stands beside the central square, left and
    right: month, day or calendar.
    """
    if ornament == "rosette":
        return ImageChops.multiply(_rosette(size, seed), beside_square(size, ROSETTE_HUSH, 1))
    curves = _curves(size, _wave(seed))
    field = ImageChops.multiply(_lines(size, curves, FINE), beside_square(size, HUSH, LOUD))
    figures = {"month": f"{day.month:02}", "day": f"{day.day:02}"}
    raised = _figures(size, [figures.get(flank, "") for flank in flanks], face)
    mask = Image.composite(_lines(size, curves, BROAD), field, raised)
    return _with_calendar(mask, day) if "calendar" in flanks else mask


def _chances(seed: str) -> Iterator[float]:
    """Numbers from 0 to 1 that depend on the seed alone."""
    return (byte / 255 for byte in hashlib.sha256(seed.encode()).digest())


def _wave(seed: str) -> Wave:
    """How far (px) the line at height y is displaced at x."""
    chance = _chances(seed)
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


def _rosette(size: tuple[int, int], seed: str) -> Image.Image:
    """Rings around the middle whose petals turn as they grow."""
    across, down = size
    mask = Image.new("L", (across * FINER, down * FINER))
    canvas = ImageDraw.Draw(mask)
    for ring, width in _rings(seed):
        points = [((across / 2 + x) * FINER, (down / 2 + y) * FINER) for x, y in ring]
        canvas.line(points, fill=255, width=round(width * FINER))
    return mask.reduce(FINER)


def _rings(seed: str) -> Iterator[tuple[Curve, float]]:
    """Each ring around the origin and its width (px): broad ones come like waves of water."""
    chance = _chances(seed)
    petals, twist = 5 + round(7 * next(chance)), 0.012 + 0.03 * next(chance)
    depth, start = 0.05 + 0.05 * next(chance), next(chance) * math.tau
    turns = [math.tau * step / RING_POINTS for step in range(RING_POINTS + 1)]
    ways = [(math.cos(turn), math.sin(turn)) for turn in turns]
    for number in range(RINGS):
        radius = 20 + number * RING_PITCH
        swell = [1 + depth * math.sin(petals * turn + start + number * twist) for turn in turns]
        ring = [
            (radius * each * x, radius * each * y) for each, (x, y) in zip(swell, ways, strict=True)
        ]
        yield ring, FINE + (BROAD - FINE) * max(0.0, math.sin(number * SWELL)) ** 3


def beside_square(size: tuple[int, int], within: float, beyond: float) -> Image.Image:
    """A mask of `size` px, `within` (0 to 1) in the central square, rising to `beyond` at both ends."""
    across, down = size
    edge = (across - down) / 2
    shares = (min(1, max(0, (abs(x - across / 2) - down / 2) / edge)) for x in range(across))
    row = [255 * (within + (beyond - within) * share) for share in shares]
    return _down(size, row)


def _figures(size: tuple[int, int], figures: Sequence[str], face: Face) -> Image.Image:
    """The figures as a mask, each in the middle of its flank."""
    across, down = size
    mask = Image.new("L", size)
    canvas = ImageDraw.Draw(mask)
    flank = (across - down) / 2
    font = face.at(round(flank * FILLED))
    level = down / 2 + font.size * CAPITAL / 2
    for middle, figure in zip((flank / 2, across - flank / 2), figures, strict=False):
        canvas.text((middle, level), figure, font=font, fill=255, anchor="ms")
    return mask


def _with_calendar(mask: Image.Image, day: date) -> Image.Image:
    """The month on the right flank: seven columns of dots from Monday to Sunday, today's the largest."""
    flank = (mask.width - mask.height) // 2
    dots = _calendar(day, round(flank * FILLED / 7))
    place = (mask.width - (flank + dots.width) // 2, (mask.height - dots.height) // 2)
    calm = ImageChops.multiply(mask, _fade(mask.size, mask.width - flank))
    calm.paste(255, place, mask=dots)
    return calm


def _calendar(day: date, pitch: int) -> Image.Image:
    """The month's dots as a mask, `pitch` px apart."""
    weeks = calendar.monthcalendar(day.year, day.month)
    dots = Image.new("L", (7 * pitch * FINER, len(weeks) * pitch * FINER))
    canvas = ImageDraw.Draw(dots)
    for row, week in enumerate(weeks):
        for column, each in enumerate(week):
            if each:
                level, share = (255, TODAY) if each == day.day else (PAST, DOT)
                at = ((column + HALF) * pitch * FINER, (row + HALF) * pitch * FINER)
                radius = share * pitch * FINER / 2
                canvas.circle(at, radius, fill=AHEAD if each > day.day else level)
    return dots.reduce(FINER)


def _fade(size: tuple[int, int], start: int) -> Image.Image:
    """Full strength up to `start` (px), little from FADE px beyond it."""
    row = [1 - (1 - FADED) * min(1, max(0, (x - start) / FADE)) for x in range(size[0])]
    return _down(size, [255 * each for each in row])


def _down(size: tuple[int, int], row: Sequence[float]) -> Image.Image:
    """A mask of `size` px whose rows are all alike; strengths from 0 to 255."""
    strip = Image.frombytes("L", (size[0], 1), bytes(map(int, row)))
    return strip.resize(size, Image.Resampling.NEAREST)
