"""A newsroom on a morning: an inbox, a queue, a platform, and time that passes minute by minute."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from unittest.mock import patch

from bot import scheduling
from bot.config import Config, load_config
from bot.delivery import Delivery, Hand
from bot.jobs import tasks
from bot.services import SHANGHAI, Services, open_services
from tests.conftest import Clock, Sandbox, write_config

REPORT = """# 新质生产力每日动态

{day.year} 年 {day.month} 月 {day.day} 日

## 摘要

{word}。

## 1 第一节

这是 {day.month} 月 {day.day} 日的第一段话，说{word}。

## 2 第二节

这是 {day.month} 月 {day.day} 日的第二段话，说别的事情。
"""


def at(day: str, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=SHANGHAI)


@dataclass
class Morning:
    """What a test does and asks; jobs are done in this process, as soon as they are asked for."""

    services: Services
    clock: Clock
    config: Config
    sandbox: Sandbox

    @property
    def inbox(self) -> Path:
        return self.config.paths.inbox

    def drop(self, day: datetime, word: str = "今天有新进展", name: str = "日报.md") -> None:
        self.inbox.mkdir(exist_ok=True)
        (self.inbox / name).write_text(REPORT.format(day=day, word=word), encoding="utf-8")

    def until(self, clock: str, day: str = "", *, every: int = 5) -> None:
        """Let it be that time, with ticks on the way."""
        target = at(day or self.clock().date().isoformat(), clock)
        while self.clock() < target:
            self.clock.moment = min(target, self.clock() + every * MINUTE)
            self.tick()

    def tick(self) -> None:
        """One tick, and whatever it has asked for."""
        scheduling.tick(self.services)
        self.work()

    def work(self) -> None:
        """Do what waits in the queue."""
        queue = self.services.queue.queue
        while queue.job_ids:
            job = queue.fetch_job(queue.job_ids[0])
            assert job
            assert job.func_name
            queue.remove(job.id)
            with suppress(Exception), self._with_this_clock():
                getattr(tasks, job.func_name.rpartition(".")[2])(*job.args)
            job.delete()

    @contextmanager
    def _with_this_clock(self) -> Iterator[None]:
        def opened(config: Config, who: str = "") -> object:
            return open_services(config, self.clock, who)

        with (
            patch.object(tasks, "open_services", opened),
            patch.object(tasks, "load_config", lambda _: self.config),
        ):
            yield

    def delivery(self, issue_id: str) -> Delivery:
        return self.services.ledger.delivery(issue_id)

    def said(self, about: str) -> set[str]:
        """The kinds of notices about an issue or a day."""
        kinds = self.services.notices.said([about]).get(about, frozenset())
        return {kind.partition(":")[0] for kind in kinds}

    def published(self) -> list[str]:
        """What is out, on the platform."""
        return [each["url"] for each in self.sandbox.state["published"] if each["status"] == 0]


MINUTE = datetime(2026, 1, 1, 0, 1) - datetime(2026, 1, 1)  # noqa: DTZ001 - a difference


@contextmanager
def morning(
    folder: Path, sandbox: Sandbox, queue_url: str, start: datetime, **schedule: str
) -> Iterator[Morning]:
    """An enabled schedule in `folder`; the worker's name is in the record."""
    path = write_config(folder, sandbox.url, queue=f'url = "{queue_url}"')
    lines = "\n".join(f"{key} = {value}" for key, value in ({"enabled": "true"} | schedule).items())
    path.write_text(f"{path.read_text('utf-8')}\n[schedule]\n{lines}\n", encoding="utf-8")
    config, clock = load_config(path, {}), Clock(start)
    with open_services(config, clock, Hand.WORKER) as services:
        yield Morning(services, clock, config, sandbox)
