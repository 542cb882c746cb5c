"""Deliveries under blows: a real worker, a real queue, a real database and a platform that misbehaves.

A schedule is drawn from its number: the same number does the same. Each has a platform of its own, so
that what must be true of it afterwards can be counted there: one draft, one publication, one message to
all, no picture twice but where its answer was lost.
"""

import json
import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import redis
import requests
from sqlalchemy import text

from bot import flow
from bot.archive.database import opened
from bot.archive.tables import deliveries
from bot.config import load_config
from bot.delivery import READY, Delivery, State
from bot.errors import RikanError
from bot.jobs.embedded import embedded_server
from bot.jobs.queue import PUBLISH, PUSH, JobQueue
from bot.jobs.worker import NEEDED_BY_JOBS, run_worker
from bot.services import open_services
from bot.wechat.messages import read_message
from tests.blows import Blow, Schedule
from tests.conftest import APPID, SAMPLES, Sandbox, write_config
from tests.forks import MOMENT, forked, living_in, platform

ISSUE = "2026-06-13"
TIMEOUT = 0.5  # seconds; wechat.timeout
MOST_TRIES = 14


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of a schedule: empty `faults` is as it must be. `played`: the blows it came to."""

    schedule: Schedule
    played: tuple[Blow, ...]
    tries: int
    lost_uploads: int
    faults: tuple[str, ...]


class Ground:
    """Where schedules are run: an archive with one issue, and a queue. One process, no threads: it forks."""

    play: "type[Play]"

    def __init__(self, folder: Path, database: str = "") -> None:
        self.folder = folder
        self.database = database
        self._queue = ExitStack()
        self.queue_url = self._queue.enter_context(embedded_server(folder / "data"))
        with open_services(load_config(self.write("http://127.0.0.1:1", "draft"), {})) as services:
            flow.add_issue(services, SAMPLES[-1])

    def close(self) -> None:
        """Stop the queue."""
        self._queue.close()

    def restart_queue(self) -> None:
        """Stop it, and start it with what it kept."""
        self._queue.close()
        self._queue.enter_context(embedded_server(self.folder / "data"))

    def write(self, url: str, mode: str, appid: str = APPID) -> Path:
        """A settings file for that platform."""
        database = f'url = "{self.database}"' if self.database else ""
        path = write_config(
            self.folder,
            url,
            queue=f'url = "{self.queue_url}"' if self.queue_url else "",
            database=database,
        )
        settled = path.read_text("utf-8").replace("timeout = 1.0", f"timeout = {TIMEOUT}")
        settled = settled.replace(APPID, appid)
        path.write_text(f'{settled}\n[publish]\nmode = "{mode}"\n', encoding="utf-8")
        return path

    def run(self, schedule: Schedule) -> Finding:
        """Play a schedule to its end."""
        with redis.Redis.from_url(self.queue_url) as server:
            server.flushall()
        # An account of its own: the system gives out the same port again.
        appid = f"wxordeal{schedule.seed:08}"
        with platform(appid) as sandbox:
            config_path = self.write(sandbox.url, schedule.mode, appid)
            return self.play(self, schedule, sandbox, config_path).play()


class Play:
    """One schedule on one platform."""

    def __init__(self, ground: Ground, schedule: Schedule, sandbox: Sandbox, path: Path) -> None:
        self.ground = ground
        self.schedule = schedule
        self.sandbox = sandbox
        self.path = path
        self.config = load_config(path, {})
        self.tries = 0
        self.played: list[Blow] = []
        self.told: set[str] = set()

    def play(self) -> Finding:
        """Push until the draft is ready, publish until it is out; then count."""
        self._until(PUSH, self.schedule.pushing, lambda state: state in READY)
        faults = self._count("after the push", drafts=1)
        if self.schedule.mode == "draft":
            self._publish_by_hand()
        done = self._until(PUBLISH, self.schedule.publishing, lambda s: s is State.PUBLISHED)
        faults += self._count("at the end", drafts=0, published=1)
        if done.state is not State.PUBLISHED or (not done.url and self.schedule.mode != "mass"):
            faults.append(
                f"ended as {done.state} {done.url or 'without an address'}: {done.problem}"
            )
        if done.findings:
            faults.append(f"read back differently: {done.findings}")
        lost, repeated = self._uploads()
        if repeated:
            faults.append(f"{repeated} uploads were repeated although their answers had come")
        return Finding(self.schedule, tuple(self.played), self.tries, lost, tuple(faults))

    def _until(self, task: str, blows: tuple[Blow, ...], done: Callable[[State], bool]) -> Delivery:
        delivery = self._delivery()
        for number in range(MOST_TRIES):
            if done(delivery.state):
                break
            self.tries += 1
            self.played += blows[number : number + 1]
            self._try(task, blows[number] if number < len(blows) else Blow("nothing"))
            self._let_time_pass()
            delivery = self._delivery()
        return delivery

    def _delivery(self) -> Delivery:
        with open_services(self.config) as services:
            return services.ledger.delivery(ISSUE)

    def _try(self, task: str, blow: Blow) -> None:
        if blow.fault:
            self.sandbox.fault(blow.call, **blow.fault, times=1)
        if blow.kind == "expired token":
            self.sandbox.expire_tokens()
        self._ask(task)
        workers = [self._start_worker(blow)]
        if blow.kind == "three at once":
            self._ask(task)
            workers += [self._start_worker(Blow("nothing")), self._start_by_hand(task)]
        if blow.kind == "queue restarted":
            time.sleep(MOMENT)
            self.ground.restart_queue()
        if blow.kind == "database locked":
            self._lock_database()
        for worker in workers:
            self._wait(worker)
        requests.post(f"{self.sandbox.url}/sandbox/faults/clear", timeout=5)

    def _ask(self, task: str) -> None:
        with redis.Redis.from_url(self.ground.queue_url) as server:
            JobQueue(server).ask(task, ISSUE)

    def _start_worker(self, blow: Blow) -> int:
        return forked(lambda: run_worker(self.config, burst=True), self.path, blow)

    def _start_by_hand(self, task: str) -> int:
        def by_hand() -> None:
            with open_services(self.config) as services, suppress(RikanError):
                deed = flow.push_issue if task == PUSH else flow.publish_issue
                deed(services, ISSUE)

        return forked(by_hand, self.path, Blow("nothing"))

    def _wait(self, worker: int) -> None:
        os.waitpid(worker, 0)
        # A horse whose worker was killed ends with it, but not in the same moment.
        deadline = time.monotonic() + 60
        while living_in(worker) and time.monotonic() < deadline:
            time.sleep(0.02)

    def _lock_database(self) -> None:
        if self.ground.database:
            with opened(self.ground.database) as engine, engine.begin() as connection:
                connection.execute(text("LOCK TABLE deliveries"))
                time.sleep(MOMENT * 2)
            return
        time.sleep(MOMENT / 2)
        locked = sqlite3.connect(self.folder_database, isolation_level=None, timeout=5)
        with suppress(sqlite3.OperationalError):
            locked.execute("BEGIN EXCLUSIVE")
            time.sleep(MOMENT * 3)
            locked.execute("ROLLBACK")
        locked.close()

    @property
    def folder_database(self) -> Path:
        """The archive's file."""
        return self.ground.folder / "data" / "rikan.db"

    def _let_time_pass(self) -> None:
        """Eleven minutes: leases end, what was not seen by now will not be; and events arrive."""
        ago = datetime.now(UTC) - timedelta(minutes=11)
        with opened(self.config.database_url) as engine, engine.begin() as connection:
            mine = deliveries.c.account == self.config.wechat.account
            connection.execute(
                deliveries.update()
                .where(mine, deliveries.c.leased_until.is_not(None))
                .values(leased_until=ago)
            )
            connection.execute(deliveries.update().where(mine).values(updated_at=ago))
        self._bring_events()

    def _bring_events(self) -> None:
        """What the platform pushes of messages to all, as the web process would take it."""
        state = self.sandbox.state
        addresses = {each["publish_id"]: each["url"] for each in state["published"]}
        for sent in state["mass"]:
            if str(sent["msg_id"]) in self.told:
                continue
            self.told.add(str(sent["msg_id"]))
            url = addresses.get(sent["msg_data_id"], "")
            fields = mass_event(sent["msg_id"], url)
            with open_services(self.config, who="event") as services:
                flow.note_outcome(services, read_message(fields))

    def _publish_by_hand(self) -> None:
        with open_services(self.config) as services:
            services.platform.submit(services.ledger.delivery(ISSUE).media_id)

    def _count(self, when: str, *, drafts: int, published: int = 0) -> list[str]:
        state = self.sandbox.state
        out = [each for each in state["published"] if each["status"] == 0]
        faults = []
        if len(state["drafts"]) != drafts:
            faults.append(f"{len(state['drafts'])} drafts {when}")
        if len(out) != published:
            faults.append(f"{len(out)} publications {when}")
        if len(state["mass"]) > (self.schedule.mode == "mass"):
            faults.append(f"{len(state['mass'])} messages to all {when}")
        return faults

    def _uploads(self) -> tuple[int, int]:
        """How many pictures went there again because an answer was lost; how many for no reason."""
        log = self.sandbox.state["log"]
        lost = repeated = 0
        kills = sum("killed" in each.kind for each in self.schedule.pushing)
        for call in ("media/uploadimg", "material/add_material"):
            taken = [each for each in log if each["call"] == call and each["errcode"] == 0]
            again = len(taken) - 1
            unheard = sum(str(each.get("fault", "")).endswith("_after") for each in taken)
            # Covers are listed in the library, and found there; pictures of bodies are not listed anywhere.
            excused = min(again, unheard + kills) if call == "media/uploadimg" else 0
            lost += max(excused, 0)
            repeated += max(again - excused, 0)
        return lost, repeated


Ground.play = Play


def mass_event(number: int, url: str) -> dict[str, Any]:
    """MASSSENDJOBFINISH."""
    return {
        "ToUserName": "gh_1",
        "FromUserName": "oReporter",
        "CreateTime": str(int(time.time())),
        "MsgType": "event",
        "Event": "MASSSENDJOBFINISH",
        "MsgID": str(number),
        "Status": "send success",
        "ArticleUrlResult": {
            "Count": 1,
            "ResultList": {"item": {"ArticleIdx": 1, "ArticleUrl": url}},
        },
    }


def load_everything() -> None:
    """What the forks need, once."""
    for module in NEEDED_BY_JOBS:
        __import__(module)


def told(finding: Finding) -> str:
    """A line a schedule that went wrong."""
    plan = finding.schedule
    return json.dumps(
        {
            "seed": plan.seed,
            "mode": plan.mode,
            "pushing": [str(each) for each in plan.pushing],
            "publishing": [str(each) for each in plan.publishing],
            "faults": finding.faults,
        },
        ensure_ascii=False,
    )
