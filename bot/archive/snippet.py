"""The sentence that says why a section was found.

A position in folded text is the same position in the text as written, so the terms are looked for
in the one and the sentence is cut from the other.
"""

import re
from collections.abc import Iterable, Sequence

from bot.archive.terms import Term

# About three lines on a phone.
LONGEST = 60
# How much of what precedes a find is shown where no comma offers a better place to begin.
LEAD = 8

_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]*[”’」』）)》]*")
_CLAUSE_END = re.compile(r"[，、：,:]|——|(?<=[”）)])")
_Span = tuple[int, int]


def found_sentence(heading: str, body: str, folded_body: str, terms: Iterable[Term]) -> str:
    """The sentence of the body that shows most of the terms; else its first, else the heading."""
    spans = sorted(
        {(*span, term) for term in terms for span in term.spans(folded_body)}, key=_place
    )
    sentences = [match.span() for match in _SENTENCE.finditer(body) if match[0].strip()]
    if not sentences:
        return _cut(heading, [])
    start, end = max(sentences, key=lambda sentence: _density(sentence, spans))
    inside = [(a - start, b - start) for a, b, _ in spans if start <= a and b <= end]
    return _cut(body[start:end], inside)


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
    focus = _focus(finds, room)
    ends = [match.end() for match in _CLAUSE_END.finditer(sentence)]
    start = _start(ends, focus, room)
    end = _end(ends, focus, start + room, len(sentence))
    clause = sentence[start:end].strip().rstrip("，、：,:")
    return ("…" if start else "") + clause + ("…" if end < len(sentence) else "")


def _focus(finds: Sequence[_Span], room: int) -> _Span:
    """The stretch of at most `room` characters that holds most finds."""
    best = (0, 0, 0)
    for start, end in finds:
        ends = [other for begin, other in finds if begin >= start and other - start <= room]
        best = max(best, (len(ends), -start, -max(ends, default=end)))
    return -best[1], -best[2]


def _start(ends: Sequence[int], focus: _Span, room: int) -> int:
    """The beginning if it can be kept, else the earliest clause that can, else a little lead."""
    starts = [place for place in (0, *ends) if place <= focus[0] and focus[1] - place <= room]
    return min(starts, default=max(0, min(focus[0] - LEAD, focus[0])))


def _end(ends: Sequence[int], focus: _Span, limit: int, length: int) -> int:
    """The end if there is room for it, else the last comma before the limit, else the limit."""
    if length <= limit:
        return length
    return max((place for place in ends if focus[1] <= place <= limit), default=limit)
