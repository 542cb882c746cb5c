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


def check_punctuation(passages: Sequence[Passage]) -> Iterator[Problem]:
    """References are left alone: they have a style of their own, `来源 (日期), 标题`."""
    findings = (
        Finding(each.place, words)
        for each in passages
        if each.kind is not Kind.REFERENCE
        for words in _half_width(each.text)
    )
    yield from gathered(findings, "中文里用了半角标点", "请改成全角标点")


def _half_width(text: str) -> Iterator[str]:
    mark = _LIST_MARK.match(text)
    for found in _HALF_WIDTH.finditer(text, mark.end() if mark else 0):
        yield f"“{around(text, found.start(), found.end(), 3)}”"
