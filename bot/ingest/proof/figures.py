"""The figures of the summary, looked for in the sections: 50% here and 5% there is a slip of somebody's."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.ingest.number import han_number
from bot.ingest.proof.passage import Kind, Passage, warning
from bot.model import Problem

_FULL_WIDTH = str.maketrans("０１２３４５６７８９％．", "0123456789%.")
_SCALE = {"万亿": 10**12, "亿": 10**8, "千万": 10**7, "百万": 10**6, "万": 10**4, "": 1}
_SCALES = "万亿|亿|千万|百万|万|"
_FIGURE = re.compile(
    rf"(?<![A-Za-z\d.])(\d{{1,15}}(?:,\d{{3}})*(?:\.\d{{1,6}})?)(?![\d.]*[A-Za-z](?![A-Za-z]))"
    rf"\s*({_SCALES})\s*(%|个百分点|[A-Za-z]{{2,}}|[\u4e00-\u9fff]?)"
)
_HAN_FIGURE = re.compile(rf"([一二两三四五六七八九十]{{1,3}})(成|(?:{_SCALES}))")
# Days and times are no figures, and the names of documents have figures of their own.
_TIMES = frozenset("年月日号时点分")
_NAMES = re.compile("《[^《》]{1,80}》")


@dataclass(frozen=True, slots=True)
class _Figure:
    """An amount, whatever it is written like: 6 万 is 60,000, 五成 is 50%."""

    amount: Decimal
    percent: bool


def check_figures(passages: Sequence[Passage]) -> Iterator[Problem]:
    """Figures of the summary that no section contains."""
    known = set(_known(each for each in passages if each.kind in {Kind.HEADING, Kind.PARAGRAPH}))
    if not known:
        return
    for each in passages:
        if each.kind is Kind.SUMMARY:
            told = _figures(_NAMES.sub("", each.text))
            missing = [words for figure, words in told if words and figure not in known]
            for words in dict.fromkeys(missing):
                yield warning(
                    each.place, f"“{words}”这个数，正文各节里没有", "请对照正文核对这个数"
                )


def _known(passages: Iterable[Passage]) -> Iterator[_Figure]:
    for each in passages:
        yield from (figure for figure, _ in _figures(each.text))
        for numeral, unit in _HAN_FIGURE.findall(each.text):
            number = Decimal(han_number(numeral))
            tenths = unit == "成"
            yield _Figure(number * 10 if tenths else number * _SCALE[unit], percent=tenths)


def _figures(text: str) -> Iterator[tuple[_Figure, str]]:
    """Figures with how they are written; what has no unit, or a time's, is written as nothing."""
    text = text.translate(_FULL_WIDTH)
    for found in _FIGURE.finditer(text):
        digits, scale, unit = found.groups()
        amount = Decimal(digits.replace(",", "")) * _SCALE[scale]
        percent = unit in {"%", "个百分点"}
        counted = (unit or scale) and unit not in _TIMES
        yield _Figure(amount, percent), found[0] if counted else ""
