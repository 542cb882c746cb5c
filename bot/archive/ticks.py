"""Since when what is due has been looked at: on which day that began, and from when on without a gap."""

import json
import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from bot.archive.sources import write_whole
from bot.errors import reason_of

GAP = timedelta(minutes=5)  # so long without a tick is a sleep

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Waking:
    """The first day of all, by the clock that ticks are noted by, and the end of the last gap."""

    first_day: date
    awake_since: datetime


class Ticks:
    """A file. What it says is a help, not a truth: without it the first tick is now."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def note(self, now: datetime, *, idle: bool = False) -> Waking:
        """There is a tick now; one that is `idle` looks at nothing, and the next is the first again."""
        first, awake, last = self._read() or (now.date(), now, now)
        if not timedelta() <= now - last <= GAP:
            awake = now
        first = now.date() if idle else min(first, now.date())
        waking = Waking(first, min(awake, now))
        plain = {
            "first_day": waking.first_day.isoformat(),
            "awake_since": waking.awake_since.isoformat(),
            "last": now.isoformat(),
        }
        try:
            write_whole(self._path, json.dumps(plain).encode())
        except OSError as error:
            # A full disk here keeps no issue from going out.
            log.warning("not noted in %s: %s", self._path, reason_of(error))
        return waking

    def last(self) -> datetime | None:
        """When the last tick was; null before the first."""
        known = self._read()
        return known[2] if known else None

    def _read(self) -> tuple[date, datetime, datetime] | None:
        try:
            plain = json.loads(self._path.read_text(encoding="utf-8"))
            awake, last = (datetime.fromisoformat(plain[name]) for name in ("awake_since", "last"))
            known = awake.tzinfo is not None and last.tzinfo is not None
            return (date.fromisoformat(plain["first_day"]), awake, last) if known else None
        except (OSError, ValueError, TypeError, KeyError):
            return None
