"""Deliveries under blows: time-outs, resets, 502, kill -9 at every place, a queue that restarts, a locked
database, two workers and a person at once.

Each schedule is drawn from its number and can be run alone: python -m benchmarks.bench_faults --seed 17 --count 1.
What must be true afterwards: one draft, one publication, one message to all; no picture uploaded twice unless
its answer was lost. Also measured: `rikan status` on the deliveries of 2,000 issues.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from bot import delivering
from bot.config import Config
from bot.delivery import READY, Deed, Delivery, State
from bot.ingest.file import read_issue
from bot.services import Services, open_services
from bot.settings import PathSettings
from tests.blows import draw
from tests.conftest import SAMPLES
from tests.ordeal import Finding, Ground, load_everything, told

COUNT = 300
ISSUES = 2000
BAR = 50  # milliseconds, for each question
ROUNDS = 20
# What a published issue has gone through.
COURSE = (
    (State.DRAFTING, Deed.ADD),
    (State.DRAFTED, Deed.ADDED),
    (State.DRAFTED, Deed.CHECKED),
    (State.PREVIEWED, Deed.PREVIEWED),
    (State.APPROVED, Deed.APPROVED),
    (State.PUBLISHING, Deed.SUBMIT),
    (State.PUBLISHING, Deed.SUBMITTED),
    (State.PUBLISHED, Deed.OUTCOME),
)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1, help="the first schedule's number")
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--url", default="", help="a PostgreSQL database instead of SQLite")
    chosen = parser.parse_args()
    load_everything()
    started = time.monotonic()
    findings = run(range(chosen.seed, chosen.seed + chosen.count), chosen.url)
    report(findings, time.monotonic() - started)
    slow = measure_status()
    return int(slow or any(finding.faults for finding in findings))


def run(seeds: range, url: str) -> list[Finding]:
    with tempfile.TemporaryDirectory(prefix="rikan-faults-") as name:
        ground = Ground(Path(name), url)
        try:
            return [tell(ground.run(draw(seed))) for seed in seeds]
        finally:
            ground.close()


def tell(finding: Finding) -> Finding:
    if finding.faults:
        print(told(finding), flush=True)
    return finding


def report(findings: list[Finding], seconds: float) -> None:
    wrong = [finding for finding in findings if finding.faults]
    blows = Counter(blow.kind for finding in findings for blow in finding.played)
    modes = Counter(finding.schedule.mode for finding in findings)
    print(f"{len(findings)} schedules in {seconds:.0f} s, {sum(blows.values())} blows")
    print("  " + ", ".join(f"{kind} {times}" for kind, times in blows.most_common()))
    print("  ways: " + ", ".join(f"{mode} {times}" for mode, times in modes.most_common()))
    print(f"  tries until published: {sum(finding.tries for finding in findings)}")
    lost = sum(finding.lost_uploads for finding in findings)
    print(f"  pictures uploaded again because their answer was lost: {lost}")
    print(f"  schedules after which something was not as it must be: {len(wrong)}")


def measure_status() -> bool:
    """Whether a question about 2,000 deliveries took longer than it may."""
    with tempfile.TemporaryDirectory(prefix="rikan-status-") as name:
        config = Config(paths=PathSettings(data=Path(name)))
        with open_services(config) as services:
            newest = fill(services)
            questions: dict[str, Callable[[], object]] = {
                "status of an issue": lambda: delivering.standing(services, newest),
                "status of the latest": lambda: services.archive.entries(limit=20),
                "what waits": lambda: services.ledger.waiting(*READY, State.PUBLISHING),
            }
            worst = {name: max(map(timed, [ask] * ROUNDS)) for name, ask in questions.items()}
            middle = {
                name: statistics.median(map(timed, [ask] * ROUNDS))
                for name, ask in questions.items()
            }
    for name, slowest in worst.items():
        print(f"  {name}, {ISSUES:,} deliveries: {middle[name]:.1f} ms, at most {slowest:.1f} ms")
    return max(worst.values()) > BAR


def fill(services: Services) -> str:
    """So many issues with everything that was written of them; the newest one's ID. The last is a draft yet."""
    sample, _ = read_issue(SAMPLES[-1])
    issue_id = ""
    for age in reversed(range(ISSUES)):
        day = date(2026, 6, 13) - timedelta(days=age)
        issue = replace(sample, date=day, sections=sample.sections[:1], references=())
        services.archive.add(issue, "report.txt", "0" * 64)
        issue_id = issue.id
        with services.ledger.lease(issue_id):
            for state, deed in COURSE if age else COURSE[:3]:
                services.ledger.record(Delivery(issue_id, state, media_id="m"), deed)
    return issue_id


def timed(ask: Callable[[], object]) -> float:
    """Milliseconds."""
    started = time.perf_counter()
    ask()
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    sys.exit(main())
