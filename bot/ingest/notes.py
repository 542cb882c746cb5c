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
    notes: list[str] = []
    state = {"in_note": False, "in_text": False}

    def start(name: str, attributes: dict[str, str]) -> None:
        if name in _NOTES:
            state["in_note"] = "type" not in attributes and len(notes) < _MOST
            notes.extend([""] if state["in_note"] else [])
        state["in_text"] = name == "t"

    def end(_: str) -> None:
        state["in_text"] = False

    def text(words: str) -> None:
        if state["in_note"] and state["in_text"]:
            notes[-1] += words

    for part in _PARTS:
        package.parse(part, start, end, text)
    return [note.strip() for note in notes if note.strip()]


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
