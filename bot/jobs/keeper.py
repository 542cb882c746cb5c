"""Keeping the private queue server up: whoever needs it stands ready to start it again.

Of several processes in one data folder the first starts it. When that one ends, and its server with
it, the next one's keeper starts it anew, with what it kept.
"""

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bot.errors import StartError
from bot.jobs.embedded import socket_path, socket_url, start_unless_there
from bot.lifeline import fork

log = logging.getLogger(__name__)
PAUSE = 0.5  # seconds before it is started again; what ends at once must not keep the machine busy
READY = b"ready"
LONGEST = 4096  # bytes of a sentence


@contextmanager
def kept_server(data: Path) -> Iterator[str]:
    """The private server's address; a process of its own keeps it up while this one lives.

    Forks: for a process without threads. Raises StartError.
    """
    ear, mouth = os.pipe()
    keeper = fork(lambda: _keep_and_tell(data, mouth))
    os.close(mouth)
    with os.fdopen(ear, "rb") as heard:
        told = heard.read1(LONGEST)
    if told != READY:
        os.waitpid(keeper, 0)
        raise StartError(told.decode() or f"队列服务没能启动。请看 {data / 'queue.log'} 里的原因")
    try:
        yield socket_url(data)
    finally:
        with suppress(ProcessLookupError):
            os.kill(keeper, signal.SIGTERM)
        os.waitpid(keeper, 0)


def _keep_and_tell(data: Path, mouth: int) -> None:
    try:
        keep_server(data, lambda: os.write(mouth, READY))
    except StartError as error:
        os.write(mouth, str(error).encode()[:LONGEST])


def keep_server(data: Path, ready: Callable[[], object]) -> None:
    """See to it that the private server runs, until told to stop. Raises StartError at the first start.

    `ready` is called whenever it answers.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server = start_unless_there(data)
    try:
        while True:
            ready()
            _wait_for_end(server, data)
            log.warning("queue server ended; starting it again")
            server = _started_again(data)
    finally:
        if server:
            server.terminate()
            server.wait()


def _started_again(data: Path) -> "subprocess.Popen[bytes] | None":
    pause = threading.Event()
    while True:
        pause.wait(PAUSE)
        try:
            return start_unless_there(data)
        except StartError as error:
            log.error("no queue server: %s", error)  # noqa: TRY400 - its sentence says it all


def _wait_for_end(server: "subprocess.Popen[bytes] | None", data: Path) -> None:
    if server:
        server.wait()
        return
    # Another process's: a connection on which nothing is said closes with it.
    with socket.socket(socket.AF_UNIX) as line, suppress(OSError):
        line.connect(str(socket_path(data)))
        line.recv(1)
