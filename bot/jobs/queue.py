"""Asking for work. The tasks are named as text, so that asking does not load what does them."""

from contextlib import ExitStack
from pathlib import Path

import redis
from rq import Queue, Retry
from rq.exceptions import DuplicateJobError, NoSuchJobError
from rq.job import Job
from rq.serializers import JSONSerializer

from bot.errors import StartError
from bot.jobs.embedded import socket_url

NAME = "rikan"
PUSH = "bot.jobs.tasks.push_issue"
PUBLISH = "bot.jobs.tasks.publish_issue"
TASKS = (PUSH, PUBLISH)

# Seconds. Between tries: soon, then growing; the third is longer than a crashed worker's lease.
PAUSES = [5, 60, 330, 900, 1800]
RESULT_SECONDS = 3600
FAILURE_SECONDS = 7 * 24 * 3600
JOB_SECONDS = 180


class JobQueue:
    """Where work waits for a worker."""

    def __init__(self, server: "redis.Redis") -> None:
        self.server = server
        self.queue = Queue(NAME, connection=server, serializer=JSONSerializer)

    def ask(self, task: str, issue_id: str, pauses: list[int] | None = None) -> str:
        """Have `task` done for an issue; asked again while it waits or runs, it is done once.

        Returns the job's ID.
        """
        job_id = f"{task.rpartition('.')[2]}-{issue_id}"
        self._clear_ended(job_id)
        try:
            self.queue.enqueue(
                task,
                issue_id,
                job_id=job_id,
                unique=True,
                retry=Retry(max=len(pauses or PAUSES), interval=pauses or PAUSES),
                job_timeout=JOB_SECONDS,
                result_ttl=RESULT_SECONDS,
                failure_ttl=FAILURE_SECONDS,
            )
        except DuplicateJobError:
            return job_id
        return job_id

    def _clear_ended(self, job_id: str) -> None:
        # A finished or failed job keeps its unique ID taken for as long as its result is kept;
        # one that waits for its next try is asked for now.
        try:
            job = Job.fetch(job_id, connection=self.server, serializer=JSONSerializer)
        except NoSuchJobError:
            return
        if (
            job.is_finished
            or job.is_failed
            or job.is_stopped
            or job.is_canceled
            or job.is_scheduled
        ):
            job.delete()


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
