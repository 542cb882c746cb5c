"""What every format is turned into, before anything is known of its meaning."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Block:
    """Some words, where they stand (`第 12 行`), and how they are set.

    A block is a paragraph as far as the layout tells. `level` counts the `#`s of a heading; `bold`
    is the whole line's; `gap` is an empty line before; `indented` is the two ideographic spaces
    with which a Chinese paragraph begins.
    """

    text: str
    place: str
    level: int = 0
    bold: bool = False
    bullet: bool = False
    indented: bool = False
    gap: bool = False

    @property
    def marked(self) -> bool:
        """Whether the layout itself sets the block apart from running text."""
        return bool(self.level or self.bold or self.bullet or self.indented)


def span(blocks: Sequence[Block]) -> str:
    """Where some blocks stand, for the editor to look: `第 3 行至第 20 行`."""
    first, last = blocks[0].place, blocks[-1].place
    return first if first == last else f"{first}至{last}"
