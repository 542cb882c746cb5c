"""Wild bodies against the webhook, as many as wanted, in each of the platform's three modes.

What must hold: no 500, nothing accepted that is forged, stale or not for this account, no answer that
the platform cannot read, nothing secret in the log. Ends with status 1 where something does not.
The same seed draws the same kinds and words; salts and nonces are new each time.

    python -m benchmarks.bench_wild_bodies 100000 --seed 7
"""

import argparse
import logging
import sys
import tempfile
import time
from collections import Counter
from datetime import datetime
from itertools import islice
from pathlib import Path

from bot import flow
from bot.config import load_config
from bot.services import SHANGHAI, Services, open_services
from bot.web import create_app
from tests.conftest import SAMPLES, Clock, write_config
from tests.test_webhook import Platform
from tests.wild import Outcome, Watch, Wild

MODES = ("plain", "compatible", "secure")
# So often the clock goes on: envelopes age, and old messages are tidied away.
A_SECOND = 50


def publish(services: Services) -> None:
    for sample in SAMPLES:
        issue = flow.add_issue(services, sample).issue
        flow.note_published(services, issue.id, f"https://mp.weixin.qq.com/s/{issue.id}")


def send(count: int, mode: str, seed: int, folder: Path) -> Outcome:
    """So many bodies to an account in that mode."""
    clock, outcome = Clock(datetime(2026, 6, 13, 7, 30, tzinfo=SHANGHAI)), Outcome()
    path = write_config(folder, wechat=f'mode = "{mode}"')
    with open_services(load_config(path, {}), clock) as services:
        publish(services)
        platform = Platform(create_app(services).test_client(), clock, mode)
        for number, (name, sent) in enumerate(islice(Wild(platform, seed), count)):
            outcome.take(platform, name, sent, platform.post(sent.body, sent.query))
            clock.forward(seconds=number % A_SECOND == 0)
    return outcome


def tell(answers: Counter[tuple[str, str]]) -> None:
    columns = sorted({answer for _, answer in answers}, reverse=True)
    print(f"{'':28}" + "".join(f"{column:>8}" for column in columns))
    for name in sorted({name for name, _ in answers}):
        row = "".join(f"{answers[name, column]:8,}" for column in columns)
        print(f"{name.replace('_', ' '):28}{row}")


def main() -> None:
    """Print how each kind was answered, and what was wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("count", nargs="?", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=7)
    chosen = parser.parse_args()
    watch = Watch()
    logging.basicConfig(level=logging.DEBUG, handlers=[watch])
    answers: Counter[tuple[str, str]] = Counter()
    wrong, started = [], time.perf_counter()
    for place, mode in enumerate(MODES):
        share = len(range(place, chosen.count, len(MODES)))
        with tempfile.TemporaryDirectory() as folder:
            outcome = send(share, mode, chosen.seed, Path(folder))
        answers += outcome.answers
        wrong += outcome.wrong
    tell(answers)
    print(
        f"{answers.total():,} bodies in {time.perf_counter() - started:.0f} s, seed {chosen.seed}:"
        f" {len(wrong)} wrong answers, {len(watch.secret)} secrets in {watch.lines:,} lines of log"
    )
    print("\n".join([*wrong[:20], *watch.secret[:20]]))
    sys.exit(bool(wrong or watch.secret))


if __name__ == "__main__":
    main()
