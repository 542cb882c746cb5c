"""Which days people work in China: weekends, holidays, and the weekends that are worked instead."""

from datetime import date
from functools import lru_cache

from chinese_calendar import is_workday
from chinese_calendar.constants import holidays

# The State Council tells a year's holidays in the November before it; the library follows.
FIRST_YEAR: int = min(holidays).year
LAST_YEAR: int = max(holidays).year
SATURDAY = 6  # ISO weekday


def known(year: int) -> bool:
    """Whether that year's holidays are known here. A newer chinesecalendar knows newer years."""
    return FIRST_YEAR <= year <= LAST_YEAR


# The library goes through all its years for each answer.
@lru_cache(maxsize=64)
def works(day: date) -> bool:
    """Whether `day` is a working day; in a year that is not known, Monday to Friday are."""
    return bool(is_workday(day)) if known(day.year) else day.isoweekday() < SATURDAY
