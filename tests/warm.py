"""`rikan` without the wait: each command is a process of its own, forked from one that has loaded everything.

To load takes ten times as long as most commands run. What a command is by itself, started from
nothing, is seen the first time in each run of the tests: see `Commands`.
"""

import atexit
import json
import os
import pkgutil
import socket
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import IO, Any

import bot.cli
from bot.cli.main import main
from bot.jobs.worker import NEEDED_BY_JOBS

ROOT = Path(__file__).parents[1]
COLD = (sys.executable, "-m", "bot.cli.main")
PATIENCE = 60  # seconds for a command
LONGEST = 65536  # bytes of a request
NEEDED = ("alembic.command", "bot.archive.upgrade", *NEEDED_BY_JOBS)


class Commands:
    """Runs `rikan`: cold the first time that a command is given, warm from then on."""

    def __init__(self, warm: socket.socket) -> None:
        self._warm = warm
        self._known = set[str]()

    def run(
        self, words: Sequence[object], folder: Path, **environ: str
    ) -> "subprocess.CompletedProcess[str]":
        """A command with these words, given in that folder. What the environment adds makes it cold."""
        plain = list(map(str, words))
        outside = {**os.environ, "PYTHONPATH": str(ROOT), **environ}
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            if environ or not plain or plain[0] not in self._known:
                self._known.update(plain[:1])
                status = subprocess.run(
                    [*COLD, *plain],
                    cwd=folder,
                    env=outside,
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=err,
                    timeout=PATIENCE,
                    check=False,
                ).returncode
            else:
                status = self._run_warm(plain, folder, outside, out, err)
            return subprocess.CompletedProcess([*COLD, *plain], status, _text(out), _text(err))

    def _run_warm(
        self,
        words: list[str],
        folder: Path,
        environ: dict[str, str],
        out: IO[bytes],
        err: IO[bytes],
    ) -> int:
        request = json.dumps([words, str(folder), environ]).encode()
        socket.send_fds(self._warm, [request], [out.fileno(), err.fileno()])
        return int(self._warm.recv(LONGEST))


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


@contextmanager
def standing_ready() -> Iterator[Commands]:
    """A process stands ready to be forked."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        ours.settimeout(PATIENCE)
        ready = subprocess.Popen(
            [sys.executable, "-m", "tests.warm", str(theirs.fileno())],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
        )
        try:
            theirs.close()
            yield Commands(ours)
        finally:
            ours.close()
            ready.wait(PATIENCE)


# In the process that stands ready.


def serve(line: socket.socket) -> None:
    """Fork for each request, and answer with its status; until nobody is there to ask."""
    while True:
        request, descriptors, *_ = socket.recv_fds(line, LONGEST, 2)
        if not request:
            return
        child = os.fork()
        if not child:
            line.close()
            words, folder, environ = json.loads(request)
            _be(words, folder, environ, descriptors)
        for each in descriptors:
            os.close(each)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        line.send(str(status).encode())


def _be(words: list[str], folder: str, environ: dict[str, str], descriptors: list[int]) -> None:
    """This fork is that command from now on."""
    for number, each in enumerate(descriptors, start=1):
        os.dup2(each, number)
        os.close(each)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    sys.argv = ["rikan", *words]
    os._exit(_status_of(words))


def _status_of(words: list[str]) -> int:
    status: Any = 0
    try:
        main(words, prog_name="rikan")
    except SystemExit as ending:
        status = ending.code
    except BaseException:  # noqa: BLE001 - as the interpreter would
        traceback.print_exc()
        status = 1
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    return status if isinstance(status, int) else int(status is not None)


def load_everything() -> None:
    """Whatever any command needs, and does not start by being loaded."""
    for module in pkgutil.iter_modules(bot.cli.__path__, "bot.cli."):
        import_module(module.name)
    for name in NEEDED:
        import_module(name)


if __name__ == "__main__":
    load_everything()
    serve(socket.socket(fileno=int(sys.argv[1])))
