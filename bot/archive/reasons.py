"""Why the search found a section: by which of its steps, where in it, and by which words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from bot.archive.search import Found
from bot.archive.synonyms import Synonyms
from bot.archive.terms import Term, Word, read_question, term
from bot.archive.texts import Candidate

MOST_PIECES = 4  # of similar words, in a sentence

Fold = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Sign:
    """Something that stands in a section, as it is written there; `asked` if it was called otherwise."""

    written: str
    in_heading: bool
    asked: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """`step` as in `Found`. Of a section that is merely alike, the signs are what the two have in common."""

    step: int
    signs: tuple[Sign, ...]


def reason_of(found: Found, asked: str, fold: Fold, synonyms: Synonyms) -> Reason:
    """Why `asked` found that section."""
    signs: list[Sign] = []
    for word in read_question(fold(asked)).words:
        if sign := _sign(found.candidate, term(word, prefix=True)):
            signs.append(sign)
        elif found.step < 3:
            signs += list(_otherwise(found.candidate, word, synonyms))[:1]
    return Reason(found.step, tuple(signs) or _pieces(found))


def marks(text: str, found: Found, fold: Fold) -> list[tuple[int, int]]:
    """Where a text shows what was looked for: (start, end), none over another."""
    folded, spans = fold(text), list[tuple[int, int]]()
    for start, end in sorted(span for each in found.terms for span in each.spans(folded)):
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return spans


def _sign(one: Candidate | None, wanted: Term, asked: str = "") -> Sign | None:
    """Where a section shows that first."""
    if one is None:
        return None
    for folded, written in ((one.heading, one.written_heading), (one.body, one.written_body)):
        for start, end in wanted.spans(folded):
            return Sign(written[start:end], folded is one.heading, asked)
    return None


def _otherwise(one: Candidate | None, word: Word, synonyms: Synonyms) -> Iterator[Sign]:
    """Another name of it that stands there."""
    if one is None:
        return
    text = f"{one.heading}\n{one.body}"
    names = [*synonyms.of(word), synonyms.as_said_here(word, text.count)]
    for wording in names:
        signs = [_sign(one, term(each), "".join(word.runs)) for each in wording]
        told = [each for each in signs if each]
        if told and len(told) == len(signs):
            yield replace(told[0], written=" ".join(each.written for each in told))


def _pieces(found: Found) -> tuple[Sign, ...]:
    """What stands there of words that were cut up or mended, the longest first."""
    signs = {
        each.written: each for wanted in found.terms if (each := _sign(found.candidate, wanted))
    }
    whole = [one for one in signs if not any(one != other and one in other for other in signs)]
    return tuple(
        signs[one] for one in sorted(whole, key=lambda one: (-len(one), one))[:MOST_PIECES]
    )
