"""What is SQLite's own in opening a database, in its transactions and in what goes wrong."""

import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    IntegrityError,
    NoSuchModuleError,
    OperationalError,
    ProgrammingError,
)

from bot.errors import ArchiveBusy, ArchiveError, ConfigError, reason_of

# What SQLite says, and what it means to an operator.
TROUBLES = {
    "locked": "另一个进程正在写，等了十秒还没轮到。请稍后再试",
    "unable to open": "打不开文件。请检查 database.url 和数据目录的权限",
    "readonly": "文件是只读的。请检查数据目录的权限",
    "full": "磁盘已满。请腾出空间再试",
}
# Of two that begin with a new file at once, SQLite turns one away at once, however patient it is.
TRIES, PAUSE = 100, 0.05
# Bytes of the write-ahead log that stay on disk after bulk work.
JOURNAL_KEPT = 16 * 1024 * 1024


def open_engine(url: URL, busy_seconds: int) -> Engine:
    """An engine on a file, whose folder is made. Raises ConfigError or ArchiveError."""
    if url.database:
        _make_folder(Path(url.database).parent)
    try:
        return create_engine(url, connect_args={"timeout": busy_seconds})
    except (ArgumentError, NoSuchModuleError):
        raise ConfigError("设置 database.url 里的驱动不可用。请写成 sqlite:///路径") from None


def _make_folder(folder: Path) -> None:
    try:
        # Sources and followers' words lie in it.
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ArchiveError(
            f"建不了数据目录 {folder}（{reason_of(error)}）。请检查 paths.data 和目录权限"
        ) from error


def prepare(connection: sqlite3.Connection, _record: Any) -> None:
    """Set up a new connection."""
    connection.isolation_level = None  # the driver would begin transactions on its own terms
    _write_ahead(connection)
    connection.execute(f"PRAGMA journal_size_limit={JOURNAL_KEPT}")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA foreign_keys=ON")


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Readers are never blocked by the writer."""
    for left in reversed(range(TRIES)):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if not left or "locked" not in str(error):
                raise
            time.sleep(PAUSE)
        else:
            return


def begin(connection: Connection, *, writes: bool | None) -> None:
    """A transaction that reads first and writes later cannot wait for another: it says so at once."""
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def trouble(error: DBAPIError) -> ArchiveError | None:
    """What went wrong, for an operator; None for a fault of ours, which is to show itself."""
    words = str(error.orig)
    if isinstance(error, IntegrityError | ProgrammingError):
        return None
    if not isinstance(error, OperationalError):
        return ArchiveError("数据库文件已损坏或不是数据库。请检查 database.url，或从备份恢复")
    known = next((sentence for sign, sentence in TROUBLES.items() if sign in words), None)
    told = known or f"{words}。请检查数据目录的权限和磁盘空间"
    return (ArchiveBusy if "locked" in words else ArchiveError)(f"数据库用不了：{told}")
