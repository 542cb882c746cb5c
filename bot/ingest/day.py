"""A day as editors write it: `2026 年 6 月 13 日`, `2026-6-13`, `2026/06/13`, `2026.6.13`, 二〇二六年六月十三日."""

import re
from datetime import date

from bot.ingest.number import han_number

_SPELT = re.compile(
    r"([一二][零〇○一二三四五六七八九]{3})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})[日号]"
)
_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
_NUMERALS = str.maketrans("零〇○一二三四五六七八九", "000123456789")
_FULL = re.compile(
    r"(?<!\d)((?:19|20)\d{2})(?:\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?[日号]"
    r"|\s?([-/.．－_])\s?(\d{1,2})\s?\4\s?(\d{1,2})(?!\d)|(\d{2})(\d{2})(?!\d))"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ENGLISH_MONTH = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_ENGLISH = re.compile(
    rf"\b(?:{_ENGLISH_MONTH}\s(\d{{1,2}})(?:st|nd|rd|th)?,?\s((?:19|20)\d\d)"
    rf"|(\d{{1,2}})\s{_ENGLISH_MONTH},?\s((?:19|20)\d\d))\b",
    re.IGNORECASE,
)
_MONTH = re.compile(r"((?:19|20)\d{2})\s?(?:年\s?(\d{1,2})\s?月|[-/.．]\s?(\d{1,2}))")
_YEAR = re.compile(r"((?:19|20)\d{2})\s?年?")


def find_day(text: str) -> tuple[date, str, str] | None:
    """The first full day in a text, and what stands before and after it; ValueError for 6 月 31 日."""
    text = text.translate(_FULL_WIDTH)
    if found := _FULL.search(text):
        year, *parts = (part for part in found.groups() if part and part.isdigit())
        month, day = parts
    elif found := _SPELT.search(text):
        year = found[1].translate(_NUMERALS)
        month, day = str(han_number(found[2])), str(han_number(found[3]))
    elif found := _ENGLISH.search(text):
        name, day, year = (
            (found[1], found[2], found[3]) if found[1] else (found[5], found[4], found[6])
        )
        month = str(_MONTHS.index(name[:3].lower()) + 1)
    else:
        return None
    return _day(int(year), int(month), int(day)), text[: found.start()], text[found.end() :]


def day_in(text: str) -> tuple[date, str, str] | None:
    """The same; None also where the day does not exist."""
    try:
        return find_day(text)
    except ValueError:
        return None


def precise_day(text: str) -> str:
    """A day as precise as it is given, `2026-06-13`, `2026-06` or `2026`; empty if it is none."""
    text = text.strip()
    if found := day_in(text):
        day, before, after = found
        return "" if before or after else day.isoformat()
    if month := _MONTH.fullmatch(text):
        number = int(month[2] or month[3])
        return f"{month[1]}-{number:02}" if 1 <= number <= 12 else ""
    return year[1] if (year := _YEAR.fullmatch(text)) else ""


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise ValueError(f"{year} 年 {month} 月 {day} 日") from error
