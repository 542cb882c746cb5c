"""The words that divide an issue: 摘要, 目录, 参考文献, and those that open the last page."""

import re

from bot.ingest.number import read_mark

# A label is a short line of its own; only the summary may go on in the same line.
_LABEL_LENGTH = 24
_ENDING_LENGTH = 48

# What editors of newsletters put before a title: 📌 摘要.
_SIGN = r"(?:[\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff][\ufe0e\ufe0f\u200d\s]*){0,3}"
_SUMMARY = re.compile(
    _SIGN
    + r"[【\[〔（(]?\s?(?:(?:内容|今日|本期|核心|每日)?摘\s*要|(?:内容)?提\s*要|(?:今日|本期)?导\s*读|(?i:abstract|summary))"
    r"\s?(?:[】\]〕）)]\s*[:：]?|[:：]|$)\s*"
)
_CONTENTS = re.compile(
    _SIGN
    + r"[【\[]?\s?(?:(?:本期|内容)?目\s*[录錄次]|(?:table\s+of\s+)?contents)\s?[】\]]?\s?[:：]?",
    re.IGNORECASE,
)
_REFERENCES = re.compile(
    _SIGN
    + r"[【\[]?\s?(?:(?:主要)?参\s*考\s*文\s*献|(?:主要)?参考(?:资料|来源|链接)|(?:主要)?(?:资料|信息|数据)来源|references)"
    r"(?:与来源|及来源|列表)?\s?[】\]]?\s?[:：]?",
    re.IGNORECASE,
)
_ENDING = re.compile(
    r"联系我们|关注我们|欢迎关注|扫码|扫一扫|扫描二维码|二维码|公众号$|公众号[:：]|^网站地址|^官方网站|^官网"
    r"|免责声明|版权声明|仅供.{0,20}参考|不构成.{0,12}建议|^(?:责任)?(?:编辑|责编|审核|主编|排版|校对)\s?[:：]"
)


def read_summary_label(text: str) -> str | None:
    """What follows 摘要 in its line (often nothing); None if the line is not labelled so."""
    found = _SUMMARY.match(text)
    return text[found.end() :] if found else None


def is_summary_label(text: str) -> bool:
    """Whether a line is titled 摘要, alone or with the summary itself behind it."""
    return read_summary_label(text) is not None


def is_contents_label(text: str) -> bool:
    """Whether a line is the title of the contents list: 目录, 目 录, Contents."""
    return len(text) <= _LABEL_LENGTH and bool(_CONTENTS.fullmatch(text))


def is_references_label(text: str) -> bool:
    """Whether a line is the title of the references, numbered or not: `4 参考文献`."""
    if len(text) > _LABEL_LENGTH:
        return False
    mark = read_mark(text)
    return bool(_REFERENCES.fullmatch(mark.title if mark else text))


def is_label(text: str) -> bool:
    """Whether a line is one of the three titles, alone."""
    summary = read_summary_label(text)
    return summary == "" or is_contents_label(text) or is_references_label(text)


def opens_ending(text: str) -> bool:
    """Whether a line belongs to the last page: 联系我们, a QR code's caption, a disclaimer."""
    return len(text) <= _ENDING_LENGTH and bool(_ENDING.search(text)) and not read_mark(text)
