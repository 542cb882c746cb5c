"""Work asked for is done once, by a real worker, from a real queue."""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import Mock

import pytest
import redis
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer

from bot import flow
from bot.config import load_config
from bot.delivery import State
from bot.errors import StartError
from bot.jobs.embedded import SOCKET_LIMIT, embedded_server, socket_path
from bot.jobs.queue import FOLLOW, PUBLISH, PUSH, JobQueue, open_queue
from bot.services import open_services
from tests.conftest import SAMPLES, write_config

ROOT = Path(__file__).parents[1]
ISSUE = "2026-06-13"


@pytest.fixture
def config_path(tmp_path, sandbox, queue_url):
    return write_config(tmp_path, sandbox.url, queue=f'url = "{queue_url}"')


@pytest.fixture
def queue(services):
    flow.add_issue(services, SAMPLES[-1])
    return services.queue


def work(config_path: Path) -> str:
    """Run a worker of its own process until nothing waits; what it printed."""
    command = [
        sys.executable,
        "-m",
        "bot.cli.main",
        "--config",
        str(config_path),
        "worker",
        "--burst",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout + done.stderr


def job(queue: JobQueue, job_id: str) -> Job:
    return Job.fetch(job_id, connection=queue.server, serializer=JSONSerializer)


def test_a_worker_pushes_what_was_asked_for(services, queue, config_path, sandbox):
    job_id = queue.ask(PUSH, ISSUE)
    printed = work(config_path)
    assert services.ledger.delivery(ISSUE).state is State.DRAFTED
    assert len(sandbox.state["drafts"]) == 1
    assert job(queue, job_id).is_finished
    assert "test-appsecret" not in printed


def test_asking_twice_is_one_job_and_asking_after_the_end_is_another(services, queue, config_path):
    assert queue.ask(PUSH, ISSUE) == queue.ask(PUSH, ISSUE)
    assert queue.queue.count == 1
    work(config_path)
    queue.ask(PUSH, ISSUE)
    assert queue.queue.count == 1


def test_a_busy_platform_is_tried_again_and_a_refusal_is_not(services, queue, config_path, sandbox):
    flow.push_issue(services, ISSUE)
    sandbox.fault("freepublish/submit", "errcode", errcode=53501, times=1)
    busy = queue.ask(PUBLISH, ISSUE)
    work(config_path)
    assert job(queue, busy).is_scheduled
    assert services.ledger.delivery(ISSUE).problem.startswith("发布太频繁")

    job(queue, busy).delete()
    sandbox.fault("freepublish/submit", "errcode", errcode=53500, times=1)
    refused = queue.ask(PUBLISH, ISSUE)
    work(config_path)
    assert job(queue, refused).is_failed
    assert services.ledger.delivery(ISSUE).problem.startswith("账号被禁止发布")


def test_a_job_that_failed_can_be_asked_for_again(services, queue, config_path):
    unknown = queue.ask(PUSH, "2020-01-01")
    work(config_path)
    assert job(queue, unknown).is_failed
    queue.ask(PUSH, "2020-01-01")
    assert queue.queue.count == 1


def test_asked_for_while_it_runs_it_is_done_once_more_afterwards(queue):
    """What runs may have read the issue before it was changed."""
    running = queue.ask(PUSH, ISSUE)
    job(queue, running).set_status(JobStatus.STARTED)
    queue.queue.remove(running)
    job_id = queue.ask(PUSH, ISSUE)
    assert job_id != running
    assert queue.ask(PUSH, ISSUE) == job_id
    assert queue.queue.job_ids == [job_id]


def test_a_job_whose_worker_died_before_it_began_is_asked_for_again(queue):
    taken = queue.ask(PUSH, ISSUE)
    queue.queue.remove(taken)
    assert queue.queue.job_ids == []
    assert queue.ask(PUSH, ISSUE) in queue.queue.job_ids


def test_what_was_handed_to_a_worker_that_died_is_done_by_the_next(services, queue, config_path):
    handed = queue.ask(PUSH, ISSUE)
    queue.server.rpoplpush(queue.queue.key, queue.queue.intermediate_queue.key)
    assert queue.queue.job_ids == []
    work(config_path)
    assert job(queue, handed).is_finished
    assert services.ledger.delivery(ISSUE).state is State.DRAFTED


def test_what_a_worker_does_is_recorded_as_the_workers(services, queue, config_path):
    queue.ask(PUSH, ISSUE)
    work(config_path)
    assert {step.who for step in services.ledger.timeline(ISSUE)} == {"worker"}


def test_a_publication_that_is_under_way_is_followed_by_a_job_of_its_own(
    services, queue, config_path, sandbox
):
    flow.push_issue(services, ISSUE)
    sandbox.fault("freepublish/job", "status", status=1, times=1)
    queue.ask(PUBLISH, ISSUE)
    work(config_path)
    assert job(queue, f"follow_issue-{ISSUE}").is_scheduled
    queue.ask(FOLLOW, ISSUE)
    work(config_path)
    assert services.ledger.delivery(ISSUE).state is State.PUBLISHING
    assert job(queue, f"follow_issue-{ISSUE}").is_scheduled
    assert sandbox.changes.count("freepublish/submit") == 1


def test_the_private_server_is_shared_and_remembers(tmp_path):
    with embedded_server(tmp_path) as url, embedded_server(tmp_path) as again:
        assert url == again
        with redis.Redis.from_url(url) as server:
            server.set("kept", "yes")
    with embedded_server(tmp_path) as url, redis.Redis.from_url(url) as server:
        assert server.get("kept") == b"yes"


def test_a_folder_with_a_long_name_has_a_private_server_too(tmp_path):
    folder = tmp_path / ("n" * SOCKET_LIMIT)
    assert len(str(socket_path(folder))) <= SOCKET_LIMIT
    with embedded_server(folder) as url, redis.Redis.from_url(url) as server:
        assert server.ping()


def test_a_queue_that_does_not_run_is_named_with_the_remedy(tmp_path, clock):
    with (
        open_services(load_config(write_config(tmp_path), {}), clock) as services,
        pytest.raises(StartError, match="rikan worker"),
    ):
        assert services.queue


def test_asking_again_and_again_for_a_queue_that_does_not_run_gathers_nothing(tmp_path):
    closing = Mock(ExitStack)
    for _ in range(3):
        with pytest.raises(StartError):
            open_queue("", tmp_path, closing)
    assert not closing.method_calls


@pytest.mark.parametrize("moment", ["后台工作进程已启动", "worker ready"])
def test_a_worker_told_to_stop_ends_and_takes_its_private_server_along(tmp_path, moment):
    path = write_config(tmp_path)
    command = [sys.executable, "-u", "-m", "bot.cli.main", "--config", str(path), "worker"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as worker:
        assert worker.stdout
        assert any(moment in line for line in worker.stdout)
        os.kill(worker.pid, signal.SIGTERM)
        worker.wait(timeout=20)
    with (
        pytest.raises(redis.ConnectionError),
        redis.Redis.from_url(f"unix://{socket_path(tmp_path / 'data')}") as server,
    ):
        server.ping()
