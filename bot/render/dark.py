"""What WeChat's dark mode makes of an article.

The reader's phone recolours inline styles, element by element, by the rules that WeChat publishes with its
library mp-darkmode (1.2): a background that is nearly white turns black, a bright one is dimmed, text and
lines are moved until their brightness differs enough from what is behind them. Nothing of this is sent;
it is known here so that it can be shown and checked before.

Left out: which text happens to lie over a background that it is not inside of; that takes a browser.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.render.colour import (
    Colour,
    colours_in,
    half_up,
    of_hsl,
    over,
    read_colour,
    recoloured_value,
)
from bot.render.markup import Element, read_markup, written

LIGHT_PAGE, LIGHT_INK = Colour(255, 255, 255), Colour(25, 25, 25)
DARK_PAGE, DARK_INK = Colour(25, 25, 25), Colour(163, 163, 163)

# Perceived brightness, 0 to 255.
NEARLY_WHITE = 250
BRIGHTEST_GROUND = 190
LIGHT_GROUND = 100
LEAST_DIFFERENCE = 65
WIDEST_DIFFERENCE = DARK_INK.brightness - DARK_PAGE.brightness
PAGE_LIKE = DARK_PAGE.brightness + 2
# Lightness, 0 to 100.
LIGHT_GREY = 40
DARKEST = 22
MIRROR = 90
UNSEEN = 0.05  # alpha; less is left as it is

GROUNDS = ("background", "background-color", "background-image")
LINE_NAMES = (
    "border border-top border-right border-bottom border-left border-color border-top-color border-image"
    " border-right-color border-bottom-color border-left-color outline outline-color box-shadow column-rule"
    " column-rule-color text-decoration text-decoration-color text-emphasis-color"
)
LINES = frozenset(LINE_NAMES.split())
SHADOWS = frozenset({"text-shadow"})
KEPT_AS_THEY_ARE = frozenset({"iframe", "mpcps", "svg"})
NO_DARK = "data-no-dark"
PICTURE = re.compile(r"url\(", re.I)


def dark_ground(colour: Colour, behind: Colour = DARK_PAGE) -> Colour:
    """What becomes of a background (or a text's shadow) that lies on `behind`, itself already dark."""
    if colour.alpha < UNSEEN:
        return colour
    flat = over(behind, colour)
    hue, saturation, lightness = flat.hsl
    brightness = flat.brightness
    if (not saturation and lightness > LIGHT_GREY) or brightness > NEARLY_WHITE:
        flat = of_hsl(0, 0, min(100, 100 + DARK_PAGE.hsl[2] - lightness))
    elif brightness > BRIGHTEST_GROUND:
        flat = of_brightness(BRIGHTEST_GROUND, flat)
    elif lightness < DARKEST:
        flat = of_hsl(hue, saturation, DARKEST)
    return seen_through(flat, behind, colour.alpha)


def dark_ink(colour: Colour, ground: Colour) -> Colour:
    """What becomes of text or a line on `ground`, itself already dark."""
    if colour.alpha < UNSEEN:
        return colour
    flat = over(ground, colour)
    moved = apart(flat, ground.brightness)
    return colour if moved == flat else seen_through(moved, ground, colour.alpha)


def apart(colour: Colour, ground: float) -> Colour:
    """`colour`, or the nearest to it that is told from a ground of this brightness."""
    brightness = colour.brightness
    difference = abs(ground - brightness)
    glaring = difference > WIDEST_DIFFERENCE and ground <= PAGE_LIKE
    if brightness >= NEARLY_WHITE or (difference >= LEAST_DIFFERENCE and not glaring):
        return colour
    if glaring:
        return of_brightness(WIDEST_DIFFERENCE + ground, colour)
    hue, saturation, lightness = colour.hsl
    mirrored = of_hsl(hue, saturation, MIRROR - lightness)
    if ground >= LIGHT_GROUND:
        if lightness > MIRROR - LIGHT_GREY:
            return apart(mirrored, ground)
        return of_brightness(min(WIDEST_DIFFERENCE, ground - LEAST_DIFFERENCE), colour)
    if lightness <= LIGHT_GREY:
        return apart(mirrored, ground)
    return of_brightness(min(WIDEST_DIFFERENCE, ground + LEAST_DIFFERENCE), colour)


def of_brightness(target: float, colour: Colour) -> Colour:
    """`colour` made as bright as `target`: all channels alike, and what one cannot take goes to another."""
    ratio = target / (colour.brightness or 1)
    red, green, blue = (min(255.0, channel * ratio) for channel in colour[:3])
    if green == 0 or red == 255 or blue == 255:
        green = (target * 1000 - red * 299 - blue * 114) / 587
    elif red == 0:
        red = (target * 1000 - green * 587 - blue * 114) / 299
    elif blue == 0 or green == 255:
        blue = (target * 1000 - red * 299 - green * 587) / 114
    return Colour(red, green, blue, colour.alpha)


def seen_through(seen: Colour, behind: Colour, alpha: float) -> Colour:
    """The colour of this alpha that looks like `seen` on `behind`, in whole numbers."""
    share = behind.alpha * (1 - alpha) / alpha
    red, green, blue = (
        min(255, max(0, half_up(upper + share * (upper - under))))
        for upper, under in zip(seen[:3], behind[:3], strict=True)
    )
    return Colour(red, green, blue, alpha)


@dataclass(frozen=True, slots=True)
class Scene:
    """What an element's text is and lies on, in light and in the dark."""

    ink: Colour = LIGHT_INK
    ground: Colour = LIGHT_PAGE
    dark_ink: Colour = DARK_INK
    dark_ground: Colour = DARK_PAGE
    # On a picture text keeps its colour.
    on_picture: bool = False


@dataclass(frozen=True, slots=True)
class Recoloured:
    """An element, the scene that it sets for its own text, and its new declarations."""

    element: Element
    scene: Scene
    style: dict[str, str]


def recoloured(document: Element) -> Iterator[Recoloured]:
    """Every element of the document, in the order of reading."""
    yield from _inside(document, Scene())


def _inside(element: Element, scene: Scene) -> Iterator[Recoloured]:
    for child in element.elements:
        if child.tag in KEPT_AS_THEY_ARE or child.tag == "!":
            continue
        if NO_DARK in child.attributes:
            here = Recoloured(child, scene, {})
        else:
            here = _recolour(child, scene)
        yield here
        yield from _inside(child, here.scene)


def _recolour(element: Element, scene: Scene) -> Recoloured:
    style: dict[str, str] = {}
    for name in GROUNDS:
        if value := element.style.get(name):
            scene = _lay_ground(name, value, scene, style, inked="color" in element.style)
    for name, value in element.style.items():
        if name in LINES or name in SHADOWS:
            style |= _changed(name, value, _line(name, value, scene))
    if value := element.style.get("color"):
        scene = _ink(value, scene, style)
    return Recoloured(element, scene, style)


def _lay_ground(
    name: str, value: str, scene: Scene, style: dict[str, str], *, inked: bool
) -> Scene:
    """The scene on a new ground; words without a colour of their own are recoloured for it too."""
    if PICTURE.search(value):
        style.setdefault("color", scene.ink.css)
        return replace(scene, on_picture=True, dark_ink=scene.ink)
    colour = _ground_colour(value)
    if colour is None or colour.alpha < UNSEEN:
        return scene
    darker = dark_ground(colour, scene.dark_ground)
    style[name] = recoloured_value(value, lambda _: darker)
    if "gradient(" in value:  # reckoned with as it was, though painted darker
        darker = colour
    ground = over(scene.dark_ground, darker)
    ink = scene.dark_ink
    if not inked:
        adapted = dark_ink(scene.ink, ground)
        style["color"] = adapted.css
        ink = over(ground, adapted)
    return Scene(scene.ink, over(scene.ground, colour), ink, ground)


def _ground_colour(value: str) -> Colour | None:
    """The colour of a background; of a gradient, all its colours mixed."""
    colours = colours_in(value)
    if "gradient(" not in value or not colours:
        return colours[0] if colours else None
    mixed = colours[0]
    for colour in colours[1:]:
        mixed = _mixed(mixed, colour)
    return mixed


def _mixed(first: Colour, second: Colour) -> Colour:
    """As Sass mixes, the second weighing as much as its alpha."""
    weight, difference = 2 * second.alpha - 1, second.alpha - first.alpha
    product = weight * difference
    share = ((weight if product == -1 else (weight + difference) / (1 + product)) + 1) / 2
    pairs = zip(first[:3], second[:3], strict=True)
    red, green, blue = (share * after + (1 - share) * before for before, after in pairs)
    return Colour(red, green, blue, second.alpha * second.alpha + first.alpha * (1 - second.alpha))


def _line(name: str, value: str, scene: Scene) -> str:
    # Lines are told from the page, not from the ground they are on; a text's own lines from its ground.
    if scene.on_picture:
        return value
    ground = scene.dark_ground if name.startswith("text") else DARK_PAGE
    change = dark_ground if name in SHADOWS else dark_ink
    return recoloured_value(value, lambda colour: change(colour, ground))


def _changed(name: str, before: str, after: str) -> dict[str, str]:
    return {name: after} if after != before else {}


def _ink(value: str, scene: Scene, style: dict[str, str]) -> Scene:
    colour = read_colour(value)
    if colour is None or colour.alpha < UNSEEN:
        return scene
    new = colour if scene.on_picture else dark_ink(colour, scene.dark_ground)
    if new != colour or "color" in style:
        style["color"] = new.css
    return replace(scene, ink=colour, dark_ink=over(scene.dark_ground, new))


def darkened(html: str) -> str:
    """The article as it will be coloured in the dark, on a page of DARK_PAGE with text of DARK_INK."""
    document = read_markup(html)
    for each in recoloured(document):
        if each.style:
            style = each.element.style | each.style
            each.element.attributes["style"] = ";".join(f"{k}:{v}" for k, v in style.items())
    return written(document)
