"""A backup becomes the archive again: made beside it first, so that what fails leaves everything as it was."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, text

from bot.archive.database import opened, writing
from bot.archive.words import Folding
from bot.backup import aside
from bot.backup.filling import fill, fill_followers, make_findable, require_sound
from bot.backup.manifest import FOLDERS, FOLLOWERS, WORDING, Manifest
from bot.backup.reading import Backup
from bot.errors import ArchiveError, reason_of

NOT_EMPTY = "这里已有存档，没有改动。确定要换成备份里的请加 --replace，原来的会收到一边，不会删除"
TEMPORARY = ".restoring-"
MESSAGES = "followers.db"  # beside a SQLite archive
ROOM = 3  # times the size of what is unpacked: rows, their index, and the journal of both


@dataclass(frozen=True, slots=True)
class Place:
    """Where an archive is: its database, and the folder with its files."""

    archive: Engine
    data: Path


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back, and where what was there before is now; empty where nothing was."""

    manifest: Manifest
    aside: tuple[str, ...]


def restore(
    backup: Backup, place: Place, folding: Folding, now: datetime, *, replace: bool = False
) -> Restored:
    """Put a backup that was checked in the place of an archive. Raises ArchiveError.

    May be run again, with `replace`, after a crash in the middle.
    """
    if not replace and aside.anything(place.archive, place.data):
        raise ArchiveError(NOT_EMPTY)
    place.archive.dispose()
    with _explained(place.data):
        _require_room(place.data, backup.manifest)
        with _temporary(place.data) as made:
            backup.unpack(made)
            old = _kept_under(place.data, now)
            moved = _restore_database(backup, place, made, folding, old)
            aside.put_folders_aside(place.data, old)
            for folder in FOLDERS:
                if (made / folder).exists():
                    (made / folder).rename(place.data / folder)
            _restore_wording(made / WORDING, place.data / WORDING, old)
    kept = (str(old),) if old.exists() else ()
    return Restored(backup.manifest, (*kept, *moved))


def _restore_wording(made: Path, own: Path, old: Path) -> None:
    """The editors' sentences; a backup that has none leaves them as they are."""
    if made.exists():
        aside.put_aside(own, old)
        made.rename(own)


@contextmanager
def _explained(data: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ArchiveError(
            f"恢复不了（{reason_of(error)}）。请检查 {data} 的权限和磁盘空间，再运行一次"
        ) from error


def _require_room(data: Path, manifest: Manifest) -> None:
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    needed, free = manifest.size * ROOM, shutil.disk_usage(data).free
    if needed > free:
        raise ArchiveError(
            f"磁盘空间不够（要 {needed / 1e9:.1f} GB，剩 {free / 1e9:.1f} GB）。请腾出空间再试"
        )


@contextmanager
def _temporary(data: Path) -> Iterator[Path]:
    """A folder on the same disk, and what an earlier try left behind is cleared away."""
    for left in data.glob(f"{TEMPORARY}*"):
        shutil.rmtree(left)
    made = Path(tempfile.mkdtemp(dir=data, prefix=TEMPORARY))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _kept_under(data: Path, now: datetime) -> Path:
    wanted = data / f"replaced-{aside.stamp(now)}"
    names = [wanted, *(wanted.with_name(f"{wanted.name}-{number}") for number in range(2, 100))]
    return next(name for name in names if not name.exists())


def _restore_database(
    backup: Backup, place: Place, made: Path, folding: Folding, old: Path
) -> tuple[str, ...]:
    if file := aside.database_file(place.archive):
        _restore_file(backup, file, folding, old)
        if backup.manifest.tables(FOLLOWERS):
            _restore_messages(backup, place.data / MESSAGES, made, old)
        return ()
    return _restore_tables(backup, place.archive, folding, old.name.replace("-", "_"))


def _restore_file(backup: Backup, file: Path, folding: Folding, old: Path) -> None:
    # On the disk that it is to stay on, which need not be that of the data folder.
    new = file.with_name(f".{file.name}.restoring")
    _clear(new)
    try:
        with opened(f"sqlite:///{new}") as engine:
            with writing(engine) as connection:
                fill(connection, backup)
            make_findable(engine, folding)
            require_sound(engine, backup)
        _take_the_place(new, file, old)
    finally:
        _clear(new)


def _clear(file: Path) -> None:
    for suffix in aside.BESIDE:
        file.with_name(file.name + suffix).unlink(missing_ok=True)


def _restore_messages(backup: Backup, file: Path, made: Path, old: Path) -> None:
    with opened(f"sqlite:///{made / MESSAGES}") as engine, writing(engine) as connection:
        fill_followers(connection, backup)
    _take_the_place(made / MESSAGES, file, old)


def _take_the_place(new: Path, file: Path, old: Path) -> None:
    new.chmod(0o600)
    for each in (new, file):
        aside.release(each)
    aside.put_file_aside(file, old)
    new.rename(file)


def _restore_tables(
    backup: Backup, engine: Engine, folding: Folding, schema: str
) -> tuple[str, ...]:
    followers = bool(backup.manifest.tables(FOLLOWERS))
    with writing(engine) as connection:
        aside.put_tables_aside(connection, schema, followers=followers)
        fill(connection, backup)
        if followers:
            fill_followers(connection, backup)
    make_findable(engine, folding)
    require_sound(engine, backup)
    with writing(engine) as connection:
        found = text("SELECT 1 FROM information_schema.schemata WHERE schema_name = :name")
        moved = connection.execute(found, {"name": schema}).scalar()
    return (f"PostgreSQL 的 schema {schema}",) if moved else ()
