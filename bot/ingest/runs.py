"""The words of a paragraph in, lines of runs and pictures out: what is bold, where a link leads."""

import html
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from markdown_it.token import Token

from bot.ingest.captions import caption_of
from bot.ingest.prose import appended, trimmed
from bot.ingest.sentence import INVISIBLE
from bot.shape import Figure, Run, Runs, merged, words_of

_TAG = re.compile(r"</?([A-Za-z][\w-]{0,20})([^<>]*)>")
_ATTRIBUTE = re.compile(r"""([\w-]{1,20})\s?=\s?(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""")
_SET = {
    "b": "bold", "strong": "bold", "strong_open": "bold", "strong_close": "bold",
    "i": "italic", "em": "italic", "em_open": "italic", "em_close": "italic",
    "s": "struck", "del": "struck", "strike": "struck", "s_open": "struck", "s_close": "struck",
    "code": "code", "kbd": "code", "tt": "code",
}  # fmt: skip
# An address that leads somewhere for whoever reads the article; `#这里` or `a.md` does not.
_LEADS = re.compile(r"(?:https?://|//|www\.|mailto:)\S", re.IGNORECASE)
_SIZE = re.compile(r"^\{[^{}\n]{0,120}\}")
_PLAIN_LABEL = re.compile(r"\w{1,20}")

Note = Callable[[str], str | None]


@dataclass(slots=True)
class Line:
    """A line of a paragraph: the `row`th of its source; `broken` is one the editor has asked for.

    Its pictures stand apart: a shape is either words or a picture.
    """

    runs: list[Run] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    broken: bool = False
    row: int = 0

    @property
    def words(self) -> str:
        """The words without their marks."""
        return words_of(tuple(self.runs))


def read_lines(tokens: Iterable[Token], note: Note, *, exact: bool = False) -> list[Line]:
    """The lines of a paragraph; `note` gives a footnote's words by its label, or None.

    `exact` keeps white space at an end, and what cannot be seen.
    """
    reader = _Reader(note, exact=exact)
    for token in tokens:
        reader.read(token)
    return [_exact(line) if exact else _tidy(line) for line in reader.lines]


def _exact(line: Line) -> Line:
    return replace(line, runs=list(merged(line.runs)))


def _tidy(line: Line) -> Line:
    return replace(line, runs=list(trimmed(line.runs)))


def one_line(lines: Iterable[Line]) -> Runs:
    """All of it as one line, a line break where the editor has asked for one."""
    runs: Runs = ()
    for line in lines:
        runs = appended(runs, tuple(line.runs), broken=line.broken)
    return runs


class _Reader:
    """Goes through the words and remembers what is open: bold, a link."""

    def __init__(self, note: Note, *, exact: bool) -> None:
        self.lines = [Line()]
        self._note = note
        self._exact = exact
        self._open = {"bold": 0, "italic": 0, "struck": 0, "code": 0}
        self._links: list[str] = []
        self._row = 0
        self._after_figure = False

    def read(self, token: Token) -> None:
        after_figure, self._after_figure = self._after_figure, False
        match token.type:
            case "text":
                self._say(self._behind_figure(token.content) if after_figure else token.content)
            case "code_inline":
                self._say(token.content, code=True)
            case "softbreak" | "hardbreak":
                self._row += 1
                self.lines.append(Line(broken=token.type == "hardbreak", row=self._row))
            case "image":
                self._show(token)
            case "link_open":
                self._links.append(_leading(str(token.attrs.get("href", ""))))
            case "link_close":
                self._close_link()
            case "footnote_ref":
                self._cite(token.meta["label"])
            case "html_inline":
                self._read_tag(token.content)
            case kind if kind in _SET:
                self._open[_SET[kind]] += token.nesting

    def _say(self, words: str, *, code: bool = False) -> None:
        words = words if self._exact else words.translate(INVISIBLE)
        if not words:
            return
        open_ = self._open
        self.lines[-1].runs.append(
            Run(
                words,
                bold=open_["bold"] > 0,
                italic=open_["italic"] > 0,
                struck=open_["struck"] > 0,
                code=code or open_["code"] > 0,
                link=self._links[-1] if self._links else "",
            )
        )

    def _behind_figure(self, words: str) -> str:
        """What follows a picture, without its size and, where words stand before, a second space."""
        runs = self.lines[-1].runs
        words = _SIZE.sub("", words)
        return words.lstrip(" ") if runs and runs[-1].text.endswith(" ") else words

    def _close_link(self) -> None:
        """A link whose words are its address says nothing by itself."""
        address = self._links.pop() if self._links else ""
        runs = self.lines[-1].runs
        start = len(runs)
        while start and address and runs[start - 1].link == address:
            start -= 1
        if words_of(tuple(runs[start:])) == address:
            runs[start:] = [replace(run, link="") for run in runs[start:]]

    def _cite(self, label: str) -> None:
        words = self._note(label)
        runs = self.lines[-1].runs
        if words and runs and not runs[-1].note:
            runs[-1] = replace(runs[-1], text=runs[-1].text, note=words)
        elif words:
            runs.append(Run("", note=words))
        elif words is None and not _PLAIN_LABEL.fullmatch(label):
            self._say(f"[^{label}]")

    def _show(self, token: Token) -> None:
        alt = " ".join("".join(map(_said, token.children or ())).split())
        self._add_figure(str(token.attrs.get("src", "")), alt, str(token.attrs.get("title") or ""))

    def _add_figure(self, address: str, alt: str, title: str) -> None:
        if address:
            caption = " ".join(title.split()) or caption_of(alt)
            self.lines[-1].figures.append(Figure(address.strip(), alt, caption))
            self._after_figure = True
        else:
            self._say(alt)

    def _read_tag(self, source: str) -> None:
        found = _TAG.fullmatch(source)
        if not found:
            return
        name, closes = found[1].lower(), source.startswith("</")
        attributes = dict(_attributes(found[2]))
        if name == "br":
            self.lines.append(Line(broken=True, row=self._row))
        elif name == "img":
            self._add_figure(
                attributes.get("src", ""), attributes.get("alt", ""), attributes.get("title", "")
            )
        elif name == "a" and closes:
            self._close_link()
        elif name == "a":
            self._links.append(_leading(attributes.get("href", "")))
        elif name in _SET and not found[2].endswith("/"):
            kept = self._open[_SET[name]]
            self._open[_SET[name]] = max(kept + (-1 if closes else 1), 0)


def _attributes(source: str) -> Iterator[tuple[str, str]]:
    for found in _ATTRIBUTE.finditer(source):
        yield found[1].lower(), html.unescape(found[2] or found[3] or found[4] or "")


def _said(token: Token) -> str:
    return " " if token.type.endswith("break") else token.content


def _leading(address: str) -> str:
    return address if _LEADS.match(address) and address.isprintable() else ""
