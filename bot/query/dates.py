"""The days a follower may mean: `6月13日`, `上周五`, `2026年第二季度`.

Text comes in plain: half-width, lower case, simplified, without spaces (see `parse.plain`). Weeks
begin on Monday. A day without a year is the most recent such day that is not after today.
"""

import calendar
import re
from collections.abc import Callable
from datetime import date, timedelta

Days = tuple[date, date]

_YEAR = r"(?P<year>[0-9]{4}|[0-9]{2}(?=年)|[〇零一二三四五六七八九]{4}(?=年))"
_MONTH = r"(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_DAY = r"(?P<day>3[01]|[12][0-9]|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])"
_QUARTER = r"(?:第?(?P<quarter>[1-4一二三四])季度|q(?P<q>[1-4]))"
_WEEKDAY = r"(?:周|星期|礼拜)(?P<weekday>[1-7一二三四五六日天])"

# What may follow a day without changing it.
_AFTERWARDS = re.compile(
    r"\(?(?:周|星期|礼拜)[一二三四五六日天]\)?$|"
    r"的?(?:那一?期|这一?期|一期|那天|当天|日报|早报|动态|新闻|消息|内容|文章)$|的$"
)
_RANGE = re.compile(r"(?:从|自)?(?P<first>.+?)(?:到|至|~|—+)(?P<last>.+)")

_DIGITS = {sign: value for value, sign in enumerate("〇一二三四五六七八九")} | {"零": 0}
_RELATIVE_DAYS = {"今天": 0, "昨天": 1, "昨日": 1, "前天": 2, "前日": 2, "大前天": 3}
_WEEKDAYS = {
    sign: place for signs in ("1234567", "一二三四五六日") for place, sign in enumerate(signs)
}
_WEEKDAYS["天"] = 6
# 2月29日 is at most eight years back, over a century that is no leap year.
_YEARS_BACK = 8
_MONTHS_OF_QUARTER = 3
_MONTHS = 12


def parse_days(text: str, today: date) -> Days | None:
    """The first and the last day meant; None if the text is not a date, or an impossible one."""
    try:
        return _days(text, today) or _days(_AFTERWARDS.sub("", text), today) or _range(text, today)
    except (ValueError, OverflowError):
        return None


def _days(text: str, today: date) -> Days | None:
    for pattern, days in _FORMS:
        if found := re.fullmatch(pattern, text):
            return days(found, today)
    return None


def _range(text: str, today: date) -> Days | None:
    if not (ends := _RANGE.fullmatch(text)):
        return None
    first, last = (_days(ends[name], today) for name in ("first", "last"))
    return (first[0], last[1]) if first and last and first[0] <= last[1] else None


def _relative_day(found: re.Match[str], today: date) -> Days:
    return _one(today - timedelta(days=_RELATIVE_DAYS[found[0]]))


def _full_day(found: re.Match[str], _today: date) -> Days:
    return _one(date(_year(found["year"]), _number(found["month"]), _number(found["day"])))


def _month_day(found: re.Match[str], today: date) -> Days | None:
    month, day = _number(found["month"]), _number(found["day"])
    years = range(today.year, max(0, today.year - _YEARS_BACK - 1), -1)
    possible = (date(y, month, day) for y in years if day <= calendar.monthrange(y, month)[1])
    return next((_one(one) for one in possible if one <= today), None)


def _weekday(found: re.Match[str], today: date) -> Days:
    """`周五` is the last one there was; `本周五` and `上周五` belong to their week."""
    place = _WEEKDAYS[found["weekday"]]
    if found["which"]:
        return _one(_monday(today, found["which"]) + timedelta(days=place))
    return _one(today - timedelta(days=(today.weekday() - place) % 7))


def _week(found: re.Match[str], today: date) -> Days:
    monday = _monday(today, found["which"])
    return monday, monday + timedelta(days=6)


def _monday(today: date, which: str) -> date:
    return today - timedelta(days=today.weekday() + 7 * which.count("上"))


def _this_month(found: re.Match[str], today: date) -> Days:
    months = today.year * _MONTHS + today.month - 1 - (found["which"][0] == "上")
    return _months(months // _MONTHS, months % _MONTHS + 1)


def _month(found: re.Match[str], today: date) -> Days:
    month = _number(found["month"])
    return _months(
        _year(found["year"]) if found["year"] else today.year - (month > today.month), month
    )


def _quarter(found: re.Match[str], today: date) -> Days:
    month = _number(found["quarter"] or found["q"]) * _MONTHS_OF_QUARTER - 2
    year = _year(found["year"]) if found["year"] else today.year - (month > today.month)
    return _months(year, month, _MONTHS_OF_QUARTER)


def _whole_year(found: re.Match[str], today: date) -> Days:
    year = _year(found["year"]) if found["year"] else today.year - (found[0] == "去年")
    return _months(year, 1, _MONTHS)


def _one(day: date) -> Days:
    return day, day


def _months(year: int, month: int, count: int = 1) -> Days:
    last = month + count - 1
    return date(year, month, 1), date(year, last, calendar.monthrange(year, last)[1])


def _year(text: str) -> int:
    """`2026`, `26` (of this century) or `二〇二六`."""
    number = int("".join(str(_DIGITS.get(sign, sign)) for sign in text))
    return number if len(text) > 2 else 2000 + number


def _number(text: str) -> int:
    """Up to 三十一, in digits or in words."""
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    return (_DIGITS[tens] if tens else 1) * 10 * bool(ten) + (_DIGITS[ones] if ones else 0)


_Reader = Callable[[re.Match[str], date], Days | None]
_FORMS: list[tuple[re.Pattern[str], _Reader]] = [
    (re.compile(pattern), reader)
    for pattern, reader in (
        ("|".join(_RELATIVE_DAYS), _relative_day),
        (rf"{_YEAR}年{_MONTH}月{_DAY}[日号]?", _full_day),
        (rf"{_YEAR}(?P<mark>[-/.]){_MONTH}(?P=mark){_DAY}", _full_day),
        (r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})", _full_day),
        (rf"{_MONTH}月{_DAY}[日号]?", _month_day),
        (rf"{_MONTH}[-/.]{_DAY}", _month_day),
        (r"(?P<month>0[1-9]|1[0-2])(?P<day>[0-9]{2})", _month_day),
        (rf"(?P<which>上+个?|[本这])?{_WEEKDAY}", _weekday),
        (r"(?P<which>上+个?|[本这]个?)(?:周|星期|礼拜)", _week),
        (r"(?P<which>上个?|[本这]个?)月", _this_month),
        (rf"(?:{_YEAR}年)?{_MONTH}月份?", _month),
        (r"(?P<year>[0-9]{4})[-/.](?P<month>0[1-9]|1[0-2])", _month),
        (rf"(?:{_YEAR}年?)?{_QUARTER}", _quarter),
        (rf"{_YEAR}年|今年|去年", _whole_year),
    )
]
