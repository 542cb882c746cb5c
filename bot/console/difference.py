"""Two texts of an issue side by side: paragraph by paragraph, and in each the words that differ."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache

# Chinese letter by letter, everything else word by word.
_WORD = re.compile(r"[A-Za-z]+|\d+(?:[.,]\d+)*|.", re.DOTALL)
ALIKE = 0.4  # paragraphs that have less in common are two
LONGEST = 4_000  # words of a paragraph; two longer ones are not compared
BEFORE, AFTER = 24, 24  # characters around a change that are shown
GAP = 2  # words between two changes that are fewer are told with them


class Kind(StrEnum):
    """What became of some words."""

    SAME = "same"
    OUT = "out"
    IN = "in"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words, and what became of them."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """A paragraph that is not what it was, below the heading it stands under."""

    heading: str
    pieces: tuple[Piece, ...]


@lru_cache(maxsize=128)  # versions stay as they are, and page after page shows the same
def differences(before: str, after: str) -> tuple[Change, ...]:
    """What has to be done to `before` to have `after`, from top to bottom."""
    old, new = _paragraphs(before), _paragraphs(after)
    changes: list[Change] = []
    for kind, begin, end, start, stop in SequenceMatcher(None, old, new, False).get_opcodes():
        if kind != "equal":
            heading = _heading(new[:start])
            changes += [Change(heading, each) for each in _changed(old[begin:end], new[start:stop])]
    return tuple(changes)


def _paragraphs(text: str) -> list[str]:
    return [each.strip("\n") for each in re.split(r"\n\s*\n", text) if each.strip()]


def _heading(above: Sequence[str]) -> str:
    titles = (each for each in reversed(above) if each.startswith("#"))
    return next(titles, "").lstrip("# ")


def _changed(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[Piece, ...]]:
    """Each of the paragraphs beside the one it was, where it was any; their order is kept."""
    left = list(old)
    for paragraph in new:
        at = next((at for at, each in enumerate(left) if _alike(each, paragraph)), None)
        if at is None:
            yield (Piece(Kind.IN, paragraph),)
            continue
        yield from ((Piece(Kind.OUT, each),) for each in left[:at])
        yield tuple(shortened(words_between(left[at], paragraph)))
        del left[: at + 1]
    yield from ((Piece(Kind.OUT, each),) for each in left)


def _alike(one: str, other: str) -> bool:
    matcher = SequenceMatcher(None, one, other, False)
    return matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE


def words_between(before: str, after: str) -> list[Piece]:
    """The words of two paragraphs; what went stands before what came."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    if max(len(old), len(new)) > LONGEST:
        return [Piece(Kind.OUT, before), Piece(Kind.IN, after)]
    pieces: list[Piece] = []
    gone = come = ""
    for kind, begin, end, start, stop in SequenceMatcher(None, old, new, False).get_opcodes():
        same = "".join(old[begin:end])
        between = begin > 0 and end < len(old) and (gone or come) and end - begin < GAP
        if kind == "equal" and not between:
            pieces += [Piece(Kind.OUT, gone), Piece(Kind.IN, come), Piece(Kind.SAME, same)]
            gone = come = ""
        else:
            gone, come = gone + same, come + "".join(new[start:stop])
    pieces += [Piece(Kind.OUT, gone), Piece(Kind.IN, come)]
    return [piece for piece in pieces if piece.text]


def shortened(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Of what stayed, only what stands beside a change."""
    for above, piece, below in zip([None, *pieces], pieces, [*pieces[1:], None], strict=False):
        if piece.kind is not Kind.SAME:
            yield piece
            continue
        keep_start, keep_end = (BEFORE if above else 0), (AFTER if below else 0)
        if len(piece.text) <= keep_start + keep_end + 1:
            yield piece
        else:
            end = piece.text[len(piece.text) - keep_end :]
            yield Piece(Kind.SAME, f"{piece.text[:keep_start]}…{end}")


def size(changes: Sequence[Change]) -> tuple[int, int]:
    """How many characters went, and how many came."""
    pieces = [piece for change in changes for piece in change.pieces]
    went, came = (
        sum(len(each.text) for each in pieces if each.kind is kind) for kind in (Kind.OUT, Kind.IN)
    )
    return went, came
