"""A process that does not outlive the one that started it, however that one ends.

On Linux the kernel sees to it (PR_SET_PDEATHSIG), and takes the thread that forked for the parent: so
it is for main threads, which end with their process. Elsewhere a process whose parent was killed is
found by nobody but the operator.
"""

import ctypes
import logging
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
# Not a request: a request may be waited on for a job's length, and what is killed anywhere goes on
# from its record anyway. Whoever starts the whole anew finds the ports and the queue free.
END = signal.SIGKILL

log = logging.getLogger(__name__)
_parents: list[int] = []  # the process that is about to fork; empty until `tie_descendants`


def end_with(parent: int) -> None:
    """Have this process killed as soon as `parent`, which started it, is gone."""
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(END), 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), END)  # it was gone before the kernel was asked


def tie_descendants() -> None:
    """From now on every fork of this process, and of those in turn, ends with the one it came from."""
    if _parents:
        return
    _parents.append(os.getpid())
    os.register_at_fork(before=_note_parent, after_in_child=lambda: end_with(_parents[0]))


def _note_parent() -> None:
    _parents[0] = os.getpid()


def fork(run: Callable[[], None]) -> int:
    """Run in a child that heads a process group of its own and ends with this process; its pid.

    Signals do there what they do in a new process.
    """
    tie_descendants()
    # What a signal raises while a process forks is dropped by Python: it has to wait.
    waiting = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    child = os.fork()
    if child:
        signal.pthread_sigmask(signal.SIG_SETMASK, waiting)
        return child
    status = 1
    try:
        os.setpgid(0, 0)
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(
            signal.SIGINT, signal.SIG_IGN
        )  # a terminal's Ctrl-C is the parent's to pass on
        signal.pthread_sigmask(signal.SIG_SETMASK, waiting)
        run()
        status = 0
    except SystemExit as ending:
        status = ending.code if isinstance(ending.code, int) else int(ending.code is not None)
    except BaseException:  # a child must not return into what its parent was doing
        log.exception("process failed")
    finally:
        _leave(status)
    return 0


def _leave(status: int) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def tied(command: list[str]) -> list[str]:
    """That command line, of a program that ends with this process."""
    # -I and -S: nothing of Python is needed but what stands above; it is replaced by the program.
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), *command]


if __name__ == "__main__":
    end_with(int(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 - a program and its arguments, no shell
