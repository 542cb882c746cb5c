"""Whatever breaks on the way, there is one draft, one publication, one message to all."""

import pytest

from tests.blows import draw
from tests.ordeal import Ground, load_everything, told

# Each draws its schedule from its number; benchmarks/bench_faults.py runs three hundred.
SEEDS = (3, 7, 12, 21, 40, 58, 77, 104)


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    load_everything()
    ground = Ground(tmp_path_factory.mktemp("ordeal"))
    yield ground
    ground.close()


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
@pytest.mark.parametrize("seed", SEEDS)
def test_after_a_schedule_of_blows_all_is_there_once(ground, seed):
    finding = ground.run(draw(seed))
    assert finding.faults == (), told(finding)


def test_a_schedule_is_drawn_from_its_number_alone():
    assert draw(5) == draw(5)
    assert len({str(draw(seed)) for seed in range(50)}) > 40
