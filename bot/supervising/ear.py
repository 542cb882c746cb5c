"""What a supervisor hears: signals, children that end, children that are ready."""

import os
import selectors
import signal
from collections.abc import Iterator
from contextlib import contextmanager

HEARD = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)
STOP = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
LONGEST = 4096


class Ear:
    """Two pipes: the interpreter writes signals' numbers into one, children their own into the other."""

    def __init__(self) -> None:
        self._signals, self._rung = os.pipe()
        self._readies, self._mouth = os.pipe()
        for end in (self._signals, self._rung, self._readies):
            os.set_blocking(end, False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._signals, selectors.EVENT_READ)
        self._selector.register(self._readies, selectors.EVENT_READ)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """From now on signals are heard instead of obeyed."""
        before = {number: signal.signal(number, lambda *_: None) for number in HEARD}
        signal.set_wakeup_fd(self._rung, warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(-1)
            for number, handler in before.items():
                signal.signal(number, handler)

    def wait(self, seconds: float | None) -> tuple[int, list[int]]:
        """Listen for so long (None: until something is heard). Requests to stop, and who is ready."""
        self._selector.select(seconds)
        stops = sum(number in STOP for number in _read(self._signals))
        return stops, list(_read(self._readies))

    def say_ready(self, number: int) -> None:
        """In a child: the one of that number can be counted on."""
        os.write(self._mouth, bytes([number]))


def _read(end: int) -> bytes:
    try:
        return os.read(end, LONGEST)
    except BlockingIOError:
        return b""
