"""Simulated years through the schedule's decisions: what happened in them, and how long one decision takes.

    python -m benchmarks.bench_year --years 20

Each year has its own outages, reports, editors and platform; it stops at the first thing that is not as it has to be.
"""

import argparse
import time
from collections import Counter

from bot.delivery import Way
from tests.simulated_year import Year

APPROVALS = ("none", "one", "two")


def run_years(first: int, years: int) -> tuple[Counter[str], float]:
    """What happened in all of them, and the seconds it took."""
    counts: Counter[str] = Counter()
    start = time.perf_counter()
    for seed in range(first, first + years):
        approval, way = APPROVALS[seed % 3], tuple(Way)[seed // 3 % 3]
        counts += Year(seed, approval, way).run().counts
    return counts, time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--years", type=int, default=9)
    parser.add_argument("--seed", type=int, default=0, help="the first year's")
    chosen = parser.parse_args()
    counts, seconds = run_years(chosen.seed, chosen.years)
    print(
        f"{chosen.years} years, {seconds / chosen.years:.1f} s each; nothing was not as it has to be"
    )
    for name, number in sorted(counts.items()):
        print(f"  {number:8,}  {name}")


if __name__ == "__main__":
    main()
