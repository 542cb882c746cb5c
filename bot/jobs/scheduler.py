"""Ticking: once a minute, for whoever does what is due. Any number of these may tick at once.

RQ's own scheduler gives the loop, its heart beat and its end. What it would ask for has no name of its
own, so that two schedulers would have everything done twice; here each minute is asked for by its name,
once. Nothing is decided here, and nothing remembered.
"""

import logging
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NoReturn

import redis
from rq.cron import CronJob, CronScheduler
from rq.exceptions import StopRequested
from rq.utils import now

from bot.config import Config
from bot.errors import StartError
from bot.jobs.keeper import kept_server
from bot.jobs.queue import NAME, JobQueue

EVERY_MINUTE = "* * * * *"
MINUTE = timedelta(minutes=1)

log = logging.getLogger(__name__)


class Ticking(CronScheduler):
    """Asks for a look at what is due: at its start, and whenever a minute begins."""

    _told_to_stop = False

    def __init__(self, queue: JobQueue) -> None:
        super().__init__(queue.server, logging_level=logging.WARNING)
        self._ticks = queue
        self.register(tick, NAME, cron=EVERY_MINUTE).next_enqueue_time = now()

    def enqueue_jobs(self) -> list[CronJob]:
        """Tick, if it is time. A queue that is away for a while costs the ticks in between, no more."""
        moment = now()
        (job,) = self.get_jobs()
        if not (job.should_run() or _set_back(job, moment)):
            return []
        job.set_enqueue_time(moment)
        try:
            self._ticks.tick(f"{moment:%Y%m%dT%H%MZ}")
        except redis.ConnectionError:
            log.warning("the queue does not answer; no tick this minute")
        return [job]

    def calculate_sleep_interval(self) -> float:
        """Seconds until the next minute. Raises StopRequested instead of sleeping after a request to end."""
        if self._told_to_stop:
            raise StopRequested
        return super().calculate_sleep_interval()

    def _request_stop(self, *_: object) -> NoReturn:
        """Remembered as well as raised: what is raised inside a log handler or a callback is lost."""
        self._told_to_stop = True
        raise StopRequested

    def save(self, pipeline: "redis.client.Pipeline | None" = None) -> None:
        """As RQ does it, where its server answers."""
        try:
            super().save(pipeline)
        except redis.ConnectionError:
            log.warning("the queue does not answer; nothing saved")

    def heartbeat(self) -> None:
        """As RQ does it, where its server answers."""
        try:
            super().heartbeat()
        except redis.ConnectionError:
            log.warning("the queue does not answer; no heart beat")

    def register_death(self, pipeline: "redis.client.Pipeline | None" = None) -> None:
        """As RQ does it, where its server answers."""
        try:
            super().register_death(pipeline)
        except redis.ConnectionError:
            log.warning("the queue does not answer; it will find out by itself")


def _set_back(job: CronJob, moment: datetime) -> bool:
    """Whether the clock was: what was to come within a minute is further away than that."""
    return job.next_enqueue_time is not None and job.next_enqueue_time - moment > MINUTE


def tick() -> None:
    """What RQ's records call it; the work is `bot.jobs.tasks.tick`."""


def run_scheduler(config: Config, *, ready: Callable[[], object] = lambda: None) -> None:
    """Tick until told to stop. Without `queue.url` the private server is started, or shared.

    `ready` is called before the first tick. Raises StartError.
    """
    # Until RQ answers signals itself, a request to end must still stop the private server.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if config.queue.url:
        keep_ticking(config.queue.url, ready=ready)
    else:
        with kept_server(config.paths.data) as url:
            keep_ticking(url, ready=ready)


def keep_ticking(url: str, *, ready: Callable[[], object] = lambda: None) -> None:
    """Tick at the queue of that address until told to stop. Raises StartError if there is none."""
    try:
        with redis.Redis.from_url(url) as server:
            ticking = Ticking(JobQueue(server))
            server.ping()
            ready()
            with suppress(StopRequested):  # RQ answers signals a moment before it expects them
                ticking.start()  # type: ignore[no-untyped-call]
    except redis.RedisError as error:
        raise StartError(
            "队列服务断开了，或不让连接。请检查 queue.url；没有填的话，重新运行 rikan scheduler"
        ) from error
    log.info("scheduler ended")
