"""Colours in CSS: read, mixed, compared.

Red, green and blue go from 0 to 255 and may be fractions; alpha goes from 0 to 1.
"""

import colorsys
import re
from collections.abc import Callable
from functools import lru_cache
from math import floor
from typing import NamedTuple

from PIL import ImageColor

CHANNELS = re.compile(r"rgba?\(([^)]*)\)", re.I)
_WRITTEN = re.compile(
    r"#[0-9a-f]{3,8}\b|(?:rgb|hsl)a?\([^)]*\)|(?<![\w(-])[a-z]{3,}(?![\w(-])", re.I
)
WINDOW_TEXT = "windowtext"
OPAQUE = 0.9995  # what is laid over and over misses 1 by a hair


class Colour(NamedTuple):
    """One colour."""

    red: float
    green: float
    blue: float
    alpha: float = 1.0

    @property
    def css(self) -> str:
        """`#1b3a6b`; with alpha `rgba(27,58,107,0.5)`."""
        red, green, blue = (half_up(channel) for channel in self[:3])
        if self.alpha > OPAQUE:
            return f"#{red:02x}{green:02x}{blue:02x}"
        return f"rgba({red},{green},{blue},{self.alpha:g})"

    @property
    def brightness(self) -> float:
        """As people perceive it, 0 to 255 (W3C, Techniques for Accessibility Evaluation)."""
        return (self.red * 299 + self.green * 587 + self.blue * 114) / 1000

    @property
    def hsl(self) -> tuple[float, float, float]:
        """Hue (0 to 1), saturation and lightness (0 to 100)."""
        hue, lightness, saturation = colorsys.rgb_to_hls(
            self.red / 255, self.green / 255, self.blue / 255
        )
        return hue, saturation * 100, lightness * 100

    @property
    def luminance(self) -> float:
        """Relative luminance, 0 to 1 (WCAG 2)."""
        red, green, blue = (_linear(channel / 255) for channel in self[:3])
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def half_up(number: float) -> int:
    """Rounded as browsers do, halves upwards."""
    return floor(number + 0.5)


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.03928 else float(((share + 0.055) / 1.055) ** 2.4)


def of_hsl(hue: float, saturation: float, lightness: float) -> Colour:
    """The opaque colour; the inverse of `Colour.hsl`."""
    channels = colorsys.hls_to_rgb(hue, lightness / 100, saturation / 100)
    return Colour(*(channel * 255 for channel in channels))


@lru_cache(maxsize=512)
def read_colour(text: str) -> Colour | None:
    """`#1b3a6b`, `rgba(0,0,0,.9)` or `tomato`; None for `transparent`, `inherit` and what is no colour."""
    plain = text.strip().lower()
    if found := CHANNELS.fullmatch(plain):
        return _of_channels(re.split(r"[\s,/]+", found[1].strip()))
    if plain == WINDOW_TEXT:
        return Colour(0, 0, 0)
    try:
        red, green, blue, *alpha = ImageColor.getrgb(plain)
    except ValueError:
        return None
    return Colour(red, green, blue, round(alpha[0] / 255, 3) if alpha else 1.0)


def _of_channels(written: list[str]) -> Colour | None:
    try:
        red, green, blue, *alpha = (_channel(each, index) for index, each in enumerate(written))
    except ValueError:
        return None
    return Colour(red, green, blue, alpha[0] if alpha else 1.0)


def _channel(written: str, index: int) -> float:
    largest = 255 if index < 3 else 1
    share = written.endswith("%")
    number = float(written.rstrip("%")) * (largest / 100 if share else 1)
    return min(max(number, 0.0), largest)


def colours_in(value: str) -> list[Colour]:
    """The colours that a property's value names, in order."""
    return [colour for each in _WRITTEN.findall(value) if (colour := read_colour(each))]


def recoloured_value(value: str, change: Callable[[Colour], Colour]) -> str:
    """A property's value with other colours; one that stays the same stays as it is written."""

    def changed(found: re.Match[str]) -> str:
        colour = read_colour(found[0])
        new = colour and change(colour)
        return new.css if new and new != colour else found[0]

    return _WRITTEN.sub(changed, value)


def over(behind: Colour, front: Colour) -> Colour:
    """What is seen of `front` laid over `behind`, in whole numbers."""
    alpha = front.alpha + behind.alpha - front.alpha * behind.alpha
    if not alpha:
        return Colour(0, 0, 0, 0)
    share = front.alpha / alpha
    pairs = zip(behind[:3], front[:3], strict=True)
    red, green, blue = (
        half_up((1 - share) * under + share * half_up(upper)) for under, upper in pairs
    )
    return Colour(red, green, blue, alpha)


def contrast(first: Colour, second: Colour) -> float:
    """Between 1 and 21 (WCAG 2); alpha is not looked at."""
    darker, lighter = sorted((first.luminance, second.luminance))
    return (lighter + 0.05) / (darker + 0.05)
