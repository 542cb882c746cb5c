"""Processes that end where a blow says, and a platform that outlives them."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from bot.archive.ledger import Ledger
from bot.config import CONFIG_VARIABLE
from bot.resources import directory
from bot.sandbox.account import Account
from bot.sandbox.app import create_sandbox
from bot.sandbox.server import serve
from bot.wechat.client import MpClient
from tests.blows import Blow
from tests.conftest import AES_KEY, APPSECRET, TOKEN, Sandbox

MOMENT = 0.2  # seconds into a call


@contextmanager
def platform(appid: str) -> Iterator[Sandbox]:
    """A platform in a process of its own."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        os.close(read)
        account = Account(appid, APPSECRET, TOKEN, AES_KEY, "secure", kind="verified")
        server = serve(create_sandbox(account, templates=directory("templates")), "127.0.0.1", 0)
        os.write(write, str(server.port).encode())
        os.close(write)
        signal.pause()
        os._exit(0)
    os.close(write)
    port = int(os.read(read, 16))
    os.close(read)
    yield Sandbox(f"http://127.0.0.1:{port}")
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def forked(work: Callable[[], None], config: Path, blow: Blow) -> int:
    """`work` in a process of its own, at the head of a session, on which the blow falls."""
    child = os.fork()
    if child:
        return child
    os.setsid()
    os.environ[CONFIG_VARIABLE] = str(config)
    with (config.parent / "workers.log").open("a") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    prepare(blow)
    status = 1
    try:
        work()
        status = 0
    except BaseException as error:  # noqa: BLE001 - a child must not return into the tests
        print(repr(error), file=sys.stderr)
    finally:
        os._exit(status)


def living_in(session: int) -> list[int]:
    """The processes of that session."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError, IndexError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(fields[3]) == session and fields[0] != "Z":
                    found.append(int(entry.name))
    return found


def prepare(blow: Blow) -> None:
    """Have this process and its horses die where the blow says."""
    if blow.kind == "killed at a note":
        notes = iter(range(1, 1000))
        for name in ("record", "begin_upload", "note_upload", "note_outcome"):
            setattr(Ledger, name, dying_at(getattr(Ledger, name), notes, blow))
    if blow.kind == "killed in a call":
        MpClient._send = dying_in(MpClient._send, blow)  # type: ignore[method-assign]


def dying_at(write: Callable[..., Any], notes: Iterator[int], blow: Blow) -> Callable[..., Any]:
    """`write`, but the note of that number is the last thing, or the first that is not, of a process."""

    def noting(*values: Any) -> Any:
        due = next(notes) == blow.number
        if due and blow.when == "before":
            kill(blow.whom)
        done = write(*values)
        if due:
            kill(blow.whom)
        return done

    return noting


def dying_in(send: Callable[..., Any], blow: Blow) -> Callable[..., Any]:
    """`send`, but the first such call is the end."""
    calls = iter([True])

    def sending(client: MpClient, method: str, call: str, **more: Any) -> Any:
        due = call == blow.call and next(calls, False)
        if due and blow.when == "before":
            kill(blow.whom)
        if due and blow.when == "during":
            threading.Timer(MOMENT, kill, [blow.whom]).start()
        answer = send(client, method, call, **more)
        if due and blow.when == "after":
            kill(blow.whom)
        return answer

    return sending


def kill(whom: str) -> None:
    """End the worker, its horse, or both, at once. Called in the horse."""
    worker = os.getppid()
    if whom in ("worker", "both"):
        os.kill(worker, signal.SIGKILL)
    if whom in ("horse", "both"):
        os.kill(os.getpid(), signal.SIGKILL)
