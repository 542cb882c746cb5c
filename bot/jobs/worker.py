"""Running the tasks: one process, one job at a time, each in a fork of its own."""

import signal
import sys
from importlib import import_module

import redis
from rq import Queue, Worker
from rq.serializers import JSONSerializer

from bot.config import Config
from bot.errors import StartError
from bot.jobs.embedded import embedded_server
from bot.jobs.queue import NAME

# Loaded once, before the forks, instead of once in each of them: half a second a job.
NEEDED_BY_JOBS = (
    "bot.jobs.tasks",
    "bot.archive.store",
    "bot.archive.ledger",
    "bot.render.studio",
    "bot.wechat.client",
    "bot.wechat.platform",
)


def run_worker(config: Config, *, burst: bool = False) -> None:
    """Work until told to stop (or, with `burst`, until nothing waits)."""
    # Until RQ answers signals itself, a request to end must still stop the private server.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if config.queue.url:
        _work(config.queue.url, burst=burst)
    else:
        with embedded_server(config.paths.data) as url:
            _work(url, burst=burst)


def _work(url: str, *, burst: bool) -> None:
    for module in NEEDED_BY_JOBS:
        import_module(module)
    try:
        _serve(url, burst=burst)
    except redis.RedisError as error:
        raise StartError(
            "队列服务断开了，或不让连接。请检查 queue.url；没有填的话，重新运行 rikan worker"
        ) from error


def _serve(url: str, *, burst: bool) -> None:
    with redis.Redis.from_url(url) as server:
        queue = Queue(NAME, connection=server, serializer=JSONSerializer)
        worker = Worker([queue], connection=server, serializer=JSONSerializer)
        worker.work(with_scheduler=True, burst=burst, logging_level="INFO")
