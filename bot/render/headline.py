"""The day's headline: the part of the first section's title that tells the news by itself."""

import re
import unicodedata
from itertools import accumulate, cycle

from bot.model import Issue
from bot.render.typeset import pieces, tidy

# A headline this wide (hanzi) is read at a glance; the second is the most a cover has room for.
SHORT, LONG = 18, 22
# What is narrower says whose news it is or what it is about, not what happened (国家数据局发文).
TELLING = 8

STOPS = "：，；。！？:;,!?"
NUMERIC = ":,"
# Single quotes are not among them: one of them is an apostrophe.
PAIRS = {"“": "”", "《": "》", "（": "）", "【": "】", "「": "」", "(": ")"}
DOUBLE_QUOTE = re.compile('[“”"]')


def headline(issue: Issue) -> str:
    """At most 22 hanzi wide: a clause of the first section's title, else what fits of it.

    The first clause that tells something wins: 数据局发文，数据集成为底座 gives the second. An issue
    without sections has its own title for a headline.
    """
    title = _balanced(_quoted(tidy(issue.sections[0].title))) if issue.sections else issue.title
    clauses = _clauses(title)
    telling = [clause for clause in clauses if _width(clause) >= TELLING]
    for limit in (SHORT, LONG):
        for clause in telling:
            if _width(clause) <= limit:
                return clause
    return _cut(title.rstrip(STOPS) if not telling else telling[0]) or issue.title


def _width(text: str) -> float:
    """In hanzi: Latin letters, digits and quotes count half."""
    return sum(1 if unicodedata.east_asian_width(one) in "WF" else 0.5 for one in text)


def _quoted(text: str) -> str:
    """Quotation marks in turns: reports that were printed and read back often have ”智造”."""
    turns = cycle("“”")
    return DOUBLE_QUOTE.sub(lambda _: next(turns), text)


def _balanced(text: str) -> str:
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


def _clauses(title: str) -> list[str]:
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
    if _width(text) <= LONG:
        return text
    kept = ""
    for piece in pieces(text):
        if _width(kept + piece) > LONG - 1:
            break
        kept += piece
    return _balanced((kept or text[:LONG]).rstrip(STOPS)) + "…"
