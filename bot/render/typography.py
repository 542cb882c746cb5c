"""How words meet on a line: the direction of quotes, the space beside Latin letters, figures.

Pure functions from text to text. None of them changes a word: quotes keep their number and place,
and of spaces only those between Chinese and Latin letters are touched.
"""

import re
from collections.abc import Iterator

from bot.render.theme import Latin

THIN_SPACE = "\u2009"
_CHINESE = "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_LATIN = "A-Za-z0-9%‰"
# Such wide ranges take milliseconds to compile: done by `re` for the looks that ask for it.
_MEETING = f"(?<=[{_CHINESE}])[ {THIN_SPACE}]*(?=[{_LATIN}])|(?<=[{_LATIN}])[ {THIN_SPACE}]*(?=[{_CHINESE}])"
_DOUBLE = re.compile('["“”]')
# A single quote between Latin letters is an apostrophe.
_SINGLE = re.compile("(?<![A-Za-z0-9])['‘’]|['‘’](?![A-Za-z0-9])")
_FIGURE = re.compile(
    rf"(?<![A-Za-z0-9.,-])[+-]?\d[\d,]*(?:\.\d+)?[ {THIN_SPACE}]?"
    "(?:%|‰|个百分点|[万亿]{1,2}[多余]?(?:[美欧日]?元|千瓦时?|[人户家个台辆吨次])?|倍)"
)


def pair_quotes(text: str) -> str:
    """Turn each quote to the side it should open to; where they do not come in pairs, none."""
    return _paired(_paired(text, _DOUBLE, "“”"), _SINGLE, "‘’")


def _paired(text: str, quote: re.Pattern[str], pair: str) -> str:
    places = [found.start() for found in quote.finditer(text)]
    if len(places) % 2 or _nested([text[place] for place in places], pair):
        return text
    letters = list(text)
    for count, place in enumerate(places):
        letters[place] = pair[count % 2]
    return "".join(letters)


def _nested(quotes: list[str], pair: str) -> bool:
    depth = 0
    for quote in quotes:
        depth += {pair[0]: 1, pair[1]: -1}.get(quote, -len(quotes))
        if depth < 0:
            return False
    return depth == 0


def meet(text: str, latin: Latin, before: str = "") -> str:
    """Set the space between Chinese and Latin letters; `before` is what stands ahead on the line."""
    if latin == "written":
        return text
    space = THIN_SPACE if latin == "thin" else ""
    last = before[-1:]
    return re.sub(_MEETING, space, last + text).removeprefix(last)


def split_figures(text: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces, and of each whether it is a figure worth noticing: `10.5%`, `3 万亿元`."""
    end = 0
    for found in _FIGURE.finditer(text):
        yield text[end : found.start()], False
        yield found[0], True
        end = found.end()
    yield text[end:], False
