"""The archive, its search index, and how old its last copy is."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, func, select

from bot.archive.database import opened, reading, require_current, schema_of
from bot.archive.indexing import is_current
from bot.archive.notices import Notice
from bot.archive.tables import issues
from bot.doctor.verdict import Verdict, fail, ok, warn

OLD = timedelta(hours=36)
SQLITE = "sqlite:///"


def database(url: str) -> Iterator[Verdict]:
    """Whether it answers, and is of this version. Makes none. Raises ArchiveError or ConfigError."""
    file = Path(url.removeprefix(SQLITE))
    if url.startswith(SQLITE) and not file.exists():
        yield fail(f"没有数据库 {file}。请运行 rikan init，或检查设置 database.url")
        return
    with opened(url) as engine:
        found = schema_of(engine)
        if not found:
            yield fail("数据库是空的。请运行 rikan db upgrade")
            return
        require_current(found)
        yield ok(f"{_kind(engine)}，结构 {found}，存有 {_issues(engine):,} 期")


def _kind(engine: Engine) -> str:
    return "SQLite" if engine.dialect.name == "sqlite" else "PostgreSQL"


def _issues(engine: Engine) -> int:
    with reading(engine) as connection:
        return connection.execute(select(func.count()).select_from(issues)).scalar_one()


def index(url: str) -> Iterator[Verdict]:
    """Whether questions are read by the rules that the index was made by."""
    with opened(url) as engine:
        if is_current(engine):
            yield ok("搜索索引是现在这一版的")
        else:
            yield fail("搜索索引是按旧规则建的，读者的提问答不了。请运行 rikan db reindex")


def backup(last: Path | None, keep: int, folder: Path, now: datetime) -> Iterator[Verdict]:
    """How old the last one is. `keep`: how many are kept of those that are taken by themselves."""
    if last is None:
        yield warn(f"{folder} 里还没有备份。请运行 rikan backup")
        return
    age = now - datetime.fromtimestamp(last.stat().st_mtime, now.tzinfo)
    told = f"最近的备份是 {last.name}"
    if age > OLD:
        by_itself = "请看 rikan up 的日志，" if keep else "设置 backup.keep 是 0，没有自动备份；"
        yield warn(
            f"{told}，已过去 {age.days} 天 {age.seconds // 3600} 小时。{by_itself}并运行 rikan backup"
        )
    else:
        yield ok(told)


def notices(unreached: Callable[[], list[Notice]], now: datetime) -> Iterator[Verdict]:
    """What editors should have been told lately, and nobody was."""
    lost = [each for each in unreached() if now - each.at < timedelta(days=7)]
    if not lost:
        yield ok("近七天的提醒都送到了")
        return
    why = lost[0].problem.splitlines()[0]
    yield warn(
        f"近七天有 {len(lost)} 条提醒没送到（最近一条：{why}）。请运行 rikan notify test 找出原因"
    )
