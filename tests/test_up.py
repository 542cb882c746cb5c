"""`rikan up` runs everything, starts again what ends, and loses nothing: real processes throughout."""

import os
import signal
import socket

import pytest
import redis
import requests

from bot import flow
from bot.cli.cast import free_port
from bot.config import load_config
from bot.delivery import State
from bot.jobs.embedded import socket_url
from bot.jobs.queue import PUBLISH, PUSH, JobQueue
from bot.resources import directory
from bot.sandbox.account import Account
from bot.sandbox.app import create_sandbox
from bot.sandbox.server import serve
from bot.services import open_services
from bot.supervising.patience import LONGEST, SETTLED, Patience
from tests.conftest import AES_KEY, APPID, APPSECRET, SAMPLES, TOKEN, Sandbox, write_config
from tests.machine import descendants, let_leases_end, lives, machine, until, up

ISSUE = "2026-06-13"
TREE = ["queue", "web", "worker", "scheduler"]


@pytest.fixture
def port():
    return free_port()


@pytest.fixture
def sandbox(port):
    """A platform that tells the machine what became of a publication."""
    hook = f"http://127.0.0.1:{port}/wechat"
    account = Account(APPID, APPSECRET, TOKEN, AES_KEY, "secure", hook, kind="verified")
    server = serve(create_sandbox(account, templates=directory("templates")), "127.0.0.1", 0)
    yield Sandbox(f"http://127.0.0.1:{server.port}")
    server.close()


@pytest.fixture
def config_path(tmp_path, sandbox, port):
    path = write_config(
        tmp_path, sandbox.url, web=f'port = {port}\nsecret_key = "0123456789abcdef"'
    )
    with open_services(load_config(path, {})) as services:
        flow.add_issue(services, SAMPLES[-1])
    return path


@pytest.fixture
def config(config_path):
    return load_config(config_path, {})


def ask(config, task):
    with redis.Redis.from_url(socket_url(config.paths.data)) as server:
        return JobQueue(server).ask(task, ISSUE)


def done(running, config, task):
    """Ask for it, and wait for its end."""
    running.wait_for("job ended", job=ask(config, task), done=True)


def state(config):
    with open_services(config) as services:
        return services.ledger.delivery(ISSUE).state


def address(config):
    return f"http://127.0.0.1:{config.web.port}"


def test_one_command_brings_an_issue_to_its_readers(config_path, config, sandbox):
    with up(config_path) as running:
        done(running, config, PUSH)
        done(running, config, PUBLISH)
        until(lambda: state(config) is State.PUBLISHED)
        page = requests.get(f"{address(config)}/issues/{ISSUE}", timeout=5)
        assert page.ok
        assert {e["child"] for e in running.events if e["event"] == "started"} == set(TREE)
    assert sandbox.changes.count("freepublish/submit") == 1


@pytest.mark.parametrize("child", TREE)
def test_a_child_killed_in_the_midst_of_a_publication_does_not_make_it_two(
    config_path, config, sandbox, child
):
    with up(config_path) as running:
        done(running, config, PUSH)
        # The platform has published, and its answer is on the way for a while.
        sandbox.fault("freepublish/submit", "timeout_after", seconds=0.7)
        job = ask(config, PUBLISH)
        until(lambda: "freepublish/submit" in sandbox.changes)
        killed = running.pid(child)
        signal_to(killed)
        running.wait_for("started", child=child)
        assert running.pid(child) != killed
        if child == "worker":
            until(lambda: not lives(killed))
            let_leases_end(config)
            done(running, config, PUBLISH)
        else:
            running.wait_for("job ended", job=job)
        # The platform's word may have come while nobody was there to hear it.
        done(running, config, PUBLISH)
        assert state(config) is State.PUBLISHED
        assert requests.get(f"{address(config)}/readyz", timeout=30).ok
    assert sandbox.changes.count("freepublish/submit") == 1
    assert len(sandbox.state["published"]) == 1


def signal_to(pid):
    os.kill(pid, signal.SIGKILL)


def test_told_to_stop_it_finishes_what_is_in_hand(config_path, config, sandbox):
    with up(config_path) as running:
        done(running, config, PUSH)
        sandbox.fault("freepublish/submit", "timeout_after", seconds=0.7)
        job = ask(config, PUBLISH)
        until(lambda: "freepublish/submit" in sandbox.changes)
        running.tell(signal.SIGTERM)
        assert running.end() == 0
    assert running.heard("job ended", job=job)["done"]
    assert state(config) in (State.PUBLISHING, State.PUBLISHED)


def test_what_waits_when_it_stops_is_done_when_it_is_up_again(config_path, config, sandbox):
    with up(config_path) as running:
        running.tell(signal.SIGSTOP)  # it must not start the worker again
        worker = running.pid("worker")
        signal_to(worker)
        until(lambda: not lives(worker))
        ask(config, PUSH)
        running.tell(signal.SIGCONT)
        running.tell(signal.SIGTERM)
        assert running.end() == 0
    assert state(config) is State.RECEIVED
    with up(config_path) as running:
        running.wait_for("job ended", issue=ISSUE, done=True)
    assert state(config) is State.DRAFTED
    assert len(sandbox.state["drafts"]) == 1


def test_a_second_request_to_stop_does_not_wait_for_what_is_in_hand(config_path, config, sandbox):
    with up(config_path) as running:
        sandbox.fault("*", "timeout_before", seconds=60, times=99)
        ask(config, PUSH)
        running.wait_for("job started", issue=ISSUE)
        tree = descendants(running.process.pid)
        running.tell(signal.SIGTERM)
        running.wait_for("stopping")
        running.tell(signal.SIGTERM)
        assert running.end() == 0
        until(lambda: not any(map(lives, tree)))
        ended = [e for e in running.events if e["event"] == "job ended"]
        assert ISSUE not in {e.get("issue") for e in ended}  # the night's backup may have been made


def test_after_the_power_was_cut_it_goes_on(config_path, config, sandbox):
    with up(config_path) as running:
        done(running, config, PUSH)
        sandbox.fault("freepublish/submit", "timeout_after", seconds=0.7)
        ask(config, PUBLISH)
        until(lambda: "freepublish/submit" in sandbox.changes)
        tree = descendants(running.process.pid)
        running.tell(signal.SIGKILL)
        running.end()
        until(lambda: not any(map(lives, tree)))
    let_leases_end(config)
    with up(config_path) as running:
        done(running, config, PUBLISH)
    assert state(config) is State.PUBLISHED
    assert sandbox.changes.count("freepublish/submit") == 1


def test_it_can_be_started_again_in_the_moment_it_was_killed(config_path):
    with up(config_path) as running:
        running.tell(signal.SIGKILL)
        with up(config_path) as again:
            again.tell(signal.SIGTERM)
            assert again.end() == 0


def test_a_port_that_is_taken_is_said_in_a_sentence_and_nothing_is_left(config_path, config):
    with (
        socket.create_server(("127.0.0.1", config.web.port)),
        machine(config_path, "up") as running,
    ):
        assert running.end() == 1
        assert f"监听不了 127.0.0.1:{config.web.port}" in running.told
        assert len(running.plain) == 1
    with (
        pytest.raises(redis.ConnectionError),
        redis.Redis.from_url(socket_url(config.paths.data)) as r,
    ):
        r.ping()


def test_a_second_one_in_the_same_folder_is_refused(config_path):
    with up(config_path), machine(config_path, "up", "--port", "0") as second:
        assert second.end() == 1
        assert "已有一个 rikan up 在运行" in second.told


def test_a_second_worker_keeps_its_queue_when_the_first_one_ends(config_path, config):
    with machine(config_path, "worker") as first:
        first.wait_for("worker ready")
        with machine(config_path, "worker") as second:
            second.wait_for("worker ready")
            first.tell(signal.SIGTERM)
            first.end()
            second.wait_for("queue server ended; starting it again")
            until(lambda: answers(config))
            done(second, config, PUSH)


def test_a_worker_that_is_killed_takes_its_private_queue_along(config_path, config):
    with machine(config_path, "worker") as running:
        running.wait_for("worker ready")
        tree = descendants(running.process.pid)
        running.tell(signal.SIGKILL)
        running.end()
        until(lambda: not any(map(lives, tree)))
        assert not answers(config)


def answers(config):
    try:
        with redis.Redis.from_url(socket_url(config.paths.data)) as server:
            return server.ping()
    except redis.RedisError:
        return False


def test_what_ends_again_and_again_is_waited_for_longer_and_never_given_up():
    patience, pauses = Patience(), []
    for _ in range(100):
        patience = patience.after(0.1)
        pauses.append(patience.pause)
    assert pauses == sorted(pauses)
    assert pauses[0] < 1
    assert pauses[1] == 2 * pauses[0]
    assert pauses[-1] == LONGEST
    assert patience.after(SETTLED).pause == pauses[0]
