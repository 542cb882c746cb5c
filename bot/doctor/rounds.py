"""All checks of an installation, in the order in which an operator would look."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bot import safekeeping, telling
from bot.config import secret_files
from bot.doctor import door, far_side, machine, settings, store, work
from bot.doctor.examination import Check
from bot.doctor.verdict import Verdict
from bot.jobs.queue import NAME
from bot.resources import directory
from bot.schedule.calendar import known
from bot.services import Services
from bot.wechat.account import Findings
from bot.wechat.client import open_client
from bot.wechat.quotas import Uncounted


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is not told by the settings: the file they are in, the disk, where the fonts are."""

    settings: Path | None
    fonts: Path
    disk: Callable[[Path], os.statvfs_result] = os.statvfs


def surroundings(settings: Path | None) -> Surroundings:
    """Those of this installation."""
    return Surroundings(settings, directory("assets") / "fonts")


def checks_of(services: Services, around: Surroundings, *, offline: bool = False) -> list[Check]:
    """Every check; without those that ask beyond this machine, if `offline`."""
    far = [] if offline else _far(services)
    return [*_near(services, around), *_work(services), *far, *_kept(services)]


def _near(services: Services, around: Surroundings) -> Sequence[Check]:
    config, paths = services.config, services.config.paths
    plan = config.schedule
    return (
        Check("settings", "设置", lambda: settings.complete(config)),
        Check(
            "secrets",
            "口令文件",
            lambda: machine.secrets(around.settings, secret_files(), paths.data),
        ),
        Check("folders", "目录", lambda: machine.folders(paths.data, paths.inbox)),
        Check("disk", "磁盘", lambda: machine.room(paths.data, around.disk)),
        Check("fonts", "字体", lambda: machine.fonts(around.fonts)),
        Check(
            "calendar", "日历", lambda: machine.calendar(services.now().date(), plan.days, known)
        ),
        Check("database", "数据库", lambda: store.database(config.database_url)),
        Check("index", "搜索索引", lambda: store.index(config.database_url), needs=("database",)),
    )


def _work(services: Services) -> Sequence[Check]:
    enabled, now = services.config.schedule.enabled, work.machine_clock
    return (
        Check("queue", "队列", lambda: work.queue(lambda: services.queue)),
        Check(
            "worker", "后台工作", lambda: work.workers(services.queue.server, now), needs=("queue",)
        ),
        Check(
            "scheduler",
            "定时",
            lambda: work.scheduler(services.queue.server, now, enabled=enabled),
            needs=("queue",),
        ),
        Check(
            "schedule",
            "时间表",
            lambda: work.ticks(services.ticks.last(), services.now(), enabled=enabled),
        ),
        Check("jobs", "任务", lambda: work.failures(services.queue.server, NAME), needs=("queue",)),
    )


def _far(services: Services) -> Sequence[Check]:
    config = services.config
    wechat, token = config.wechat, config.wechat.token.get_secret_value()
    public = config.web.public_url
    return (
        Check(
            "clock", "时钟", lambda: far_side.clock(wechat.api_base_url, wechat.proxy, services.now)
        ),
        Check("access", "平台", lambda: _access(services), needs=("settings",)),
        Check(
            "account",
            "公众号",
            lambda: far_side.account(services.account.findings(), config.publish.mode),
            needs=("access", "database"),
        ),
        Check("callback", "消息推送", lambda: door.callback(public, token, services.now())),
    )


def _access(services: Services) -> Iterator[Verdict]:
    # A token of its own: one that is kept somewhere says nothing of today's list of addresses.
    with ExitStack() as closing:
        client = open_client(services.config.wechat, Uncounted(), "", closing)
        yield from far_side.access(client.fetch_token)


def _known(services: Services) -> Findings | None:
    """What was found out about the account last; that is asked of a client, which has to be set up."""
    wechat = services.config.wechat
    ready = wechat.appid and wechat.appsecret.get_secret_value()
    return services.account.known() if ready else None


def _kept(services: Services) -> Sequence[Check]:
    config, now = services.config, services.now
    folder = safekeeping.folder_of(config)
    return (
        Check(
            "quotas",
            "额度",
            lambda: far_side.quotas(services.usage.on(now().date()), _known(services)),
            needs=("database",),
        ),
        Check(
            "telling",
            "提醒",
            lambda: settings.reachable(telling.ways(services), telling.NOWHERE),
            needs=("database",),
        ),
        Check(
            "notices",
            "没送到的",
            lambda: store.notices(services.notices.unreached, now()),
            needs=("database",),
        ),
        Check(
            "backup",
            "备份",
            lambda: store.backup(safekeeping.newest(config), config.backup.keep, folder, now()),
        ),
    )
