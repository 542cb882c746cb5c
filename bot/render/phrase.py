"""Where a line of Chinese may end, and where it had better end."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise, zip_longest

from budoux import Parser, load_default_simplified_chinese_parser

# How strongly the characters before and after a place in a text belong together: 0 to 1.
Bond = Callable[[str, int], float]

OPENING = "“‘《〈（【「『〔［｛"
CLOSING = "”’》〉）】」』〕］｝，。、：；．"
# Kinsoku: JIS X 4051 and GB/T 15834 agree on these.
NO_START = CLOSING + "！？!?,.;:)]}%‰％℃°·…—～~-+＋×/々ー "
NO_END = OPENING + "([{#￥¥$€№"
# Suffixes and particles that lean on the word before them.
LEANING = "的了着过得们性化者型级率"
# Words that belong to what follows, so that a line had better not end with them.
LEADING = "和与及或在将把被向为以对从由"

HANZI = "㐀-鿿豈-龎\U00020000-\U0003ffff"
LATIN = "A-Za-z0-9À-ɏ"
NUMERALS = "零〇一二三四五六七八九十百千万亿两"
# A bracketed title this short (characters) is not divided: 《民法典》.
SHORT_TITLE = 6
# What stays in one piece: a dash, a short title, a date, a Latin word, a number with its unit
# (第139届, 3.1%, 140万亿, 2021—2025年, 十四五), and the words that figures are reported with.
PIECE = re.compile(
    rf"—+|…+|《[^《》]{{1,{SHORT_TITLE}}}》"
    r"|(?:\d+年)?\d+月\d+日"
    rf"|第?[{LATIN}][{LATIN}.,:%‰℃°+\-/&'_]*(?:[—–~～]+[{LATIN}.,%]+)*"
    rf"(?:(?<=\d)[十百千万亿余多]*(?:个百分点|[{HANZI}]))?"
    rf"|第?[{NUMERALS}]{{2,8}}|[一二三四]季度|[同环]比|.",
    re.DOTALL,
)
IDEOGRAPHS = re.compile(f"[{HANZI}]+")
QUOTED = re.compile("“[^“”]{1,6}”|《[^《》]{1,9}》")

# A general model of Chinese knows many words and misses some of this newsletter's own.
IN_A_PHRASE = 0.6
# A word that it does not know falls into single characters.
IN_DOUBT = 0.45
# Short quotations are better left whole, but not at any price.
IN_QUOTES = 0.5


def pieces(text: str) -> tuple[str, ...]:
    """The text cut at every place where a line may end."""
    found: list[str] = []
    for piece in PIECE.findall(text):
        if found and (piece[0] in NO_START or found[-1][-1] in NO_END):
            found[-1] += piece
        else:
            found.append(piece)
    return tuple(found)


def free(_text: str, _at: int) -> float:
    """The bond of strangers: every allowed place is as good as another."""
    return 0.0


def bonds(corpus: str) -> Bond:
    """Which neighbours are one word: what the issue itself teaches, and what Chinese at large does.

    From the issue by normalised mutual information: where 数据 is far more frequent than 数 and 据
    would meet by accident and 业数 is not, 行业|数据 is a better place for a line's end than 行业数|据.
    From the language by BudouX's model, for the words that the issue says once.
    """
    single, pair = Counter(corpus), Counter(pairwise(corpus))

    def learnt(left: str, right: str) -> float:
        together = pair[left, right]
        if together < 2:
            return 0.0
        surprise = math.log(together * len(corpus) / (single[left] * single[right]))
        return max(0.0, surprise / math.log(len(corpus) / together))

    def bond(text: str, at: int) -> float:
        left, right = text[at - 1], text[at]
        if left in CLOSING + " " or right in OPENING:
            return 0.0
        if right in LEANING or left in LEADING:
            return 1.0
        known = _phrases(text).get(at, 0.0)
        quoted = IN_QUOTES if at in _within_quotes(text) else 0.0
        return max(learnt(left, right), known, quoted)

    return bond


@lru_cache(maxsize=1)
def _parser() -> Parser:
    return load_default_simplified_chinese_parser()


@lru_cache(maxsize=64)
def _phrases(text: str) -> dict[int, float]:
    """The bonds that general Chinese gives, by place; each run of hanzi is looked at by itself."""
    found: dict[int, float] = {}
    for run in IDEOGRAPHS.finditer(text):
        found |= {run.start() + at: bond for at, bond in _of_run(_parser().parse(run[0]))}
    return found


def _of_run(phrases: Sequence[str]) -> Iterator[tuple[int, float]]:
    start = 0
    for phrase, after in zip_longest(phrases, phrases[1:], fillvalue=""):
        yield from ((at, IN_A_PHRASE) for at in range(start + 1, start + len(phrase)))
        start += len(phrase)
        if len(phrase) == len(after) == 1:
            yield start, IN_DOUBT


@lru_cache(maxsize=64)
def _within_quotes(text: str) -> frozenset[int]:
    """The places inside a short quotation or title."""
    spans = (found.span() for found in QUOTED.finditer(text))
    return frozenset(at for start, end in spans for at in range(start + 1, end))
