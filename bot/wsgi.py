"""How the web process is run: `rikan web`, or `bot.wsgi:application()` under any other WSGI server."""

import atexit
import gc
import signal
import socket
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from bot.config import files_of, find_config, load_config
from bot.errors import StartError, reason_of
from bot.renewal import Built, Renewed
from bot.services import Services, now_in_shanghai
from bot.web import create_app

THREADS = 4
FINISH_SECONDS = 6  # for answers in hand when told to stop; the platform itself waits five


def application(tallies: Path | None = None) -> Renewed:
    """Open this process's own services, and others once the settings have changed.

    They end with the process, which closes what it held.
    """
    app = Renewed(lambda: _built(find_config(None), tallies))
    # Whoever looks for garbage need not look through all this again and again: a tenth of an answer.
    gc.freeze()
    atexit.register(gc.unfreeze)  # some libraries complain of what is not cleared at the end
    return app


def _built(path: Path | None, tallies: Path | None) -> Built:
    config = load_config(path)
    services = Services(config, now_in_shanghai, ExitStack())
    try:
        app = create_app(services, tallies)
    except BaseException:
        services.closing.close()
        raise
    return Built(app, [*([path] if path else []), *files_of(config)], services.closing.close)


def _end_calmly(worker: Any) -> None:
    # A terminal's Ctrl-C reaches all processes at once; the master tells its workers anyway. And its
    # "quit" interrupts a worker wherever it stands, which now and then waits half a minute for a lock.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGQUIT, worker.handle_exit)


class Speaker(Logger):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's log, written like that of our other processes."""

    def setup(self, cfg: Any) -> None:
        """Add nothing: the process's own log takes every line."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn on a socket that is already ours; each server process opens its own services.

    `tallies`: where they count together. `ready` is called in each of them when it can answer.
    """

    def __init__(
        self,
        listening: socket.socket,
        processes: int,
        tallies: Path | None = None,
        ready: Callable[[], object] = lambda: None,
    ) -> None:
        self._listening = listening
        self._processes = processes
        self._tallies = tallies
        self._ready = ready
        super().__init__()

    def _begin(self, worker: Any) -> None:
        _end_calmly(worker)
        self._ready()

    def load_config(self) -> None:
        """The few settings that differ from gunicorn's own."""
        settings = {
            "bind": [f"fd://{self._listening.fileno()}"],
            "workers": self._processes,
            "worker_class": "gthread",
            "threads": THREADS,
            "loglevel": "warning",
            "logger_class": Speaker,
            "graceful_timeout": FINISH_SECONDS,
            "post_worker_init": self._begin,
            "control_socket_disable": True,  # a folder in somebody's home that nobody asked for
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Renewed:
        """Called in each server process."""
        return application(self._tallies)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises StartError where the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise StartError(
            f"监听不了 {host}:{port}（{reason_of(error)}）。请换一个端口（--port），或停掉占用它的程序"
        ) from error
