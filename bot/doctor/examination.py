"""Checks are run side by side; one that breaks or hangs is a line like the others and keeps none waiting."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.doctor.verdict import Grade, Line, Verdict, fail, worst
from bot.errors import RikanError

SECONDS = 15.0  # for all that run side by side; the platform's calls have their own limits

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Check:
    """`look` gives one verdict or more; nothing is looked at where a check it `needs` has failed."""

    name: str
    title: str
    look: Callable[[], Iterable[Verdict]]
    needs: tuple[str, ...] = ()


def examine(checks: Sequence[Check], seconds: float = SECONDS) -> list[Line]:
    """Run them, those first that need no other. In the order given; never raises."""
    found: dict[str, list[Verdict]] = {}
    sound: set[str] = set()
    while able := [
        each for each in checks if each.name not in found and sound.issuperset(each.needs)
    ]:
        found |= _side_by_side(able, seconds)
        sound |= {name for name in found if worst(found[name]) is not Grade.FAIL}
    titles = {check.name: check.title for check in checks}
    for check in checks:
        unsound = "”“".join(titles[name] for name in check.needs if name not in sound)
        found.setdefault(check.name, [Verdict(Grade.SKIP, f"没有查：请先解决“{unsound}”")])
    return [Line(each.name, each.title, one) for each in checks for one in found[each.name]]


def _side_by_side(checks: Sequence[Check], seconds: float) -> dict[str, list[Verdict]]:
    found: dict[str, list[Verdict]] = {}
    # Daemons: one that hangs must not keep the command from ending.
    threads = {
        check: threading.Thread(target=_look, args=(check, found), daemon=True) for check in checks
    }
    for thread in threads.values():
        thread.start()
    deadline = time.monotonic() + seconds
    for thread in threads.values():
        thread.join(max(0.0, deadline - time.monotonic()))
    late = [fail(f"查了 {seconds:g} 秒还没有结果。请检查网络和磁盘，再运行一次")]
    return {check.name: found.get(check.name, late) for check in checks}


def _look(check: Check, found: dict[str, list[Verdict]]) -> None:
    try:
        verdicts = list(check.look())
    except RikanError as error:
        verdicts = [fail(str(error))]
    except Exception as error:
        # Only its kind is shown: its text may hold an address with a password.
        log.debug("check %s broke", check.name, exc_info=True)
        verdicts = [fail(f"检查时程序出错（{type(error).__name__}）。请把日志发给维护者")]
    found[check.name] = verdicts
