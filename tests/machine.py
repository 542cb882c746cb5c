"""A machine with `rikan up` on it, and what a test asks of it. All of it is real processes."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.archive.database import opened
from bot.archive.tables import deliveries
from bot.config import Config

ROOT = Path(__file__).parents[1]
PATIENCE = 60  # seconds before a process that says nothing is given up


class Machine:
    """Starts `rikan COMMAND` and reads its log, which is JSON, line by line."""

    def __init__(self, path: Path, *command: str) -> None:
        words = [sys.executable, "-m", "bot.cli.main", "--config", str(path), *command]
        environment = {**os.environ, "RIKAN_LOG__FORMAT": "json", "NO_PROXY": "127.0.0.1"}
        self.process = subprocess.Popen(
            words,
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,
        )
        self.events: list[dict[str, Any]] = []
        self.plain: list[str] = []
        # A test that waits in vain ends with what was said so far.
        self._watch = threading.Timer(PATIENCE, self.process.kill)
        self._watch.daemon = True
        self._watch.start()

    def wait_for(self, event: str, **fields: object) -> dict[str, Any]:
        """Read on until that line comes; lines read before do not count."""
        assert self.process.stderr
        for line in self.process.stderr:
            try:
                said = json.loads(line)
            except ValueError:
                self.plain.append(line)
                continue
            self.events.append(said)
            if said["event"] == event and all(said.get(k) == v for k, v in fields.items()):
                return said
        raise AssertionError(f"no {event} {fields} in:\n{self.told}")

    def heard(self, event: str, **fields: object) -> dict[str, Any]:
        """That line, of those that were read; empty if it was not there."""
        those = (e for e in self.events if e["event"] == event)
        return next((e for e in those if all(e.get(k) == v for k, v in fields.items())), {})

    def wait_until_ready(self) -> str:
        """The line that says so."""
        assert self.process.stdout
        return self.process.stdout.readline()

    @property
    def told(self) -> str:
        return "\n".join([*(str(each) for each in self.events), *self.plain])

    def pid(self, child: str) -> int:
        """The process that last got that role."""
        started = [e for e in self.events if e["event"] == "started" and e["child"] == child]
        return int(started[-1]["pid"])

    def tell(self, number: int) -> None:
        os.kill(self.process.pid, number)

    def end(self) -> int:
        """Wait for its end; all it said is then in `events`."""
        assert self.process.stderr
        if self.process.stderr.closed:
            return self.process.wait()
        with suppress(AssertionError):
            self.wait_for("nothing like that")
        status = self.process.wait(PATIENCE)
        self._watch.cancel()
        for stream in (self.process.stdout, self.process.stderr):
            assert stream
            stream.close()
        return status


@contextmanager
def machine(path: Path, *command: str) -> Iterator[Machine]:
    """`rikan COMMAND`; none of it is left at the end."""
    running = Machine(path, *command)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.tell(signal.SIGKILL)
        running.end()


@contextmanager
def up(path: Path, *options: str) -> Iterator[Machine]:
    """`rikan up`, ready."""
    with machine(path, "up", *options) as running:
        line = running.wait_until_ready()
        assert line.startswith("已就绪"), (line, running.end(), running.told)
        running.wait_for("ready")
        yield running


def until(there: Callable[[], object]) -> None:
    """Look again and again."""
    end, pause = time.monotonic() + PATIENCE, threading.Event()
    while not there():
        assert time.monotonic() < end, "waited in vain"
        pause.wait(0.02)


def let_leases_end(config: Config) -> None:
    """Eleven minutes pass, for whoever died at a delivery."""
    ago = datetime.now(UTC) - timedelta(minutes=11)
    with opened(config.database_url) as engine, engine.begin() as connection:
        leased = deliveries.c.leased_until.is_not(None)
        connection.execute(deliveries.update().where(leased).values(leased_until=ago))
        connection.execute(deliveries.update().values(updated_at=ago))


def descendants(pid: int) -> set[int]:
    """The living processes that came of that one."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError, IndexError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                if fields[0] != "Z":
                    parents[int(entry.name)] = int(fields[1])
    found, more = set[int](), {pid}
    while more:
        more = {child for child, parent in parents.items() if parent in more}
        found |= more
    return found


def lives(pid: int) -> bool:
    """Whether that process still does anything."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"
