"""Which days are days of publication, and what the settings may say of them."""

from datetime import date, time, timedelta

import pytest

from bot.config import load_config
from bot.errors import ConfigError
from bot.schedule.calendar import known, works
from bot.schedule.plan import plan_of
from bot.timetable import ScheduleSettings
from tests.simulated_year import is_workday


def plan(**settings):
    return plan_of(ScheduleSettings(enabled=True, **settings))


def schedule_of(tmp_path, toml, environ=None):
    path = tmp_path / "config.toml"
    path.write_text(f"[schedule]\n{toml}", encoding="utf-8")
    return load_config(path, environ or {}).schedule


def test_the_year_2026_is_as_the_state_council_told_it():
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]
    assert [day for day in days if works(day) != is_workday(day)] == []


@pytest.mark.parametrize("day", ["2026-02-14", "2026-02-28", "2026-09-20", "2026-10-10"])
def test_a_weekend_that_is_worked_is_a_day_of_publication(day):
    assert plan().publishes_on(date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2026-10-01", "2026-10-07", "2026-02-16", "2026-11-28"])
def test_holidays_and_weekends_are_none(day):
    assert not plan().publishes_on(date.fromisoformat(day))


def test_a_year_that_nobody_knows_yet_has_its_mondays_to_fridays():
    assert not known(2099)
    assert known(2026)
    week = [date(2099, 10, 5) + timedelta(days=number) for number in range(7)]
    assert [plan().publishes_on(day) for day in week] == [True] * 5 + [False] * 2


def test_days_may_be_every_day_or_some_weekdays():
    saturday = date(2026, 11, 28)
    assert plan(days="daily").publishes_on(saturday)
    assert plan(days=[6]).publishes_on(saturday)
    assert not plan(days=[1, 2]).publishes_on(saturday)


def test_days_may_be_left_out_and_added():
    saturday, monday = date(2026, 11, 28), date(2026, 11, 30)
    changed = plan(skip=[monday], extra=[saturday])
    assert changed.publishes_on(saturday)
    assert not changed.publishes_on(monday)


def test_the_settings_are_read_from_the_file(tmp_path):
    read = schedule_of(
        tmp_path,
        'enabled = true\ndays = [5, 1, 3]\nskip = ["2026-10-08", 2026-10-09]\n'
        'publish_at = 08:00:00\nquiet = ""\npreview_to = ["ann_1990"]',
    )
    assert read.days == (1, 3, 5)
    assert read.skip == (date(2026, 10, 8), date(2026, 10, 9))
    assert read.publish_at == time(8)
    assert read.quiet is None
    assert read.preview_to == ("ann_1990",)


def test_the_environment_says_lists_with_commas_or_spaces(tmp_path):
    environ = {
        "RIKAN_SCHEDULE__ENABLED": "true",
        "RIKAN_SCHEDULE__DAYS": "1,2 3",
        "RIKAN_SCHEDULE__SKIP": "2026-10-08, 2026-10-09",
        "RIKAN_SCHEDULE__QUIET": "23:00-07:00",
        "RIKAN_SCHEDULE__PREVIEW_TO": "ann bob",
    }
    read = schedule_of(tmp_path, "", environ)
    assert (read.enabled, read.days, len(read.skip)) == (True, (1, 2, 3), 2)
    assert read.quiet == (time(23), time(7))
    assert read.preview_to == ("ann", "bob")


@pytest.mark.parametrize(
    ("toml", "sentence"),
    [
        ('publish_at = "7:30 am"', r"schedule\.publish_at 应是 24 小时制的时刻"),
        ('publish_at = "25:00"', r"schedule\.publish_at 应是 24 小时制的时刻"),
        ('draft_at = "07:00"', r"draft_at 晚于 schedule\.preview_at。请改成"),
        ('remind_at = "07:45"', r"remind_at 晚于 schedule\.publish_at"),
        ('missing_at = "06:00"', r"draft_at 晚于 schedule\.missing_at"),
        ('missing_at = "07:40"', r"missing_at 晚于 schedule\.publish_at"),
        ('give_up_at = "07:30"', r"give_up_at 应晚于 publish_at.*同一天"),
        ('days = "weekdays"', r'schedule\.days 应是 "workdays"'),
        ("days = [0, 7]", r"schedule\.days 应是"),
        ("days = []", r"schedule\.days 应是"),
        ('skip = ["10月1日"]', r"schedule\.skip 里的“10月1日”不是日期"),
        ('skip = ["2026-10-10"]\nextra = ["2026-10-10"]', r"2026-10-10 既在 schedule\.skip"),
        ('quiet = "22:00"', r'schedule\.quiet 应写成 "22:00-06:00"'),
        ('quiet = "22:00-6"', r"schedule\.quiet 应是 24 小时制"),
        ('approval = "three"', r"schedule\.approval 不对：只能是"),
        ('enabled = "often"', r"schedule\.enabled 不对：应是 true 或 false"),
    ],
)
def test_a_mistake_is_told_with_its_key_and_the_remedy(tmp_path, toml, sentence):
    with pytest.raises(ConfigError, match=sentence):
        schedule_of(tmp_path, toml)
