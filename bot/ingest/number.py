"""How a line says which place it has: `1`, `1.1`, `一、`, `（一）`, `第一章`."""

import re
from dataclasses import dataclass

_DIGITS = {numeral: value for value, numeral in enumerate("零一二三四五六七八九")}
_DIGITS |= {"〇": 0, "○": 0, "两": 2}

_HAN = "[一二三四五六七八九十]{1,3}"
_STYLES = (
    ("chapter", re.compile(rf"第\s?({_HAN}|\d{{1,2}})\s?(?:章|节|篇|部分)[\s、.．:：]*")),
    ("han", re.compile(rf"({_HAN})(?:\s*[、.．]|\s)\s*")),
    ("(han)", re.compile(rf"[（(]({_HAN})[)）][\s、.．]*")),
    ("(digit)", re.compile(r"[（(](\d{1,2})[)）][\s、.．]*")),
    (
        "1.1",
        re.compile(
            r"(\d{1,2})[.．](\d{1,2})(?:[.．、]?\s+(?![\s月])|、|(?=[^\W\da-zA-Z月]|[“”《「]))"
        ),
    ),
    # A year or a month may follow the dot at once ("3.2026 年…"); any other digit makes a decimal.
    ("digit.", re.compile(r"(\d{1,2})[.．](?:\s+|(?!\d)|(?=(?:19|20)\d\d\s?年|\d{1,2}\s?月))")),
    ("digit、", re.compile(r"(\d{1,2})、\s*")),
    ("digit)", re.compile(r"(\d{1,2})[)）]\s*")),
    ("digit", re.compile(r"(\d{1,2})\s+")),
)
# What makes the number in front of it a quantity or a day: "4 月 16 日，…", "3.1 万亿", "12 个赛题".
_QUANTITY = re.compile(
    r"月\s?\d|月(?:底|初|末|份|中旬|上旬|下旬)?[，,]|[日年][，,至起]|年(?:底|末|初|来)|[万亿]+[亿元美人吨家枚户，,]"
    r"|%|％|倍|个(?:百分点|月|以上|行业|典型|案例|赛|国家|方向)|家(?:企业|公司|机构|单位)"
)
# Marks that do not occur in the middle of a sentence, and one that hardly ever opens it by accident.
_HAN_STYLES = frozenset({"chapter", "han", "(han)"})
_FIRM_STYLES = _HAN_STYLES | {"1.1"}
# Marks that stand for a part of a part.
_INNER_STYLES = frozenset({"(han)", "(digit)", "1.1", "digit)"})


@dataclass(frozen=True, slots=True)
class Mark:
    """The number at the start of a line, and the words after it.

    Lines of one `style` count in one series. `ordinals` are (2,) for 二、 and (1, 2) for 1.2.
    """

    style: str
    ordinals: tuple[int, ...]
    title: str

    @property
    def firm(self) -> bool:
        """Whether the mark alone makes a heading likely."""
        return self.style in _FIRM_STYLES and not self.counts

    @property
    def spelt(self) -> bool:
        """Whether it is in Chinese numerals, as no number in the middle of a sentence is marked."""
        return self.style in _HAN_STYLES

    @property
    def listed(self) -> bool:
        """Whether items of a list have such a mark, and the middle of a sentence has not."""
        return self.style not in {"digit", "1.1", "chapter", "han"}

    @property
    def inner(self) -> bool:
        """Whether the mark belongs below another one."""
        return self.style in _INNER_STYLES

    @property
    def counts(self) -> bool:
        """Whether the number rather tells how many, or what day: `4 月 16 日，…`."""
        return self.style in {"digit", "1.1"} and bool(_QUANTITY.match(self.title))


def read_mark(text: str) -> Mark | None:
    """The mark a line begins with; None for a line without one, or with nothing after it."""
    if not text or not (text[0] in "第（(一二三四五六七八九十" or text[0].isdigit()):
        return None
    for style, pattern in _STYLES:
        if found := pattern.match(text):
            ordinals = tuple(han_number(digits) for digits in found.groups())
            title = text[found.end() :].strip()
            return Mark(style, ordinals, title) if title and all(ordinals) else None
    return None


def han_number(numeral: str) -> int:
    """`12` and `十二` are 12, `二十` is 20; 0 for what is not a number below a hundred."""
    if numeral.isdecimal():
        return int(numeral)
    if "十" not in numeral:
        return _DIGITS.get(numeral, 0)
    tens, _, ones = numeral.partition("十")
    if len(tens) > 1 or len(ones) > 1 or not {*tens, *ones} <= _DIGITS.keys():
        return 0
    return 10 * _DIGITS.get(tens, 1) + _DIGITS.get(ones, 0)
