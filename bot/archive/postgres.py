"""What is PostgreSQL's own in opening a database, in its transactions and in what goes wrong."""

from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError, OperationalError

from bot.errors import ArchiveBusy, ArchiveError, ConfigError

DRIVER = "postgresql+psycopg"
# "rika" in ASCII: the advisory lock of whoever writes.
WRITERS_LOCK = 0x72696B61
# Every query of ours takes some rows by an index. The planner does not know what it costs to read a
# tsvector, so it would rather walk through all of them, or join all before it sorts and stops.
PLANS = """
    SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off;
    SET max_parallel_workers_per_gather = 0; SET jit = off
"""
# What SQLSTATE says, and what it means to an operator.
TROUBLES = {
    "42501": "账号没有建表或读写的权限。请把这个数据库的所有者改为它",
    "53100": "服务器的磁盘已满。请腾出空间再试",
    "53300": "连接数已满。请调大 PostgreSQL 的 max_connections，或减少进程",
    "25006": "服务器只读（备库或维护中）。请连到主库",
}
BUSY = {
    "55P03": "另一个进程正在写，等了十秒还没轮到。请稍后再试",
    "40001": "与另一个进程相撞。请稍后再试",
    "40P01": "与另一个进程相撞。请稍后再试",
}
# A refused connection has no SQLSTATE, only words.
REFUSALS = {
    "password": "用户名或密码不对。请检查 database.url",
    "authentication": "用户名或密码不对。请检查 database.url",
    "does not exist": "没有这个数据库或账号。请先建好，再检查 database.url",
    "too many": "连接数已满。请调大 PostgreSQL 的 max_connections，或减少进程",
    "translate host name": "找不到这台主机。请检查 database.url",
}
UNREACHABLE = "连不上 PostgreSQL，或连接断了。请检查 database.url 和服务器是否在运行"


def open_engine(url: URL, busy_seconds: int) -> Engine:
    """An engine on a server. Raises ConfigError where its driver is not installed."""
    try:
        return create_engine(
            url.set(drivername=DRIVER),
            pool_pre_ping=True,  # a server may have been restarted since the last answer
            connect_args={"connect_timeout": busy_seconds},
        )
    except ModuleNotFoundError:
        raise ConfigError(
            "用 PostgreSQL 要先装它的驱动。请运行 pip install 'psycopg[binary]'"
        ) from None


def prepare(connection: Any, _record: Any) -> None:
    """Set up a new connection. Raises ArchiveError if the database does not hold every character."""
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise ArchiveError(f"数据库的编码是 {encoding}，存不了中文。请另建一个编码为 UTF8 的数据库")
    connection.autocommit = True  # a SET that is rolled back is undone
    connection.execute(PLANS + "; SET lock_timeout = '10s'")
    connection.autocommit = False


def begin(connection: Connection, *, writes: bool | None) -> None:
    """One writer at a time, as on SQLite, so that what holds there holds here; readers never wait."""
    if writes:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS_LOCK})")
    elif writes is not None:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")


def trouble(error: DBAPIError) -> ArchiveError | None:
    """What went wrong, for an operator; None for a fault of ours, which is to show itself."""
    state = getattr(error.orig, "sqlstate", None) or ""
    if state in BUSY:
        return ArchiveBusy(f"数据库用不了：{BUSY[state]}")
    if state in TROUBLES:
        return ArchiveError(f"数据库用不了：{TROUBLES[state]}")
    return ArchiveError(_refusal(str(error.orig))) if isinstance(error, OperationalError) else None


def _refusal(words: str) -> str:
    told = next((told for sign, told in REFUSALS.items() if sign in words), UNREACHABLE)
    return f"数据库用不了：{told}"
