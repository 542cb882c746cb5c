"""One line of 参考文献, in any of the ways in which editors write it."""

import re
from collections.abc import Callable

from bot.ingest.day import precise_day
from bot.ingest.sentence import ends_sentence
from bot.model import Reference

_NUMBER = re.compile(
    r"(?:\[\d{1,3}\]|［\d{1,3}］|【\d{1,3}】|[(（]\d{1,3}[)）]|[①-⑳]|\d{1,3}(?:[、)）]|[.．](?!\d)|[.．](?=20\d\d\s?年)))\s*"
)
_LINK = re.compile(r"\[([^\[\]]{0,200})\]\(((?:(?!\]\()\S){1,1000}?)\)")
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>（）()，。；、“”\"\u4e00-\u9fff]{2,1000}")
_LINK_WORDS = re.compile(r"(?:链接|网址|地址|来源|URL)\s?[:：]\s*", re.IGNORECASE)
_LINK_WORDS_END = re.compile(r"[\s,，;；]?(?:链接|网址|地址|URL)\s?[:：]$", re.IGNORECASE)
# An address without `http://` or `www.` is one only where a reference has ended.
_BARE_ADDRESS = re.compile(
    r"(?:[a-z0-9-]{1,63}\.){1,4}(?:cn|com|org|net|gov|edu|int|info)(?:/[!-~]{0,500})?$",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"^https?://", re.IGNORECASE)
_CLOSED = ("》", "）", ")", "]", "】")

# No reference is longer; what is, is not searched for fields.
_LENGTH = 2_000

_LABELS = {
    "来源": "source", "机构": "source", "媒体": "source", "出处": "source",
    "标题": "title", "题目": "title", "题名": "title",
    "日期": "date", "时间": "date", "发布日期": "date", "发布时间": "date",
    "用途": "note", "说明": "note", "备注": "note",
}  # fmt: skip
_FIELD = re.compile(
    rf"(?:^|[；;]\s*)({'|'.join(sorted(_LABELS, key=len, reverse=True))})\s?[:：]\s*"
)
_DAY = r"((?:19|20)\d{2}[\d\s年月日号./．-]{0,16})"
_SOURCE_DAY_TITLE = re.compile(rf"([^《》]{{1,80}}?)[(（]\s?{_DAY}[)）][\s,，.。:：]*(.+)")
_SOURCE_QUOTED_TITLE = re.compile(r"([^《》]{0,80}?)[\s,，.。:：]*《(.+)》[\s,，]*(.*)")
_OPENING = re.compile(
    rf"来源\s?[:：]|[^|｜。，]{{1,40}}\s?[|｜]|[^《》。，]{{1,40}}[(（]\s?{_DAY}[)）]\s?[,，]"
    r"|[^《》。，、；]{1,40}[,，]\s?《"
)
# `责任者. 题名[EB/OL]. (2026-06-08)[2026-06-10].`, `责任者. 题名[N]. 报名, 2026-06-08(3).`
_STANDARD = re.compile(
    r"(?:([^.．。\[\]]{1,80})[.．]\s?)?([^\[\]]{1,300}?)\s?\[[A-Z]{1,2}(?:/OL)?\][.．]?\s?(.*)"
)
_READ_ON = re.compile(r"\[[^\[\]]{0,30}\]")
_PERIODICAL = re.compile(r"([^,，.．\d(（]{1,60})[,，]\s?(?=(?:19|20)\d\d)")
_DAY_OF_STANDARD = re.compile(r"(?:19|20)\d{2}(?:[-/.年]\s?\d{1,2}(?:[-/.月]\s?\d{1,2}日?)?)?")
_BRACKETED_DAY = re.compile(rf"[(（]?\s?{_DAY}[)）]?")


def without_number(text: str) -> tuple[str, bool]:
    """A reference without the number before it, and whether it had one."""
    found = _NUMBER.match(text)
    return (text[found.end() :], True) if found else (text, False)


def opens_reference(text: str) -> bool:
    """Whether a line begins as a reference without a number does."""
    return bool(_OPENING.match(text))


def lone_address(text: str) -> str:
    """The address of a line that is nothing but a link; empty for any other line."""
    words = _LINK_WORDS.sub("", text, count=1).strip("<> 。")
    if link := _LINK.fullmatch(words):
        return link[2]
    return _whole_address(words) if _ADDRESS.fullmatch(words) else ""


def _whole_address(address: str) -> str:
    address = address.rstrip(".,;:")
    return f"http://{address}" if address.startswith("www.") else address


def read_reference(text: str, url: str = "") -> Reference:
    """Read a reference without its number; what cannot be told apart stays in `text` alone."""
    if links := list(_LINK.finditer(text)):
        url = url or links[0][2]
        if _is_own_address(links[-1]):
            text = _without_end(text, links[-1])
        text = _LINK.sub(lambda found: found[1], text)
    elif addresses := list(_ADDRESS.finditer(text)):
        url = url or _whole_address(addresses[0][0])
        text = _without_end(text, addresses[-1])
    elif (bare := _BARE_ADDRESS.search(text)) and _without_end(text, bare) != text:
        url = url or f"http://{bare[0]}"
        text = _without_end(text, bare)
    fields = _read_fields(_ADDRESS.sub("", text).strip())
    return Reference(text=text, **({"url": url} if url else {}) | fields)


def _is_own_address(link: re.Match[str]) -> bool:
    """Whether a link shows the address it leads to: `[www.a.cn](https://www.a.cn/)`."""
    shown, address = (
        _SCHEME.sub("", part.strip()).rstrip("/").casefold() for part in link.groups()
    )
    return shown == address


def _without_end(text: str, address: re.Match[str]) -> str:
    """The text without an address that follows its end: it has a place of its own."""
    before = _LINK_WORDS_END.sub("", text[: address.start()].rstrip(" \t<"))
    ended = ends_sentence(before) or before.endswith(_CLOSED)
    return before if ended and not text[address.end() :].strip(" \t>。.") else text


def _read_fields(text: str) -> dict[str, str]:
    if len(text) > _LENGTH:
        return {}
    return next(filter(None, (read(text) for read in _READERS)), {})


def _without_stop(text: str) -> str:
    text = text.strip()
    return text[:-1].rstrip() if text.endswith("。") else text


def _read_labelled(text: str) -> dict[str, str]:
    """`来源：…；标题：…；日期：…；用途：…。`."""
    found = list(_FIELD.finditer(text))
    if not found or found[0].start():
        return {}
    ends = [match.start() for match in found[1:]] + [len(text)]
    fields: dict[str, str] = {}
    for match, end in zip(found, ends, strict=True):
        value = _without_stop(text[match.end() : end].rstrip("；; "))
        fields.setdefault(_LABELS[match[1]], value)
    fields["date"] = precise_day(fields.get("date", ""))
    return {name: value for name, value in fields.items() if value}


def _read_piped(text: str) -> dict[str, str]:
    """`来源 | 标题 | 日期 | 用途`: the title is what stands before the date, the use what follows."""
    parts = [part.strip() for part in re.split(r"[|｜]", text)]
    day_at = next(
        (at for at, part in enumerate(parts) if precise_day(_without_stop(part))), len(parts)
    )
    if len(parts) < 2 or day_at == 0:
        return {}
    fields = {
        "source": parts[0],
        "title": _without_stop(" | ".join(parts[1:day_at])),
        "date": precise_day(_without_stop(parts[day_at])) if day_at < len(parts) else "",
        "note": _without_stop(" | ".join(parts[day_at + 1 :])),
    }
    return {name: value for name, value in fields.items() if value}


def _read_standard(text: str) -> dict[str, str]:
    """As GB/T 7714 has it; a newspaper or a journal is the source of what it prints."""
    found = _STANDARD.fullmatch(text)
    if not found:
        return {}
    rest = _READ_ON.sub("", found[3])
    printed, day = _PERIODICAL.match(rest), _DAY_OF_STANDARD.search(rest)
    fields = {
        "source": (printed[1] if printed else found[1] or "").strip(),
        "title": found[2].strip(),
        "date": precise_day(day[0]) if day else "",
    }
    return {name: value for name, value in fields.items() if value}


def _read_day_in_middle(text: str) -> dict[str, str]:
    """`来源 (日期), 标题。`."""
    found = _SOURCE_DAY_TITLE.fullmatch(text.strip())
    if not found or not (day := precise_day(found[2])) or not _without_stop(found[3]):
        return {}
    return {"source": found[1].strip(), "title": _without_stop(found[3]), "date": day}


def _read_quoted(text: str) -> dict[str, str]:
    """`来源,《标题》(日期)。`; the day may lack its brackets, or be missing."""
    found = _SOURCE_QUOTED_TITLE.fullmatch(_without_stop(text))
    if not found or not found[1].strip():
        return {}
    bracketed = _BRACKETED_DAY.match(found[3])
    day = precise_day(bracketed[1]) if bracketed else ""
    fields = {"source": found[1].strip(), "title": found[2], "date": day}
    return {name: value for name, value in fields.items() if value}


_READERS: tuple[Callable[[str], dict[str, str]], ...] = (
    _read_labelled,
    _read_piped,
    _read_standard,
    _read_day_in_middle,
    _read_quoted,
)
