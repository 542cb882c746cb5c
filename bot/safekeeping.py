"""Backups, told from top to bottom: one is taken, read again, restored on trial; and one day it is needed.

What they hold is told in `backup/manifest.py`. The settings hold secrets and are not among it.
"""

import re
import shutil
from contextlib import ExitStack
from datetime import date, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine

from bot.archive.conversations import open_beside
from bot.archive.database import open_engine, opened
from bot.archive.words import Folding
from bot.backup.aside import database_file
from bot.backup.filling import rehearse
from bot.backup.reading import open_backup
from bot.backup.restoring import Place, Restored, restore
from bot.backup.taking import PART, Taken, take
from bot.config import Config
from bot.errors import ArchiveError, reason_of
from bot.jobs.queue import BACKUP
from bot.resources import directory
from bot.services import Services

# Those that are taken by themselves; what a person took stays until a person deletes it.
DAILY = re.compile(r"rikan-(\d{4}-\d\d-\d\d)\.zip")

TRIAL = ".trial-"


def folder_of(config: Config) -> Path:
    """Where backups are put."""
    return Path(config.backup.folder) if config.backup.folder else config.paths.data / "backups"


def back_up(
    config: Config, now: datetime, target: Path | None = None, *, with_followers: bool = False
) -> Taken:
    """Take a backup and see to it that it can be restored. Raises ArchiveError; then there is none."""
    path = target or folder_of(config) / f"rikan-{now:%Y-%m-%dT%H%M%S}.zip"
    with ExitStack() as closing:
        archive = _opened(config, closing)
        followers = open_beside(archive, config.paths.data, closing) if with_followers else None
        taken = take(archive, config.paths.data, path, now, followers=followers)
    try:
        verify(path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return taken


def _opened(config: Config, closing: ExitStack) -> Engine:
    archive = open_engine(config.database_url)
    closing.callback(archive.dispose)
    file = database_file(archive)
    if file and not file.exists():
        raise ArchiveError(f"没有数据库 {file}。请检查 --config 和设置 database.url")
    return archive


def verify(path: Path) -> None:
    """Read a backup again and restore its tables on trial. Raises ArchiveError."""
    with open_backup(path) as backup:
        backup.check()
        try:
            with (
                TemporaryDirectory(dir=path.parent, prefix=f"{TRIAL}{path.stem}-") as trial,
                opened(f"sqlite:///{trial}/rikan.db") as engine,
            ):
                rehearse(backup, engine)
        except OSError as error:
            raise ArchiveError(f"备份试不了恢复（{reason_of(error)}）。请检查磁盘空间") from error


def restore_backup(config: Config, path: Path, now: datetime, *, replace: bool = False) -> Restored:
    """Put a backup in the place of the archive. Raises ArchiveError; before anything is touched, if it can."""
    folding = Folding.load(directory("assets") / "words" / "fold.txt")
    with open_backup(path) as backup:
        backup.check()
        with opened(config.database_url) as archive:
            return restore(backup, Place(archive, config.paths.data), folding, now, replace=replace)


def newest(config: Config) -> Path | None:
    """The last backup in the folder for them."""
    found = [path for path in folder_of(config).glob("rikan-*.zip") if path.is_file()]
    return max(found, key=lambda path: path.stat().st_mtime, default=None)


# Every day by itself.


def want_backup(services: Services) -> bool:
    """Have today's taken by a job, if it is due: for whoever comes by every minute. Whether that was asked for."""
    day = services.now().date().isoformat()
    return is_backup_due(services) and services.queue.want(BACKUP, day)


def is_backup_due(services: Services) -> bool:
    """Whether today's has yet to be taken."""
    wanted, now = services.config.backup, services.now()
    late_enough = now.time() >= time.fromisoformat(wanted.at)
    return bool(wanted.keep) and late_enough and not _of_day(services.config, now.date()).exists()


def back_up_daily(services: Services) -> Taken | None:
    """Take today's backup unless there is one, and let the oldest go. Raises ArchiveError."""
    if not is_backup_due(services):
        return None
    config, now = services.config, services.now()
    _clear_away(folder_of(config))
    taken = back_up(
        config, now, _of_day(config, now.date()), with_followers=config.backup.followers
    )
    for old in daily(config)[config.backup.keep :]:
        old.unlink(missing_ok=True)
    return taken


def daily(config: Config) -> list[Path]:
    """The backups that were taken by themselves, newest first."""
    found = (path for path in folder_of(config).glob("*.zip") if DAILY.fullmatch(path.name))
    return sorted(found, reverse=True)


def _of_day(config: Config, day: date) -> Path:
    return folder_of(config) / f"rikan-{day.isoformat()}.zip"


def _clear_away(folder: Path) -> None:
    # What a crash left half-written: the daily ones are taken one after another.
    for left in folder.glob(f".rikan-????-??-??.zip-*{PART}"):
        left.unlink(missing_ok=True)
    for left in folder.glob(f"{TRIAL}rikan-????-??-??-*"):
        shutil.rmtree(left, ignore_errors=True)
