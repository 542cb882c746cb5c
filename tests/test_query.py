"""What followers write, and what it is taken for."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue import Query, Wish
from bot.query.parse import LONGEST, parse_query

TODAY = date(2026, 6, 17)  # a Wednesday


@pytest.mark.parametrize(
    "text",
    ["最新", " 最新一期 ", "今日", "最新！", "最 新", "今日動態", "Latest"],
)
def test_the_newest_issue_is_asked_for(text):
    assert parse_query(text, TODAY).wish is Wish.LATEST


@pytest.mark.parametrize("text", ["目录", "目錄", "往期", "列表", "历史", "歷史。"])
def test_the_list_of_issues_is_asked_for(text):
    assert parse_query(text, TODAY).wish is Wish.CONTENTS


@pytest.mark.parametrize(
    "text",
    [
        "帮助",
        "幫助",
        "?",
        "？",
        "？？",
        "HELP",
        "菜单",
        "你好",
        "您好！",
        "Hi",
        "hello~",
        "谢谢",
        "謝謝",
        "",
    ],
)
def test_greetings_thanks_and_silence_get_help(text):
    assert parse_query(text, TODAY).wish is Wish.HELP


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("今天", "2026-06-17", "2026-06-17"),
        ("昨天", "2026-06-16", "2026-06-16"),
        ("前天", "2026-06-15", "2026-06-15"),
        ("周五", "2026-06-12", "2026-06-12"),
        ("周三", "2026-06-17", "2026-06-17"),
        ("本周五", "2026-06-19", "2026-06-19"),
        ("上周五", "2026-06-12", "2026-06-12"),
        ("上週日", "2026-06-14", "2026-06-14"),
        ("星期天", "2026-06-14", "2026-06-14"),
        ("礼拜一", "2026-06-15", "2026-06-15"),
        ("本周", "2026-06-15", "2026-06-21"),
        ("上周", "2026-06-08", "2026-06-14"),
        ("上個禮拜", "2026-06-08", "2026-06-14"),
        ("本月", "2026-06-01", "2026-06-30"),
        ("上个月", "2026-05-01", "2026-05-31"),
        ("六月", "2026-06-01", "2026-06-30"),
        ("6月", "2026-06-01", "2026-06-30"),
        ("七月份", "2025-07-01", "2025-07-31"),
        ("2026年6月", "2026-06-01", "2026-06-30"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2026年第二季度", "2026-04-01", "2026-06-30"),
        ("2026Q1", "2026-01-01", "2026-03-31"),
        ("四季度", "2025-10-01", "2025-12-31"),
        ("2025年", "2025-01-01", "2025-12-31"),
        ("6月1日到6月13日", "2026-06-01", "2026-06-13"),
        ("2026-06-01至2026-06-13", "2026-06-01", "2026-06-13"),
    ],
)
def test_days_weeks_and_months_are_understood(text, first, last):
    days = (date.fromisoformat(first), date.fromisoformat(last))
    assert parse_query(text, TODAY) == Query(Wish.DAY, text, days)


@pytest.mark.parametrize(
    "text",
    [
        "6 月 13 日",
        "６月１３日",
        "6月13號",
        "六月十三",
        "6月13日星期六",
        "6月13日（周六）",
        "6月13日的新闻",
        "6月13日那期",
        "6/13",
        "26年6月13日",
        "二〇二六年六月十三日",
        "2026 年 6 月 13 日。",
    ],
)
def test_a_day_is_understood_as_it_is_written_in_a_chat(text):
    assert parse_query(text, TODAY).days == (date(2026, 6, 13),) * 2


@pytest.mark.parametrize(
    ("today", "text", "day"),
    [
        (date(2026, 6, 12), "6月13日", date(2025, 6, 13)),
        (date(2026, 6, 13), "6月13日", date(2026, 6, 13)),
        (date(2026, 1, 1), "12-31", date(2025, 12, 31)),
        (date(2026, 6, 17), "2月29日", date(2024, 2, 29)),
        (date(2024, 2, 28), "0229", date(2020, 2, 29)),
        (date(2103, 6, 1), "2.29", date(2096, 2, 29)),
    ],
)
def test_a_day_without_a_year_is_the_last_such_day(today, text, day):
    assert parse_query(text, today).days == (day, day)


@pytest.mark.parametrize(
    "text",
    [
        "2月30日",
        "2026-02-29",
        "13.1",
        "1332",
        "20261301",
        "6月31日",
        "0.5",
        "三十日",
        "2026-6/13",
        "2026年13月",
    ],
)
def test_an_impossible_date_is_words(text):
    assert parse_query(text, TODAY) == Query(Wish.WORDS, text)


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        (" 人工智能 ", "人工智能"),
        ("數據 AI", "數據 AI"),
        ("数据\n要素\t\0", "数据 要素"),
        ("“低空经济” -上海", "“低空经济” -上海"),
        ("最新政策", "最新政策"),
        ("你好世界", "你好世界"),
        ("🚀", "🚀"),
        ("数" * 300, "数" * LONGEST),
    ],
)
def test_anything_else_is_words_as_they_were_sent(sent, text):
    assert parse_query(sent, TODAY) == Query(Wish.WORDS, text)


@given(st.text(), st.dates())
def test_any_text_is_understood_as_something(text, today):
    query = parse_query(text, today)
    assert (query.days is not None) == (query.wish is Wish.DAY)
    assert len(query.text) <= LONGEST
    assert query.text == query.text.strip()
    if query.days:
        assert query.days[0] <= query.days[1]


@given(
    st.text(alphabet="0123456789年月日号周上本季度第一二三十〇.-/至到 天今昨q", max_size=14),
    st.dates(),
)
def test_whatever_looks_like_a_date_is_understood_as_something(text, today):
    query = parse_query(text, today)
    assert query.days is None or query.days[0] <= query.days[1]


def test_every_day_of_three_years_is_read_back_in_every_form():
    signs = "〇一二三四五六七八九"

    def spoken(number: int) -> str:
        tens, ones = divmod(number, 10)
        return ("", "十", "二十", "三十")[tens] + (signs[ones] if ones else "")

    first, last = date(2024, 1, 1), date(2026, 12, 31)
    for day in (first + timedelta(days=n) for n in range((last - first).days + 1)):
        year, month, of_month = day.year, day.month, day.day
        forms = [
            day.isoformat(),
            f"{year}/{month}/{of_month}",
            f"{year}.{month}.{of_month}",
            f"{day:%Y%m%d}",
            f"{year}年{month}月{of_month}日",
            f"{year}年{spoken(month)}月{spoken(of_month)}日",
            f"{''.join(signs[int(sign)] for sign in str(year))}年{spoken(month)}月{spoken(of_month)}号",
            f"{month}月{of_month}日",
            f"{month:02}月{of_month:02}号",
            f"{spoken(month)}月{spoken(of_month)}日",
            f"{month}.{of_month}",
            f"{month}-{of_month}",
            f"{month:02}-{of_month:02}",
            f"{day:%m%d}",
        ]
        for form in forms:
            assert parse_query(form, day).days == (day, day), form
