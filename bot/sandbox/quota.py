"""How often each call may be made in a day, and how often the count may be reset."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.sandbox.refusal import Refusal

SHANGHAI = ZoneInfo("Asia/Shanghai")
# "Clear quota" page: ten resets per account and month.
RESETS_PER_MONTH = 10


class Quotas:
    """Counts per call and day of Asia/Shanghai."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._day = ""
        self._used: Counter[str] = Counter()
        self._resets: Counter[str] = Counter()

    def spend(self, call: str, daily: int) -> None:
        """Count one call; 45009 once `daily` is used up. A `daily` of 0 means no limit."""
        used = self.used(call)
        if daily and used >= daily:
            raise Refusal(45009, f"今天已调用 {used} 次，上限 {daily} 次")
        self._used[call] += 1

    def used(self, call: str) -> int:
        """Calls made today."""
        if (today := self._date("%Y-%m-%d")) != self._day:
            self._day = today
            self._used.clear()
        return self._used[call]

    def reset(self) -> None:
        """Start the day's counts again; 48006 after ten resets in a month."""
        month = self._date("%Y-%m")
        if self._resets[month] >= RESETS_PER_MONTH:
            raise Refusal(48006, "本月已清零 10 次")
        self._resets[month] += 1
        self._used.clear()

    def _date(self, form: str) -> str:
        return datetime.fromtimestamp(self._now(), SHANGHAI).strftime(form)
