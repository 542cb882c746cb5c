"""What an article goes without where it would be too long, and which part of its issue it is."""

from dataclasses import dataclass
from typing import Literal

DIGITS = "〇一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Trim:
    """What of an article is set; folded references stand on a line each, without their addresses."""

    ornaments: bool = True
    contents: bool = True
    references: Literal["full", "folded"] = "full"


WHOLE = Trim()


@dataclass(frozen=True, slots=True)
class Part:
    """One of the articles that an issue is split over; `Part()` is the whole of it."""

    number: int = 1
    of: int = 1

    @property
    def is_last(self) -> bool:
        """The last one carries the footer."""
        return self.number == self.of

    @property
    def suffix(self) -> str:
        """What the title ends in: `（二）`, or nothing where there is one article only."""
        return f"（{DIGITS[self.number]}）" if self.of > 1 else ""

    @property
    def line(self) -> str:
        """What the masthead says of it, or nothing."""
        return f"本期共 {self.of} 篇，这是第 {self.number} 篇" if self.of > 1 else ""


ALONE = Part()
