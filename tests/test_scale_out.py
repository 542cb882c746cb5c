"""Whatever breaks while two workers share a PostgreSQL and a queue, all is there once; see test_fleet too."""

import pytest

from tests.blows import Blow, draw
from tests.fleet import ask_often
from tests.ordeal import ISSUE, Finding, Ground, Play, load_everything, told

SEEDS = range(100, 112)


class TwoMachines(Play):
    """A schedule of blows that falls on two workers, each with a job of its own for the same thing."""

    def _try(self, task: str, blow: Blow) -> None:
        if blow.kind == "nothing":
            super()._try(task, Blow("three at once"))
            return
        super()._try(task, blow)

    def _start_worker(self, blow: Blow) -> int:
        ask_often(self.ground.queue_url, self.task, ISSUE, times=2)
        self.beside = super()._start_worker(Blow("nothing"))
        return super()._start_worker(blow)

    def _ask(self, task: str) -> None:
        self.task = task
        super()._ask(task)

    def _wait(self, worker: int) -> None:
        super()._wait(worker)
        if beside := self.__dict__.pop("beside", 0):
            super()._wait(beside)


class Shared(Ground):
    """The ground of two machines."""

    play = TwoMachines


@pytest.fixture(scope="module")
def shared(tmp_path_factory, postgres_server):
    load_everything()
    ground = Shared(tmp_path_factory.mktemp("shared"), postgres_server.new_archive())
    yield ground
    ground.close()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_deliveries_under_blows_come_out_the_same_with_two_workers(shared, seed):
    finding: Finding = shared.run(draw(seed))
    assert not finding.faults, told(finding)
