"""What can be watched at `/metrics`: counted while answering, or looked up when asked for.

Several server processes count into files of one folder, which are added up by whichever is asked. What
stands in the database, and how many wait in the queue, is the same on every machine of an account.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, values
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector

from bot import __version__
from bot.archive.tally import deliveries_by_state
from bot.errors import RikanError
from bot.services import Services

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"  # the library's own
# Seconds. The platform hangs up after five; an answer is meant to take a few hundredths.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


def new_folder(data: Path) -> Path:
    """An empty folder for the counts of the server that this process heads; those of dead ones go."""
    shelf = data / "metrics"
    for old in shelf.glob("*"):
        if old.name == str(os.getpid()) or not _lives(old.name):
            shutil.rmtree(old, ignore_errors=True)
    folder = shelf / str(os.getpid())
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _lives(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ProcessLookupError, ValueError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


@cache
def _files_of(_folder: Path) -> Any:
    """One for a process, however often its application is made anew: nothing ever closes its files."""
    return values.MultiProcessValue()  # type: ignore[no-untyped-call]


class Metrics:
    """One server process's. Without a `folder` it counts for itself alone."""

    def __init__(self, services: Services, folder: Path | None = None) -> None:
        self._services = services
        self._folder = folder
        if folder:
            os.environ[FOLDER_VARIABLE] = str(folder)
            values.ValueClass = _files_of(folder)
        self._counted = CollectorRegistry()
        self._answers = Counter(
            "rikan_messages_answered",
            "Messages of followers and events, by the kind of answer",
            ["kind"],
            registry=self._counted,
        )
        self._seconds = Histogram(
            "rikan_answer_seconds",
            "How long an answer to the platform took",
            buckets=BUCKETS,
            registry=self._counted,
        )

    def answered(self, kind: str, seconds: float) -> None:
        """One more message has been answered."""
        self._answers.labels(kind).inc()
        self._seconds.observe(seconds)

    def text(self) -> bytes:
        """All of it, in the text format of Prometheus."""
        registry = self._counted
        if self._folder:
            registry = CollectorRegistry()
            MultiProcessCollector(registry, path=str(self._folder))  # type: ignore[no-untyped-call]
        asked = CollectorRegistry()
        asked.register(_Standing(self._services))
        return generate_latest(registry) + generate_latest(asked)


class _Standing:
    """What is looked up. What cannot be had is left out, and `rikan_up` says so."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def collect(self) -> Iterator[Metric]:
        """As the library asks for it."""
        up = GaugeMetricFamily("rikan_up", "1 where that part answers", labels=["part"])
        parts = {"database": self._deliveries, "platform": self._calls, "queue": self._jobs}
        for name, look in parts.items():
            found: list[Metric] = []
            with suppress(RikanError):
                found = list(look())
            up.add_metric([name], float(bool(found)))
            yield from found
        yield up
        yield from self._tick()
        about = GaugeMetricFamily("rikan_info", "The program", labels=["version"])
        about.add_metric([__version__], 1)
        yield about

    def _deliveries(self) -> Iterator[Metric]:
        ledger = self._services.ledger
        states = GaugeMetricFamily("rikan_deliveries", "Issues by state", labels=["state"])
        for state, number in deliveries_by_state(ledger.engine, ledger.account).items():
            states.add_metric([state], number)
        yield states

    def _calls(self) -> Iterator[Metric]:
        today = self._services.now().date()
        calls = CounterMetricFamily(
            "rikan_platform_calls",
            "Calls to the platform since midnight in Shanghai, by result",
            labels=["call", "result"],
        )
        for (call, result), times in self._services.usage.results(today).items():
            calls.add_metric([call, result], times)
        yield calls

    def _jobs(self) -> Iterator[Metric]:
        jobs = GaugeMetricFamily("rikan_jobs", "Jobs by state", labels=["state"])
        for state, number in self._services.queue.tally().items():
            jobs.add_metric([state], number)
        yield jobs

    def _tick(self) -> Iterator[Metric]:
        last: datetime | None = self._services.ticks.last()
        if last:
            age = (self._services.now() - last).total_seconds()
            yield GaugeMetricFamily(
                "rikan_last_tick_age_seconds", "Since what is due was looked at", value=age
            )
