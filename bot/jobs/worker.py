"""Running the tasks: one process, one job at a time, each in a fork of its own."""

import signal
import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

import redis
import structlog
from redis.backoff import ExponentialBackoff
from redis.retry import Retry
from rq import Queue, Worker
from rq.job import Job
from rq.serializers import JSONSerializer

from bot.config import Config
from bot.errors import RikanError, StartError
from bot.jobs.keeper import kept_server
from bot.jobs.queue import NAME
from bot.lifeline import tie_descendants
from bot.logs import bound

# Loaded once, before the forks, instead of once in each of them: half a second a job.
NEEDED_BY_JOBS = (
    "bot.jobs.tasks",
    "bot.archive.store",
    "bot.archive.ledger",
    "bot.render.studio",
    "bot.wechat.client",
    "bot.wechat.platform",
)
# A queue server that is started again is back within a second or two; a job's end must not be lost to it.
RETRIES, LONGEST_PAUSE = 6, 2.0

log = structlog.stdlib.get_logger()


def run_worker(
    config: Config, *, burst: bool = False, ready: Callable[[], object] = lambda: None
) -> None:
    """Work until told to stop (or, with `burst`, until nothing waits); keeps the private queue up."""
    # Until RQ answers signals itself, a request to end must still stop the private server.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if config.queue.url:
        work(config.queue.url, burst=burst, ready=ready)
    else:
        with kept_server(config.paths.data) as url:
            work(url, burst=burst, ready=ready)


def work(url: str, *, burst: bool = False, ready: Callable[[], object] = lambda: None) -> None:
    """Work at the queue of that address. `ready` is called when work can begin. Raises StartError."""
    load_what_jobs_need()
    tie_descendants()
    try:
        _serve(url, burst=burst, ready=ready)
    except redis.RedisError as error:
        raise StartError(
            "队列服务断开了，或不让连接。请检查 queue.url；没有填的话，重新运行 rikan worker"
        ) from error


def load_what_jobs_need() -> None:
    """Import it in this process, for its forks."""
    for module in NEEDED_BY_JOBS:
        import_module(module)


def _serve(url: str, *, burst: bool, ready: Callable[[], object]) -> None:
    again = Retry(ExponentialBackoff(cap=LONGEST_PAUSE, base=0.1), RETRIES)
    with redis.Redis.from_url(
        url, retry=again, retry_on_error=[redis.ConnectionError, redis.BusyLoadingError]
    ) as server:
        queue = Queue(NAME, connection=server, serializer=JSONSerializer)
        worker = Hand([queue], connection=server, serializer=JSONSerializer)
        worker.on_ready = ready
        signal.signal(signal.SIGTERM, worker.stop_soon)
        worker.work(with_scheduler=True, burst=burst, logging_level="WARNING")
    log.info("worker ended")


def _take_back(queue: Queue) -> None:
    """Put to the front what was handed to a worker that died before it began; RQ waits ten minutes or more.

    What another worker is about to begin with may be among it: then it is done twice, which every task may be.
    """
    server, between = queue.connection, queue.intermediate_queue.key
    # Each once: an idle worker takes it at once, and it lies there again until that one begins.
    for _ in range(server.llen(between)):
        server.rpoplpush(between, queue.key)


class Hand(Worker):
    """RQ's worker, whose lines in the log are those of our other processes."""

    on_ready: Callable[[], object]

    def stop_soon(self, *_: object) -> None:
        """Asked to end before RQ answers signals: it forks by then, and what is raised in a fork is lost.

        Its scheduler's process begins with this too, and is told to stop as soon as it is there.
        """
        self._stop_requested = True
        if self.scheduler:
            self.scheduler._stop_requested = True

    def bootstrap(self, *args: Any, **more: Any) -> None:
        """Report for work."""
        super().bootstrap(*args, **more)
        for queue in self.queues:
            _take_back(queue)
        log.info("worker ready", queue=NAME)
        self.on_ready()

    def perform_job(self, job: Job, queue: Queue) -> bool:
        """In the fork: do the job, with its ID and its issue's on every line."""
        about = {"issue": str(job.args[0])} if job.args else {}
        say = log.info if about else log.debug  # what comes every minute is not news
        with bound(job=job.id, **about):
            say("job started")
            began = time.monotonic()
            done = super().perform_job(job, queue)
            say("job ended", done=done, ms=round((time.monotonic() - began) * 1000))
        return done

    def handle_exception(self, job: Job, *exc_info: Any) -> None:
        """Tell why a job failed: what was expected in one sentence, a fault with its traceback."""
        error = exc_info[1]
        if isinstance(error, RikanError):
            kind = type(error).__name__
            log.warning("job failed", error=str(error), kind=kind, tries_left=job.retries_left)
        else:
            log.error("job failed", exc_info=exc_info, tries_left=job.retries_left)
