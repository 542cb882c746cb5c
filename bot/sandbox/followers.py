"""Followers, and how often the account may write to each of them unasked."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.refusal import Refusal

# "Send customer message" page: after a message five within 48 hours; after a menu click, a subscription or
# a scan three within a minute. Seconds.
AFTER_MESSAGE = (48 * 3600, 5)
AFTER_EVENT = (60, 3)
OPENING_EVENTS = frozenset({"subscribe", "click", "scan"})


@dataclass(slots=True)
class Window:
    """Until when (Unix seconds) how many messages may still be sent."""

    until: float
    left: int


class Followers:
    """Keeps the open windows of each openid."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._windows: dict[str, list[Window]] = {}
        self.gone: set[str] = set()

    def wrote(self, openid: str) -> None:
        """A follower sent a message."""
        self._open(openid, AFTER_MESSAGE)

    def did(self, openid: str, event: str) -> None:
        """A follower did something that the platform reports as an event."""
        if event.lower() == "unsubscribe":
            self.gone.add(openid)
            self._windows.pop(openid, None)
        elif event.lower() in OPENING_EVENTS:
            self._open(openid, AFTER_EVENT)

    def spend(self, openid: str) -> None:
        """Count one message: 45015 where no window is open, 45047 where all are used up."""
        open_windows = [w for w in self._windows.get(openid, ()) if w.until > self._now()]
        if not open_windows:
            raise Refusal(45015, "这位粉丝近期没有来过消息")
        window = next((window for window in open_windows if window.left), None)
        if window is None:
            raise Refusal(45047, "能主动发的条数用完了")
        window.left -= 1

    def _open(self, openid: str, rule: tuple[int, int]) -> None:
        seconds, count = rule
        self.gone.discard(openid)
        kept = [w for w in self._windows.get(openid, ()) if w.until > self._now() and w.left]
        self._windows[openid] = [*kept[-4:], Window(self._now() + seconds, count)]
