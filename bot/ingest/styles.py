"""What a Word file's styles and lists say: how deep a heading is, what is bold, how it is numbered."""

import re
from dataclasses import dataclass, field

from bot.ingest.package import Package

# Word knows nine levels of headings and of lists.
_LEVELS = 9
# A style is based on another, which is based on another; longer chains are circles.
_LONGEST_CHAIN = 20

_HEADING_NAME = re.compile(r"(?:heading|标题|titre|überschrift)\s?([1-9])$", re.IGNORECASE)
_TITLE_NAMES = {"title", "标题", "文档标题", "大标题"}
_ON = {"1", "true", "on", ""}
_HAN = "零一二三四五六七八九"
_CIRCLED = ord("①") - 1


def is_on(value: str | None) -> bool:
    """Whether a switch of Word's is on: it is where it names no value."""
    return value is None or value.lower() in _ON


@dataclass(slots=True)
class Style:
    """A paragraph's style: `level` is 1 for a title or first heading, 0 for text; None is inherited."""

    name: str = ""
    parent: str = ""
    level: int | None = None
    bold: bool | None = None
    indented: bool | None = None
    list_id: str | None = None
    list_level: int | None = None


@dataclass(frozen=True, slots=True)
class ListLevel:
    """One level of a list: where it begins, in what numerals, and what is around them (`%1.%2`)."""

    start: int = 1
    numerals: str = "decimal"
    text: str = ""


@dataclass(slots=True)
class Lists:
    """The lists of a file: by number, which definition it follows and where it begins anew."""

    definitions: dict[str, dict[int, ListLevel]] = field(default_factory=dict)
    uses: dict[str, str] = field(default_factory=dict)
    starts: dict[tuple[str, int], int] = field(default_factory=dict)


class Numbers:
    """Counts the items of lists, as Word does when it shows a file."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()

    def next(self, list_id: str, level: int) -> tuple[str, bool]:
        """What stands before the next item, and whether it is a bullet."""
        definition = self._lists.uses.get(list_id, "")
        levels = self._lists.definitions.get(definition, {})
        setting = levels.get(level)
        if setting is None or setting.numerals == "none":
            return "", False
        if setting.numerals == "bullet":
            return "", True
        counts = self._counts.setdefault(definition, {})
        self._advance(list_id, level, counts, setting)
        return _label(setting, levels, counts), False

    def _advance(
        self, list_id: str, level: int, counts: dict[int, int], setting: ListLevel
    ) -> None:
        begin = self._lists.starts.get((list_id, level))
        if begin is not None and (list_id, level) not in self._begun:
            counts[level] = begin
        else:
            counts[level] = counts.get(level, setting.start - 1) + 1
        self._begun.add((list_id, level))
        for deeper in range(level + 1, _LEVELS):
            counts.pop(deeper, None)


def _label(setting: ListLevel, levels: dict[int, ListLevel], counts: dict[int, int]) -> str:
    label = setting.text
    for at in range(_LEVELS):
        if f"%{at + 1}" in label:
            own = levels.get(at, ListLevel())
            # Numerals of an outer level are shown as digits among digits: `1.1`, not `一.1`.
            numerals = (
                own.numerals if own is setting or setting.numerals != "decimal" else "decimal"
            )
            label = label.replace(f"%{at + 1}", numeral(counts.get(at, own.start), numerals))
    return label + (" " if label[-1:].isascii() and label[-1:] not in "(" else "")


def numeral(number: int, numerals: str) -> str:
    """A number as Word would write it; digits for numerals that are not used in Chinese reports."""
    kind = numerals.lower()
    if (
        "chinese" in kind or "ideograph" in kind or "japanese" in kind or "taiwanese" in kind
    ) and 0 < number < 100:
        return f"({_han(number)})" if "parentheses" in kind else _han(number)
    if "circle" in kind and 0 < number <= 20:
        return chr(_CIRCLED + number)
    if "letter" in kind and 0 < number <= 26:
        return chr((ord("A") if "upper" in kind else ord("a")) + number - 1)
    return str(number)


def _han(number: int) -> str:
    tens, ones = divmod(number, 10)
    if not tens:
        return _HAN[ones]
    return (_HAN[tens] if tens > 1 else "") + "十" + (_HAN[ones] if ones else "")


class Styles:
    """The styles of a file, with what each inherits."""

    def __init__(self, styles: dict[str, Style], default: str = "") -> None:
        self._styles, self._default = styles, default

    def find(self, name: str) -> Style:
        """A style with everything it inherits filled in."""
        found, chain = Style(), 0
        style = self._styles.get(name) or self._styles.get(self._default)
        while style and chain < _LONGEST_CHAIN:
            found = _filled(found, style)
            style, chain = self._styles.get(style.parent), chain + 1
        return found


def _filled(style: Style, parent: Style) -> Style:
    def first(name: str) -> object:
        own = getattr(style, name)
        return getattr(parent, name) if own is None else own

    inherited = {
        name: first(name) for name in ("level", "bold", "indented", "list_id", "list_level")
    }
    return Style(style.name or parent.name, **inherited)  # type: ignore[arg-type]


def read_styles(package: Package) -> Styles:
    """The paragraph styles of a Word file."""
    reader = _StyleReader()
    package.parse("word/styles.xml", reader.start, reader.end)
    return Styles(reader.styles, reader.default)


class _StyleReader:
    def __init__(self) -> None:
        self.styles: dict[str, Style] = {}
        self.default = ""
        self._style: Style | None = None
        self._own = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        value = attributes.get("val")
        if name == "style":
            self._style = Style() if attributes.get("type") in {"paragraph", "character"} else None
            if self._style:
                key = attributes.get("styleId", "")
                self.styles[key] = self._style
                if attributes.get("type") == "paragraph" and attributes.get("default") in _ON:
                    self.default = key
        elif self._style:
            set_style(self._style, name, value, attributes)

    def end(self, name: str) -> None:
        if name == "style":
            self._style = None


def set_style(style: Style, name: str, value: str | None, attributes: dict[str, str]) -> None:
    """Take over what an element says of a style, or of a paragraph's own setting."""
    if name == "name":
        style.name = value or ""
        style.level = style.level or _level_of_name(style.name)
    elif name == "basedOn":
        style.parent = value or ""
    elif name == "outlineLvl":
        level = _number(value, _LEVELS)
        style.level = level + 1 if level < _LEVELS else 0
    elif name == "b":
        style.bold = is_on(value)
    elif name == "ind":
        style.indented = any(
            _number(attributes.get(key), 0) > 0 for key in ("firstLine", "firstLineChars")
        )
    elif name == "numId":
        style.list_id = value or "0"
    elif name == "ilvl":
        style.list_level = _number(value, 0)


def _level_of_name(name: str) -> int | None:
    if name.strip().lower() in _TITLE_NAMES:
        return 1
    found = _HEADING_NAME.match(name.strip())
    return int(found[1]) if found else None


def _number(value: str | None, otherwise: int) -> int:
    return int(value) if value and value.isdecimal() and len(value) < 7 else otherwise


def read_lists(package: Package) -> Lists:
    """The lists of a Word file."""
    reader = _ListReader()
    package.parse("word/numbering.xml", reader.start, reader.end)
    return reader.lists


class _ListReader:
    def __init__(self) -> None:
        self.lists = Lists()
        self._definition = self._list = ""
        self._level: int | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        value = attributes.get("val") or ""
        if name == "abstractNum":
            self._definition = attributes.get("abstractNumId", "")
            self.lists.definitions[self._definition] = {}
        elif name == "num":
            self._list = attributes.get("numId", "")
        elif name == "abstractNumId":
            self.lists.uses[self._list] = value
        elif name in {"lvl", "lvlOverride"}:
            self._level = _number(attributes.get("ilvl"), 0)
        elif self._level is not None:
            self._set(name, value)

    def _set(self, name: str, value: str) -> None:
        level = self._level or 0
        if name == "startOverride":
            self.lists.starts[self._list, level] = _number(value, 1)
        elif self._definition and name in {"start", "numFmt", "lvlText"}:
            levels = self.lists.definitions[self._definition]
            old = levels.get(level, ListLevel())
            levels[level] = ListLevel(
                _number(value, 1) if name == "start" else old.start,
                value if name == "numFmt" else old.numerals,
                value if name == "lvlText" else old.text,
            )

    def end(self, name: str) -> None:
        if name in {"lvl", "lvlOverride"}:
            self._level = None
        elif name == "abstractNum":
            self._definition = ""
        elif name == "num":
            self._list = ""
