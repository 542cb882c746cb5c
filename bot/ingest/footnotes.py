"""Footnotes: what each says, and those that nobody cites or nobody has written."""

from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from bot.ingest.runs import one_line, read_lines
from bot.ingest.sentence import joined
from bot.model import Problem, Severity
from bot.shape import Run

_SHOWN = 20


class Footnotes:
    """The footnotes of a text by their labels, and which of them were asked for."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._words: dict[str, str] = {}
        self._rows: dict[str, int] = {}
        self._cited: dict[str, None] = {}
        for label, row, note in _written(tokens):
            self._words.setdefault(label, note)
            self._rows.setdefault(label, row)

    def words(self, label: str) -> str | None:
        """What a cited footnote says; None where there is no such footnote."""
        self._cited[label] = None
        return self._words.get(label)

    def problems(self) -> Iterator[Problem]:
        """One for each footnote that lacks its other half, in the order of the text."""
        for label in self._cited:
            if label not in self._words and label.isalnum():
                text = f"脚注 [^{label}] 没有内容，标记已略去"
                remedy = f"请在文末补上“[^{label}]: 注释”，或删去正文里的标记"
                yield Problem(Severity.WARNING, "脚注", text, remedy)
        for label, row in self._rows.items():
            if label not in self._cited:
                text = f"脚注 [^{label}]“{self._words[label][:_SHOWN]}”没有被引用，没有收进来"
                remedy = f"请在正文里写上 [^{label}]，或删去这条脚注"
                yield Problem(Severity.WARNING, f"第 {row + 1} 行", text, remedy)


def _written(tokens: Sequence[Token]) -> Iterator[tuple[str, int, str]]:
    """Every footnote's label, where it stands, and its words."""
    label, row = "", 0
    pieces: list[str] = []
    for token in tokens:
        if token.type == "footnote_reference_open":
            label, row, pieces = token.meta["label"], (token.map or [0])[0], []
        elif token.type == "footnote_reference_close":
            yield label, row, joined(pieces)
            label = ""
        elif label and token.type == "inline":
            pieces.append(_plain_words(token))
        elif label and token.content:
            pieces.append(" ".join(token.content.split()))


def _plain_words(token: Token) -> str:
    """The words, and behind those of a link its address: a footnote is plain text."""
    runs = one_line(read_lines(token.children or (), lambda _: "", exact=True))
    return "".join(map(_with_address, runs))


def _with_address(run: Run) -> str:
    return f"{run.text} {run.link}" if run.link else run.text
