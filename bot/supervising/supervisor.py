"""Start all, start again what ends, stop all: the loop at the head of the tree."""

import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial

import structlog

from bot.errors import RikanError
from bot.logs import name_process
from bot.supervising.child import Child, Role
from bot.supervising.ear import Ear

FINISH = 8.0  # seconds that are left to finish; then whoever still works is ended
LAST = 1.5  # seconds for what the others needed, after them

log = structlog.stdlib.get_logger()


class Supervisor:
    """`on_ready` is called once, when every process has been ready for the first time."""

    def __init__(self, roles: Sequence[Role], on_ready: Callable[[], object]) -> None:
        self._children = [Child(role) for role in roles]
        self._on_ready = on_ready
        self._unheard = set(range(len(roles)))
        self._ear = Ear()

    def run(self) -> None:
        """Until SIGTERM or SIGINT; a second one ends it without waiting for what is in hand."""
        with self._ear.listening():
            while not self._hear(self._until_due()):
                self._start_due()
            self._stop()

    def _start_due(self) -> None:
        now = time.monotonic()
        for number, child in enumerate(self._children):
            if self._may_start(child) and child.due <= now:
                child.start(now, partial(self._inside, number))
                log.info("started", child=child.role.name, pid=child.pid)

    def _may_start(self, child: Child) -> bool:
        bases = (each for each in self._children if each.role.base)
        return not child.pid and (child.role.base or all(base.ready for base in bases))

    def _inside(self, number: int, role: Role) -> None:
        name_process(role.name)
        try:
            role.run(lambda: self._ear.say_ready(number))
        except RikanError as error:
            log.error("cannot go on", error=str(error))  # noqa: TRY400 - its sentence says it all
            sys.exit(1)

    def _until_due(self) -> float | None:
        waiting = [child.due for child in self._children if self._may_start(child)]
        return max(0.0, min(waiting) - time.monotonic()) if waiting else None

    def _hear(self, seconds: float | None) -> int:
        """Listen, and see who has ended; how often we were asked to stop."""
        stops, readies = self._ear.wait(seconds)
        for number in readies:
            self._children[number].ready = True
            self._unheard.discard(number)
            if not self._unheard:
                self._unheard = {-1}  # said once
                log.info("ready")
                self._on_ready()
        for pid, status in _ended():
            self._note_end(pid, status, again=not stops)
        return stops

    def _note_end(self, pid: int, status: int, *, again: bool) -> None:
        for child in self._children:
            if child.pid == pid:
                child.ended(time.monotonic())
                how = {"child": child.role.name, "pid": pid, "status": _in_words(status)}
                if again:
                    log.error("ended; starting it again", **how, seconds=child.patience.pause)
                else:
                    log.info("ended", **how)

    def _stop(self) -> None:
        log.info("stopping")
        first = [child for child in self._children if not child.role.base]
        last = [child for child in self._children if child.role.base]
        quick = self._stop_these(first, FINISH)
        self._stop_these(last, 0.0 if quick else LAST)
        log.info("stopped")

    def _stop_these(self, children: list[Child], seconds: float) -> bool:
        """Ask them to end, and make them after so many seconds; whether there was a second request."""
        for child in children:
            child.tell(signal.SIGTERM)
        end, quick = time.monotonic() + seconds, False
        while any(child.pid for child in children):
            left = end - time.monotonic()
            if left <= 0 or quick:
                for child in children:
                    child.tell(signal.SIGKILL)
                left = 1.0
            quick = self._hear_end(left) or quick
        return quick

    def _hear_end(self, seconds: float) -> bool:
        stops, _ = self._ear.wait(seconds)
        for pid, status in _ended():
            self._note_end(pid, status, again=False)
        return bool(stops)


def _ended() -> list[tuple[int, int]]:
    """Everything that has ended: as a container's first process we are also given others' orphans."""
    found: list[tuple[int, int]] = []
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return found
        if not pid:
            return found
        found.append((pid, status))


def _in_words(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return signal.Signals(-code).name if code < 0 else str(code)
