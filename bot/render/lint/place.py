"""Where in the editor's report a piece of the article comes from."""

import re
from dataclasses import dataclass

from bot.render.markup import BLOCKS, Element, bare

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
# Parts that have a name and no number.
NAMED = frozenset({"摘要", "目录", "参考文献", "注释", "免责声明"})
NUMBERED = re.compile(r"0?(\d{1,2}(?:\.\d{1,2})*)[\s\u3000、.．]+\S.*", re.S)
REFERENCE = re.compile(r"\s*\[(\d{1,3})\]")
TITLE_SHOWN = 12  # characters
REFERENCES = "参考文献"
BEGINNING = "刊头"


@dataclass(frozen=True, slots=True)
class Place:
    """A part of the report, and which of its paragraphs, counted from 1; 0 is the part's title."""

    part: str
    paragraph: int
    reference: str = ""

    def __str__(self) -> str:
        if self.reference:
            return f"{self.part}第 {self.reference} 条"
        return f"{self.part}第 {self.paragraph} 段" if self.paragraph else self.part


class Reader:
    """Knows at every moment of the reading which part and paragraph it is in."""

    def __init__(self) -> None:
        self._part, self._paragraph = BEGINNING, 0

    def enter(self, element: Element, outer: Place) -> Place:
        """The place of `element`, which stands in `outer`."""
        if not element.is_block and element.tag != "img":
            return outer
        if any(child.is_block for child in element.elements):
            return Place(self._part, self._paragraph)
        text = element.text.strip()
        if part := _part(element, text):
            self._part, self._paragraph = part, 0
        elif text or element.tag == "img":
            self._paragraph += 1
        return Place(self._part, self._paragraph, self._reference(text))

    def _reference(self, text: str) -> str:
        found = REFERENCE.match(text) if self._part == REFERENCES else None
        return found[1] if found else ""


def _part(element: Element, text: str) -> str:
    """What the part is called that `element` is the title of; empty if it is none."""
    if (name := bare(text)) in NAMED:
        return name
    found = NUMBERED.fullmatch(text)
    if element.tag in HEADINGS:
        return f"第 {found[1]} 节" if found else f"“{shown(text)}”"
    return f"第 {found[1]} 节" if found and _is_bold(element) and len(text) < 60 else ""


def _is_bold(element: Element) -> bool:
    weight = element.style.get("font-weight", "")
    return weight == "bold" or (weight.isdigit() and int(weight) >= 600)


def shown(text: str, length: int = TITLE_SHOWN) -> str:
    """The beginning of some words, fit for a sentence."""
    flat = " ".join(text.split())
    return flat if len(flat) <= length else f"{flat[:length]}…"


def is_text_block(element: Element) -> bool:
    """A block that holds words and no other block."""
    return element.tag in BLOCKS and not any(child.is_block for child in element.elements)
