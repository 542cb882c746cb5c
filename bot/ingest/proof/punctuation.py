"""Half-width punctuation among Chinese characters, which a keyboard left in English mode types."""

import re
from collections.abc import Iterator, Sequence

from bot.ingest.proof.passage import Finding, Kind, Passage, around, gathered
from bot.model import Problem

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_BEFORE, _AFTER = f"[{_HAN}”》）]", f"[{_HAN}“《（]"
_HALF_WIDTH = re.compile(
    rf"(?<={_BEFORE})[,;:!?](?=\s?(?:{_AFTER}|\d))|(?<=[{_HAN}])\.(?=\s?{_AFTER})"
    rf"|(?<=[{_HAN}])[,;:!?.]$|(?<=[{_HAN}])[()]|[()](?=[{_HAN}])"
    rf'|(?<=[{_HAN}])"|"(?=[{_HAN}])'
)
# 1) and (1) number the items of a list.
_LIST_MARK = re.compile(r"\(?\d{1,2}\)")
HALF_WIDTH = "中文里用了半角标点"
_WIDE = dict(zip(",;:!?.()", "，；：！？。（）", strict=True))


def check_punctuation(passages: Sequence[Passage]) -> Iterator[Problem]:
    """References are left alone: they have a style of their own, `来源 (日期), 标题`."""
    findings = (
        Finding(each.place, words)
        for each in passages
        if each.kind is not Kind.REFERENCE
        for words in _half_width(each.text)
    )
    yield from gathered(findings, HALF_WIDTH, "请改成全角标点")


def _half_width(text: str) -> Iterator[str]:
    for found in _found(text):
        yield f"“{around(text, found.start(), found.end(), 3)}”"


def _found(text: str) -> Iterator[re.Match[str]]:
    mark = _LIST_MARK.match(text)
    return _HALF_WIDTH.finditer(text, mark.end() if mark else 0)


def widened(text: str) -> str:
    """The same words, each letter at its place, with what was found in full width.

    Straight quotes become pairs; where their number is odd, they stay.
    """
    letters = list(text)
    quotes = [at for at, letter in enumerate(text) if letter == '"']
    for at in (found.start() for found in _found(text)):
        if text[at] != '"':
            letters[at] = _WIDE[text[at]]
        elif len(quotes) % 2 == 0:
            letters[at] = "“”"[quotes.index(at) % 2]
    wide = "".join(letters)
    # What stood between two of them may be found only now.
    return wide if wide == text else widened(wide)
