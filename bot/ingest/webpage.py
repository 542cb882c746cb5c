"""What editors paste of web pages into Markdown: the words are kept, the tags go."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# What a tag of these parts is not one paragraph.
_PARTS = re.compile(
    r"</?(h[1-6]|p|div|section|article|header|footer|center|blockquote|ul|ol|li|table|thead|tbody|tr"
    r"|details|summary|figure|figcaption|hr|pre|dl|dt|dd|main|aside|nav)\b[^<>]*>",
    re.IGNORECASE,
)
_CELL = re.compile(r"</?t[hd]\b[^<>]*>", re.IGNORECASE)
_UNREAD = ("script", "style", "iframe", "svg", "head", "title")
_OTHER = re.compile(r"<[!?][^<>]*>")


@dataclass(frozen=True, slots=True)
class Piece:
    """Words with their inline marks; `level` is a heading's, `item` a list's."""

    source: str
    level: int = 0
    item: bool = False


def read_webpage(source: str) -> Iterator[Piece]:
    """The paragraphs, headings and items of a piece of HTML."""
    source = without(source, "<!--", "-->")
    for name in _UNREAD:
        source = without(source, f"<{name}", f"</{name}>")
    source = _CELL.sub(" ", _OTHER.sub(" ", source))
    name = ""
    for at, piece in enumerate(_PARTS.split(source)):
        if at % 2:
            name = piece.lower()
        elif words := " ".join(piece.split()):
            level = int(name[1]) if name[:1] == "h" and name[1:].isdigit() else 0
            yield Piece(words, level, item=name == "li")


def without(text: str, start: str, end: str) -> str:
    """The text without what stands from `start` to `end`; the rest of it where there is no end."""
    kept, folded, at = [], text.lower(), 0
    while (begin := folded.find(start, at)) >= 0:
        kept.append(text[at:begin])
        found = folded.find(end, begin)
        at = found + len(end) if found >= 0 else len(text)
    return "".join([*kept, text[at:]])
