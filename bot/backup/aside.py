"""What is in the way of a restored archive is put aside under a dated name, and never deleted."""

import sqlite3
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, select, text

from bot.archive.database import reading
from bot.backup import rows
from bot.backup.manifest import FOLDERS
from bot.errors import ArchiveBusy, ArchiveError

IN_USE = "数据库正在使用。请先停止 rikan（systemctl stop rikan，或结束 rikan up），再恢复"
BESIDE = ("", "-wal", "-shm")  # the files of a SQLite database
INDEXES = ("section_index", "section_index_new")
PATIENCE = 1  # seconds; who has it open does so for long


def stamp(now: datetime) -> str:
    """What tells one time from another: `20260613-073000`."""
    return f"{now:%Y%m%d-%H%M%S}"


def anything(engine: Engine, data: Path) -> bool:
    """Whether there is an archive, or files of one. One that cannot be read is there."""
    if any(any((data / folder).glob("*")) for folder in FOLDERS):
        return True
    file = database_file(engine)
    if file and not file.exists():
        return False
    try:
        with reading(engine) as connection:
            return any(
                connection.execute(select(table).limit(1)).first()
                for table in rows.there(connection, rows.ARCHIVE)
            )
    except ArchiveError:
        if file is None:
            raise  # no answer from the server is not an answer
        return True


def database_file(engine: Engine) -> Path | None:
    """The file of a SQLite database; None on a server."""
    if engine.dialect.name != "sqlite":
        return None
    return Path(engine.url.database or "")


def release(file: Path) -> None:
    """Have all of the database in its one file. Raises ArchiveBusy while another process has it open."""
    if not file.exists():
        return
    try:
        with closing(sqlite3.connect(file, timeout=PATIENCE)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise ArchiveBusy(IN_USE) from None
    except sqlite3.DatabaseError:
        return  # no database, or none any more: it is put aside as it is


def put_file_aside(file: Path, place: Path) -> None:
    """The database's file, and what lies beside it."""
    for suffix in BESIDE:
        put_aside(file.with_name(file.name + suffix), place)


def put_folders_aside(data: Path, place: Path) -> None:
    """The sources, pictures and covers; an empty folder is in nobody's way."""
    for folder in FOLDERS:
        with suppress(OSError):
            (data / folder).rmdir()
        put_aside(data / folder, place)


def put_aside(path: Path, place: Path) -> None:
    """A file or a folder, if it is there."""
    if path.exists():
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.rename(place / path.name)


def put_tables_aside(connection: Connection, schema: str, *, followers: bool) -> None:
    """On PostgreSQL: into a schema of that name, with their index; in the transaction that is open."""
    _require_alone(connection)
    names = [*rows.ARCHIVE, *rows.PASSING, *rows.OWN, *INDEXES, "alembic_version"]
    names += rows.FOLLOWERS if followers else ()
    present = [table.name for table in rows.there(connection, names)]
    if not present:
        return
    connection.execute(text(f"CREATE SCHEMA {schema}"))
    for name in present:
        connection.execute(text(f"ALTER TABLE {name} SET SCHEMA {schema}"))
    if connection.execute(text("SELECT to_regproc('count_revision')")).scalar():
        connection.execute(text(f"ALTER FUNCTION count_revision() SET SCHEMA {schema}"))


def _require_alone(connection: Connection) -> None:
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    if connection.execute(others).scalar():
        raise ArchiveBusy(IN_USE)
