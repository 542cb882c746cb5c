"""The day's headline: the part of the first section's title that tells the news by itself."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, cycle

from bot.model import Issue
from bot.render.phrase import pieces
from bot.render.typeset import tidy

# A headline this wide (hanzi) is read at a glance; the second is the most a cover has room for.
SHORT, LONG = 18, 22
# What is narrower says whose news it is or what it is about, not what happened (国家数据局发文).
TELLING = 8

STOPS = "：，；。！？:;,!?"
NUMERIC = ":,"
# Single quotes are not among them: one of them is an apostrophe.
PAIRS = {"“": "”", "《": "》", "（": "）", "【": "】", "「": "」", "(": ")"}
DOUBLE_QUOTE = re.compile('[“”"]')
# How a summary clears its throat before it comes to the point.
PRELUDE = re.compile("^(今天|今日|本日|昨日|昨天|在)|(方面|板块|领域|环境|市场)$|是$|主线")


@dataclass(frozen=True, slots=True)
class Headline:
    """`whole`: it is a clause of its own; otherwise something had to be cut off, or stands in."""

    text: str
    reason: str
    whole: bool = True


def headline(issue: Issue) -> str:
    """The text of `choose_headline`."""
    return choose_headline(issue).text


def choose_headline(issue: Issue) -> Headline:
    """At most 22 hanzi wide: a clause of the first section's title, else of the summary.

    The first clause that tells something wins: 数据局发文，数据集成为底座 gives the second. An issue
    that has neither has its own title for a headline.
    """
    return next(
        _candidates(issue), Headline(issue.title, "本期没有标题和摘要，用刊名", whole=False)
    )


def _candidates(issue: Issue) -> Iterator[Headline]:
    title = balanced(quoted(tidy(issue.sections[0].title))) if issue.sections else ""
    said = clauses(title)
    telling = [clause for clause in said if width(clause) >= TELLING]
    for limit in (SHORT, LONG):
        for clause in telling:
            if width(clause) <= limit:
                yield Headline(clause, f"第一节标题的第 {said.index(clause) + 1} 个分句")
    if cut := _cut(telling[0] if telling else title.rstrip(STOPS)):
        whole = not cut.endswith("…") and width(cut) >= TELLING
        yield Headline(cut, "第一节的标题" + ("" if whole else "（没有长短合适的分句）"), whole)
    yield from _of_summary(issue)


def _of_summary(issue: Issue) -> Iterator[Headline]:
    for clause in clauses(balanced(quoted(tidy(issue.summary)))):
        if TELLING <= width(clause) <= LONG and not PRELUDE.search(clause):
            yield Headline(clause, "摘要里第一个点明新闻的分句（没有可用的标题）")


def width(text: str) -> float:
    """In hanzi: Latin letters, digits and quotes count half."""
    return sum(1 if unicodedata.east_asian_width(one) in "WF" else 0.5 for one in text)


def quoted(text: str) -> str:
    """Quotation marks in turns: reports that were printed and read back often have ”智造”."""
    turns = cycle("“”")
    return DOUBLE_QUOTE.sub(lambda _: next(turns), text)


def balanced(text: str) -> str:
    """Without the brackets and quotes that lack their other half."""
    waiting: list[int] = []
    alone: set[int] = set()
    for at, mark in enumerate(text):
        if mark in PAIRS:
            waiting.append(at)
        elif mark in PAIRS.values():
            if waiting and PAIRS[text[waiting[-1]]] == mark:
                waiting.pop()
            else:
                alone.add(at)
    alone.update(waiting)
    return "".join(mark for at, mark in enumerate(text) if at not in alone)


def clauses(title: str) -> list[str]:
    """The title cut at its stops, but not within brackets or quotes, nor in 3:1 or 1,000."""
    depths = accumulate((one in PAIRS) - (one in PAIRS.values()) for one in title)
    cuts = [
        at
        for at, (one, depth) in enumerate(zip(title, depths, strict=True))
        if one in STOPS and depth == 0 and not (one in NUMERIC and title[at + 1 : at + 2].isdigit())
    ]
    edges = zip([-1, *cuts], [*cuts, len(title)], strict=True)
    return [clause for start, end in edges if (clause := title[start + 1 : end].strip())]


def _cut(text: str) -> str:
    """As much as fits, cut where a line might end, or within a word that never ends."""
    if width(text) <= LONG:
        return text
    kept = ""
    for piece in pieces(text):
        if width(kept + piece) > LONG - 1:
            break
        kept += piece
    return balanced((kept or text[:LONG]).rstrip(STOPS)) + "…"
