"""Two machines: a web process, a worker and a scheduler on each; database, queue and platform in common."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

import redis
import requests
from flask import Flask
from rq import Retry

from bot import errors, flow
from bot.archive.conversations import messages
from bot.archive.database import writing
from bot.archive.tables import approvals, deliveries, notices, outcomes, steps, uploads
from bot.cli.cast import free_port
from bot.config import load_config
from bot.delivery import Outcome
from bot.errors import RikanError
from bot.jobs.embedded import embedded_server
from bot.jobs.queue import PAUSES, JobQueue
from bot.resources import directory
from bot.sandbox.account import Account
from bot.sandbox.app import create_sandbox
from bot.sandbox.publish import JOB_REPORTER
from bot.sandbox.push import push_event
from bot.sandbox.server import serve
from bot.sandbox.state import Platform
from bot.services import Services, open_services
from bot.wechat.mass_report import FAILED, SENT
from tests.conftest import AES_KEY, APPID, APPSECRET, SAMPLES, TOKEN, Sandbox, write_config
from tests.machine import ROOT, until

ACCOUNT = Account(APPID, APPSECRET, TOKEN, AES_KEY, "secure")
NAMES = ("one", "two")
ROLES = ("web", "worker", "scheduler")
READY = {"web": "网页进程", "worker": "worker ready", "scheduler": "定时进程已启动"}
# What a delivery leaves behind; issues and processes stay from one to the next. An event of the next
# within the same second would be taken for another try of the last one's.
LEFT_BEHIND = (approvals, notices, outcomes, uploads, steps, deliveries, messages)


class Stage:
    """A platform at one address for all of a fleet's life: another account's whenever it is asked for."""

    def __init__(self) -> None:
        self._app = Flask("stage")
        self._server = serve(self._app, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.port}"

    def play(self, account: Account) -> Sandbox:
        """From now on it is that account's, and empty."""
        platform = create_sandbox(account, templates=directory("templates"))
        self._app.wsgi_app = platform.wsgi_app  # type: ignore[method-assign]
        return Sandbox(self.url)

    def close(self) -> None:
        """Stop listening."""
        self._server.close()


class Log:
    """What a process says, a line at a time; what is no JSON is a line all the same."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = 0

    def lines(self) -> list[dict[str, Any]]:
        """The whole lines that came since the last time."""
        with self._path.open("rb") as file:
            file.seek(self._read)
            whole = file.read().rpartition(b"\n")[0]
        self._read += len(whole) + bool(whole)
        return [_line(each) for each in whole.decode().splitlines()]


def _line(said: str) -> dict[str, Any]:
    try:
        return dict(json.loads(said))
    except ValueError:
        return {"event": said}


@dataclass(frozen=True, slots=True)
class Child:
    """A process of the fleet."""

    machine: str
    role: str
    process: "subprocess.Popen[bytes]"
    log: Log

    def wait_until_ready(self) -> None:
        """It says so."""
        until(lambda: READY[self.role] in str(self.log.lines()))


class Fleet:
    """The six processes, and how a test speaks to them."""

    def __init__(self, folder: Path, database: str, queue_url: str) -> None:
        self.queue_url = queue_url
        self.stage = Stage()
        self._folder = folder
        self._database = database
        self._ports = {name: free_port() for name in NAMES}
        self.paths = [self._write(name, "publish", "none") for name in NAMES]
        with open_services(load_config(self.paths[0], {})) as services:
            flow.add_issue(services, SAMPLES[-1])
            self.issue = services.archive.issue(SAMPLES[-1].stem)
            services.readers.readership.note_round()  # or a tick would ask for figures in between
        self.children = {(name, role): self._start(name, role) for name in NAMES for role in ROLES}
        self.webhooks = [f"http://127.0.0.1:{port}/wechat" for port in self._ports.values()]
        self._next_webhook = cycle(self.webhooks)

    def _write(self, name: str, mode: str, approval: str) -> Path:
        """The settings file of a machine, whole at any moment: whoever works may be reading it."""
        aside = self._folder / name / "next"
        aside.mkdir(parents=True, exist_ok=True)
        written = write_config(
            aside,
            self.stage.url,
            web=f"port = {self._ports[name]}",
            queue=f'url = "{self.queue_url}"',
            database=f'url = "{self._database}"',
        )
        with written.open("a", encoding="utf-8") as file:
            file.write(
                f'[publish]\nmode = "{mode}"\n[schedule]\napproval = "{approval}"\n'
                "[backup]\nkeep = 0\n"
            )
        return written.replace(self._folder / name / "config.toml")

    def _start(self, name: str, role: str) -> Child:
        path = self._folder / name
        words = [sys.executable, "-u", "-m", "bot.cli.main"]
        said = path / f"{role}.log"
        with said.open("wb") as file:
            process = subprocess.Popen(
                [*words, "--config", str(path / "config.toml"), role],
                cwd=ROOT,
                env=_environment(),
                stdout=file,
                stderr=subprocess.STDOUT,
                process_group=0,
            )
        return Child(name, role, process, Log(said))

    def wait_until_ready(self) -> None:
        """Each of the six can do its part."""
        for child in self.children.values():
            child.wait_until_ready()
        for webhook in self.webhooks:
            until(partial(_answers, webhook.replace("/wechat", "/readyz")))

    def stop(self) -> None:
        """End all there is."""
        for child in self.children.values():
            child.process.kill()
        for child in self.children.values():
            child.process.wait()
        self.stage.close()

    @property
    def workers(self) -> list[Child]:
        """One a machine."""
        return [self.children[name, "worker"] for name in NAMES]

    @contextmanager
    def killed(self, child: Child) -> Iterator[None]:
        """It is dead for a while; then there is another, and what it had in hand is nobody's."""
        child.process.kill()
        child.process.wait()
        yield
        another = self._start(child.machine, child.role)
        self.children[child.machine, child.role] = another
        another.wait_until_ready()
        with redis.Redis.from_url(self.queue_url) as server:
            server.delete(JobQueue(server).queue.started_job_registry.key)

    # One delivery after another.

    def begin(self, kind: str, mode: str, approval: str, webhook: str = "") -> Sandbox:
        """A morning on which nothing has happened yet, with an account of that kind.

        `webhook` is where the platform tells of publications by itself.
        """
        for name in NAMES:
            self._write(name, mode, approval)
        return self.stage.play(replace(ACCOUNT, kind=kind, webhook_url=webhook))

    def clear(self, services: Services) -> None:
        """Nothing of the delivery is left: no job, no row, no token, no correction."""
        self.wait_until_idle(services)
        services.queue.server.delete(f"rikan:token:{services.config.wechat.account}")
        if services.archive.issue(self.issue.id) != self.issue:
            services.archive.add(self.issue, "as it was.txt", "f" * 64, replace=True)
        with writing(services.archive.engine) as connection:
            for table in LEFT_BEHIND:
                connection.execute(table.delete())

    def wait_until_idle(self, services: Services) -> None:
        """No job runs or waits any more; what was to be tried again will not be."""
        queue = services.queue.queue
        later = queue.scheduled_job_registry

        def is_idle() -> bool:
            for job_id in later.get_job_ids():
                later.remove(job_id, delete_job=True)
            running = queue.started_job_registry.get_job_count(cleanup=False)
            return not (queue.count or running or later.get_job_count(cleanup=False))

        until(is_idle)

    def busy_worker(self) -> Child:
        """Whoever has begun a job since they were last listened to; there is one."""
        [name] = {
            line["machine"] for line in self.said_by_workers() if line["event"] == "job started"
        }
        return self.children[name, "worker"]

    def do(self, queue: JobQueue, task: str, issue_id: str) -> None:
        """Have a job done by either worker, and wait for its end. Raises what it failed with.

        It is not tried a second time by itself: when it is, is for the test to say.
        """
        self.said_by_workers()
        job_id, told = queue.ask(task, issue_id), list[dict[str, Any]]()

        def has_ended() -> bool:
            told.extend(line for line in self.said_by_workers() if line.get("job") == job_id)
            return "job ended" in [line["event"] for line in told]

        until(has_ended)
        if failed := [line for line in told if line["event"] == "job failed"]:
            queue.queue.scheduled_job_registry.remove(job_id, delete_job=True)
            raise raised(failed[-1])

    def said_by_workers(self) -> list[dict[str, Any]]:
        """The lines that came since the last time, with whose they are."""
        return [
            line | {"machine": worker.machine}
            for worker in self.workers
            for line in worker.log.lines()
        ]

    def hear(self, fields: Mapping[str, object]) -> None:
        """The platform tells one of the two web processes, the other the next time."""
        platform = Platform(replace(ACCOUNT, webhook_url=next(self._next_webhook)), time.time)
        push_event(platform, fields)
        assert [each["status"] for each in platform.pushes] == [200]


def ask_often(queue_url: str, task: str, issue_id: str, times: int = 4) -> None:
    """As if several had asked at once, each with a job of its own."""
    with redis.Redis.from_url(queue_url) as server:
        queue = JobQueue(server).queue
        again = Retry(max=len(PAUSES), interval=PAUSES)
        for _ in range(times):
            queue.enqueue(task, issue_id, retry=again)


def report_of(outcome: Outcome, *, mass: bool) -> dict[str, object]:
    """The event by which the platform tells it."""
    now = int(time.time())
    sender = {"ToUserName": "gh_1", "FromUserName": JOB_REPORTER, "CreateTime": now}
    if mass:
        said = {SENT: "send success", FAILED: "send fail"}.get(
            outcome.status, f"err({outcome.status})"
        )
        return sender | {
            "MsgType": "event",
            "Event": "MASSSENDJOBFINISH",
            "MsgID": outcome.publish_id,
            "Status": said,
            "ArticleUrlResult": {
                "Count": 1,
                "ResultList": {"item": {"ArticleIdx": 1, "ArticleUrl": outcome.url}},
            },
        }
    found = {"count": 1, "item": {"idx": 1, "article_url": outcome.url}}
    return sender | {
        "MsgType": "event",
        "Event": "PUBLISHJOBFINISH",
        "PublishEventInfo": {
            "publish_id": outcome.publish_id,
            "publish_status": outcome.status,
            **({"article_detail": found} if outcome.url else {}),
        },
    }


def raised(line: dict[str, Any]) -> RikanError:
    """What a job failed with, from the line that a worker wrote about it."""
    assert "kind" in line, line
    kind: type[RikanError] = getattr(errors, line["kind"])
    return kind.__new__(kind, line["error"])


def _answers(address: str) -> bool:
    try:
        return requests.get(address, timeout=5).ok
    except requests.ConnectionError:
        return False


def _environment() -> dict[str, str]:
    outside = {name: value for name, value in os.environ.items() if not name.startswith("RIKAN_")}
    return {**outside, "RIKAN_LOG__FORMAT": "json", "NO_PROXY": "127.0.0.1"}


@contextmanager
def running(folder: Path, database: str) -> Iterator[Fleet]:
    """A fleet at work, on an empty archive of one issue."""
    with embedded_server(folder / "queue") as queue_url:
        fleet = Fleet(folder, database, queue_url)
        try:
            fleet.wait_until_ready()
            yield fleet
        finally:
            fleet.stop()
