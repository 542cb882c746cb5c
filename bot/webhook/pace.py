"""How fast followers write to this process: what can be known without asking the database."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime


class Pace:
    """Messages by follower in this minute of the clock and the one before."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._minute = 0
        self._before: Counter[str] = Counter()
        self._this: Counter[str] = Counter()
        self._turn = threading.Lock()

    def seen(self, openid: str) -> int:
        """Count one more; at least as many as came within a minute."""
        minute = int(self._now().timestamp()) // 60
        with self._turn:
            if minute != self._minute:
                self._before = self._this if minute == self._minute + 1 else Counter()
                self._this, self._minute = Counter(), minute
            self._this[openid] += 1
            return self._this[openid] + self._before[openid]
