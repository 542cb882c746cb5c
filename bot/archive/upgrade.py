"""Bring a database to the newest tables. Alembic is imported here only: it is slow to load."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine

from bot.archive.database import writing
from bot.archive.indexing import adopt_empty_index

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(engine: Engine) -> None:
    """Run the missing migrations in one transaction; nothing to do is fine.

    Two processes that start on the same new database take turns: the second finds it done.
    """
    with writing(engine) as connection:
        migrate(connection)
        adopt_empty_index(connection)


def migrate(connection: Connection, to: str = "head") -> None:
    """Run the missing migrations up to that one, in the transaction that is open."""
    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS))
    settings.attributes["connection"] = connection
    command.upgrade(settings, to)
