"""How the web process is run: `rikan web`, or `bot.wsgi:application()` under any other WSGI server."""

import atexit
import socket
from contextlib import ExitStack

from flask import Flask
from gunicorn.app.base import BaseApplication

from bot.config import find_config, load_config
from bot.errors import StartError, reason_of
from bot.services import open_services
from bot.web import create_app

THREADS = 4


def application() -> Flask:
    """Open this process's own services; they are closed when it ends."""
    stack = ExitStack()
    atexit.register(stack.close)
    services = stack.enter_context(open_services(load_config(find_config(None))))
    return create_app(services)


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn on a socket that is already ours; each server process opens its own services."""

    def __init__(self, listening: socket.socket, processes: int) -> None:
        self._listening = listening
        self._processes = processes
        super().__init__()

    def load_config(self) -> None:
        """The few settings that differ from gunicorn's own."""
        settings = {
            "bind": [f"fd://{self._listening.fileno()}"],
            "workers": self._processes,
            "worker_class": "gthread",
            "threads": THREADS,
            "loglevel": "warning",
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Called in each server process."""
        return application()


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises StartError where the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise StartError(
            f"监听不了 {host}:{port}（{reason_of(error)}）。请换一个端口（--port），或停掉占用它的程序"
        ) from error
