"""A process of the tree, as its supervisor sees it."""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from bot.lifeline import fork
from bot.supervising.patience import Patience

Ready = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Role:
    """What a process is there for. `run` gets what to call when it is ready, and returns at its end.

    `base`: the others need it, so it is started before them and stopped after them.
    """

    name: str
    run: Callable[[Ready], None]
    base: bool = False


@dataclass(slots=True)
class Child:
    """One role's process: running (`pid`), or to be started at `due` (monotonic seconds)."""

    role: Final[Role]
    pid: int = 0
    due: float = 0.0
    started: float = 0.0
    ready: bool = False
    patience: Patience = field(default_factory=Patience)

    def start(self, now: float, inside: Callable[[Role], None]) -> None:
        """Fork it; `inside` runs there."""
        self.started, self.ready = now, False
        self.pid = fork(lambda: inside(self.role))

    def ended(self, now: float) -> None:
        """It has ended by itself: when is it to be started again?"""
        self.patience = self.patience.after(now - self.started)
        self.pid, self.ready, self.due = 0, False, now + self.patience.pause

    def tell(self, number: signal.Signals) -> None:
        """Send it a signal; at once is meant for all that came of it."""
        if self.pid:
            send = os.killpg if number is signal.SIGKILL else os.kill
            try:
                send(self.pid, number)
            except ProcessLookupError:
                pass  # it has ended and is about to be heard of
            except PermissionError:
                os.kill(self.pid, number)
