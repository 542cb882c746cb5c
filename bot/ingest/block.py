"""What every format is turned into, before anything is known of its meaning."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.shape import Code, Figure, Listing, Quote, Shape, Table


@dataclass(frozen=True, slots=True)
class Block:
    """Some words, where they stand (`第 12 行`), and how they are set.

    A block is a paragraph as far as the layout tells. `level` counts the `#`s of a heading; `bold`
    is the whole line's; `gap` is an empty line before; `indented` is the two ideographic spaces
    with which a Chinese paragraph begins.

    `shape` says more than the words: marks within them, a table. A list or a quotation takes one
    block for each of its lines, those after the first `follows`; `broken` is a new line of the
    same paragraph, which the editor has asked for.
    """

    text: str
    place: str
    level: int = 0
    bold: bool = False
    bullet: bool = False
    indented: bool = False
    gap: bool = False
    shape: Shape | None = None
    follows: bool = False
    broken: bool = False

    @property
    def marked(self) -> bool:
        """Whether the layout itself sets the block apart from running text."""
        return bool(self.level or self.bold or self.bullet or self.indented)

    @property
    def apart(self) -> bool:
        """Whether it is no words of the text, but something put between them."""
        return isinstance(self.shape, Code | Figure | Table)

    @property
    def framed(self) -> bool:
        """Whether it is anything but a paragraph or a heading."""
        return self.apart or isinstance(self.shape, Listing | Quote)

    @property
    def goes_on(self) -> bool:
        """Whether it is a further paragraph of a list's item, or the rest of one."""
        if isinstance(self.shape, Listing):
            return self.shape.items[0].goes_on
        return self.follows and not self.framed


def span(blocks: Sequence[Block]) -> str:
    """Where some blocks stand, for the editor to look: `第 3 行至第 20 行`."""
    first, last = blocks[0].place, blocks[-1].place
    return first if first == last else f"{first}至{last}"
