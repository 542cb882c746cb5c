"""The sentence that says why a section was found.

A position in folded text is the same position in the text as written, so the terms are looked for
in the one and the sentence is cut from the other.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache

from bot.archive.terms import Term

# About three lines on a phone.
LONGEST = 60
# How much of what precedes a find is shown, at most.
LEAD = 20

_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]*[”’」』）)》]*")
_CLAUSE_END = re.compile(r"[，、：,:]|——|(?<=[”）)])")
_Span = tuple[int, int]


def found_sentence(heading: str, body: str, folded_body: str, terms: Iterable[Term]) -> str:
    """The sentence of the body that shows most of the terms; else its first, else the heading."""
    spans = sorted(
        {(*span, term) for term in terms for span in term.spans(folded_body)}, key=_place
    )
    sentences = _sentences(body)
    if not sentences:
        return _cut(heading, [])
    starts = [start for start, *_ in spans]

    def within(sentence: _Span) -> Sequence[tuple[int, int, Term]]:
        return spans[bisect_left(starts, sentence[0]) : bisect_right(starts, sentence[1])]

    start, end = max(sentences, key=lambda sentence: _density(sentence, within(sentence)))
    inside = [(a - start, b - start) for a, b, _ in spans if start <= a and b <= end]
    return _cut(body[start:end], inside)


@lru_cache(maxsize=1000)
def _sentences(body: str) -> Sequence[_Span]:
    return [match.span() for match in _SENTENCE.finditer(body) if match[0].strip()]


def _place(span: tuple[int, int, Term]) -> _Span:
    return span[:2]


def _density(sentence: _Span, spans: Sequence[tuple[int, int, Term]]) -> tuple[int, int, int]:
    """Different terms first, then how often, then the earlier sentence."""
    inside = [term for start, end, term in spans if sentence[0] <= start and end <= sentence[1]]
    return len(set(inside)), len(inside), -sentence[0]


def _cut(sentence: str, finds: Sequence[_Span]) -> str:
    """At most sixty characters around the densest finds, from comma to comma where possible."""
    if len(sentence.strip()) <= LONGEST:
        return sentence.strip()
    room = LONGEST - 2  # an ellipsis on each side
    commas = [0, *(match.end() for match in _CLAUSE_END.finditer(sentence)), len(sentence)]
    focus = _whole_clause(commas, _focus(finds, room), room)
    start = _start(commas, focus, room)
    end = _end(commas, max(focus[1], start + room // 2), start + room)
    clause = sentence[start:end].strip().rstrip("，、：,:")
    return ("…" if start else "") + clause + ("…" if end < len(sentence) else "")


def _focus(finds: Sequence[_Span], room: int) -> _Span:
    """The stretch of at most `room` characters that holds most finds, the first of such."""
    best, most = (0, 0), 0
    starts = [start for start, _ in finds]
    for start, end in finds:
        near = finds[bisect_left(starts, start) : bisect_right(starts, start + room)]
        ends = [other for _, other in near if other - start <= room]
        if len(ends) > most:
            best, most = (start, max(ends, default=end)), len(ends)
    return best


def _whole_clause(commas: Sequence[int], focus: _Span, room: int) -> _Span:
    start = max(place for place in commas if place <= focus[0])
    end = min(place for place in commas if place >= focus[1])
    return (start, end) if end - start <= room else focus


def _start(commas: Sequence[int], focus: _Span, room: int) -> int:
    """The beginning if the find stays in sight, else a comma shortly before it, else near it."""
    if focus[1] <= room:
        return 0
    before = [place for place in commas if place <= focus[0] and focus[1] - place <= room]
    near = [place for place in before if focus[0] - place <= LEAD]
    return min(near) if near else max(focus[1] - room, focus[0] - LEAD)


def _end(commas: Sequence[int], least: int, most: int) -> int:
    return max((place for place in commas if least <= place <= most), default=most)
