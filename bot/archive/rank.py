"""Which of the candidates come first. Pure: the same candidates give the same order anywhere.

A term counts for more the rarer it is, less with every further time it is found, and most in the
heading. The constants were measured on known-item queries over public Chinese newsletters; the
order is not sensitive to any of them but the weight of the heading.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from operator import itemgetter

from bot.archive.candidates import Candidate
from bot.archive.terms import Group, Term, Way

# Found in the heading is worth three times in the body, and the share found there is added again.
HEADING_TIMES = 3
HEADING_SHARE = 0.3
# BM25's k1 and b, and the usual length of a section in characters.
SATURATION = 1.2
BY_LENGTH = 0.4
USUAL_LENGTH = 300
# Today's news is worth a little more than last year's, which is worth half as much more.
RECENCY = 0.15
HALF_LIFE_DAYS = 365
# Scores that differ by less are equal, and the newer section comes first.
DIGITS = 9
# What adding weights in another order may change.
NEGLIGIBLE = 1e-9


# How full a term or a group is, and how much of it the heading shows; both 0 to 1.
_Fill = tuple[float, float]
# Best first: the negative score, then newer before older, then as in the issue.
_Order = tuple[float, int, int, int]


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
) -> list[Ranked]:
    """The best section of each issue, best first; only what holds `needed` of the weight."""
    heaviest_first = sorted(
        ((group, _group_weight(group, weights)) for group in groups), key=_weight
    )
    judge = _Judge(heaviest_first, weights, weight_of(groups, weights), needed)
    recency = cache(
        lambda day: 1 + RECENCY * math.exp2(min(0, (day - today).days) / HALF_LIFE_DAYS)
    )
    best: dict[str, tuple[_Order, Candidate]] = {}
    for one in candidates:
        if not (relevance := judge(one)):
            continue
        score = round(relevance * recency(one.day), DIGITS)
        order = (-score, -one.day.toordinal(), -one.edition, one.position)
        if one.issue_id not in best or order < best[one.issue_id][0]:
            best[one.issue_id] = (order, one)
    return [Ranked(one, -order[0]) for order, one in sorted(best.values(), key=itemgetter(0))]


def _weight(weighed: tuple[Group, float]) -> float:
    return -weighed[1]


def _group_weight(group: Group, weights: Mapping[Term, float]) -> float:
    return max(sum(weights[term] for term in way) for way in group)


@dataclass(frozen=True, slots=True)
class _Judge:
    groups: Sequence[tuple[Group, float]]
    weights: Mapping[Term, float]
    total: float
    needed: float

    def __call__(self, candidate: Candidate) -> float:
        """The relevance of a section; 0 where it holds too little of what was asked for."""
        room = SATURATION * (1 - BY_LENGTH + BY_LENGTH * len(candidate.body) / USUAL_LENGTH)
        spare = self.total - self.needed + NEGLIGIBLE
        filled = headed = 0.0
        for group, weight in self.groups:
            if found := self._best_way(group, candidate, room):
                filled += weight * found[0]
                headed += weight * found[1]
            elif (spare := spare - weight) < 0:
                return 0.0
        return (filled + HEADING_SHARE * headed) / self.total

    def _best_way(self, group: Group, candidate: Candidate, room: float) -> _Fill | None:
        if len(group) == 1:
            return self._way(group[0], candidate, room)
        ways = [found for way in group if (found := self._way(way, candidate, room))]
        return max(ways, default=None)

    def _way(self, way: Way, candidate: Candidate, room: float) -> _Fill | None:
        if len(way) == 1:
            return _fill(way[0], candidate, room)
        total = filled = headed = 0.0
        for term in way:
            if not (found := _fill(term, candidate, room)):
                return None
            weight = self.weights[term]
            total += weight
            filled += weight * found[0]
            headed += weight * found[1]
        return filled / total, headed / total


def _fill(term: Term, candidate: Candidate, room: float) -> _Fill | None:
    in_heading = term.count(candidate.heading) > 0
    times = HEADING_TIMES * in_heading + term.count(candidate.body)
    return (times / (times + room), float(in_heading)) if times else None
