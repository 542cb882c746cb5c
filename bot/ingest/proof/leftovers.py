"""What a conversion leaves behind: lost letters, escapes, tags, page numbers."""

import re
from collections.abc import Iterator, Sequence

from bot.ingest.proof.passage import Finding, Kind, Passage, around, gathered, warning
from bot.model import Problem

_LOST = re.compile("(.{0,6})(□|\ufffd|[\ue000-\uf8ff])")
_LOST_NAMES = {"□": "“□”", "\ufffd": "乱码“\ufffd”"}
_SIGNS = (
    (re.compile(r"\\[!-/:-@\[-`{-~]"), "多了反斜杠", "请删去反斜杠"),
    (
        re.compile(r"&(?:nbsp|amp|lt|gt|quot|#\d{1,6}|#x[\da-fA-F]{1,6});|</?[a-zA-Z]{1,10}\s?/?>"),
        "有网页的标记",
        "请删去，或换成它代表的字",
    ),
    (re.compile(r"\*\*|\(cid:\d{1,6}\)"), "有排版的标记", "请删去"),
    # They look like 一, 用 and 生, and no search finds them.
    (re.compile("[\u2e80-\u2fdf]"), "有部首字符，看着像汉字却搜不到", "请重新输入这个字"),
    (re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]"), "有看不见的控制字符", "请删去后重新输入"),
)  # fmt: skip
_PAGE = re.compile(
    r"^\W{0,2}\d{1,3}\W{0,2}$|^第\s?\d{1,3}\s?页$|第\s?\d{1,3}\s?页\s?[,，/]?\s?共\s?\d{1,3}\s?页"
    r"|(?i:page\s?\d{1,3}\s?(?:of|/)\s?\d{1,3})|(?<=[\u4e00-\u9fff])\s?[-—–]\s?\d{1,3}\s?[-—–]\s?(?=[\u4e00-\u9fff])"
)


def check_leftovers(passages: Sequence[Passage]) -> Iterator[Problem]:
    """Signs that no editor writes."""
    for each in passages:
        yield from _lost_letters(each)
    for pattern, text, remedy in _SIGNS:
        yield from gathered(_findings(passages, pattern), text, remedy)
    paragraphs = [each for each in passages if each.kind is Kind.PARAGRAPH]
    yield from gathered(_findings(paragraphs, _PAGE), "混进了页码", "请删去页码")


def _lost_letters(passage: Passage) -> Iterator[Problem]:
    if found := _LOST.search(passage.text):
        name = _LOST_NAMES.get(found[2], "字体里才有的字符")
        words = f"“{found[1]}”后面有{name}" if found[1] else f"开头有{name}"
        yield warning(passage.place, f"{words}，像是转换时丢了字", "请对照原稿补上")


def _findings(passages: Sequence[Passage], pattern: re.Pattern[str]) -> Iterator[Finding]:
    for each in passages:
        for found in pattern.finditer(each.text):
            words = around(each.text, found.start(), found.end(), 6)
            yield Finding(each.place, f"“{words}”")
