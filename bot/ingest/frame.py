"""What a line stands in, a list's item or a quotation, and the shape that it has by that."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from markdown_it.token import Token

from bot.ingest.prose import prose
from bot.shape import Item, Listing, Quote, Run, Runs, Shape, merged

_TASK = re.compile(r"\[([ xX])\] ")


@dataclass(frozen=True, slots=True)
class Frame:
    """A list's item (0 is the outermost `depth`), a quotation, both, or neither.

    `lead` is what marks an item, `number` its own; `goes_on` is a further paragraph of it.
    """

    depth: int = -1
    number: int = 0
    lead: str = ""
    quoted: bool = False
    goes_on: bool = False

    @property
    def plain(self) -> bool:
        """Whether it is neither: the line is a paragraph's."""
        return self.depth < 0 and not self.quoted

    @property
    def listed(self) -> bool:
        """Whether a line opens an item, or a further paragraph of one."""
        return self.depth >= 0 and not self.quoted

    @property
    def bulleted(self) -> bool:
        """Whether the line is a list's beyond doubt: an item with a number may be a heading."""
        return self.listed and (self.depth > 0 or not self.number or self.goes_on)

    def shape(self, runs: Runs) -> Shape | None:
        """A line's own shape; None for plain words."""
        if self.quoted:
            return Quote((merged((Run(self.lead), *runs)),))
        if self.depth < 0:
            return prose(runs)
        number = 0 if self.goes_on else self.number
        return Listing((Item(runs, self.depth, number, self.goes_on),))


def numbers_of(items: Sequence[Token]) -> list[int]:
    """A list's numbers as written, if they run upwards; else they are counted from the first."""
    written = [int(item.info or 1) for item in items]
    upwards = all(before < after for before, after in pairwise(written))
    first = max(written[0], 1)
    return written if upwards and written[0] else list(range(first, first + len(items)))


def with_task(runs: Runs) -> Runs:
    """`[x] 做完` with a box that readers know."""
    found = _TASK.match(runs[0].text) if runs else None
    if not found:
        return runs
    box = "☐ " if found[1] == " " else "☑ "
    return (replace(runs[0], text=box + runs[0].text[found.end() :]), *runs[1:])
