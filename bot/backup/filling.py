"""A new database is filled from a backup, and checked."""

from pkgutil import resolve_name

from sqlalchemy import Connection, Engine, func, select, text, update

from bot.archive import conversations
from bot.archive.database import reading, writing
from bot.archive.indexing import reindex
from bot.archive.tables import index_state, revision
from bot.archive.words import Folding
from bot.backup import rows
from bot.backup.manifest import DAMAGED, FOLLOWERS, TABLES
from bot.backup.reading import Backup
from bot.errors import ArchiveError

UNSOUND = "备份里的数据自相矛盾（{}）。请换一份备份"


def fill(connection: Connection, backup: Backup) -> None:
    """Make the tables as they were when the backup was taken, fill them, bring them to the newest."""
    # By name: what makes tables takes longer to load than most commands run.
    migrate = resolve_name("bot.archive.upgrade:migrate")
    migrate(connection, backup.manifest.schema)
    _load(connection, backup, TABLES, rows.ARCHIVE)
    migrate(connection)
    # Nobody has seen this number yet, and whoever remembers an answer does so by it.
    moment = int(backup.manifest.made_at.timestamp())
    connection.execute(update(revision).values(number=revision.c.number + moment))
    connection.execute(update(index_state).values(tokenizer="", rebuilding=None, rebuilt_to=None))


def fill_followers(connection: Connection, backup: Backup) -> None:
    """The tables of what followers sent, made and filled."""
    conversations.metadata.create_all(connection)
    _load(connection, backup, FOLLOWERS, rows.FOLLOWERS)


def _load(connection: Connection, backup: Backup, folder: str, names: tuple[str, ...]) -> None:
    said = backup.manifest.tables(folder)
    tables = rows.there(connection, names)
    if foreign := set(said) - {table.name for table in tables}:
        raise ArchiveError(DAMAGED.format(f"有不认识的表 {min(foreign)}"))
    for table in tables:
        if table.name in said:
            with backup.open(f"{folder}/{table.name}.jsonl") as lines:
                loaded = rows.load(connection, table, lines)
            _require(loaded == said[table.name].rows, f"表 {table.name} 的行数不对")
            rows.continue_numbering(connection, table)


def make_findable(engine: Engine, folding: Folding) -> None:
    """The search index, made anew: a backup has none."""
    for _ in reindex(engine, folding):
        pass


def require_sound(engine: Engine, backup: Backup) -> None:
    """Raise ArchiveError unless the database holds together and has as many rows as the backup."""
    with reading(engine) as connection:
        if engine.dialect.name == "sqlite":
            whole = connection.execute(text("PRAGMA integrity_check")).scalars().all()
            _require(whole == ["ok"], str(whole[0]))
            loose = connection.execute(text("PRAGMA foreign_key_check")).all()
            _require(not loose, "有的行没有所属的一期")
        for table in rows.there(connection, backup.manifest.tables()):
            count = connection.execute(select(func.count()).select_from(table)).scalar_one()
            _require(count == backup.manifest.rows(table.name), f"表 {table.name} 的行数不对")


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ArchiveError(UNSOUND.format(otherwise))


def rehearse(backup: Backup, engine: Engine) -> None:
    """Restore the tables into a database of no further use: what goes wrong does so now. Raises ArchiveError."""
    with writing(engine) as connection:
        fill(connection, backup)
    require_sound(engine, backup)
