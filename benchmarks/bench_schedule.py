"""What a tick asks of an archive with 2,000 issues and everything that was written of them."""

import statistics
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

from benchmarks.bench_faults import BAR, ISSUES, fill, timed
from bot.config import Config
from bot.services import Services, open_services
from bot.settings import PathSettings

ROUNDS = 50
NEWEST = date(2026, 6, 13)
WATCHED = 8  # days, at most


def main() -> int:
    with (
        tempfile.TemporaryDirectory(prefix="rikan-schedule-") as name,
        open_services(Config(paths=PathSettings(data=Path(name)))) as services,
    ):
        fill(services)
        taken = [timed(lambda: question(services)) for _ in range(ROUNDS)]
    median, worst = statistics.median(taken), max(taken)
    print(
        f"  the scheduler's question, {ISSUES:,} deliveries: {median:.1f} ms, at most {worst:.1f} ms"
    )
    return int(median > BAR)


def question(services: Services) -> None:
    """How the issues of the watched days stand, and what was said about them."""
    days = [NEWEST - timedelta(days=back) for back in range(WATCHED)]
    found = services.standings.of(days)
    issues = [each.delivery.issue_id for of_day in found.values() for each in of_day]
    services.notices.said([*(day.isoformat() for day in days), *issues])
    for issue_id in issues:
        services.approvals.of(issue_id, "0" * 64)


if __name__ == "__main__":
    sys.exit(main())
