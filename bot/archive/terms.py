"""A follower's words, taken apart into what the index is asked and what the text must show.

Spaces and punctuation separate words, and so does a change of script: `基站5G` is 基站 and 5g, in
any order. `"…"` keeps a phrase together, `-词` leaves sections out. All of it is pure; text comes
in folded.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import methodcaller

from bot.archive.words import CHINESE, LATIN, LETTER, NAMES, RUN, is_chinese, run_tokens

# Beyond these a message is not a search but a text somebody pasted.
LONGEST = 40
MOST_WORDS = 10

# A half of two characters is still a word; one of one character is found everywhere.
SHORTEST_HALF = 2
SHORTEST_SLIP = 3
# Longer runs are sentences: they are found by their pairs, not by cutting or mending them.
LONGEST_MENDED = 12
# Two letters begin too many words.
SHORTEST_STEM = 3

_QUOTES = '"“”„「」『』'
_PIECE = re.compile(rf"(?P<out>(?<!\S)-)?(?:[{_QUOTES}](?P<phrase>[^{_QUOTES}]+)[{_QUOTES}]|"
                    rf"(?P<plain>[^\s{_QUOTES}]+))")  # fmt: skip
# `gpt-4`, `3.1` and `v2` are one word; Chinese ends where other letters begin.
_WORD = re.compile(rf"[{CHINESE}]+|(?:{LATIN})(?:[-._/+]?(?:{LATIN}))*")
# What may stand in the text between two tokens that are neighbours in the stream.
_BETWEEN = rf"[^{LETTER}0-9{CHINESE}]*"
_WRITTEN = {
    "cpp": rf"(?<![{LETTER}])(?:c\+\+|cpp(?![{LETTER}]))",
    "csharp": rf"(?<![{LETTER}])(?:c#|csharp(?![{LETTER}]))",
    "fsharp": rf"(?<![{LETTER}])(?:f#|fsharp(?![{LETTER}]))",
    "dotnet": rf"(?:\.net|(?<![{LETTER}])dotnet)(?![{LETTER}])",
}
_compiled = lru_cache(maxsize=2000)(re.compile)


@dataclass(frozen=True, slots=True)
class Word:
    """Runs of one script each that stand next to each other; `quoted` ones are left as they are."""

    runs: tuple[str, ...]
    quoted: bool = False

    @property
    def is_chinese(self) -> bool:
        """A run of characters that may be cut, stripped and mended."""
        return not self.quoted and is_chinese(self.runs[0])

    @property
    def is_one_run(self) -> bool:
        """Characters or letters that may be cut and mended; numbers may not."""
        return not self.quoted and len(self.runs) == 1 and not self.runs[0].isdigit()


@dataclass(frozen=True, slots=True)
class Question:
    """What a follower wants in a section, and what not."""

    words: tuple[Word, ...]
    excluded: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Phrase:
    """Neighbouring tokens of the stream; with `prefix` the last of them may go on."""

    tokens: tuple[str, ...]
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """Something to find: `phrases` the index must all hold, `pattern` the text must show.

    A `literal` pattern is the very text, which is counted without a regular expression. Between
    two `near` phrases stands one character or none.
    """

    phrases: tuple[Phrase, ...]
    pattern: str
    literal: bool = False
    near: bool = False

    @property
    def without_beginnings(self) -> "Term":
        """The same, but that the index is not asked for what begins with a single character."""
        whole = tuple(phrase for phrase in self.phrases if not phrase.prefix)
        return replace(self, phrases=whole, near=len(whole) > 1) if whole else self

    @property
    def counter(self) -> Callable[[str], int]:
        """Says how often a folded text shows it."""
        if self.literal:
            return methodcaller("count", self.pattern)
        findall = _compiled(self.pattern).findall
        return lambda text: len(findall(text))

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where a folded text shows it."""
        pattern = re.escape(self.pattern) if self.literal else self.pattern
        return (match.span() for match in _compiled(pattern).finditer(text))


# One way to satisfy a group needs all of its terms; a group needs one of its ways. A word is a
# group of one way; its two halves, its mended forms and its synonyms are further ways.
Way = tuple[Term, ...]
Group = tuple[Way, ...]


def read_question(folded: str) -> Question:
    """What a message asks for; at most forty characters and ten words of it."""
    wanted: dict[Word, None] = {}
    excluded: dict[Word, None] = {}
    for piece in _PIECE.finditer(folded[:LONGEST]):
        if (piece["phrase"] or piece["out"]) and (runs := RUN.findall(piece[0])):
            (excluded if piece["out"] else wanted)[Word(tuple(runs), quoted=True)] = None
        elif not piece["phrase"]:
            wanted.update(dict.fromkeys(read_words(piece["plain"])))
    return Question(tuple(wanted)[:MOST_WORDS], tuple(excluded)[:MOST_WORDS])


def read_words(plain: str) -> tuple[Word, ...]:
    """The words of a text that holds no quotes."""
    return tuple(Word(tuple(RUN.findall(match[0]))) for match in _WORD.finditer(plain))


def term(word: Word, *, prefix: bool = False) -> Term:
    """The word as it stands; with `prefix` its last letters may go on, `agent` to `agents`."""
    *before, last = word.runs
    prefix = prefix and last.isalpha() and len(last) >= SHORTEST_STEM
    tokens = [token for run in before for token in run_tokens(run)]
    if is_chinese(last):
        # The last character of a run is a token only where a run of the text ends as well.
        prefix = len(last) == 1
        tokens += run_tokens(last)[: max(1, len(last) - 1)]
        if not before:
            return Term((Phrase(tuple(tokens), prefix),), last, literal=True)
    else:
        tokens += run_tokens(last)
    shown = [_shown(run) for run in before] + [_shown(last, open_ended=prefix)]
    return Term((Phrase(tuple(tokens), prefix),), _BETWEEN.join(shown))


def _shown(run: str, *, open_ended: bool = False) -> str:
    """The pattern of a run in folded text: whole words and whole numbers, but any characters."""
    if is_chinese(run):
        return run
    # What stands before is looked at last: a pattern that begins with plain letters is found
    # twenty times as fast.
    if run.isdigit():
        return rf"{run}(?<![0-9]{run})(?![0-9])"
    if known := _WRITTEN.get(NAMES.get(run, run)):
        return known
    return rf"{run}(?<![{LETTER}]{run})" + (rf"[{LETTER}]*" if open_ended else rf"(?![{LETTER}])")


def part(run: str) -> Term:
    """A stretch of characters as a term of its own."""
    return term(Word((run,)))


def halves(run: str) -> Group:
    """`马斯克火箭` cut in two at each place: 马斯 and 克火箭, 马斯克 and 火箭."""
    places = range(SHORTEST_HALF, len(run) - SHORTEST_HALF + 1)
    if len(run) > (LONGEST_MENDED if is_chinese(run) else LONGEST):
        return ()
    return tuple((part(run[:place]), part(run[place:])) for place in places)


def thirds(run: str) -> Group:
    """`芯片上海电价` cut in three."""
    if len(run) > LONGEST_MENDED or not is_chinese(run):
        return ()
    places = range(SHORTEST_HALF, len(run) - 2 * SHORTEST_HALF + 1)
    return tuple((part(run[:place]), *way) for place in places for way in halves(run[place:]))


def slips(run: str) -> Group:
    """The run with one character taken for another, or one too many, at each place."""
    if not SHORTEST_SLIP <= len(run) <= LONGEST_MENDED or not is_chinese(run):
        return ()
    inner = [_slip(run[:place], run[place + 1 :]) for place in range(1, len(run) - 1)]
    # What an outer slip leaves of a run of three is any word of two.
    outer = [part(run[1:]), part(run[:-1])] if len(run) > SHORTEST_SLIP else []
    return tuple((one,) for one in inner + outer)


def _slip(left: str, right: str) -> Term:
    phrases = part(left).phrases + part(right).phrases
    return Term(phrases, rf"{left}\w?{right}", near=True)


def units(words: Sequence[Word]) -> tuple[Term, ...]:
    """The smallest parts that say something: pairs of characters, and the other words."""
    small: dict[Term, None] = {}
    for run in (run for word in words for run in word.runs):
        pairs = range(len(run) - 1) if is_chinese(run) else ()
        small.update((part(run[start : start + 2]), None) for start in pairs)
        if not is_chinese(run):
            small[term(Word((run,)))] = None
    return tuple(small)
