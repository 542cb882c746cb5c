"""How a passage is set where it says more than its words: bold, a list, a table, a picture.

What a paragraph says is in `Section.paragraphs`, as plain words, for search and for proofs. A shape
stands beside such a paragraph and says the same with its form. Frozen values, made by `ingest`,
drawn by `render`; `plain` and `from_plain` are for JSON.
"""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Run:
    """Some words set alike. `link` is where they lead; `note` is the footnote that follows them."""

    text: str
    bold: bool = False
    italic: bool = False
    struck: bool = False
    code: bool = False
    link: str = ""
    note: str = ""


Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Prose:
    """A paragraph."""

    runs: Runs


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a list: 0 is the outermost depth; `number` is 0 for a bullet.

    `goes_on` is a further paragraph of the item above.
    """

    runs: Runs
    depth: int = 0
    number: int = 0
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """A list with what is nested in it, from top to bottom."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """`aligned` says `left`, `center`, `right` or nothing for each column; every row is as long."""

    aligned: tuple[str, ...]
    head: tuple[Runs, ...]
    rows: tuple[tuple[Runs, ...], ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """Paragraphs of somebody else's."""

    paragraphs: tuple[Runs, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Lines to be read as they stand; `language` as the editor named it, or empty."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture: its address as written or, once kept, the name it is kept under; `alt` describes it."""

    address: str
    alt: str = ""
    caption: str = ""


Shape = Prose | Listing | Table | Quote | Code | Figure
_KINDS: dict[str, type[Shape]] = {
    "prose": Prose,
    "list": Listing,
    "table": Table,
    "quote": Quote,
    "code": Code,
    "figure": Figure,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def plain(shape: Shape) -> dict[str, Any]:
    """Values for JSON; what is as usual is left out."""
    return {"kind": _NAMES[type(shape)], **_without_usual(asdict(shape))}


def _without_usual(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: _without_usual(each)
            for name, each in value.items()
            if name == "text" or each not in ("", False, 0)
        }
    return [_without_usual(each) for each in value] if isinstance(value, list | tuple) else value


def from_plain(values: dict[str, Any]) -> Shape:
    """The inverse of `plain`."""
    match values:
        case {"kind": "prose", "runs": runs}:
            return Prose(_runs(runs))
        case {"kind": "list", "items": items}:
            return Listing(tuple(Item(**{**item, "runs": _runs(item["runs"])}) for item in items))
        case {"kind": "table", "aligned": aligned, "head": head, "rows": rows}:
            return Table(tuple(aligned), _cells(head), tuple(map(_cells, rows)))
        case {"kind": "quote", "paragraphs": paragraphs}:
            return Quote(_cells(paragraphs))
        case {"kind": "code" | "figure" as kind, **rest}:
            return _KINDS[kind](**rest)
    raise ValueError(f"no shape: {values.get('kind')}")


def _runs(plain_runs: list[dict[str, Any]]) -> Runs:
    return tuple(Run(**run) for run in plain_runs)


def _cells(plain_cells: list[list[dict[str, Any]]]) -> tuple[Runs, ...]:
    return tuple(map(_runs, plain_cells))


def words_of(runs: Runs) -> str:
    """What a reader would say aloud: the words without their marks."""
    return "".join(run.text for run in runs)


def merged(runs: Iterable[Run]) -> Runs:
    """Neighbours that are set alike are one run; a run that says nothing is none."""
    kept: list[Run] = []
    for run in runs:
        last = kept[-1] if kept else None
        if not run.text and not run.note:
            continue
        if last and not last.note and replace(last, text="") == replace(run, text="", note=""):
            kept[-1] = replace(run, text=last.text + run.text)
        else:
            kept.append(run)
    return tuple(kept)


def _in_one_line(words: str) -> str:
    """Lines of a paragraph put together: Chinese without a space, Latin with one."""
    return re.sub(r"(?<=[!-~])\n(?=[!-~])", " ", words).replace("\n", "")


def said_by(shape: Shape) -> str:
    """The plain words of a shape on one line, cells and items apart."""
    match shape:
        case Prose(runs):
            return _in_one_line(words_of(runs))
        case Listing(items):
            return " ".join(_in_one_line(words_of(item.runs)) for item in items)
        case Table(_, head, rows):
            cells = (words_of(cell) for row in (head, *rows) for cell in row)
            return " ".join(_in_one_line(words) for words in cells if words)
        case Quote(paragraphs):
            return " ".join(_in_one_line(words_of(runs)) for runs in paragraphs)
        case Code(text):
            return " ".join(text.split())
        case Figure(_, alt, caption):
            return _in_one_line(caption or alt)
