"""Each element of an article with what it inherits: the type it is set in, its colours, its place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.model import Severity
from bot.render.dark import Scene, recoloured
from bot.render.lint.finding import Finding
from bot.render.lint.place import BEGINNING, Place, Reader
from bot.render.markup import Element, bare, read_markup

LENGTH = re.compile(r"(-?\d*\.?\d+)(px|em|rem|%|)")
SCROLLS = re.compile(r"auto|scroll")
ROOT_FONT = 17.0  # px; the platform's own
NORMAL = 1.6
# px; a phone of 375 less the platform's margins. What is wider is cut off, or moves the page sideways.
COLUMN = 343


@dataclass(frozen=True, slots=True)
class Type:
    """Size and line height in px; `factor` is kept where the line height grows with the size."""

    size: float = ROOT_FONT
    factor: float | None = NORMAL
    fixed: float = 0.0

    @property
    def line(self) -> float:
        """The line's height in px."""
        return self.fixed if self.factor is None else self.size * self.factor

    def inside(self, element: Element) -> "Type":
        """The type of `element`, which stands in this one."""
        style = element.style
        size = pixels(style.get("font-size", ""), self.size)
        here = replace(self, size=size) if size is not None else self
        found = LENGTH.fullmatch(style.get("line-height", ""))
        if not found:
            return here
        if not found[2]:
            return replace(here, factor=float(found[1]))
        return replace(here, factor=None, fixed=pixels(found[0], here.size) or 0.0)


def pixels(length: str, em: float) -> float | None:
    """A CSS length in px; None for what depends on something else."""
    found = LENGTH.fullmatch(length.strip())
    if not found:
        return None
    number, unit = float(found[1]), found[2]
    if unit == "%":
        return number * em / 100
    return number * {"px": 1.0, "em": em, "rem": 16.0, "": 1.0}[unit]


@dataclass(frozen=True, slots=True)
class Spot:
    """One element. `depth` counts it and those around it; `scrolls`: what is wider than the column may be."""

    element: Element
    place: Place
    depth: int
    type: Type
    scrolls: bool
    literal: bool
    scene: Scene | None

    def found(
        self, rule: str, text: str, remedy: str, severity: Severity = Severity.WARNING
    ) -> Finding:
        """A finding here."""
        return Finding(severity, str(self.place), text, remedy, rule)

    @property
    def has_words(self) -> bool:
        """Text stands directly in here."""
        return bool(bare(self.element.own_text))

    def width_of(self, text: str) -> float:
        """About how wide `text` is on one line, in px."""
        return self.type.size * sum(1 if ord(character) > 0x2000 else 0.55 for character in text)


def spots_of(html: str) -> list[Spot]:
    """Every element, in the order of reading."""
    document = read_markup(html)
    scenes = {each.element: each.scene for each in recoloured(document)}
    beginning = Spot(document, Place(BEGINNING, 0), 0, Type(), False, False, None)
    return list(_inside(beginning, Reader(), scenes))


def _inside(outer: Spot, reader: Reader, scenes: dict[Element, Scene]) -> Iterator[Spot]:
    for element in outer.element.elements:
        spot = Spot(
            element,
            reader.enter(element, outer.place),
            outer.depth + 1,
            outer.type.inside(element),
            outer.scrolls or _scrolls(element),
            outer.literal or _is_literal(element),
            scenes.get(element),
        )
        yield spot
        if element.tag != "svg":
            yield from _inside(spot, reader, scenes)


def _scrolls(element: Element) -> bool:
    overflow = element.style.get("overflow-x") or element.style.get("overflow", "")
    return bool(SCROLLS.search(overflow)) or "data-ignore-width" in element.attributes


def _is_literal(element: Element) -> bool:
    # Code: what looks like left-over markup is meant.
    return element.tag in {"code", "pre"} or element.style.get("white-space", "").startswith("pre")
