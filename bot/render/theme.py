"""How an article looks: a small file of colours, sizes and ornaments, read into a frozen value."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal, Self, TypeVar, get_args, get_type_hints

from bot.errors import ConfigError, reason_of

COLOUR = re.compile(r"#[0-9a-f]{3}(?:[0-9a-f]{3})?")
SMALLEST, LARGEST = 0, 48  # of any size in a theme

Latin = Literal["written", "thin", "close"]
T = TypeVar("T")
Check = Callable[[Any, Any], str]


@dataclass(frozen=True, slots=True)
class Colours:
    """Each must be readable on white, and after the platform has turned it for a dark screen."""

    text: str
    heading: str
    accent: str
    quiet: str
    panel: str


@dataclass(frozen=True, slots=True)
class Sizes:
    """In pixels; `leading` is a multiple of the type's size, `gap` of the text's."""

    text: float
    small: float
    date: float
    heading: float
    subheading: float
    leading: float
    gap: float


@dataclass(frozen=True, slots=True)
class Ornaments:
    """Which of the known forms each part takes.

    `figures`: sums and percentages are set bold. `latin`: the space between Chinese and Latin
    letters is left as written, made thin everywhere, or closed up.
    """

    masthead: Literal["ruled", "banner", "centred", "plain"]
    heading: Literal["ruled", "tag", "centred", "plain"]
    subheading: Literal["barred", "plain"]
    summary: Literal["barred", "panel", "framed", "plain"]
    paragraphs: Literal["spaced", "indented", "dense"]
    figures: bool
    latin: Latin


@dataclass(frozen=True, slots=True)
class Theme:
    """One look. `label` is its name as editors read it."""

    label: str
    colours: Colours
    sizes: Sizes
    ornaments: Ornaments

    def bare(self) -> Self:
        """The same look in its shortest form, for an issue that hardly fits."""
        least = Ornaments("plain", "plain", "plain", "plain", "dense", False, self.ornaments.latin)
        return replace(self, ornaments=least)


def load_theme(folder: Path, name: str) -> Theme:
    """The theme called `name`, a file of `folder`. Raises ConfigError naming the file and the key."""
    path = folder / f"{name}.toml"
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        known = "、".join(sorted(each.stem for each in folder.glob("*.toml")))
        raise ConfigError(
            f"没有叫“{name}”的版式。请把设置 article.theme 改成其中之一：{known}"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        reason = reason_of(error) if isinstance(error, OSError) else "不是 UTF-8 文本"
        raise ConfigError(f"读不了版式文件 {path}（{reason}）。请检查权限和编码") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            f"版式文件 {path} 不是有效的 TOML（{error}）。请检查这一行的引号和等号"
        ) from None
    return _read(path, values)


def load_themes(folder: Path) -> Mapping[str, Theme]:
    """All themes of that folder by name. Raises as `load_theme`."""
    return {
        name: load_theme(folder, name)
        for name in sorted(each.stem for each in folder.glob("*.toml"))
    }


def _read(path: Path, values: Mapping[str, Any]) -> Theme:
    if unknown := sorted(values.keys() - {field.name for field in fields(Theme)}):
        raise _unfit(path, unknown[0], "不认识这一项")
    label = values.get("label")
    if not isinstance(label, str) or not label:
        raise _unfit(path, "label", "应是一段文字")
    return Theme(
        label,
        _group(path, values, "colours", Colours, _colour),
        _group(path, values, "sizes", Sizes, _size),
        _group(path, values, "ornaments", Ornaments, _ornament),
    )


def _group(path: Path, values: Mapping[str, Any], group: str, kind: type[T], check: Check) -> T:
    given = values.get(group)
    if not isinstance(given, dict):
        raise _unfit(path, group, f"应是一个小节，写成 [{group}]")
    known: Mapping[str, Any] = get_type_hints(kind)
    if unknown := sorted(given.keys() - known.keys()):
        raise _unfit(path, f"{group}.{unknown[0]}", "不认识这一项")
    for key, allowed in known.items():
        if key not in given:
            raise _unfit(path, f"{group}.{key}", "缺少这一项")
        if problem := check(given[key], allowed):
            raise _unfit(path, f"{group}.{key}", problem)
    return kind(**given)


def _colour(value: Any, _: Any) -> str:
    fits = isinstance(value, str) and COLOUR.fullmatch(value)
    return "" if fits else "应是小写的颜色，如 #1b3a6b"


def _size(value: Any, _: Any) -> str:
    fits = type(value) in (int, float) and SMALLEST <= value <= LARGEST
    return "" if fits else f"应是 {SMALLEST} 到 {LARGEST} 之间的数"


def _ornament(value: Any, allowed: Any) -> str:
    if allowed is bool:
        return "" if isinstance(value, bool) else "应是 true 或 false"
    forms = get_args(allowed)
    return "" if value in forms else f"只能是 {'、'.join(forms)}"


def _unfit(path: Path, key: str, problem: str) -> ConfigError:
    return ConfigError(f"版式文件 {path} 里的 {key} 不对：{problem}。请对照同一目录里别的版式修改")
