"""Days in a newsroom, with real processes and a clock that is told the time.

A worker of its own process, a real queue, a real database and a platform over HTTP. What the worker takes
for the time stands in a file: only this module knows of it, no setting leads there.
"""

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

import redis
from rq.job import Job, JobStatus
from rq.registry import ScheduledJobRegistry
from rq.serializers import JSONSerializer

from bot import delivering
from bot.config import CONFIG_VARIABLE, Config, load_config
from bot.delivery import Deed, State
from bot.errors import RikanError
from bot.jobs import tasks
from bot.jobs.embedded import embedded_server
from bot.jobs.queue import JobQueue
from bot.jobs.worker import work
from bot.services import SHANGHAI, Services, open_services
from tests.conftest import Sandbox, write_config
from tests.forks import living_in, platform
from tests.morning import REPORT, at

FIRST = date(2026, 6, 15)
# Where something may be decided; a tick a minute would decide nothing else.
TICKS = """
06:00 06:01 06:31 06:41 06:51 07:11 07:12 07:16 07:30 07:40 07:50 08:20 09:01
09:02 09:15 09:30 09:40 10:31 11:10 11:30 11:50 12:00 12:11 13:01 13:02
""".split()  # noqa: SIM905 - a table of times reads better so
GIVE_UP = "12:00"
PATIENCE = 60  # seconds for a real job
LIMBO = 20  # seconds after which a job that has not begun, or says nothing, never will


@dataclass(frozen=True)
class Plot:
    """What people and machines do on a day: at which tick a file comes, an editor approves, a worker dies."""

    day: date
    files: tuple[tuple[str, str], ...]  # (tick, what: good, bad, other, same)
    approved: tuple[str, ...]
    killed: tuple[str, ...]
    faults: tuple[tuple[str, str, str], ...]  # (tick, call, kind)

    @property
    def contents(self) -> list[tuple[str, str]]:
        """What the archive holds from which tick on: (tick, word)."""
        held: list[tuple[str, str]] = []
        for tick, what in self.files:
            if what in ("good", "other") and (not held or held[-1][1] != what):
                held.append((tick, what))
        return held

    @property
    def publishes(self) -> bool:
        """Whether readers get it: there in time, and what is there last was approved while there was time."""
        in_time = [tick for tick, _ in self.contents if tick < "11:00"]
        return bool(in_time) and any(in_time[-1] < tick for tick in self.approved)

    @property
    def is_missing(self) -> bool:
        """Whether nothing that can be read comes before it is given up."""
        return not [tick for tick, _ in self.contents if tick < GIVE_UP]


def draw(seed: int, number: int) -> Plot:
    """The plot of that day; the same numbers draw the same."""
    chance = random.Random(f"{seed} {number}")
    files = chance.choice(FILES)
    approved = chance.choice([("07:16",), ("07:16",), ("09:15",), ("07:16", "09:30"), ()])
    quiet = chance.random() < 0.4
    killed = () if quiet else tuple(chance.sample(TICKS[2:20], chance.randint(1, 3)))
    faults: tuple[tuple[str, str, str], ...] = ()
    if chance.random() < 0.3:
        tick = chance.choice(TICKS[2:12])
        faults = ((tick, chance.choice(["draft/add", "freepublish/submit"]), chance.choice(KINDS)),)
    return Plot(FIRST + timedelta(days=number), files, approved, killed, faults)


KINDS = ["busy", "reset_after", "reset"]
EARLY = ("06:00", "good")
FILES: list[tuple[tuple[str, str], ...]] = [
    (EARLY,),
    (EARLY,),
    (EARLY,),
    (EARLY, ("06:41", "same")),
    (EARLY, ("07:11", "other")),
    (("06:00", "bad"), ("07:11", "good")),
    (("09:01", "good"),),
    (("13:01", "good"),),
    (("06:00", "bad"),),
    (),
]


@dataclass
class Account:
    """What came of a day; `faults` is empty where it is as it must be."""

    plot: Plot
    state: State
    publications: int
    told: frozenset[str]
    faults: list[str] = field(default_factory=list)


class Newsroom:
    """Where days pass. One process, no threads: it forks."""

    def __init__(self, folder: Path, sandbox: Sandbox, queue_url: str, config_path: Path) -> None:
        self.folder = folder
        self.sandbox = sandbox
        self.queue_url = queue_url
        self.path = config_path
        self.config: Config = load_config(config_path, {})
        self.worker = 0
        self.kills = 0

    def now(self) -> datetime:
        return datetime.fromisoformat((self.folder / "clock").read_text()).astimezone(SHANGHAI)

    def set_clock(self, moment: datetime) -> None:
        written = self.folder / "clock.new"
        written.write_text(moment.isoformat())
        written.replace(self.folder / "clock")

    @contextmanager
    def services(self, who: str = "cli:test") -> Iterator[Services]:
        with open_services(self.config, self.now, who) as opened:
            yield opened

    def start_worker(self) -> None:
        """A real one, in a session of its own."""
        child = os.fork()
        if child:
            self.worker = child
            return
        os.setsid()
        os.environ[CONFIG_VARIABLE] = str(self.path)
        with (self.folder / "worker.log").open("a") as log:
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
        vars(tasks)["open_services"] = partial(open_services, now=self.now)
        try:
            work(self.queue_url)
        finally:
            os._exit(1)

    def kill_worker(self) -> None:
        """It and its horse, at once."""
        for process in living_in(self.worker):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(self.worker, 0)

    def live(self, plot: Plot) -> Account:
        """That day, from its first tick to its last."""
        before = self._published()
        for clock in TICKS:
            self.set_clock(at(plot.day.isoformat(), clock))
            self._act(plot, clock)
            self._tick(dies=clock in plot.killed, seed=f"{plot.day} {clock}")
        return self._account(plot, before)

    def _act(self, plot: Plot, clock: str) -> None:
        for tick, what in plot.files:
            if tick == clock:
                self._drop(plot.day, what)
        for tick, call, kind in plot.faults:
            if tick == clock:
                self._break(call, kind)
        if clock in plot.approved:
            with self.services("editor:王芳") as services, suppress(RikanError):
                delivering.approve_issue(services, plot.day.isoformat())

    def _break(self, call: str, kind: str) -> None:
        if kind == "busy":
            self.sandbox.fault(call, "errcode", errcode=-1, times=2)
        else:
            self.sandbox.fault(call, kind, times=1)

    def _drop(self, day: date, what: str) -> None:
        self.config.paths.inbox.mkdir(exist_ok=True)
        path = self.config.paths.inbox / f"{day} {what}.md"
        word = "另有新进展" if what == "other" else "今天有新进展"
        text = "坏了" if what == "bad" else REPORT.format(day=day, word=word)
        path.write_text(text, encoding="utf-8")

    def _tick(self, *, dies: bool, seed: str) -> None:
        with redis.Redis.from_url(self.queue_url) as server:
            queue = JobQueue(server)
            age(queue)
            queue.tick(f"{self.now():%Y%m%dT%H%M}")
            if dies:
                # Wherever it is by then: reading the inbox, making the draft, handing it over, idle.
                time.sleep(random.Random(seed).uniform(0.02, 0.6))
                self.kill_worker()
                self.kills += 1
                age(queue)
                self.start_worker()
            else:
                self._wait(queue)

    def _wait(self, queue: JobQueue) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if not queue.queue.count and not any(_runs(job) for job in jobs(queue)):
                return
            time.sleep(0.01)
        raise AssertionError("the worker does not get on")

    def _published(self) -> int:
        return sum(each["status"] == 0 for each in self.sandbox.state["published"])

    def _account(self, plot: Plot, before: int) -> Account:
        issue_id = plot.day.isoformat()
        with self.services() as services:
            delivery = services.ledger.delivery(issue_id)
            kinds = services.notices.said([issue_id]).get(issue_id, frozenset())
            steps = (
                services.ledger.timeline(issue_id)
                if services.archive.entries((plot.day, plot.day))
                else []
            )
        told = frozenset(kind.partition(":")[0] for kind in kinds)
        account = Account(plot, delivery.state, self._published() - before, told)
        account.faults += judged(account)
        give_up = at(issue_id, GIVE_UP)
        if any(step.what == Deed.SUBMIT and step.at >= give_up for step in steps):
            account.faults.append("handed over after it was given up")
        return account


def judged(account: Account) -> Iterator[str]:
    """What is not as it must be, by the plot alone."""
    plot, told = account.plot, account.told
    if account.publications > 1:
        yield f"published {account.publications} times"
    if plot.publishes and not account.publications and not told & {"missed", "stuck", "failed"}:
        yield "neither published nor explained"
    if not plot.publishes and account.publications:
        yield "published against the plot"
    if account.publications and not {"published", "stuck"} & told:
        yield "published, and nobody told"
    if plot.is_missing != ("missed_day" in told):
        yield "the missing report was not told of" if plot.is_missing else "told of as missing"
    if any(what == "bad" for _, what in plot.files) and "bad_file" not in told:
        yield "the bad file was not told of"
    alarmed = "missing" in told
    if alarmed != (not [tick for tick, _ in plot.contents if tick < "06:50"]):
        yield "the alarm was not as it should be"


def jobs(queue: JobQueue) -> list[Job]:
    keys = [key.decode().removeprefix("rq:job:") for key in queue.server.scan_iter("rq:job:*")]
    found = Job.fetch_many(keys, connection=queue.server, serializer=JSONSerializer)
    return [job for job in found if job]


def _runs(job: Job) -> bool:
    """Whether somebody is at it; what left the queue a moment ago is about to begin."""
    status = job.get_status(refresh=False)
    sign = job.last_heartbeat if status == JobStatus.STARTED else job.enqueued_at
    recent = sign is not None and sign.timestamp() > time.time() - LIMBO
    return status in (JobStatus.STARTED, JobStatus.QUEUED) and recent


def age(queue: JobQueue) -> None:
    """Minutes have passed: what a dead worker left is silent by now, what failed has rested."""
    long_ago = "2020-01-01T00:00:00.000000Z"
    for job in jobs(queue):
        status = job.get_status(refresh=False)
        if status == JobStatus.FINISHED:
            job.delete()
        elif status == JobStatus.SCHEDULED:
            ScheduledJobRegistry(queue=queue.queue).remove(job)
            queue.queue.enqueue_job(job)
        else:
            for sign in ("started_at", "last_heartbeat", "enqueued_at"):
                queue.server.hset(job.key, sign, long_ago)


@contextmanager
def newsroom(folder: Path, load: Callable[[], None]) -> Iterator[Newsroom]:
    """One that is open, with its worker at work."""
    with ExitStack() as closing:
        load()
        sandbox = closing.enter_context(platform("wxtest0000000001"))
        queue_url = closing.enter_context(embedded_server(folder / "data"))
        path = write_config(folder, sandbox.url, queue=f'url = "{queue_url}"')
        text = path.read_text("utf-8")
        path.write_text(f'{text}\n[schedule]\nenabled = true\ndays = "daily"\n', encoding="utf-8")
        room = Newsroom(folder, sandbox, queue_url, path)
        room.set_clock(at(FIRST.isoformat(), "05:59"))
        room.start_worker()
        try:
            yield room
        finally:
            room.kill_worker()
