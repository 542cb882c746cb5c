"""Two machines' worth of processes on one PostgreSQL and one Valkey do what one process does, once."""

import signal

import pytest
import redis
import requests
from rq import Retry

from bot import flow
from bot.cli.cast import free_port
from bot.config import load_config
from bot.delivery import State
from bot.jobs.queue import PAUSES, PUBLISH, PUSH, JobQueue
from bot.services import open_services
from tests.blows import Blow, draw
from tests.conftest import SAMPLES, write_config
from tests.machine import let_leases_end, lives, machine, until
from tests.ordeal import Finding, Ground, Play, load_everything, told

ISSUE = "2026-06-13"
SEEDS = range(100, 112)


@pytest.fixture
def machines(tmp_path, sandbox, queue_url, postgres_server):
    """Two settings files: folders and ports of their own, the database and the queue in common."""
    shared, paths = postgres_server.new_archive(), []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        path = write_config(
            tmp_path / name,
            sandbox.url,
            web=f"port = {free_port()}",
            queue=f'url = "{queue_url}"',
            database=f'url = "{shared}"',
        )
        paths.append(path)
    with open_services(load_config(paths[0], {})) as services:
        flow.add_issue(services, SAMPLES[-1])
    return paths


def ask_often(queue_url, task, times=4):
    """As if several had asked at once, each with a job of its own."""
    with redis.Redis.from_url(queue_url) as server:
        queue = JobQueue(server).queue
        again = Retry(max=len(PAUSES), interval=PAUSES)
        return [queue.enqueue(task, ISSUE, retry=again).id for _ in range(times)]


def state(path):
    with open_services(load_config(path, {})) as services:
        return services.ledger.delivery(ISSUE).state


def test_two_of_each_deliver_once_though_one_of_them_dies(machines, sandbox, queue_url):
    one, two = machines
    with (
        machine(one, "web") as web,
        machine(two, "web") as other_web,
        machine(one, "scheduler") as ticking,
        machine(two, "scheduler") as other_ticking,
        machine(one, "worker") as worker,
        machine(two, "worker") as other_worker,
    ):
        for each in (worker, other_worker):
            each.wait_for("worker ready")
        for each in (web, other_web, ticking, other_ticking):
            assert each.wait_until_ready()
        ask_often(queue_url, PUSH)
        until(lambda: state(two) is State.DRAFTED)
        assert len(sandbox.state["drafts"]) == 1

        sandbox.fault("freepublish/submit", "timeout_after", seconds=0.7)
        ask_often(queue_url, PUBLISH)
        until(lambda: "freepublish/submit" in sandbox.changes)
        worker.tell(signal.SIGKILL)
        until(lambda: not lives(worker.process.pid))
        for _ in range(2):  # it is seen to be handed over, then what became of it
            let_leases_end(load_config(two, {}))
            last = ask_often(queue_url, PUBLISH)[-1]
            other_worker.wait_for("job ended", job=last)
        assert state(one) is State.PUBLISHED
        for path in machines:
            port = load_config(path, {}).web.port
            assert requests.get(f"http://127.0.0.1:{port}/issues/{ISSUE}", timeout=5).ok
    assert sandbox.changes.count("draft/add") == 1
    assert sandbox.changes.count("freepublish/submit") == 1
    assert len(sandbox.state["published"]) == 1


class TwoMachines(Play):
    """A schedule of blows that falls on two workers, each with a job of its own for the same thing."""

    def _try(self, task: str, blow: Blow) -> None:
        if blow.kind == "nothing":
            super()._try(task, Blow("three at once"))
            return
        super()._try(task, blow)

    def _start_worker(self, blow: Blow) -> int:
        ask_often(self.ground.queue_url, task=self.task, times=2)
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
