"""`rikan scheduler` as a process: a tick a minute whoever else ticks, and a clean end."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import redis
import rq.cron
from rq.exceptions import StopRequested

from bot.archive.ticks import GAP, Ticks
from bot.config import load_config
from bot.jobs import scheduler
from bot.jobs.embedded import socket_path
from bot.jobs.queue import PUSH, REST, JobQueue
from bot.jobs.scheduler import Ticking
from bot.services import SHANGHAI
from tests.conftest import write_config

ROOT = Path(__file__).parents[1]
ISSUE = "2026-06-13"
PATIENCE = 30  # seconds for a process to begin
LONG_AGO = "2020-01-01T00:00:00.000000Z"


@pytest.fixture
def queue(queue_url):
    with redis.Redis.from_url(queue_url) as server:
        yield JobQueue(server)


@contextmanager
def start(config_path: Path, *command: str) -> Iterator[subprocess.Popen[str]]:
    """The command as a process, which a failing test does not wait for."""
    words = [sys.executable, "-u", "-m", "bot.cli.main", "--config", str(config_path), *command]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        except BaseException:
            process.kill()
            raise


def enabled(tmp_path: Path, queue_url: str) -> Path:
    path = write_config(tmp_path, queue=f'url = "{queue_url}"' if queue_url else "")
    path.write_text(f"{path.read_text('utf-8')}\n[schedule]\nenabled = true\n", encoding="utf-8")
    return path


def wait_for_tick(queue: JobQueue, process: subprocess.Popen[str]) -> list[str]:
    """The ticks that are asked for, once there are any."""
    deadline = time.monotonic() + PATIENCE
    while not queue.queue.job_ids:
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return queue.queue.job_ids


def test_two_schedulers_have_each_minute_looked_at_once(tmp_path, queue, queue_url):
    path = enabled(tmp_path, queue_url)
    with start(path, "scheduler") as one, start(path, "scheduler") as other:
        for process in (one, other):
            assert process.stdout
            process.stdout.readline()
            wait_for_tick(queue, process)
        for process in (one, other):
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=20) == 0
    ticks = queue.queue.job_ids
    assert len(ticks) == len(set(ticks))
    assert len({tick[:18] for tick in ticks}) <= 2  # a minute may have begun between the two
    assert all(tick.startswith("tick-") for tick in ticks)


def test_a_worker_does_what_the_scheduler_asks_for(tmp_path, queue, queue_url):
    path = enabled(tmp_path, queue_url)
    with start(path, "scheduler") as ticking:
        wait_for_tick(queue, ticking)
        ticking.send_signal(signal.SIGTERM)
        assert ticking.wait(timeout=20) == 0
    with start(path, "worker", "--burst") as worker:
        assert worker.wait(timeout=60) == 0
    assert Ticks(load_config(path, {}).paths.data / "ticks.json").last()


def test_a_scheduler_told_to_stop_takes_the_private_server_it_started_along(tmp_path):
    path = enabled(tmp_path, "")
    with start(path, "scheduler") as process:
        assert process.stdout
        assert "定时进程已启动" in process.stdout.readline()
        sock = socket_path(tmp_path / "data")
        with redis.Redis(unix_socket_path=str(sock)) as server:
            deadline = time.monotonic() + PATIENCE
            while not _has_ticked(server):
                assert time.monotonic() < deadline
                time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
    with pytest.raises(redis.ConnectionError), redis.Redis(unix_socket_path=str(sock)) as server:
        server.ping()


def _has_ticked(server: "redis.Redis") -> bool:
    try:
        return bool(server.llen("rq:queue:rikan"))
    except redis.ConnectionError:
        return False


class Minutes:
    """The system's clock, for RQ and for us."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.moment = datetime(2026, 6, 13, 7, 30, 20, tzinfo=UTC)
        for module in (scheduler, rq.cron):
            monkeypatch.setattr(module, "now", lambda: self.moment)


@pytest.fixture
def minutes(monkeypatch) -> Minutes:
    return Minutes(monkeypatch)


def test_it_ticks_at_its_start_and_whenever_a_minute_begins(queue, minutes):
    ticking = Ticking(queue)
    for _ in range(12):
        ticking.enqueue_jobs()
        minutes.moment += timedelta(seconds=10)
    assert queue.queue.job_ids == [f"tick-20260613T07{minute}Z" for minute in (30, 31, 32)]
    assert ticking.calculate_sleep_interval() <= 60


def test_a_request_to_end_that_is_swallowed_once_still_ends_it(queue):
    ticking = Ticking(queue)
    with pytest.raises(StopRequested):
        ticking._request_stop(signal.SIGTERM, None)
    with pytest.raises(StopRequested):
        ticking.calculate_sleep_interval()


def test_a_request_to_end_while_it_reports_for_work_is_no_failure(queue_url, monkeypatch):
    def stopped(_: Ticking) -> None:
        raise StopRequested

    monkeypatch.setattr(Ticking, "register_birth", stopped)
    handlers = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        scheduler.keep_ticking(queue_url)
    finally:
        for each, handler in handlers.items():
            signal.signal(each, handler)


def test_a_clock_that_is_set_back_an_hour_stops_no_ticks(queue, minutes):
    ticking = Ticking(queue)
    ticking.enqueue_jobs()
    minutes.moment -= timedelta(hours=1)
    for _ in range(3):
        ticking.enqueue_jobs()
        minutes.moment += timedelta(minutes=1)
    assert len(queue.queue.job_ids) == 4


def test_a_queue_that_is_away_costs_ticks_and_nothing_else(queue, minutes, monkeypatch):
    ticking = Ticking(queue)

    def away(_: str) -> bool:
        raise redis.ConnectionError("gone")

    with monkeypatch.context() as broken:
        broken.setattr(queue, "tick", away)
        ticking.enqueue_jobs()
    assert ticking.calculate_sleep_interval() > 0
    minutes.moment += timedelta(minutes=1)
    ticking.enqueue_jobs()
    assert len(queue.queue.job_ids) == 1


def test_ticks_that_nobody_came_to_go_away(queue):
    queue.tick("20260613T0730Z")
    assert 0 < queue.server.ttl("rq:job:tick-20260613T0730Z") <= 90


def test_a_minute_that_was_looked_at_is_not_asked_for_again(queue):
    assert queue.tick("20260613T0730Z")
    assert not queue.tick("20260613T0730Z")
    assert queue.tick("20260613T0731Z")


def test_what_waits_or_runs_is_not_wanted_again(queue):
    assert queue.want(PUSH, ISSUE)
    assert not queue.want(PUSH, ISSUE)
    job = queue.queue.fetch_job(f"push_issue-{ISSUE}")
    queue.queue.remove(job.id)
    job.prepare_for_execution("somebody", queue.server.pipeline())
    queue.server.hset(job.key, mapping={"status": "started", "last_heartbeat": _now()})
    assert not queue.want(PUSH, ISSUE)


def test_what_a_dead_worker_left_is_wanted_again(queue):
    queue.want(PUSH, ISSUE)
    key = f"rq:job:push_issue-{ISSUE}"
    queue.queue.remove(f"push_issue-{ISSUE}")
    queue.server.hset(key, mapping={"status": "started", "last_heartbeat": LONG_AGO})
    assert queue.want(PUSH, ISSUE)


@pytest.mark.parametrize("status", ["failed", "scheduled"])
def test_what_has_just_failed_rests_for_a_while(queue, status):
    queue.want(PUSH, ISSUE)
    key = f"rq:job:push_issue-{ISSUE}"
    queue.queue.remove(f"push_issue-{ISSUE}")
    queue.server.hset(key, mapping={"status": status, "started_at": _now()})
    assert not queue.want(PUSH, ISSUE)
    earlier = datetime.now(UTC) - REST - timedelta(seconds=1)
    queue.server.hset(key, mapping={"started_at": f"{earlier:%Y-%m-%dT%H:%M:%S.%fZ}"})
    assert queue.want(PUSH, ISSUE)
    assert queue.queue.count == 1


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def test_a_gap_between_ticks_is_a_sleep_and_the_first_day_is_kept(tmp_path):
    ticks, moment = Ticks(tmp_path / "ticks.json"), datetime(2026, 6, 13, 7, tzinfo=SHANGHAI)
    assert ticks.last() is None
    for _ in range(5):
        waking = ticks.note(moment)
        moment += timedelta(minutes=1)
    assert waking.awake_since == datetime(2026, 6, 13, 7, tzinfo=SHANGHAI)
    woken = moment + GAP + timedelta(days=1)
    assert ticks.note(woken).awake_since == woken
    assert ticks.note(woken).first_day == moment.date()
    set_back = woken - timedelta(hours=1)
    assert ticks.note(set_back).awake_since == set_back


@pytest.mark.parametrize("text", ["", "{", "[]", '{"first_day": "x"}', "null"])
def test_a_damaged_note_of_ticks_is_as_none(tmp_path, text):
    path = tmp_path / "ticks.json"
    path.write_text(text)
    moment = datetime(2026, 6, 13, 7, tzinfo=SHANGHAI)
    assert Ticks(path).note(moment).first_day == moment.date()
