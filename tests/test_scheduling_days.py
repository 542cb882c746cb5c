"""Some days through real processes: each issue once or explained, none after it was given up."""

from tests.days import draw, newsroom
from tests.ordeal import load_everything

DAYS = 5  # thirty, and more seeds: python -m benchmarks.bench_days
SEED = 1


def test_each_day_is_published_once_or_explained_whatever_dies(tmp_path):
    with newsroom(tmp_path, load_everything) as room:
        accounts = [room.live(draw(SEED, number)) for number in range(DAYS)]
    assert {
        account.plot.day.isoformat(): account.faults for account in accounts if account.faults
    } == {}
    assert room.kills
    assert any(account.publications for account in accounts)
