"""Thirty days through real processes: files late, missing and bad, approvals or none, a worker that is killed.

Each day is drawn from its number and the seed. What must be true afterwards: each issue published exactly
once or explained by a notice, none after it was given up, alarms when they should be.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.days import Account, draw, newsroom
from tests.ordeal import load_everything


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="rikan-days-") as name:
        with newsroom(Path(name), load_everything) as room:
            accounts = [room.live(draw(chosen.seed, number)) for number in range(chosen.days)]
        report(accounts, room.kills, time.monotonic() - started)
    return int(any(account.faults for account in accounts))


def report(accounts: list[Account], kills: int, seconds: float) -> None:
    for account in accounts:
        for fault in account.faults:
            print(f"  {account.plot.day}: {fault} ({account.plot})")
    told = Counter(kind for account in accounts for kind in account.told)
    print(f"{len(accounts)} days in {seconds:.0f} s, {kills} workers killed")
    print(f"  published: {sum(account.publications for account in accounts)}")
    print(f"  told: {', '.join(f'{kind} {times}' for kind, times in told.most_common())}")
    print(
        f"  days on which something was not as it must be: {sum(map(bool, (a.faults for a in accounts)))}"
    )


if __name__ == "__main__":
    sys.exit(main())
