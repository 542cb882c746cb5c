"""What reading a report costs, by format: a text is to take under 20 ms, a PDF of six pages under 500."""

import statistics
import time
from pathlib import Path

from bot.ingest.file import read_issue

ISSUES = Path(__file__).parents[1] / "tests" / "issues"
ROUNDS = 9


def milliseconds(path: Path) -> float:
    """The median of ROUNDS, after one that loads what the format needs."""
    read_issue(path)
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        read_issue(path)
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def main() -> None:
    """Print a table."""
    for path in sorted(ISSUES.glob("20*.*"), key=lambda path: (path.suffix, path.stem)):
        print(f"{path.name:18} {milliseconds(path):8.1f} ms")


if __name__ == "__main__":
    main()
