"""A long run written with several slips: what is left of it still stands in its order and distance."""

from collections import defaultdict
from collections.abc import Iterator, Set

# Shorter runs with two slips are other words.
SHORTEST = 6
# So much of the run must be there, and in two places at least: one alone is a shorter word in it.
LEAST = 0.5
PLACES = 2


def likeness(run: str, text: str) -> float:
    """The share of the run's characters that stand in `text` where they should; 0 for too few.

    One character more or less in between is forgiven, like any number of others in their places.
    """
    shifts: dict[int, set[int]] = defaultdict(set)
    for place, found in _pairs(run, text):
        shifts[found - place].add(place)
    return max((_share(run, shifts[by] | shifts.get(by + 1, set())) for by in [*shifts]), default=0)


def _pairs(run: str, text: str) -> Iterator[tuple[int, int]]:
    """Where each pair of neighbours stands in the run, and in the text."""
    for place in range(len(run) - 1):
        pair, found = run[place : place + 2], -1
        while (found := text.find(pair, found + 1)) >= 0:
            yield place, found


def _share(run: str, places: Set[int]) -> float:
    stretches = sum(place - 1 not in places for place in places)
    share = len(places | {place + 1 for place in places}) / len(run)
    return share if stretches >= PLACES and share >= LEAST else 0.0
