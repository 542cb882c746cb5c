"""An article's size as the platform counts it, and what making it costs, sample by sample."""

import statistics
import time
from collections.abc import Callable
from pathlib import Path

from bot import flow
from bot.config import load_config
from bot.ingest.file import read_issue
from bot.render.report import inspect
from bot.services import Services, open_services

ISSUES = Path(__file__).parents[1] / "tests" / "issues"
ROUNDS = 9


def milliseconds(work: Callable[[], object]) -> float:
    """The median of ROUNDS."""
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def row(services: Services, path: Path) -> str:
    """One sample: its size, and the milliseconds of each step."""
    issue, _ = read_issue(path)
    rendered = flow.render_issue(services, issue, path.parent)
    report = inspect(rendered.bundle.articles[0])

    def write() -> object:
        return services.studio.article(issue, rendered.cover, rendered.footer.name)

    return (
        f"{issue.id:12} {report.characters:10,} {report.visible:8,}"
        f" {report.characters / report.visible:6.2f}"
        f" {milliseconds(lambda: read_issue(path)):8.1f}"
        f" {milliseconds(write):9.2f}"
    )


def main() -> None:
    heads = ("characters", "visible", "ratio", "read ms", "render ms")
    print(f"{'issue':12} {heads[0]:>10} {heads[1]:>8} {heads[2]:>6} {heads[3]:>8} {heads[4]:>9}")
    with open_services(load_config(None, {})) as services:
        for path in sorted(ISSUES.glob("*.txt")):
            print(row(services, path))


if __name__ == "__main__":
    main()
