"""Asking for work. The tasks are named as text, so that asking does not load what does them."""

import hashlib
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import chain, count
from pathlib import Path

import redis
from rq import Queue, Retry
from rq.exceptions import DuplicateJobError, NoSuchJobError
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer

from bot.errors import StartError
from bot.jobs.embedded import socket_url

NAME = "rikan"
PUSH = "bot.jobs.tasks.push_issue"
PUBLISH = "bot.jobs.tasks.publish_issue"
FOLLOW = "bot.jobs.tasks.follow_issue"
PREVIEW = "bot.jobs.tasks.preview_issue"
RELEASE = "bot.jobs.tasks.release_issue"
LOOK = "bot.jobs.tasks.look_at_issue"
TICK = "bot.jobs.tasks.tick"
ORDERED = "bot.jobs.tasks.publish_approved"
PROOF = "bot.jobs.tasks.send_proof"
BACKUP = "bot.jobs.tasks.back_up"
COUNT = "bot.jobs.tasks.count_readers"
TASKS = (PUSH, PUBLISH, FOLLOW, PREVIEW, RELEASE, LOOK, TICK, ORDERED, PROOF, BACKUP, COUNT)

# Seconds. Between tries: soon, then growing; the third is longer than a crashed worker's lease.
PAUSES = [5, 60, 330, 900, 1800]
# Between questions for an outcome: the platform takes a hundred a day, and tells by itself.
FOLLOW_PAUSES = [60, 300, 900, 3600, 10800, 21600, 43200]
RESULT_SECONDS = 3600
FAILURE_SECONDS = 7 * 24 * 3600
JOB_SECONDS = 600  # many pictures on a slow line; the lease is renewed with each
LONG_JOBS = {BACKUP: 3600}
# A tick that nobody came to is of no use when the next is there. Its name is taken for as long as
# schedulers may differ by, and no longer: a clock that is set back comes by the same minute again.
TICK_WAITS, TICK_KEPT = 90, 150
# What failed is not tried again at the very next tick.
REST = timedelta(minutes=5)
# The worker says so often that a job lives, and RQ gives one up after as long.
SILENT = timedelta(seconds=90)
ENDED = (
    JobStatus.FINISHED,
    JobStatus.FAILED,
    JobStatus.STOPPED,
    JobStatus.CANCELED,
    JobStatus.SCHEDULED,
)


class JobQueue:
    """Where work waits for a worker."""

    def __init__(self, server: "redis.Redis") -> None:
        self.server = server
        self.queue = Queue(NAME, connection=server, serializer=JSONSerializer)

    def ask(
        self,
        task: str,
        issue_id: str,
        pauses: list[int] | None = None,
        *,
        later: bool = False,
        who: str = "",
    ) -> str:
        """Have `task` done for an issue; asked again while it waits, it is done once.

        Asked again while it runs, it is done once more afterwards: what runs may have read the issue
        before it was changed. `later`: not before the first of `pauses`. `who` is handed to the task;
        of each it is asked by itself. Returns the job's ID. Raises StartError.
        """
        name = f"{task.rpartition('.')[2]}-{issue_id}"
        if who:
            name += f"-{hashlib.sha256(who.encode()).hexdigest()[:8]}"
        try:
            return self._asked(task, name, (issue_id, who) if who else (issue_id,), pauses, later)
        except redis.RedisError:
            raise StartError("队列没有回应。请检查 rikan worker 和队列服务器，再试一次") from None

    def _asked(
        self,
        task: str,
        name: str,
        given: tuple[str, ...],
        pauses: list[int] | None,
        later: bool,
    ) -> str:
        job_id = self._free_id(name)
        job = self._job(task, given, job_id, pauses or PAUSES)
        try:
            if later:
                moment = datetime.now(UTC) + timedelta(seconds=(pauses or PAUSES)[0])
                self.queue.schedule_job(job, moment, unique=True)
            else:
                self.queue.enqueue_job(job, unique=True)
        except DuplicateJobError:
            return job_id
        return job_id

    def want(self, task: str, issue_id: str, pauses: list[int] | None = None) -> bool:
        """Have `task` done for an issue, unless that is under way or has just failed; whether it was asked for."""
        job = self._known(f"{task.rpartition('.')[2]}-{issue_id}")
        if job and (self._under_way(job) or _rests(job)):
            return False
        self.ask(task, issue_id, pauses)
        return True

    def tick(self, minute: str) -> bool:
        """Have a look at what is due, once for that minute; whether nobody else has asked for it."""
        job = self.queue.create_job(
            TICK,
            job_id=f"tick-{minute}",
            timeout=JOB_SECONDS,
            ttl=TICK_WAITS,
            result_ttl=TICK_KEPT,
            failure_ttl=TICK_KEPT,
        )
        try:
            self.queue.enqueue_job(job, unique=True)
        except DuplicateJobError:
            return False
        return True

    def _job(self, task: str, given: tuple[str, ...], job_id: str, pauses: list[int]) -> Job:
        return self.queue.create_job(
            task,
            args=given,
            job_id=job_id,
            retry=Retry(max=len(pauses), interval=pauses),
            timeout=LONG_JOBS.get(task, JOB_SECONDS),
            result_ttl=RESULT_SECONDS,
            failure_ttl=FAILURE_SECONDS,
        )

    def _free_id(self, name: str) -> str:
        """`name`, with a number where a job of that name runs; one that has ended is cleared away."""
        names = chain([name], (f"{name}-again{number}" for number in count(1)))
        return next(each for each in names if not self._runs(each))

    def _known(self, job_id: str) -> Job | None:
        try:
            return Job.fetch(job_id, connection=self.server, serializer=JSONSerializer)
        except NoSuchJobError:
            return None

    def _runs(self, job_id: str) -> bool:
        job = self._known(job_id)
        if job is None:
            return False
        status = job.get_status(refresh=False)
        # A finished or failed job keeps its unique ID taken for as long as its result is kept;
        # one that waits for its next try is asked for now.
        if status in ENDED:
            job.delete()
        return status == JobStatus.STARTED or (status == JobStatus.QUEUED and self._taken(job_id))

    def _under_way(self, job: Job) -> bool:
        status = job.get_status(refresh=False)
        if status == JobStatus.STARTED:
            return (
                job.last_heartbeat is not None and datetime.now(UTC) - job.last_heartbeat < SILENT
            )
        return status == JobStatus.QUEUED and not self._taken(job.id)

    def tally(self) -> dict[str, int]:
        """How many jobs wait, wait for their time, run, and have failed. Raises StartError."""
        registries = {
            "scheduled": self.queue.scheduled_job_registry,
            "started": self.queue.started_job_registry,
            "failed": self.queue.failed_job_registry,
        }
        try:
            counted = {name: each.get_job_count(cleanup=False) for name, each in registries.items()}
            counted["waiting"] = self.queue.count
        except redis.RedisError:
            raise StartError("队列没有运行。请先启动 rikan up 或 rikan worker") from None
        return counted

    def _taken(self, job_id: str) -> bool:
        # It left the queue and has not begun: in this very moment, or its worker died at that.
        return self.queue.get_job_position(job_id) is None


def _rests(job: Job) -> bool:
    failed = job.get_status(refresh=False) in (JobStatus.FAILED, JobStatus.SCHEDULED)
    return failed and job.started_at is not None and datetime.now(UTC) - job.started_at < REST


def open_queue(url: str, data: Path, closing: ExitStack) -> JobQueue:
    """The queue at `url`, or the private one of that data folder. Raises StartError."""
    server = redis.Redis.from_url(url or socket_url(data))
    try:
        server.ping()
    except redis.RedisError:
        server.close()  # whoever asks again and again must not gather these
        remedy = "请检查 queue.url 和队列服务器" if url else "请先启动 rikan up 或 rikan worker"
        raise StartError(f"队列没有运行。{remedy}") from None
    closing.callback(server.close)
    return JobQueue(server)
