"""Words on a line, set as HTML: what is bold, struck or code, and the numbers of notes."""

from collections.abc import Callable, Iterator
from html import escape
from itertools import zip_longest

from markupsafe import Markup
from markupsafe import escape as escape_value

from bot.render.notes import Notes, plain_address
from bot.render.theme import Theme
from bot.render.typography import meet, pair_quotes, split_figures
from bot.shape import Run, Runs

ARTICLES = "https://mp.weixin.qq.com/"  # the only links that the platform keeps
ADDRESSES = ("https://", "http://", "mailto:")
WORD_JOINER = "\u2060"  # keeps the mark of a note on the line of its word
Escape = Callable[[str], str]


class Line:
    """Sets words for one article; the notes that they call for gather in `notes`."""

    def __init__(self, theme: Theme, notes: Notes, *, quotes: bool = False) -> None:
        self.notes = notes
        self._latin = theme.ornaments.latin
        self._figures = theme.ornaments.figures
        self._panel = theme.colours.panel
        self._quotes = quotes

    def plain(self, text: str) -> Markup:
        """Words without any form, as in a heading."""
        return _safe(escaped(self._as_set(text)))

    def paragraph(self, text: str) -> Markup:
        """Words of a paragraph: its figures may be set bold."""
        return _safe(self._with_figures(self._as_set(text)))

    def runs(self, runs: Runs) -> Markup:
        """Words in their forms, each followed by the numbers of its notes."""
        return _safe("".join(self._pieces(self._paired(runs), self._with_figures)))

    def cell(self, runs: Runs) -> Markup:
        """The same for a table's cell, where every figure would be bold."""
        return _safe("".join(self._pieces(self._paired(runs), escaped)))

    def _as_set(self, text: str) -> str:
        return meet(pair_quotes(text) if self._quotes else text, self._latin)

    def _paired(self, runs: Runs) -> list[tuple[Run, str]]:
        """Each run with its words; quotes are paired across runs, but for code."""
        if not self._quotes:
            return [(run, run.text) for run in runs]
        words = iter(pair_quotes("".join(run.text for run in runs if not run.code)))
        return [
            (run, run.text if run.code else "".join(next(words) for _ in run.text)) for run in runs
        ]

    def _pieces(self, runs: list[tuple[Run, str]], plain: Escape) -> Iterator[str]:
        before = ""
        for (run, words), following in zip_longest(runs, runs[1:]):
            text = words if run.code else meet(words, self._latin, before)
            marks = self._marks(run, following[0] if following else None)
            escape_text = escaped if run.code or run.bold or run.link else plain
            yield self._formed(run, escape_text(text)) + marks
            before = "" if marks or run.code else words

    def _formed(self, run: Run, html: str) -> str:
        if run.code:
            html = f'<span style="padding:0 3px;background:{self._panel}">{html}</span>'
        if run.struck:
            html = f'<span style="text-decoration:line-through">{html}</span>'
        if run.italic:
            html = f"<em>{html}</em>"
        if run.bold:
            html = f"<strong>{html}</strong>"
        if article := _article(run.link):
            html = f'<a href="{escape_value(article)}">{html}</a>'
        return html

    def _with_figures(self, text: str) -> str:
        if not self._figures:
            return escaped(text)
        pieces = ((escaped(piece), figure) for piece, figure in split_figures(text))
        return "".join(f"<strong>{html}</strong>" if figure else html for html, figure in pieces)

    def _marks(self, run: Run, following: Run | None) -> str:
        """The numbers of the notes that end here; a link goes on while the next run has it too."""
        told = []
        if _leads_out(run) and not (following and following.link == run.link):
            told.append(plain_address(run.link))
        if run.note:
            told.append(run.note)
        numbers = "".join(f"[{self.notes.number(text)}]" for text in told)
        return f"<sup>{WORD_JOINER}{numbers}</sup>" if numbers else ""


def _safe(html: str) -> Markup:
    return Markup(html)  # noqa: S704 - made of escaped words and tags of this file


def escaped(text: str) -> str:
    """Words as HTML; a line break stays one."""
    # Quotes need no escape in text, and five characters each would count.
    return escape(text, quote=False).replace("\n", "<br>")


def _article(link: str) -> str:
    """The address of another article of the platform, or nothing."""
    secure = link.replace("http://", "https://", 1) if link.startswith("http://") else link
    return secure if secure.startswith(ARTICLES) else ""


def _leads_out(run: Run) -> bool:
    """Whether a reader would miss the address: it survives nowhere else, and is not what is read."""
    if not run.link.startswith(ADDRESSES) or _article(run.link):
        return False
    return plain_address(run.link) != plain_address(run.text.strip())
