"""Chinese lines set as a typesetter sets them: where they break, how tight they are, how large.

Widths are in em, the height of a character, so that one measurement serves every size.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, combinations, pairwise

from bot.render.phrase import CLOSING, IDEOGRAPHS, LATIN, OPENING, Bond, free, pieces

# A character's own width (em), as its font gives it.
Advance = Callable[[str], float]

SPACES_AT_HANZI = re.compile(r"(?<![!-~À-ɏ])\s+|\s+(?![!-~À-ɏ])")
LETTER = re.compile(rf"[{LATIN}%+]")

# Between hanzi and Latin, where a typist would put a space: an eighth to a quarter em is usual.
THIN = 0.13
HALF = 0.5
DATE_UNITS = "年月日"
# Marks that stand alone in a hanzi's room: what they give up on either side.
ROOMY = {"·": 0.25, "×": 0.15, "—": 0.05}
# So strong a bond holds a word together; an ellipsis gives up so many characters not to tear one.
WORD, SPARED = 0.45, 3
# A line with less than this (em) looks forgotten.
WIDOW = 1.9


@dataclass(frozen=True, slots=True)
class Setting:
    """What the lines have to fit: a box and two sizes in px, the leading as a multiple of the size."""

    width: int
    height: int
    largest: int
    smallest: int
    lines: int = 1
    leading: float = 1.2


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that fit their box at this size (px)."""

    lines: tuple[str, ...]
    size: int


def tidy(text: str) -> str:
    """One line of text whose only spaces stand between Latin words; gaps at hanzi are `spread`'s."""
    return SPACES_AT_HANZI.sub("", " ".join(text.split()))


def spread(line: str, advance: Advance) -> tuple[tuple[float, ...], float]:
    """Where each character starts, and how wide the line is (em).

    Punctuation gives up its empty half at the line's ends and beside other punctuation, quotes
    and middle dots everywhere; a thin space parts hanzi from Latin. An opening mark that gives up
    its left half therefore starts half an em early.
    """
    starts: list[float] = []
    at = 0.0
    padded = f" {line} "
    for before, character, after in zip(padded, line, padded[2:], strict=False):
        left, right = _slack(before, character, after)
        at += THIN if _needs_gap(before, character) else 0.0
        starts.append(at - left)
        at += advance(character) - left - right
    return tuple(starts), at


def _slack(before: str, character: str, after: str) -> tuple[float, float]:
    """The empty part (em) a character gives up on its left and on its right."""
    if character in ROOMY:
        return ROOMY[character], ROOMY[character]
    if character in OPENING and (character in "“‘" or before in OPENING + " "):
        return HALF, 0.0
    if character in CLOSING and (character in "”’" or after in OPENING + CLOSING + " "):
        return 0.0, HALF
    return 0.0, 0.0


def _needs_gap(left: str, right: str) -> bool:
    """Between hanzi and Latin, but not within 2026年6月13日."""
    return bool(
        (LETTER.match(left) and IDEOGRAPHS.match(right))
        or (IDEOGRAPHS.match(left) and LETTER.match(right) and right not in "%+")
    ) and not ((left.isdigit() and right in DATE_UNITS) or (left in DATE_UNITS and right.isdigit()))


def fit(text: str, advance: Advance, setting: Setting, bond: Bond = free) -> Block:
    """The largest and best balanced lines that the box allows.

    Every way of breaking is weighed. Text that does not fit at the smallest size loses its end
    to an ellipsis.
    """
    whole = tidy(text)
    kept = _within(pieces(whole), advance, setting) or ("",)
    spare = SPARED
    while True:
        block = _best(kept, advance, setting, bond)
        if block.size >= setting.smallest or len("".join(kept)) <= 1:
            if not (spare and _ends_within_word("".join(kept), whole, bond)):
                return block
            spare -= 1
        kept = _shortened(kept)


def _ends_within_word(kept: str, whole: str, bond: Bond) -> bool:
    """Whether an ellipsis stands for the rest of a word."""
    at = len(kept) - 1
    cut = kept.endswith("…") and 0 < at < len(whole) and whole[at] not in CLOSING
    return cut and bond(whole, at) >= WORD


def _within(parts: tuple[str, ...], advance: Advance, setting: Setting) -> tuple[str, ...]:
    """The parts that the box could hold at the smallest size if no line lost any room."""
    room = setting.lines * setting.width / setting.smallest
    reached = accumulate(spread(part, advance)[1] for part in parts)
    count = sum(width <= room for width in reached)
    return parts if count == len(parts) else _shortened(parts[: count + 1])


def _shortened(parts: tuple[str, ...]) -> tuple[str, ...]:
    """Without the last part (of a single one: without its last character), ended by an ellipsis."""
    text = "".join(parts).removesuffix("…")
    kept = text.removesuffix(parts[-1].removesuffix("…")) or text[:-1]
    return pieces(kept.rstrip(OPENING + "，、：； ") + "…")


def _best(parts: Sequence[str], advance: Advance, setting: Setting, bond: Bond) -> Block:
    """The way with the best score among those that are large enough, if there are any."""
    text = "".join(parts)
    ends = list(accumulate(map(len, parts)))
    torn = [bond(text, end) ** 2 for end in ends[:-1]]

    @cache
    def line(start: int, end: int) -> tuple[str, float]:
        words = "".join(parts[start:end]).strip()
        return words, spread(words, advance)[1]

    def judge(cuts: tuple[int, ...]) -> tuple[bool, float, int, tuple[str, ...]]:
        lines = [line(*span) for span in pairwise((0, *cuts, len(parts)))]
        widths = [width for _, width in lines]
        size = _size(widths, setting)
        score = size * _beauty(widths, sum(torn[cut - 1] for cut in cuts))
        return size >= setting.smallest, score, size, tuple(words for words, _ in lines)

    _, _, size, lines = max(map(judge, _ways(len(parts), setting.lines)))
    return Block(lines, size)


def _ways(parts: int, most: int) -> Iterator[tuple[int, ...]]:
    """Every way to cut so many parts into at most so many lines: before which part a line ends."""
    for count in range(min(most, parts)):
        yield from combinations(range(1, parts), count)


def _beauty(widths: Sequence[float], torn: float) -> float:
    """What is to be said against a way but for its size, as a factor.

    Words torn apart count first, then a lonely last line, then lines of unequal length.
    """
    ragged = 1 - min(widths) / max(*widths, 0.01)
    lonely = len(widths) > 1 and widths[-1] < WIDOW
    return 1 - 0.5 * torn - 0.2 * ragged - 0.9 * lonely


def _size(widths: Sequence[float], setting: Setting) -> int:
    """The size (px) at which lines of these widths (em) fill the box."""
    height = 1 + (len(widths) - 1) * setting.leading
    widest = max(*widths, 0.01)
    return int(min(setting.largest, setting.width / widest, setting.height / height))
