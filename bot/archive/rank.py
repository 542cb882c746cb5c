"""Which of the candidates come first. Pure: the same candidates give the same order anywhere.

A term counts for more the rarer it is, less with every further time it is found, and most in the
heading. The constants were measured on known-item queries over public Chinese newsletters; the
order is not sensitive to any of them but the weight of the heading.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter

from bot.archive.candidates import Candidate, day_and_edition
from bot.archive.terms import Group, Term

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
    recency: float = RECENCY,
) -> list[Ranked]:
    """The best section of each issue, best first; only what holds `needed` of the weight."""
    judge = _Judge(_weighed(groups, weights), weight_of(groups, weights), needed)
    issues: dict[str, _Issue] = {}
    best: dict[str, tuple[_Order, Candidate]] = {}
    for one in candidates:
        if not (relevance := judge(one)):
            continue
        if (issue_id := one.issue_id) not in issues:
            issues[issue_id] = _issue(issue_id, today, recency)
        worth, newer, later = issues[issue_id]
        order = (-round(relevance * worth, DIGITS), newer, later, one.position)
        if issue_id not in best or order < best[issue_id][0]:
            best[issue_id] = (order, one)
    return [Ranked(one, -order[0]) for order, one in sorted(best.values(), key=itemgetter(0))]


def rank_by(
    candidates: Iterable[Candidate], relevance: Callable[[Candidate], float]
) -> list[Ranked]:
    """The most relevant section of each issue, best first and the newest of equals; 0 is none."""
    best: dict[str, tuple[_Order, Candidate]] = {}
    for one in candidates:
        if score := relevance(one):
            day, edition = day_and_edition(one.issue_id)
            order = (-round(score, DIGITS), -day.toordinal(), -edition, one.position)
            best[one.issue_id] = min(best.get(one.issue_id, (order, one)), (order, one))
    return [Ranked(one, -order[0]) for order, one in sorted(best.values(), key=itemgetter(0))]


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
            found = [fill for way in ways if (fill := _fill(way, heading, body, room))]
            if found:
                fill = max(found)
                filled += weight * fill[0]
                headed += weight * fill[1]
            elif (spare := spare - weight) < 0:
                return 0.0
        return (filled + HEADING_SHARE * headed) / self.total


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
