"""What was found in a report or an article, as a table on the screen."""

import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.model import Problem, Severity

SEVERITY_NAMES = {Severity.ERROR: "错误", Severity.WARNING: "注意"}
# Wide enough that no cell is broken where nobody looks at a screen.
UNBROKEN = 1_000


def print_findings(findings: Sequence[Problem]) -> None:
    """Nothing where nothing was found."""
    if not findings:
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("", "位置", "问题", "办法"):
        table.add_column(Text(name), overflow="fold")
    for each in findings:
        cells = (SEVERITY_NAMES[each.severity], each.place, each.text, each.remedy)
        table.add_row(*map(Text, cells))
    Console(width=None if sys.stdout.isatty() else UNBROKEN).print(table)
