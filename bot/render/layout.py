"""The covers' templates: where things stand (`templates/cover/*.toml`) and in which colours."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from bot.errors import StartError
from bot.render.typeset import Setting

IDENTITY = "identity"


@dataclass(frozen=True, slots=True)
class Palette:
    """A cover's colours: the ground from darker to lighter, the engraving, and two inks.

    `weekday` is 1 for Monday, 0 for none; `themes` are the words that call for these colours.
    """

    name: str
    title: str
    dark: str
    light: str
    line: str
    words: str
    ink: str = "#ffffff"
    weekday: int = 0
    themes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for words: its box and sizes in px of the wide cover, and how they stand in it."""

    holds: str
    left: int
    top: int
    width: int
    height: int
    largest: int
    smallest: int
    lines: int = 1
    leading: float = 1.2
    face: Literal["bold", "regular"] = "regular"
    ink: Literal["ink", "words", "line"] = "ink"
    align: Literal["left", "right"] = "left"
    stand: Literal["top", "middle", "bottom"] = "top"

    @property
    def setting(self) -> Setting:
        """What the lines have to fit."""
        return Setting(
            self.width, self.height, self.largest, self.smallest, self.lines, self.leading
        )

    def indented(self, by: int) -> "Slot":
        """The slot without the first `by` px of its width."""
        return replace(self, left=self.left + by, width=self.width - by)


@dataclass(frozen=True, slots=True)
class Layout:
    """One way to arrange a cover; `title` is what editors call it."""

    name: str
    title: str
    ornament: Literal["waves", "rosette"]
    slots: tuple[Slot, ...]
    flanks: tuple[str, ...] = ()

    @property
    def needs_figure(self) -> bool:
        """Whether it has room for a number that an issue may not have."""
        return any(slot.holds == "figure" for slot in self.slots)


@dataclass(frozen=True)
class Templates:
    """All layouts by name, and all palettes in the order of the week."""

    layouts: Mapping[str, Layout]
    palettes: Mapping[str, Palette]


@lru_cache(maxsize=4)
def load_templates(folder: Path) -> Templates:
    """Read the templates of a folder. Raises StartError for one that is missing or wrong."""
    identity = _read(folder / f"{IDENTITY}.toml")
    names = sorted(path.stem for path in folder.glob("*.toml") if path.stem != IDENTITY)
    try:
        shared = tuple(Slot(**values) for values in identity["slots"])
        return Templates(
            {name: _layout(name, _read(folder / f"{name}.toml"), shared) for name in names},
            {values["name"]: _palette(values) for values in identity["palettes"]},
        )
    except (KeyError, TypeError) as error:
        raise StartError(
            f"封面模板 {folder} 里缺少或多了一项（{error}）。请对照原来的模板改正，或重新安装本程序"
        ) from error


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise StartError(
            f"封面模板 {path} 读不了（{error}）。请改正它，或重新安装本程序"
        ) from error


def _palette(values: dict[str, Any]) -> Palette:
    return Palette(**{**values, "themes": tuple(values.get("themes", ()))})


def _layout(name: str, values: dict[str, Any], shared: Sequence[Slot]) -> Layout:
    without = set(values.get("without", ()))
    kept = [slot for slot in shared if slot.holds not in without]
    own = [Slot(**slot) for slot in values["slots"]]
    return Layout(
        name,
        values["title"],
        values["ornament"],
        (*kept, *own),
        tuple(values.get("flanks", ())),
    )
