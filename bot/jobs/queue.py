"""Asking for work. The tasks are named as text, so that asking does not load what does them."""

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
TASKS = (PUSH, PUBLISH, FOLLOW)

# Seconds. Between tries: soon, then growing; the third is longer than a crashed worker's lease.
PAUSES = [5, 60, 330, 900, 1800]
# Between questions for an outcome: the platform takes a hundred a day, and tells by itself.
FOLLOW_PAUSES = [60, 300, 900, 3600, 10800, 21600, 43200]
RESULT_SECONDS = 3600
FAILURE_SECONDS = 7 * 24 * 3600
JOB_SECONDS = 180
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
        self, task: str, issue_id: str, pauses: list[int] | None = None, *, later: bool = False
    ) -> str:
        """Have `task` done for an issue; asked again while it waits, it is done once.

        Asked again while it runs, it is done once more afterwards: what runs may have read the issue
        before it was changed. `later`: not before the first of `pauses`. Returns the job's ID.
        """
        job_id = self._free_id(f"{task.rpartition('.')[2]}-{issue_id}")
        job = self._job(task, issue_id, job_id, pauses or PAUSES)
        try:
            if later:
                moment = datetime.now(UTC) + timedelta(seconds=(pauses or PAUSES)[0])
                self.queue.schedule_job(job, moment, unique=True)
            else:
                self.queue.enqueue_job(job, unique=True)
        except DuplicateJobError:
            return job_id
        return job_id

    def _job(self, task: str, issue_id: str, job_id: str, pauses: list[int]) -> Job:
        return self.queue.create_job(
            task,
            args=(issue_id,),
            job_id=job_id,
            retry=Retry(max=len(pauses), interval=pauses),
            timeout=JOB_SECONDS,
            result_ttl=RESULT_SECONDS,
            failure_ttl=FAILURE_SECONDS,
        )

    def _free_id(self, name: str) -> str:
        """`name`, with a number where a job of that name runs; one that has ended is cleared away."""
        names = chain([name], (f"{name}-again{number}" for number in count(1)))
        return next(each for each in names if not self._runs(each))

    def _runs(self, job_id: str) -> bool:
        try:
            job = Job.fetch(job_id, connection=self.server, serializer=JSONSerializer)
        except NoSuchJobError:
            return False
        status = job.get_status(refresh=False)
        # A finished or failed job keeps its unique ID taken for as long as its result is kept;
        # one that waits for its next try is asked for now.
        if status in ENDED:
            job.delete()
        return status == JobStatus.STARTED or (status == JobStatus.QUEUED and self._taken(job_id))

    def _taken(self, job_id: str) -> bool:
        # It left the queue and has not begun: in this very moment, or its worker died at that.
        return self.queue.get_job_position(job_id) is None


def open_queue(url: str, data: Path, closing: ExitStack) -> JobQueue:
    """The queue at `url`, or the private one of that data folder. Raises StartError."""
    server = redis.Redis.from_url(url or socket_url(data))
    closing.callback(server.close)
    try:
        server.ping()
    except redis.RedisError:
        remedy = "请检查 queue.url 和队列服务器" if url else "请先启动 rikan worker"
        raise StartError(f"队列没有运行。{remedy}") from None
    return JobQueue(server)
