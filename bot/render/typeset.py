"""Chinese lines set as a typesetter sets them: where they break, how tight they are, how large.

Widths are in em, the height of a character, so that one measurement serves every size.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, combinations, pairwise

# A character's own width (em), as its font gives it.
Advance = Callable[[str], float]
# How strongly two neighbours belong together: 0 not at all, 1 always.
Bond = Callable[[str, str], float]

OPENING = "“‘《〈（【「『〔［｛"
CLOSING = "”’》〉）】」』〕］｝，。、：；．"
# Kinsoku: JIS X 4051 and GB/T 15834 agree on these.
NO_START = CLOSING + "！？!?,.;:)]}%‰％℃°·…—～~-+＋×/ "
NO_END = OPENING + "([{#￥¥$€№"
# Suffixes and particles that lean on the word before them.
LEANING = "的了着过得们性化者型级率"
# Words that belong to what follows, so that a line had better not end with them.
LEADING = "和与及或在将把被向为以对从由"

HANZI = "㐀-鿿豈-龎\U00020000-\U0003ffff"
LATIN = "A-Za-z0-9À-ɏ"
# What stays in one piece: a dash, a Latin word, a number with its unit (第139届, 3.1%, 140万亿).
PIECE = re.compile(
    rf"—+|…+|第?[{LATIN}][{LATIN}.,:%‰℃°+\-/&'_]*(?:(?<=\d)[十百千万亿余多]*[{HANZI}])?|.",
    re.DOTALL,
)
SPACES_AT_HANZI = re.compile(r"(?<![!-~À-ɏ])\s+|\s+(?![!-~À-ɏ])")
LETTER = re.compile(rf"[{LATIN}%+]")
IDEOGRAPH = re.compile(f"[{HANZI}]")

# Between hanzi and Latin, where a typist would put a space: an eighth to a quarter em is usual.
THIN = 0.13
HALF = 0.5
# Marks that stand alone in a hanzi's room: what they give up on either side.
ROOMY = {"·": 0.25, "×": 0.15, "—": 0.05}
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


def pieces(text: str) -> tuple[str, ...]:
    """The text cut at every place where a line may end."""
    found: list[str] = []
    for piece in PIECE.findall(text):
        if found and (piece[0] in NO_START or found[-1][-1] in NO_END):
            found[-1] += piece
        else:
            found.append(piece)
    return tuple(found)


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
    return bool(
        (LETTER.match(left) and IDEOGRAPH.match(right) and right not in "年月日")
        or (IDEOGRAPH.match(left) and LETTER.match(right) and right not in "%+")
    )


def bonds(corpus: str) -> Bond:
    """Which neighbours are one word, learnt from the text itself (normalised mutual information).

    In an issue about data 数据 is far more frequent than 数 and 据 would meet by accident, 业数 is
    not; so 行业|数据 is a better place for a line's end than 行业数|据.
    """
    single, pair = Counter(corpus), Counter(pairwise(corpus))

    def bond(left: str, right: str) -> float:
        if left in CLOSING or right in OPENING:
            return 0.0
        if right in LEANING or left in LEADING:
            return 1.0
        together = pair[left, right]
        if not together:
            return 0.0
        surprise = math.log(together * len(corpus) / (single[left] * single[right]))
        return max(0.0, surprise / math.log(len(corpus) / together))

    return bond


def free(_left: str, _right: str) -> float:
    """The bond of strangers: every allowed place is as good as another."""
    return 0.0


def fit(text: str, advance: Advance, setting: Setting, bond: Bond = free) -> Block:
    """The largest and best balanced lines that the box allows.

    Every way of breaking is weighed. Text that does not fit at the smallest size loses its end
    to an ellipsis.
    """
    kept = _within(pieces(tidy(text)), advance, setting) or ("",)
    while True:
        block = _best(kept, advance, setting, bond)
        if block.size >= setting.smallest or len("".join(kept)) <= 1:
            return block
        kept = _shortened(kept)


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
    _, _, size, lines = max(
        (size >= setting.smallest, score, size, lines)
        for lines in _ways(parts, setting.lines)
        for score, size in (_judge(lines, advance, setting, bond),)
    )
    return Block(lines, size)


def _ways(parts: Sequence[str], most: int) -> Iterator[tuple[str, ...]]:
    """Every way to lay the parts out in at most so many lines."""
    for count in range(min(most, len(parts))):
        for cuts in combinations(range(1, len(parts)), count):
            edges = (0, *cuts, len(parts))
            yield tuple("".join(parts[start:end]).strip() for start, end in pairwise(edges))


def _judge(
    lines: Sequence[str], advance: Advance, setting: Setting, bond: Bond
) -> tuple[float, int]:
    """The score of a way, and its size (px).

    Size counts first; then words left whole, lines of one length, and no lonely last line.
    """
    widths = [spread(line, advance)[1] for line in lines]
    size = _size(widths, setting)
    torn = sum(bond(left[-1], right[0]) ** 2 for left, right in pairwise(lines))
    ragged = 1 - min(widths) / max(*widths, 0.01)
    lonely = len(lines) > 1 and widths[-1] < WIDOW
    return size * (1 - 0.5 * torn - 0.2 * ragged - 0.9 * lonely), size


def _size(widths: Sequence[float], setting: Setting) -> int:
    """The size (px) at which lines of these widths (em) fill the box."""
    height = 1 + (len(widths) - 1) * setting.leading
    widest = max(*widths, 0.01)
    return int(min(setting.largest, setting.width / widest, setting.height / height))
