"""The tree of `rikan up`: the queue, the web, the workers and the scheduler of one machine."""

import fcntl
import gc
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.config import Config
from bot.errors import StartError, reason_of
from bot.jobs.embedded import socket_url
from bot.jobs.keeper import keep_server
from bot.jobs.scheduler import run_scheduler
from bot.jobs.worker import load_what_jobs_need, work
from bot.metrics import new_folder
from bot.settings import QueueSettings
from bot.supervising.child import Ready, Role
from bot.wsgi import Server

LOCK = "up.lock"
TRIES, PAUSE = 60, 0.05  # three seconds: who was killed a moment ago is still ending


@contextmanager
def only_one(data: Path) -> Iterator[None]:
    """Be the only tree in that data folder. Raises StartError.

    Its processes hold the lock too: a tree that was killed is gone when all of them are.
    """
    try:
        data.mkdir(parents=True, exist_ok=True)
        lock = (data / LOCK).open("w")
    except OSError as error:
        raise StartError(f"写不了 {data / LOCK}（{reason_of(error)}）。请检查目录和权限") from error
    with lock:
        if not _locked(lock.fileno()):
            raise StartError(
                f"{data} 已有一个 rikan up 在运行。请先停掉它，或在设置里换一个 paths.data"
            )
        yield


def _locked(handle: int) -> bool:
    pause = threading.Event()
    for _ in range(TRIES):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pause.wait(PAUSE)
        else:
            return True
    return False


def roles(config: Config, listening: socket.socket, workers: int, processes: int) -> list[Role]:
    """Who is in the tree; a queue server only where the settings name none."""
    own = not config.queue.url
    url = config.queue.url or socket_url(config.paths.data)
    served = config.model_copy(update={"queue": QueueSettings(url=url)})

    def web(ready: Ready) -> None:
        Server(listening, processes, new_folder(config.paths.data), ready).run()

    def worker(ready: Ready) -> None:
        listening.close()
        work(url, ready=ready)

    def queue(ready: Ready) -> None:
        listening.close()
        keep_server(config.paths.data, ready)

    def scheduler(ready: Ready) -> None:
        listening.close()
        ready()
        run_scheduler(served)

    names = ["worker"] if workers == 1 else [f"worker-{n + 1}" for n in range(workers)]
    return [
        *([Role("queue", queue, base=True)] if own else []),
        Role("web", web),
        *(Role(name, worker) for name in names),
        Role("scheduler", scheduler),
    ]


@contextmanager
def loaded_for_all() -> Iterator[None]:
    """Load once, before the forks, what they all need: it is then in memory once."""
    load_what_jobs_need()
    # What was loaded stays: looking through it for garbage would copy it into every process.
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()
