"""Which of the candidates come first. Pure: the same candidates give the same order anywhere.

A term counts for more the rarer it is, less with every further time it is found, and most in the
heading. The constants were measured on known-item queries over public Chinese newsletters; the
order is not sensitive to any of them but the weight of the heading.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import itemgetter

from bot.archive.terms import Group, Term
from bot.archive.texts import Candidate

# Found in the heading is worth three times in the body, and the share found there is added again.
HEADING_TIMES = 3
HEADING_SHARE = 0.3
# BM25's k1 and b, and the usual length of a section in characters.
SATURATION = 1.2
BY_LENGTH = 0.4
USUAL_LENGTH = 300
# By so much at most today's news is worth more; last year's by half of it.
RECENCY = 0.15
HALF_LIFE_DAYS = 365
# Scores that differ by less are equal, and the newer section comes first.
DIGITS = 9
# What adding weights in another order may change.
NEGLIGIBLE = 1e-9

# How full a way or a group is, and how much of it the heading shows; both 0 to 1.
_Fill = tuple[float, float]
# The terms of a way, each with its weight and what counts it in a text; a group's ways, with its
# weight.
_Way = Sequence[tuple[float, Callable[[str], int]]]
_Weighed = tuple[float, Sequence[_Way]]
# What an issue's newness is worth, and its place among equals.
_Issue = tuple[float, int, int]
# Best first: the negative score, then newer before older, then as in the issue, where no two are
# at one place.
_Placed = tuple[float, int, int, int, Candidate]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate and how well it answers."""

    candidate: Candidate
    score: float


def rarity(count: int, total: int) -> float:
    """The weight of a term that `count` of `total` sections hold; never negative."""
    return math.log1p((max(total, count) - count + 0.5) / (count + 0.5))


def weight_of(groups: Sequence[Group], weights: Mapping[Term, float]) -> float:
    """What a section can reach at most; all that it must reach when every word is required."""
    return sum(_group_weight(group, weights) for group in groups)


def rarest_of(weights: Mapping[Term, float], *, spare: float) -> list[Term]:
    """The fewest terms of which a section must hold one if it misses no more than `spare`."""
    fewest: list[Term] = []
    for term in sorted(weights, key=lambda each: -weights[each]):
        fewest.append(term)
        if (spare := spare - weights[term]) < -NEGLIGIBLE:
            break
    return fewest


def rank(
    candidates: Iterable[Candidate],
    groups: Sequence[Group],
    weights: Mapping[Term, float],
    *,
    needed: float,
    today: date,
    recency: float = RECENCY,
    limit: int,
) -> list[Ranked]:
    """The best section of so many issues, best first; only what holds `needed` of the weight."""
    judge = _Judge(_weighed(groups, weights), weight_of(groups, weights), needed)
    best: dict[str, _Placed] = {}
    for one in candidates:
        if not (relevance := judge(one)):
            continue
        issue_id = one.issue_id
        worth, newer, later = _issue(issue_id, today, recency)
        placed = (-round(relevance * worth, DIGITS), newer, later, one.position, one)
        if (known := best.get(issue_id)) is None or placed < known:
            best[issue_id] = placed
    return _in_order(best.values(), limit)


def rank_by(
    candidates: Iterable[Candidate], relevance: Callable[[Candidate], float], *, limit: int
) -> list[Ranked]:
    """The most relevant section of so many issues, best first and the newest of equals; 0 is none."""
    best: dict[str, _Placed] = {}
    for one in candidates:
        if score := relevance(one):
            day, edition = day_and_edition(one.issue_id)
            placed = (-round(score, DIGITS), -day.toordinal(), -edition, one.position, one)
            best[one.issue_id] = min(best.get(one.issue_id, placed), placed)
    return _in_order(best.values(), limit)


def _in_order(best: Iterable[_Placed], limit: int) -> list[Ranked]:
    return [Ranked(one, -score) for score, *_, one in sorted(best)[:limit]]


@lru_cache(maxsize=10_000)
def day_and_edition(issue_id: str) -> tuple[date, int]:
    """What an issue's ID says of it: `2026-06-13` is the first edition of its day."""
    return date.fromisoformat(issue_id[:10]), int(issue_id[11:] or 1)


@lru_cache(maxsize=10_000)
def _issue(issue_id: str, today: date, recency: float) -> _Issue:
    day, edition = day_and_edition(issue_id)
    age = max(0, (today - day).days)
    return 1 + recency * math.exp2(-age / HALF_LIFE_DAYS), -day.toordinal(), -edition


def _group_weight(group: Group, weights: Mapping[Term, float]) -> float:
    return max(sum(weights[term] for term in way) for way in group)


def _weighed(groups: Sequence[Group], weights: Mapping[Term, float]) -> list[_Weighed]:
    """The heaviest first: what lacks them need not be looked at any further."""
    weighed: list[_Weighed] = [
        (
            _group_weight(group, weights),
            [[(weights[term], term.counter) for term in way] for way in group],
        )
        for group in groups
    ]
    return sorted(weighed, key=itemgetter(0), reverse=True)


@dataclass(frozen=True, slots=True)
class _Judge:
    groups: Sequence[_Weighed]
    total: float
    needed: float

    def __call__(self, candidate: Candidate) -> float:
        """The relevance of a section; 0 where it holds too little of what was asked for."""
        heading, body = candidate.heading, candidate.body
        room = SATURATION * (1 - BY_LENGTH + BY_LENGTH * len(body) / USUAL_LENGTH)
        spare = self.total - self.needed + NEGLIGIBLE
        filled = headed = 0.0
        for weight, ways in self.groups:
            if fill := _fullest(ways, heading, body, room):
                filled += weight * fill[0]
                headed += weight * fill[1]
            elif (spare := spare - weight) < 0:
                return 0.0
        return (filled + HEADING_SHARE * headed) / self.total


def _fullest(ways: Sequence[_Way], heading: str, body: str, room: float) -> _Fill | None:
    if len(ways) == 1:
        return _fill(ways[0], heading, body, room)
    return max(filter(None, (_fill(way, heading, body, room) for way in ways)), default=None)


def _fill(way: _Way, heading: str, body: str, room: float) -> _Fill | None:
    """How full a way is: the weighted mean of its terms, all of which must be there."""
    total = filled = headed = 0.0
    for weight, counter in way:
        in_heading = counter(heading) > 0
        times = HEADING_TIMES * in_heading + counter(body)
        if not times:
            return None
        total += weight
        filled += weight * times / (times + room)
        headed += weight * in_heading
    return filled / total, headed / total
