"""The engine, and the two kinds of transaction."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    IntegrityError,
    NoSuchModuleError,
    OperationalError,
    ProgrammingError,
)

from bot.archive.tables import SCHEMA
from bot.errors import ArchiveBusy, ArchiveError, ConfigError, reason_of

BUSY_SECONDS = 10  # how long a writer waits for another before giving up
# What SQLite says, and what it means to an operator.
TROUBLES = {
    "locked": "另一个进程正在写，等了十秒还没轮到。请稍后再试",
    "unable to open": "打不开文件。请检查 database.url 和数据目录的权限",
    "readonly": "文件是只读的。请检查数据目录的权限",
    "full": "磁盘已满。请腾出空间再试",
}


def open_engine(url: str) -> Engine:
    """An engine on `url`; its folder is made. Raises ConfigError or ArchiveError."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ConfigError(
            "设置 database.url 不是数据库地址。留空即用 SQLite，或写成 sqlite:///路径"
        ) from None
    if parsed.get_backend_name() != "sqlite":
        raise ConfigError("设置 database.url 目前只支持 SQLite。请留空，或写成 sqlite:///路径")
    if parsed.database:
        _make_folder(Path(parsed.database).parent)
    try:
        engine = create_engine(parsed, connect_args={"timeout": BUSY_SECONDS})
    except (ArgumentError, NoSuchModuleError):
        raise ConfigError("设置 database.url 里的驱动不可用。请写成 sqlite:///路径") from None
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArchiveError(
            f"建不了数据目录 {folder}（{reason_of(error)}）。请检查 paths.data 和目录权限"
        ) from error


def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # the driver would begin transactions on its own terms
    connection.execute("PRAGMA journal_mode=WAL")  # readers are never blocked by the writer
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin(connection: Connection) -> None:
    # A transaction that reads first and writes later cannot wait for another writer: say so at once.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A consistent view of the archive."""
    with _explained(), engine.begin() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """All or nothing; waits up to BUSY_SECONDS for another writer."""
    with _explained(), engine.execution_options(writes=True).begin() as connection:
        yield connection


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except (IntegrityError, ProgrammingError):
        raise  # a fault of ours, which is to show itself
    except OperationalError as error:
        busy = "locked" in str(error.orig)
        kind = ArchiveBusy if busy else ArchiveError
        raise kind(f"数据库用不了：{_trouble(str(error.orig))}") from error
    except DatabaseError as error:
        raise ArchiveError(
            "数据库文件已损坏或不是数据库。请检查 database.url，或从备份恢复"
        ) from error


def _trouble(words: str) -> str:
    for sign, sentence in TROUBLES.items():
        if sign in words:
            return sentence
    return f"{words}。请检查数据目录的权限和磁盘空间"


def schema_of(engine: Engine) -> str:
    """The migration a database is at; empty for a new one."""
    with reading(engine) as connection:
        if not inspect(connection).has_table("alembic_version"):
            return ""
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""


def require_current(found: str) -> None:
    """Raise ArchiveError unless the database is at the schema this program knows."""
    if found > SCHEMA:
        raise ArchiveError("数据库比程序新。请安装最近一次写入它的 rikan 版本")
    if found < SCHEMA:
        raise ArchiveError("数据库还是旧版结构。请先备份，再运行 rikan db upgrade")
