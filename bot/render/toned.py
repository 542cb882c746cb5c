"""An article for a page of our own, light and dark by the system's setting: on the platform it does that itself."""

from collections.abc import Mapping
from functools import lru_cache

from bot.render.dark import recoloured
from bot.render.markup import read_markup, written

KEPT = 64  # articles; to compute one's dark colours takes longer than all else of its page


@lru_cache(KEPT)
def toned(html: str) -> tuple[str, str]:
    """The article with classes in place of its styles, and their rules for light and for dark."""
    document = read_markup(html)
    names: dict[tuple[str, str], str] = {}
    for each in recoloured(document):
        light = each.element.attributes.pop("style", "")
        if light or each.style:
            key = (light, _declared(each.style))
            each.element.attributes["class"] = names.setdefault(key, f"s{len(names)}")
    light_rules = [f".{name}{{{light}}}" for (light, _), name in names.items() if light]
    dark_rules = [f".{name}{{{dark}}}" for (_, dark), name in names.items() if dark]
    rules = "\n".join(light_rules)
    return written(
        document
    ), f"{rules}\n@media (prefers-color-scheme:dark){{{''.join(dark_rules)}}}"


def _declared(style: Mapping[str, str]) -> str:
    return ";".join(f"{name}:{value}" for name, value in style.items())
