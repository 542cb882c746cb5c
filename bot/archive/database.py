"""The engine, and the two kinds of transaction, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from pkgutil import resolve_name
from typing import Any

from sqlalchemy import Connection, Engine, Table, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from bot.archive import postgres, sqlite
from bot.archive.tables import SCHEMA
from bot.errors import ArchiveError, ConfigError

BUSY_SECONDS = 10  # how long a writer waits for another before giving up
KINDS = {"sqlite": sqlite, "postgresql": postgres}


def open_engine(url: str, busy_seconds: int = BUSY_SECONDS) -> Engine:
    """An engine on `url` whose writers wait for each other that long. Raises ConfigError or ArchiveError; nothing is connected yet."""
    try:
        parsed = make_url(url.replace("postgres://", "postgresql://", 1))
        kind = KINDS[parsed.get_backend_name()]
    except (
        ArgumentError,
        KeyError,
        ValueError,
    ):  # a port that is no number is named with what it is
        raise ConfigError(
            "设置 database.url 不是可用的数据库地址。留空即用 SQLite，"
            "或写成 sqlite:///路径、postgresql://用户:密码@主机/库名"
        ) from None
    engine: Engine = kind.open_engine(parsed, busy_seconds)
    event.listen(engine, "connect", kind.prepare)
    event.listen(engine, "begin", _begin)
    return engine


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    """An engine for a while."""
    engine = open_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    KINDS[connection.dialect.name].begin(connection, writes=writes)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A consistent view of the archive."""
    with _explained(engine), engine.execution_options(writes=False).begin() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """All or nothing; waits up to BUSY_SECONDS for another writer."""
    with _explained(engine), engine.execution_options(writes=True).begin() as connection:
        yield connection


@contextmanager
def noting(engine: Engine) -> Iterator[Connection]:
    """All or nothing, without waiting for who writes to the archive: for tables that it has no part in."""
    with _explained(engine), engine.begin() as connection:
        yield connection


def upsert(connection: Connection, table: Table) -> Any:
    """An INSERT that knows `on_conflict_do_update` and `…_do_nothing`: both databases have it."""
    return resolve_name(f"sqlalchemy.dialects.{connection.dialect.name}:insert")(table)


@contextmanager
def _explained(engine: Engine) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        if told := trouble(engine, error):
            raise told from error
        raise


def trouble(engine: Engine, error: DBAPIError) -> ArchiveError | None:
    """What went wrong, for an operator; None for a fault of ours, which is to show itself."""
    told: ArchiveError | None = KINDS[engine.dialect.name].trouble(error)
    return told


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
