"""The footnotes and endnotes of a Word file."""

from collections.abc import Sequence

from bot.ingest.block import Block
from bot.ingest.labels import is_references_label
from bot.ingest.package import Package
from bot.ingest.references import ending_at

_PARTS = ("word/footnotes.xml", "word/endnotes.xml")
_NOTES = frozenset({"footnote", "endnote"})
# More are no notes of a report.
_MOST = 500


def read_notes(package: Package) -> list[str]:
    """What each note says; the lines that Word draws above them are no notes."""
    reader = _Reader()
    for part in _PARTS:
        package.parse(part, reader.start, reader.end, reader.text)
    return [words for pieces in reader.notes if (words := "".join(pieces).strip())]


class _Reader:
    """Goes through the notes and remembers whether it is in one, and in its words."""

    def __init__(self) -> None:
        self.notes: list[list[str]] = []
        self._in_note = self._in_text = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in _NOTES:
            self._in_note = "type" not in attributes and len(self.notes) < _MOST
            if self._in_note:
                self.notes.append([])
        self._in_text = name == "t"

    def end(self, _: str) -> None:
        self._in_text = False

    def text(self, words: str) -> None:
        if self._in_note and self._in_text:
            self.notes[-1].append(words)


def with_notes(blocks: Sequence[Block], notes: Sequence[str]) -> list[Block]:
    """The blocks, with the notes as the references that they are in a report without any."""
    if not notes or any(is_references_label(block.text) for block in blocks):
        return list(blocks)
    at = ending_at(blocks)
    cited = [
        Block(f"[{number}] {note}", f"注 {number}", gap=True)
        for number, note in enumerate(notes, start=1)
    ]
    return [*blocks[:at], Block("参考文献", "注", gap=True), *cited, *blocks[at:]]
