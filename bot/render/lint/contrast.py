"""Text that can hardly be told from what it stands on, in light or in the dark."""

from collections.abc import Iterator, Sequence

from bot.model import Severity
from bot.render.colour import Colour, contrast, over
from bot.render.lint.finding import Finding
from bot.render.lint.place import shown
from bot.render.lint.spot import Spot

LEAST = 4.5  # WCAG 2, AA
UNREADABLE = 1.5  # the platform's own check complains
REMEDY = "请在主题里换一种颜色，{}些"


def find_contrast(spots: Sequence[Spot]) -> Iterator[Finding]:
    """Every text against its background; ornaments without a letter or a digit are left alone."""
    for spot in spots:
        scene = spot.scene
        words = spot.element.own_text
        if scene is None or not any(map(str.isalnum, words)):
            continue
        if not scene.on_picture:
            darker = "深" if scene.ground.brightness > 127 else "浅"
            yield from _poor(spot, "contrast", "", scene.ink, scene.ground, darker)
            # What is dark in light is turned brightest in the dark.
            yield from _poor(
                spot, "dark-contrast", "深色模式下，", scene.dark_ink, scene.dark_ground, darker
            )


def _poor(
    spot: Spot, rule: str, when: str, ink: Colour, ground: Colour, change: str
) -> Iterator[Finding]:
    ratio = contrast(over(ground, ink), ground)
    if ratio >= LEAST:
        return
    given = spot.scene.ink if spot.scene else ink
    words = shown(spot.element.own_text) if ratio < UNREADABLE else ""
    what = f"文字“{words}”" if words else f"{given.css} 的文字"
    text = f"{when}{what}与背景的对比度只有 {ratio:.1f}，应不低于 {LEAST}"
    severity = Severity.ERROR if ratio < UNREADABLE else Severity.WARNING
    yield spot.found(rule, text, REMEDY.format(change), severity)


def find_gradients(spots: Sequence[Spot]) -> Iterator[Finding]:
    """A gradient behind text becomes one flat colour in the dark."""
    for spot in spots:
        background = "".join(
            value for name, value in spot.element.style.items() if name.startswith("background")
        )
        if "gradient(" in background and spot.element.text.strip():
            text = "文字下面的渐变色，在深色模式下会变成一块单色"
            yield spot.found("gradient", text, "请在主题里改用单色背景")
