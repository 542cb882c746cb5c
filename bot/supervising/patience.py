"""How long to wait before a process that ended is started again. Pure: times are given, in seconds."""

from dataclasses import dataclass, replace

FIRST, LONGEST = 0.5, 60.0
SETTLED = 60.0  # who has lived as long as this has not ended for the reason it ended for before


@dataclass(frozen=True, slots=True)
class Patience:
    """`ends`: how often in a row it ended soon after its start."""

    ends: int = 0

    def after(self, lifetime: float) -> "Patience":
        """It has ended once more, after so many seconds."""
        return replace(self, ends=1 if lifetime >= SETTLED else self.ends + 1)

    @property
    def pause(self) -> float:
        """Twice as long each time, and never given up."""
        return min(FIRST * 2.0 ** min(self.ends - 1, 10), LONGEST)
