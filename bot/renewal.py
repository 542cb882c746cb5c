"""Settings that are changed while the web process runs: it goes on with the new ones, without an end and a start.

The application is built anew from the new settings, beside the old one, which finishes what it has in hand. So
nothing inside has to know that settings can change, and settings that cannot be used change nothing.
"""

import gc
import logging
import math
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.wsgi import ClosingIterator

from bot.errors import ConfigError, RikanError

log = logging.getLogger(__name__)
PAUSE = 10  # seconds
Marks = tuple[tuple[int, int, int], ...]


@dataclass(slots=True)
class Built:
    """An application, the files that it was built from, and how it is closed. `in_hand`: requests."""

    app: WSGIApplication
    files: Sequence[Path]
    close: Callable[[], object]
    in_hand: int = 0


class Renewed:
    """A WSGI application: that which `build` makes, made again once one of its files has changed.

    The first one is built now. Raises what `build` raises; later that is logged, and the old one stays. What
    is no fault of the files (a database that is busy) is tried again, `clock` counting the seconds.
    """

    def __init__(
        self, build: Callable[[], Built], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._build = build
        self._clock = clock
        self._again_at = math.inf
        self._now = build()
        self._seen = marks_of(self._now.files)
        self._count, self._building = threading.Lock(), threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        built = self._taken()
        try:
            answer = built.app(environ, start_response)
        except BaseException:
            self._done(built)
            raise
        return ClosingIterator(answer, lambda: self._done(built))

    def _taken(self) -> Built:
        if self._is_due(marks_of(self._now.files)):
            self._renew()
        with self._count:
            self._now.in_hand += 1
            return self._now

    def _is_due(self, marks: Marks) -> bool:
        return marks != self._seen or self._clock() >= self._again_at

    def _renew(self) -> None:
        # Whoever comes meanwhile waits: a page that was sent on after saving shows what was saved.
        with self._building:
            marks = marks_of(self._now.files)
            if not self._is_due(marks):
                return
            try:
                built = self._build()
            except RikanError as error:
                self._not_built(marks, 0 if isinstance(error, ConfigError) else PAUSE)
                log.warning("settings not taken: %s", error)
                return
            except BaseException:
                self._not_built(marks)
                raise
            # As they were before they were read: one that is written meanwhile is read again.
            known = dict(zip(self._now.files, marks, strict=True))
            with self._count:
                old, self._now = self._now, built
                self._again_at = math.inf
                self._seen = tuple(known.get(path) or _mark_of(path) for path in built.files)
                idle = not old.in_hand
            log.info("settings taken")
        if idle:
            _let_go(old)

    def _not_built(self, marks: Marks, pause: float = 0) -> None:
        """`pause`: after so many seconds it is tried again, 0 for not before something changes."""
        # Seen only now: until here, whoever came was to wait.
        self._again_at = self._clock() + pause if pause else math.inf
        self._seen = marks

    def _done(self, built: Built) -> None:
        with self._count:
            built.in_hand -= 1
            last = not built.in_hand and built is not self._now
        if last:
            _let_go(built)


def marks_of(files: Iterable[Path]) -> Marks:
    """By what one sees that a file was written, replaced or removed."""
    return tuple(_mark_of(path) for path in files)


def _mark_of(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0, 0)
    return (found.st_mtime_ns, found.st_size, found.st_ino)


def _let_go(built: Built) -> None:
    built.close()
    # What the process began with is not looked through for garbage (`wsgi`): this is some now.
    gc.unfreeze()
    gc.collect()
    gc.freeze()
