"""The day's strongest figure: a number that makes a headline of its own."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.model import Issue
from bot.render.headline import clauses, width
from bot.render.phrase import NUMERALS
from bot.render.typeset import tidy

# What a number counts, and how much that impresses. Years, dates and ordinals are no figures.
UNITS = {
    "万亿": 5.0, "亿": 4.0, "千万": 4.0, "百万": 3.5, "万": 3.0, "%": 3.0, "倍": 3.0, "个百分点": 2.5,
    "个": 2.0, "家": 2.0, "项": 2.0, "种": 2.0, "件": 2.0, "台": 2.0, "座": 2.0, "架": 2.0, "辆": 2.0,
}  # fmt: skip
NUMBER = re.compile(
    r"(?<![A-Za-z\d.,+第—-])(\d[\d,]*(?:\.\d+)?)"
    r"(个百分点|万亿|千万|百万|亿|万|%|倍|个|家|项|种|件|台|座|架|辆)(元|美元|吨|千瓦时|千瓦|人|户)?"
)
EMPHASIS = re.compile("首次|突破|新高|累计|超过?|首破|达到?|同比|居全球|第一")
# What counts something else than the label says, or more than one thing.
UNCLEAR = re.compile("分别|至少|左右|以下|约")
NEXT = re.compile(rf"[和与及、\d{NUMERALS}]|以上|赋能|支撑|指引|显示|提前|用于|成为")
# These count what stands before them; the others need to be told what they count.
COMPLETE = {"%", "倍", "个百分点"}
# A label reads at a glance; a tail is a word.
LABEL = (2, 20)
TAIL = 5
# From here on a figure leads the cover.
STRONG = 5.5


@dataclass(frozen=True, slots=True)
class Figure:
    """`417` `个` `典型案例`, and above it what it says: `国家数据局已累计发布`."""

    number: str
    unit: str
    tail: str
    label: str
    strength: float
    place: str

    @property
    def plain(self) -> str:
        """As an editor would say it: 累计发布417个典型案例."""
        return f"{self.label}{self.number}{self.unit}{self.tail}"


def strongest_figure(issue: Issue) -> Figure | None:
    """The figure that impresses most; of two equal ones the earlier. None where there is none."""
    found = list(_figures(issue))
    return max(found, key=lambda figure: figure.strength, default=None)


def _figures(issue: Issue) -> Iterator[Figure]:
    titles = [tidy(section.title) for section in issue.sections]
    under = [tidy(part.title) for section in issue.sections for part in section.subsections]
    summary = tidy(issue.summary)
    for place, texts in (("摘要", [summary]), ("标题", titles), ("小标题", under)):
        for text in texts:
            for clause in clauses(text):
                yield from _of_clause(clause, place, (summary, *titles, *under))


def _of_clause(clause: str, place: str, said: tuple[str, ...]) -> Iterator[Figure]:
    """A clause says one thing; what it says in front of its first number is the label."""
    found = NUMBER.search(clause)
    if not found or re.search(r"\d{2}", clause[: found.start()]) or UNCLEAR.search(clause):
        return
    number, unit, thing = found.groups(default="")
    label = clause[: found.start()].strip("，、 ")
    if not LABEL[0] <= width(label) <= LABEL[1]:
        return
    after = clause[found.end() :]
    tail = _tail(after)
    if after and not tail and unit not in COMPLETE:
        return
    repeated = sum(f"{number}{unit}" in text for text in said)
    strength = UNITS[unit] + min(repeated, 3) + (1.5 if EMPHASIS.search(label) else 0)
    yield Figure(number, unit + thing, tail, label, strength, place)


def _tail(after: str) -> str:
    """The noun that is counted, where it is short."""
    end = NEXT.search(after)
    noun = after[: end.start()] if end else after
    return noun if width(noun) <= TAIL else ""
