"""The numbers of sections: a newer one has a higher number, and those of some days stand together."""

from datetime import date

MOST_EDITIONS, MOST_SECTIONS = 10, 200  # of a day, and of an issue


def section_number(day: date, edition: int, position: int) -> int:
    """Fits 31 bits until the year 2900."""
    return (day.toordinal() * MOST_EDITIONS + edition - 1) * MOST_SECTIONS + position


def numbers_of(days: tuple[date, date]) -> dict[str, int]:
    """The `lowest` and the `highest` number that a section of these days may have."""
    return {
        "lowest": section_number(days[0], 1, 0),
        "highest": section_number(days[1], MOST_EDITIONS, MOST_SECTIONS - 1),
    }
