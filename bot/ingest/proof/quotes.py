"""Quotes and brackets: wrong way round, as in ”智造”, or without their other half."""

import re
from collections.abc import Iterator, Sequence

from bot.ingest.proof.passage import Finding, Passage, around, gathered, warning
from bot.model import Problem

_QUOTE = re.compile("[“”]")
# Round brackets of both widths close each other: editors mix them within one pair.
_FAMILIES = {"《》": "书名号", "【】": "方括号", "「」": "引号", "（(）)": "括号"}
# What a list is numbered with: 1） and a) have no other half.
_LIST_MARK = re.compile(r"(?:^|(?<=[；;：:。\s]))[\da-zA-Z一二三四五六七八九十]{1,3}[)）]")
_SHOWN = 14
WRONG_WAY = "引号方向不对"


def check_quotes(passages: Sequence[Passage]) -> Iterator[Problem]:
    """Quotes the wrong way round, and quotes and brackets that nothing closes or opens."""
    yield from gathered(
        (Finding(each.place, words) for each in passages for words in _wrong_way(each.text)),
        WRONG_WAY,
        "请把前一个改成“，后一个改成”",
    )
    for at, each in enumerate(passages):
        following = passages[at + 1] if at + 1 < len(passages) else None
        yield from _unpaired_quote(each, following)
        yield from _unpaired_brackets(each)


def _wrong_way(text: str) -> Iterator[str]:
    marks = list(_QUOTE.finditer(text))
    if len(marks) % 2:
        return  # one is missing: which way the others should stand cannot be told
    for opening, closing in zip(marks[::2], marks[1::2], strict=True):
        if opening[0] + closing[0] != "“”":
            yield _shortened(text[opening.start() : closing.end()])


def turned(text: str) -> str:
    """The same words with every quote the right way round; as they are where one is missing."""
    marks = list(_QUOTE.finditer(text))
    if len(marks) % 2:
        return text
    letters = list(text)
    for at, mark in enumerate(marks):
        letters[mark.start()] = "“”"[at % 2]
    return "".join(letters)


def _shortened(quoted: str) -> str:
    return quoted if len(quoted) <= _SHOWN else f"{quoted[: _SHOWN - 2]}…{quoted[-1]}"


def _unpaired_quote(passage: Passage, following: Passage | None) -> Iterator[Problem]:
    marks = list(_QUOTE.finditer(passage.text))
    if len(marks) % 2 == 0:
        return
    alone = next((at for at, mark in enumerate(marks) if mark[0] != "“”"[at % 2]), len(marks)) - 1
    alone = max(alone, 0)
    if alone == len(marks) - 1 and marks[alone][0] == "“" and _goes_on(passage, following):
        return
    mark = marks[alone]
    words = around(passage.text, mark.start(), mark.end(), 6)
    yield warning(passage.place, f"“{words}”处的引号不成对", "请补上另一半引号，或删去这一个")


def _goes_on(passage: Passage, following: Passage | None) -> bool:
    """Whether a quotation goes on in the next paragraph, which then opens it again."""
    if following is None or following.kind is not passage.kind:
        return False
    return following.text.startswith("“")


def _unpaired_brackets(passage: Passage) -> Iterator[Problem]:
    text = _LIST_MARK.sub(lambda mark: "·" * len(mark[0]), passage.text)
    for family, name in _FAMILIES.items():
        half = len(family) // 2
        at = _alone(text, family[:half], family[half:])
        if at is not None:
            words = around(passage.text, at, at + 1, 6)
            yield warning(passage.place, f"“{words}”处的{name}不成对", f"请补上或删去{name}")


def _alone(text: str, openers: str, closers: str) -> int | None:
    """The first opener that nothing closes, or closer that nothing opened."""
    waiting: list[int] = []
    for at, letter in enumerate(text):
        if letter in openers:
            waiting.append(at)
        elif letter in closers and not waiting:
            return at
        elif letter in closers:
            waiting.pop()
    return waiting[0] if waiting else None
