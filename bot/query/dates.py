"""The days a follower may mean: `6月13日`, `上周五`, `2026年第二季度`, `6.1-6.9`.

Text comes in plain: half-width, lower case, simplified, without spaces (see `parse.plain`). Weeks
begin on Monday. A day without a year is the most recent such day that is not after today.
"""

import calendar
import re
from collections.abc import Callable
from datetime import date, timedelta

from bot.query.numerals import DIGIT, number, year_of

Days = tuple[date, date]

_YEAR = r"(?P<year>[0-9]{4}|[0-9]{2}(?=年)|[〇零一二三四五六七八九]{4}(?=年))"
_WHICH_YEAR = rf"(?:{_YEAR}年|(?P<named>今|去|前)年)"
_MONTH = r"(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_WHICH_MONTH = rf"(?:{_WHICH_YEAR}?{_MONTH}月份?|(?P<which>上个?|[本这]个?)月)"
_DAY = r"(?P<day>3[01]|[12][0-9]|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])"
_QUARTER = r"(?:第?(?P<quarter>[1-4一二三四])季度|q(?P<q>[1-4]))"
_WEEKDAY = r"(?:周|星期|礼拜)(?P<weekday>[1-7一二三四五六日天])"
_SOME = rf"(?P<count>[0-9]{{1,3}}|[{DIGIT}十两几])"

# What may follow a day without changing it.
_AFTERWARDS = re.compile(
    r"\(?(?:周|星期|礼拜)[一二三四五六日天]\)?$|"
    r"的?(?:那一?期|这一?期|一期|那天|当天|日报|早报|晚报|动态|新闻|消息|内容|文章|简报|资讯|报告)$|的$"
)
_BETWEEN = re.compile("到|至|~|—+|-")
# A date as to its form, whether or not a calendar has it.
_SHAPED = re.compile(
    r"[0-9]{4}(?:年[0-9]{1,2}月[0-9]{1,2}[日号]?|([-/.])[0-9]{1,2}\1[0-9]{1,2})|"
    r"(?:19|20)[0-9]{6}|(?:[0-9]{4}年)?[0-9]{1,2}月|[0-9]{1,2}月[0-9]{1,2}[日号]?|"
    rf"[{DIGIT}十]{{1,3}}月[{DIGIT}十]{{1,4}}[日号]|(?:1[0-2]|0?[1-9])/[3-9][0-9]"
)

_DAYS_AGO = {
    "今天": 0, "今日": 0, "今早": 0, "今晚": 0, "昨天": 1, "昨日": 1, "昨晚": 1, "前天": 2, "前日": 2,
    "大前天": 3, "明天": -1, "明日": -1, "后天": -2,
}  # fmt: skip
_WEEKDAYS = {
    sign: place for signs in ("1234567", "一二三四五六日") for place, sign in enumerate(signs)
} | {"天": 6}
_YEARS_AGO = {"今": 0, "去": 1, "前": 2}
_A_FEW = 7  # 这几天
_UNIT = "(?P<unit>天|日|周|星期|礼拜|月|半年|年)"
_DAYS_OF = {"天": 1, "日": 1, "周": 7, "星期": 7, "礼拜": 7, "月": 30, "半年": 182, "年": 365}
# 2月29日 is at most eight years back, over a century that is no leap year.
_YEARS_BACK = 8
_MONTHS_OF_QUARTER = 3
_MONTHS = 12
_WEEK = timedelta(days=7)


def parse_days(text: str, today: date) -> Days | None:
    """The first and the last day meant; None if the text is not a date, or an impossible one."""
    plain = _AFTERWARDS.sub("", text)
    try:
        return (
            _days(text, today) or _range(text, today) or _days(plain, today) or _range(plain, today)
        )
    except (ValueError, OverflowError):
        return None


def is_impossible(text: str, today: date) -> bool:
    """Whether a text is written like a date, or a range of dates, that there is not: `2月30日`."""
    plain = _AFTERWARDS.sub("", text)
    if parse_days(plain, today):
        return False
    ends = (plain, *_BETWEEN.split(plain))
    return any(_SHAPED.fullmatch(end) and not parse_days(end, today) for end in ends)


def _days(text: str, today: date) -> Days | None:
    for pattern, days in _FORMS:
        if found := pattern.fullmatch(text):
            return days(found, today)
    return None


def _range(text: str, today: date) -> Days | None:
    text = re.sub("^[从自]", "", text)
    for between in _BETWEEN.finditer(text):
        if re.fullmatch("20[0-9]{2}", text[: between.start()]):
            continue  # the year of something else
        first = _days(text[: between.start()], today)
        if first and (days := _until(text, between, first, today)):
            return days
    return None


def _until(text: str, between: re.Match[str], first: Days, today: date) -> Days | None:
    """From `first` to what the rest says, which may leave out what the beginning said."""
    said, rest = text[: between.start()], text[between.end() :]
    start, last = first[0], _days(rest, today)
    if re.fullmatch(rf"{_DAY}[日号]?", rest) and "月" in said:
        last = _days(f"{start.year}年{start.month}月{rest}", today)
    if last is None or last[1] >= start:
        return last and (start, last[1])
    # Over the turn of a year, or written the wrong way round: whichever is shorter.
    later = _days(rest, min(start + timedelta(days=364), date.max))
    wrapped = (start, later[1]) if later and later[1] >= start else None
    swapped = (last[0], first[1])
    return min((each for each in (wrapped, swapped) if each), key=lambda each: each[1] - each[0])


def _day_named(found: re.Match[str], today: date) -> Days:
    return _one(today - timedelta(days=_DAYS_AGO[found[0]]))


def _full_day(found: re.Match[str], today: date) -> Days:
    return _one(date(_year_said(found, today), number(found["month"]), number(found["day"])))


def _month_day(found: re.Match[str], today: date) -> Days | None:
    month, day = number(found["month"]), number(found["day"])
    years = range(today.year, max(0, today.year - _YEARS_BACK - 1), -1)
    possible = (date(y, month, day) for y in years if day <= calendar.monthrange(y, month)[1])
    return next((_one(one) for one in possible if one <= today), None)


def _day_of_month(found: re.Match[str], today: date) -> Days | None:
    """`13号`: the last one there was; every day of the month was there in the last two."""
    day, month_ago = number(found["day"]), today.replace(day=1) - timedelta(days=1)
    for month in (today, month_ago, month_ago.replace(day=1) - timedelta(days=1)):
        if (
            day <= calendar.monthrange(month.year, month.month)[1]
            and month.replace(day=day) <= today
        ):
            return _one(month.replace(day=day))
    return None


def _weekday(found: re.Match[str], today: date) -> Days:
    """`周五` is the last one there was; `本周五` and `上周五` belong to their week."""
    place = _WEEKDAYS[found["weekday"]]
    if found["week"]:
        return _one(_monday(today, found["week"]) + timedelta(days=place))
    return _one(today - timedelta(days=(today.weekday() - place) % 7))


def _week(found: re.Match[str], today: date) -> Days:
    monday = _monday(today, found["week"])
    return monday, monday + timedelta(days=6)


def _weekend(found: re.Match[str], today: date) -> Days:
    """`周末` is the last one that has begun."""
    saturday = _monday(today, found["week"] or "") + timedelta(days=5)
    if not found["week"] and saturday > today:
        saturday -= _WEEK
    return saturday, saturday + timedelta(days=1)


def _monday(today: date, which: str) -> date:
    weeks = which.count("上") - which.count("下")
    return today - timedelta(days=today.weekday()) - weeks * _WEEK


def _lately(found: re.Match[str], today: date) -> Days:
    """`最近三天`: today is one of them."""
    said = found["count"] or "一"
    count = _A_FEW if said == "几" else number(said)
    days = max(1, count * _DAYS_OF[found["unit"]])
    return today - timedelta(days=days - 1), today


def _ago(found: re.Match[str], today: date) -> Days | None:
    if found["count"] == "几":
        return None
    return _one(today - timedelta(days=number(found["count"]) * _DAYS_OF[found["unit"]]))


def _some_days(_found: re.Match[str], today: date) -> Days:
    return today - timedelta(days=_A_FEW - 1), today


def _month(found: re.Match[str], today: date) -> Days:
    return _months(*_year_and_month(found, today))


def _month_span(found: re.Match[str], today: date) -> Days | None:
    """`1-6月`; 11月到2月 goes on into the next year."""
    first, month = int(found["first"]), number(found["month"])
    said = found["year"] or found["named"]
    year = _year_said(found, today) if said else today.year - (first > today.month)
    return _months(year, first)[0], _months(year + (month < first), month)[1]


def _part_of_month(found: re.Match[str], today: date) -> Days:
    first, last = _month(found, today)
    part = found["part"]
    if part in ("上旬", "初"):
        return first, first.replace(day=10)
    return (
        (first.replace(day=11), first.replace(day=20))
        if part in ("中旬", "中")
        else (
            first.replace(day=21),
            last,
        )
    )


def _year_and_month(found: re.Match[str], today: date) -> tuple[int, int]:
    if which := found["which"]:
        months = today.year * _MONTHS + today.month - 1 - (which[0] == "上")
        return months // _MONTHS, months % _MONTHS + 1
    month = number(found["month"])
    said = found["year"] or found["named"]
    return (_year_said(found, today) if said else today.year - (month > today.month)), month


def _quarter(found: re.Match[str], today: date) -> Days:
    month = number(found["quarter"] or found["q"]) * _MONTHS_OF_QUARTER - 2
    said = found["year"] or found["named"]
    year = _year_said(found, today) if said else today.year - (month > today.month)
    return _months(year, month, _MONTHS_OF_QUARTER)


def _this_quarter(found: re.Match[str], today: date) -> Days:
    ago = found["which"][0] == "上"
    quarters = today.year * 4 + (today.month - 1) // _MONTHS_OF_QUARTER - ago
    return _months(quarters // 4, quarters % 4 * _MONTHS_OF_QUARTER + 1, _MONTHS_OF_QUARTER)


def _half(found: re.Match[str], today: date) -> Days:
    month = 1 if found["half"] == "上" else 7
    said = found["year"] or found["named"]
    year = _year_said(found, today) if said else today.year - (month > today.month)
    return _months(year, month, 6)


def _whole_year(found: re.Match[str], today: date) -> Days:
    return _months(_year_said(found, today), 1, _MONTHS)


def _bare_year(found: re.Match[str], today: date) -> Days | None:
    """`2025` alone; a year to come is a number somebody looks for."""
    year = int(found[0])
    return _months(year, 1, _MONTHS) if year <= today.year else None


def _year_said(found: re.Match[str], today: date) -> int:
    named = found.groupdict().get("named")
    return today.year - _YEARS_AGO[named] if named else year_of(found["year"])


def _one(day: date) -> Days:
    return day, day


def _months(year: int, month: int, count: int = 1) -> Days:
    last = month + count - 1
    return date(year, month, 1), date(year, last, calendar.monthrange(year, last)[1])


_Reader = Callable[[re.Match[str], date], Days | None]
_FORMS: list[tuple[re.Pattern[str], _Reader]] = [
    (re.compile(pattern), reader)
    for pattern, reader in (
        ("|".join(_DAYS_AGO), _day_named),
        (rf"{_WHICH_YEAR}{_MONTH}月{_DAY}[日号]?", _full_day),
        (rf"{_YEAR}(?P<mark>[-/.]){_MONTH}(?P=mark){_DAY}", _full_day),
        (r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})", _full_day),
        (rf"{_MONTH}月{_DAY}[日号]?", _month_day),
        (rf"{_MONTH}[-/.]{_DAY}", _month_day),
        (r"(?P<month>0[1-9]|1[0-2])(?P<day>[0-9]{2})", _month_day),
        (rf"{_DAY}[日号]", _day_of_month),
        (rf"(?P<week>上+个?|[本这]|下个?)?{_WEEKDAY}", _weekday),
        (r"(?P<week>上+个?|[本这下]个?)(?:周|星期|礼拜)", _week),
        (r"(?P<week>上+个?|[本这])?周末", _weekend),
        (rf"(?:最近|近|过去|前|这)的?{_SOME}个?{_UNIT}(?:内|里|来|以来)?", _lately),
        (r"(?:最近|近|过去)(?P<count>)(?P<unit>周|星期|礼拜|月|半年)(?:内|里|来|以来)?", _lately),
        (rf"{_SOME}个?{_UNIT}(?:以内|之内|内)", _lately),
        (rf"{_SOME}个?{_UNIT}(?:以前|之前|前)", _ago),
        (r"(?:最近|近来|近期|近日|这些天|这阵子|这段时间)", _some_days),
        (_WHICH_MONTH, _month),
        (rf"{_WHICH_YEAR}?(?P<first>1[0-2]|0?[1-9])月?(?:到|至|~|-){_MONTH}月份?", _month_span),
        (rf"{_WHICH_MONTH}(?P<part>上旬|中旬|下旬|初|中|底|末)", _part_of_month),
        (r"(?P<year>[0-9]{4})[-/.](?P<month>0[1-9]|1[0-2])(?P<which>)", _month),
        (rf"(?:{_YEAR}年?|(?P<named>今|去|前)年)?{_QUARTER}", _quarter),
        (r"(?P<which>上个?|[本这]个?)季度", _this_quarter),
        (rf"{_WHICH_YEAR}?(?P<half>[上下])半年", _half),
        (_WHICH_YEAR, _whole_year),
        (r"20[0-9]{2}", _bare_year),
    )
]
