"""`rikan up` on a fresh machine: how soon it is ready, how much memory the whole tree takes, how soon it stops.

Memory is PSS: what several processes share is counted once.
"""

import signal
import statistics
import tempfile
import time
import timeit
from contextlib import suppress
from functools import partial
from pathlib import Path

from bot.config import load_config
from bot.metrics import Metrics, new_folder
from bot.services import open_services
from tests.conftest import write_config
from tests.machine import descendants, up

STARTS = 5
REST = 3.0  # seconds
READY_BAR, MEMORY_BAR, STOP_BAR = 3.0, 250.0, 10.0  # seconds, MB, seconds
COUNTS = 5000


def main() -> None:
    readies, sizes, stops = zip(*(one_start() for _ in range(STARTS)), strict=True)
    told("ready after", readies, "s", READY_BAR)
    told("the whole tree at rest", sizes, "MB", MEMORY_BAR)
    told("stopped after SIGTERM", stops, "s", STOP_BAR)
    print(f"counting one answer: {counting():.1f} µs")


def one_start() -> tuple[float, float, float]:
    with tempfile.TemporaryDirectory() as folder:
        path = write_config(Path(folder), "http://127.0.0.1:1", web="port = 0")
        began = time.monotonic()
        with up(path) as running:
            ready = time.monotonic() - began
            time.sleep(REST)  # the first tick is done
            size = sum(map(pss, {running.process.pid, *descendants(running.process.pid)}))
            began = time.monotonic()
            running.tell(signal.SIGTERM)
            running.end()
            return ready, size / 1024, time.monotonic() - began


def pss(pid: int) -> int:
    """KB"""
    with suppress(OSError):  # a job's fork that has ended
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


def counting() -> float:
    """Microseconds, in files that several processes share."""
    with tempfile.TemporaryDirectory() as folder:
        config = load_config(write_config(Path(folder)), {})
        with open_services(config) as services:
            metrics = Metrics(services, new_folder(Path(folder)))
            count = partial(metrics.answered, "news", 0.004)
            return min(timeit.repeat(count, number=COUNTS, repeat=5)) / COUNTS * 1e6


def told(what: str, values: tuple[float, ...], unit: str, bar: float) -> None:
    median = statistics.median(values)
    print(f"{what}: {median:.2f} {unit} (worst {max(values):.2f}; bar {bar:g})")


if __name__ == "__main__":
    main()
