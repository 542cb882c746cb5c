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
        "",
        "🚀",
        "[微笑]",
        "/::)",
    ],
)
def test_greetings_and_silence_get_help(text):
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
    "text", ["2月30日", "13月40日", "2026-02-29", "20261301", "6月31日", "2026年13月", "6/31"]
)
def test_an_impossible_date_is_told_to_be_one(text):
    assert parse_query(text, TODAY) == Query(Wish.NO_DAY, text)
    assert parse_query(f"{text} 数据要素", TODAY).wish is Wish.NO_DAY


@pytest.mark.parametrize(
    "text", ["13.1", "1332", "0.5", "24/7", "2026-6/13", "2030", "四五", "三八"]
)
def test_what_only_looks_like_a_date_is_words(text):
    assert parse_query(text, TODAY) == Query(Wish.WORDS, text, words=text)


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        (" 人工智能 ", "人工智能"),
        ("數據 AI", "數據 AI"),
        ("数据\n要素\t\0", "数据 要素"),
        ("“低空经济” -上海", "“低空经济” -上海"),
        ("最新政策", "最新政策"),
        ("你好世界", "你好世界"),
        ("GPT 4.1", "GPT 4.1"),
        ("Python 3.12", "Python 3.12"),
        ("1024程序员节", "1024程序员节"),
        ("周一鸣", "周一鸣"),
        ("数" * 300, "数" * LONGEST),
    ],
)
def test_anything_else_is_words_as_they_were_sent(sent, text):
    assert parse_query(sent, TODAY) == Query(Wish.WORDS, text, words=text)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ("AI 不要机器人", "AI -机器人"),
        ("不含上海 低空经济", "-上海 低空经济"),
        ("要不要机器人", "要不要机器人"),
        ("数据要素[微笑]", "数据要素"),
    ],
)
def test_what_is_not_wanted_is_left_out(sent, words):
    assert parse_query(sent, TODAY).words == words


@pytest.mark.parametrize(
    ("sent", "words", "first", "last"),
    [
        ("6月13日 数据要素", "数据要素", "2026-06-13", "2026-06-13"),
        ("六月的算力", "算力", "2026-06-01", "2026-06-30"),
        ("上周关于芯片的新闻", "芯片的新闻", "2026-06-08", "2026-06-14"),
        ("算力 六月", "算力", "2026-06-01", "2026-06-30"),
        ("2026年第二季度，低空经济", "低空经济", "2026-04-01", "2026-06-30"),
        ("6.13 5G", "5G", "2026-06-13", "2026-06-13"),
        ("去年的政策", "政策", "2025-01-01", "2025-12-31"),
        ("6月1日到6月9日 “数据要素” -上海", "“数据要素” -上海", "2026-06-01", "2026-06-09"),
    ],
)
def test_words_with_a_date_are_looked_for_in_those_days(sent, words, first, last):
    query = parse_query(sent, TODAY)
    days = (date.fromisoformat(first), date.fromisoformat(last))
    assert query == Query(Wish.WORDS, sent, days, words)


@pytest.mark.parametrize("text", ["2", "２", "②", "第2条", "第二个", "二", "2.", "#2"])
def test_a_number_chooses_from_a_list(text):
    assert parse_query(text, TODAY) == Query(Wish.NUMBER, text, number=2)


@pytest.mark.parametrize(
    ("today", "text", "first", "last"),
    [
        (date(2026, 6, 5), "6月1日到6月9日", date(2026, 6, 1), date(2026, 6, 9)),
        (date(2026, 1, 10), "12月25日到1月5日", date(2025, 12, 25), date(2026, 1, 5)),
        (TODAY, "6月9日到6月1日", date(2026, 6, 1), date(2026, 6, 9)),
        (TODAY, "6月1-9日", date(2026, 6, 1), date(2026, 6, 9)),
        (TODAY, "11月到2月", date(2025, 11, 1), date(2026, 2, 28)),
        (date(2026, 3, 1), "30号", date(2026, 1, 30), date(2026, 1, 30)),
        (TODAY, "最近三天", date(2026, 6, 15), date(2026, 6, 17)),
        (TODAY, "周末", date(2026, 6, 13), date(2026, 6, 14)),
        (TODAY, "下周", date(2026, 6, 22), date(2026, 6, 28)),
    ],
)
def test_days_over_a_turn_or_written_the_wrong_way_round(today, text, first, last):
    assert parse_query(text, today).days == (first, last)


@given(st.text(), st.dates())
def test_any_text_is_understood_as_something(text, today):
    query = parse_query(text, today)
    assert query.days is not None or query.wish is not Wish.DAY
    assert (query.number > 0) == (query.wish is Wish.NUMBER)
    assert bool(query.words) == (query.wish is Wish.WORDS)
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
