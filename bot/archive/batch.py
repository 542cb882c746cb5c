"""Rows that need not be on the disk before anybody goes on: written together, a moment later."""

import atexit
import logging
import threading
import time
from typing import Any

from bot.archive.statement import Statement
from bot.errors import RikanError

# Seconds. A process that is killed loses what came in since; nobody but the insights misses it.
SOON = 0.05

log = logging.getLogger(__name__)


class Batch:
    """Threads put rows in; one of its own writes them."""

    def __init__(self, statement: Statement) -> None:
        self._statement = statement
        self._rows: list[dict[str, Any]] = []
        self._turn = threading.Lock()
        self._writing = threading.Lock()
        self._some = threading.Event()
        self._writer: threading.Thread | None = None
        self._closed = False

    def put(self, row: dict[str, Any]) -> None:
        """Have a row written soon."""
        with self._turn:
            self._rows.append(row)
            if self._writer is None:
                self._writer = threading.Thread(target=self._write_soon, daemon=True)
                self._writer.start()
                atexit.register(self.flush)
        self._some.set()

    def flush(self) -> None:
        """Write what is there, now. Nobody who puts a row in waits for the database."""
        with self._writing:
            with self._turn:
                rows, self._rows = self._rows, []
            if rows:
                self._try_to_write(rows)

    def close(self) -> None:
        """Write what is there; nobody puts a row in from here on."""
        self._closed = True
        self._some.set()
        if self._writer:
            self._writer.join()
        atexit.unregister(self.flush)
        self.flush()

    def _try_to_write(self, rows: list[dict[str, Any]]) -> None:
        try:
            self._statement.run_all(rows)
        except RikanError as error:
            log.warning("%d messages not written down: %s", len(rows), error)

    def _write_soon(self) -> None:
        # Looked at after each clearing, which may have hidden that it was closed.
        while not self._closed and self._some.wait():
            time.sleep(SOON)
            self._some.clear()
            self.flush()
