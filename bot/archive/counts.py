"""How many sections hold a term: what makes it rare or frequent, and whether it is there at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import Connection

from bot.archive.candidates import count, total
from bot.archive.rank import rarity
from bot.archive.terms import Group, Term

# How many counts are kept at most: followers write any number of different words.
MOST_COUNTS = 20_000


@dataclass(frozen=True, slots=True)
class Kept:
    """What has been counted on a day. Weights may be a day old."""

    day: date
    total: int
    of: dict[Term, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Counts:
    """The counts that one search needs, and those that earlier ones have made."""

    connection: Connection
    kept: Kept
    absent: set[Term] = field(default_factory=set)

    @property
    def total(self) -> int:
        """How many sections there are."""
        return self.kept.total

    def of(self, wanted: Term) -> int:
        """Only what was found is remembered: a new word is known as soon as it is there.

        A slip is taken to be as frequent as the rarer side of it, which is quicker to count.
        """
        if wanted.near:
            return min(
                self.of(replace(wanted, phrases=(side,), near=False)) for side in wanted.phrases
            )
        if wanted in self.absent:
            return 0
        if known := self.kept.of.get(wanted):
            return known
        if not (found := count(self.connection, wanted)):
            self.absent.add(wanted)
        elif len(self.kept.of) < MOST_COUNTS:
            self.kept.of[wanted] = found
        return found

    def weights(self, groups: Sequence[Group]) -> Mapping[Term, float]:
        """How rare each term of the groups is."""
        terms = dict.fromkeys(each for group in groups for way in group for each in way)
        return {each: rarity(self.of(each), self.total) for each in terms}


def counted_on(connection: Connection, day: date, before: Kept | None) -> Counts:
    """The counts of a day: those made `before` if it was that day."""
    kept = before if before and before.day == day else Kept(day, total(connection))
    return Counts(connection, kept)
