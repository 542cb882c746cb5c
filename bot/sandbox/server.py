"""A threaded server for the sandbox, in a thread of its own."""

import socket
import threading
from typing import Any

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server, select_address_family

from bot.errors import StartError, reason_of


class QuietHandler(WSGIRequestHandler):
    """Logs nothing: request lines carry access tokens."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Keep quiet."""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - the overridden name
        """Keep quiet."""


class Server:
    """A running server; `port` is the one it really listens on."""

    def __init__(self, app: Flask, listener: socket.socket) -> None:
        host, self.port = listener.getsockname()[:2]
        self._server = make_server(
            host, self.port, app, threaded=True, request_handler=QuietHandler, fd=listener.fileno()
        )
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stop listening and wait for the thread to end."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def serve(app: Flask, host: str, port: int) -> Server:
    """Serve from a daemon thread; port 0 takes any free one.

    Raises StartError where the address cannot be listened on.
    """
    with socket.socket(select_address_family(host, port), socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen(128)
        except OSError as error:
            raise StartError(
                f"模拟平台无法在 {host}:{port} 上启动（{reason_of(error)}），请关掉占用该端口的程序，或换一个端口再试。"
            ) from error
        return Server(app, listener)
