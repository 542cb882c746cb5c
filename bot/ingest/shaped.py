"""A shape as Markdown, that reads back to the same shape in `exact` mode of `bot.ingest.rich`."""

import re
from collections.abc import Iterator, Sequence

from bot.ingest.captions import caption_of
from bot.ingest.escape import escaped
from bot.shape import Code, Figure, Item, Listing, Prose, Quote, Run, Runs, Shape, Table

_SPACE = "&#x20;"
_BARE_ADDRESS = re.compile(r"[^\s<>()\\&]+(?:&\w+=[^\s<>()\\&]*)*")
_ADDRESS_SIGNS = re.compile(r"[\\<>&]")
_TITLE_SIGNS = re.compile(r"[\\\"&]")
_TICKS = re.compile(r"`+")
# Before a bracket or another `~` these would mark something.
_OPEN_END = re.compile(r"(?<!\\)(?:\\\\)*[!~]$")
_RULES = {"left": ":--", "center": ":-:", "right": "--:", "": "---"}
_TAGS = (("bold", "b"), ("italic", "i"), ("struck", "s"))
_STARS = (("italic", "*"), ("bold", "**"), ("struck", "~~"))


class Notes:
    """The footnotes of a text, numbered as they come; those of a section are written at its end."""

    def __init__(self) -> None:
        self._count = 0
        self._open: list[str] = []

    def cite(self, words: str) -> str:
        """The mark of a new footnote."""
        self._count += 1
        self._open.append(f"[^{self._count}]: {escaped(words)}")
        return f"[^{self._count}]"

    def written(self) -> list[str]:
        """The footnotes cited since this was last asked for."""
        notes, self._open = self._open, []
        return notes


def write_shape(shape: Shape, notes: Notes) -> str:
    """A shape as a block of Markdown, without the empty lines around it."""
    match shape:
        case Prose(runs):
            return _runs(runs, notes)
        case Listing(items):
            return "\n".join(_list(items, notes))
        case Table():
            return "\n".join(_table(shape, notes))
        case Quote(paragraphs):
            lines = "\n\n".join(_runs(runs, notes) for runs in paragraphs).split("\n")
            return "\n".join(f"> {line}".rstrip() for line in lines)
        case Code(text, language):
            fence = _fence(text, 3)
            return f"{fence}{language}\n{text}\n{fence}"
        case Figure():
            return _figure(shape)


def _figure(figure: Figure) -> str:
    title = ""
    if figure.caption != caption_of(figure.alt):
        title = f' "{_TITLE_SIGNS.sub(_with_backslash, figure.caption)}"'
    return f"![{escaped(figure.alt)}]({_address(figure.address)}{title})"


def _address(address: str) -> str:
    if _BARE_ADDRESS.fullmatch(address):
        return address
    return f"<{_ADDRESS_SIGNS.sub(_with_backslash, address)}>"


def _with_backslash(sign: re.Match[str]) -> str:
    return f"\\{sign[0]}"


def _fence(text: str, shortest: int) -> str:
    longest = max(map(len, _TICKS.findall(text)), default=0)
    return "`" * max(longest + 1, shortest)


# Lists and tables.


def _list(items: Sequence[Item], notes: Notes) -> Iterator[str]:
    indents = [""]
    for item in items:
        mark = "" if item.goes_on else f"{item.number}. " if item.number else "- "
        if item.goes_on or item.number > 1:
            yield ""  # a list that begins with another number than 1 would be running text
        if item.goes_on:
            indent = indents[min(item.depth + 1, len(indents) - 1)]
        else:
            indent = indents[min(item.depth, len(indents) - 1)]
            indents[item.depth + 1 :] = [indent + " " * len(mark)]
        inner = "\n" + indent + " " * len(mark)
        yield indent + mark + _runs(item.runs, notes).replace("\n", inner)
        if item.goes_on:
            yield ""


def _table(table: Table, notes: Notes) -> Iterator[str]:
    yield _row([_cell(cell, notes) for cell in table.head])
    yield _row([_RULES[side] for side in table.aligned])
    for row in table.rows:
        yield _row([_cell(cell, notes) for cell in row])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(runs: Runs, notes: Notes) -> str:
    return _runs(runs, notes).replace("\\\n", "<br>").replace("|", "\\|")


# Words.


def _runs(runs: Runs, notes: Notes) -> str:
    pieces: list[str] = []
    starred = False
    for at, run in enumerate(runs):
        before = runs[at - 1] if at else None
        words = _inner(run, before, last=at + 1 == len(runs))
        marks = _marks(run, after_stars=starred)
        starred = bool(marks) and marks[0][0] in "*~"
        for mark, end in marks:
            words = f"{mark}{words}{end}"
        if run.link:
            words = f"[{words}]({_address(run.link)})"
        pieces.append(words + (notes.cite(run.note) if run.note else ""))
    return "".join(pieces)


def _inner(run: Run, before: Run | None, *, last: bool) -> str:
    """The words of a run without its marks."""
    if run.code:
        return _code(run.text)
    words = "\\\n".join(map(escaped, run.text.split("\n")))
    if not (run.bold or run.italic or run.struck or run.link):
        words = _with_spaces(words, run, before, last=last)
    if before and before.note and words[:1] == "(":
        words = "\\" + words
    if _OPEN_END.search(words):
        words = f"{words[:-1]}\\{words[-1]}"
    return words


def _with_spaces(words: str, run: Run, before: Run | None, *, last: bool) -> str:
    """A space between two runs may be one, where no line begins or ends beside it."""
    opens = before is None or before.text.endswith("\n")
    if not opens and run.text.startswith(" ") and not (last and run.text == " "):
        words = " " + words.removeprefix(_SPACE)
    alone = run.text.endswith("\n ") or (opens and run.text == " ")
    if not (last or run.note or alone) and run.text.endswith(" "):
        words = words.removesuffix(_SPACE) + " "
    return words


def _code(text: str) -> str:
    if not text.isprintable():
        lines = "\\\n".join(map(escaped, text.split("\n")))
        return f"<code>{lines}</code>"
    ticks = _fence(text, 1)
    padded = text[:1] == "`" or text[-1:] == "`" or (text[:1] == text[-1:] == " " and text.strip())
    space = " " if padded else ""
    return f"{ticks}{space}{text}{space}{ticks}"


def _marks(run: Run, *, after_stars: bool) -> list[tuple[str, str]]:
    """What stands before and behind the words, inner marks first.

    Two runs that touch could share their stars: the second has tags instead. One star needs a
    letter beside it.
    """
    edges = run.text[:1].isalnum() and run.text[-1:].isalnum() and not run.code
    single = run.italic and not run.bold
    if after_stars or (single and not edges):
        return [(f"<{tag}>", f"</{tag}>") for name, tag in _TAGS if getattr(run, name)]
    return [(mark, mark) for name, mark in _STARS if getattr(run, name)]
