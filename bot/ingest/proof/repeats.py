"""Paragraphs that stand twice in an issue, or stood in an earlier one: yesterday's file, half changed."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache

from bot.ingest.contents import title_key
from bot.ingest.proof.passage import Finding, Kind, Passage, gathered, warning
from bot.model import Problem

# Four characters in a row: two are too common to tell one report on a subject from another.
_SHINGLE = 4
_ALIKE = 0.6
# Shorter paragraphs repeat by nature; an issue has a few dozen, and none is longer.
_SHORTEST, _LONGEST, _MOST = 30, 2_000, 200
_SHOWN = 12


class _Shelf:
    """Paragraphs, and which of them each shingle stands in."""

    def __init__(self) -> None:
        self._sizes: list[int] = []
        self._holding: dict[str, list[int]] = defaultdict(list)

    def put(self, shingles: set[str]) -> None:
        for shingle in shingles:
            self._holding[shingle].append(len(self._sizes))
        self._sizes.append(len(shingles))

    def alike(self, shingles: set[str]) -> int | None:
        """The paragraph that shares the most with another one, if they are nearly equal."""
        shared = Counter(at for each in shingles for at in self._holding.get(each, ()))
        best = max(shared, key=lambda at: self._likeness(at, shingles, shared[at]), default=None)
        if best is None or self._likeness(best, shingles, shared[best]) < _ALIKE:
            return None
        return best

    def _likeness(self, at: int, shingles: set[str], shared: int) -> float:
        return 2 * shared / (self._sizes[at] + len(shingles))


def check_repeats(
    passages: Sequence[Passage], earlier: Iterable[tuple[date, str]]
) -> Iterator[Problem]:
    """Paragraphs nearly equal to one above, or to one of an `earlier` issue, with its day."""
    shelf = _Shelf()
    kept: list[Passage] = []
    for each in passages:
        shingles = _shingles(each.text) if each.kind is Kind.PARAGRAPH else set()
        if not shingles or len(kept) == _MOST:
            continue
        twin = shelf.alike(shingles)
        if twin is not None:
            text = f"与{kept[twin].place}相同或几乎相同"
            yield warning(each.place, text, "请删去重复的一段")
        else:
            shelf.put(shingles)
            kept.append(each)
    yield from _check_earlier(shelf, kept, earlier)


def _check_earlier(
    shelf: _Shelf, kept: Sequence[Passage], earlier: Iterable[tuple[date, str]]
) -> Iterator[Problem]:
    newest: dict[str, date] = {}  # what stands in many issues is compared once
    for day, text in earlier:
        newest[text] = max(day, newest.get(text, day))
    days: dict[int, date] = {}
    for text, day in newest.items():
        twin = shelf.alike(_shingles(text))
        if twin is not None:
            days[twin] = max(day, days.get(twin, day))
    for day in sorted(set(days.values()), reverse=True):
        places = [kept[at] for at in sorted(days) if days[at] == day]
        findings = [Finding(each.place, f"“{each.text[:_SHOWN]}…”") for each in places]
        yield from gathered(findings, f"与 {day} 那一期的一段几乎相同", "请核对是否误用了旧稿")


@lru_cache(maxsize=2048)
def _key(text: str) -> str:
    """At each pause of an editor's keys the same thirty issues are compared with."""
    return title_key(text)


def _shingles(text: str) -> set[str]:
    key = _key(text[:_LONGEST])
    if len(key) < _SHORTEST:
        return set()
    return {key[at : at + _SHINGLE] for at in range(len(key) - _SHINGLE + 1)}
