"""The numbers of sections: a newer one has a higher number, and those of some days stand together."""

from datetime import date
from typing import NamedTuple

MOST_EDITIONS, MOST_SECTIONS = 10, 200  # of a day, and of an issue


def section_number(day: date, edition: int, position: int) -> int:
    """Fits 31 bits until the year 2900."""
    return (day.toordinal() * MOST_EDITIONS + edition - 1) * MOST_SECTIONS + position


class Numbers(NamedTuple):
    """The lowest and the highest number that a section may have."""

    lowest: int
    highest: int


ALL = Numbers(0, 2**31 - 1)


def numbers_of(days: tuple[date, date]) -> Numbers:
    """Of the sections of these days."""
    return Numbers(
        section_number(days[0], 1, 0),
        section_number(days[1], MOST_EDITIONS, MOST_SECTIONS - 1),
    )
