"""The queue, and who works at it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import redis
from rq import Worker
from rq.cron import CronScheduler
from rq.registry import FailedJobRegistry
from rq.serializers import JSONSerializer

from bot.doctor.verdict import Verdict, fail, ok, warn
from bot.jobs.queue import JobQueue

# RQ's worker tells that it lives at least every 405 seconds, its scheduler every minute.
WORKER_SILENT, SCHEDULER_SILENT = timedelta(minutes=8), timedelta(minutes=3)
TICK_SILENT = timedelta(minutes=5)
MANY_WAIT = 50
START = "请运行 rikan up（或用 systemctl status rikan 看它为什么停了）"


def queue(opened: Callable[[], JobQueue]) -> Iterator[Verdict]:
    """Whether it answers, and how much waits. Raises StartError."""
    waiting = len(opened().queue)
    if waiting > MANY_WAIT:
        yield warn(f"队列里积了 {waiting} 个任务。请看后台工作进程是否在运行，或多开几个")
    else:
        yield ok(f"队列在运行，{waiting} 个任务在等")


def workers(server: "redis.Redis", now: Callable[[], datetime]) -> Iterator[Verdict]:
    """Whether anybody works. RQ writes down times of the machine's clock: `now` gives that."""
    beats = [each.last_heartbeat for each in Worker.all(connection=server)]
    alive = [beat for beat in beats if beat and now() - beat < WORKER_SILENT]
    if alive:
        yield ok(f"{len(alive)} 个后台工作进程")
    else:
        yield fail(f"没有后台工作进程，推送和发布没有人做。{START}")


def scheduler(
    server: "redis.Redis", now: Callable[[], datetime], *, enabled: bool
) -> Iterator[Verdict]:
    """Whether anybody ticks."""
    beats = [each.last_heartbeat for each in CronScheduler.all(server, cleanup=False)]
    if any(beat and now() - beat < SCHEDULER_SILENT for beat in beats):
        yield ok(
            "定时进程在运行"
            if enabled
            else "定时进程在运行（schedule.enabled 是 false，不会自动发）"
        )
    elif enabled:
        yield fail(f"没有定时进程，到点不会自动推送和发布。{START}")
    else:
        yield warn(f"没有定时进程，提醒和每日备份没有人做。{START}")


def ticks(last: datetime | None, now: datetime, *, enabled: bool) -> Iterator[Verdict]:
    """Whether what is due has been looked at lately."""
    if not enabled:
        yield ok("没有开自动发布（schedule.enabled 是 false）")
    elif last is None:
        yield fail(f"还没有按时间表做过事。{START}")
    elif now - last > TICK_SILENT:
        yield fail(f"{last:%m-%d %H:%M} 以后没有再按时间表做事。{START}，并看日志里的错误")
    else:
        yield ok(f"{last:%H:%M} 刚看过有什么要做")


def failures(server: "redis.Redis", name: str) -> Iterator[Verdict]:
    """What was given up within a week."""
    registry = FailedJobRegistry(name, connection=server, serializer=JSONSerializer)
    jobs = registry.get_job_ids(cleanup=False)
    if not jobs:
        yield ok("近七天没有放弃的任务")
        return
    shown = "、".join(jobs[-3:])
    yield warn(f"近七天有 {len(jobs)} 个任务没做成（{shown}）。请用 rikan status 日期 看原因")


def machine_clock() -> datetime:
    """What RQ's processes go by."""
    return datetime.now(UTC)
