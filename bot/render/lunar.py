"""The day in the Chinese calendar, for the masthead."""

from datetime import date, datetime, time

from cnlunar import Lunar


def lunar_day(day: date) -> str:
    """`农历四月廿八`; a leap month is `农历闰六月初八`."""
    lunar = Lunar(datetime.combine(day, time(12)))
    # The library says of each month whether it has 30 days (大) or 29 (小).
    return f"农历{lunar.lunarMonthCn.rstrip('大小')}{lunar.lunarDayCn}"
