"""Bring a database to the newest tables. Alembic is imported here only: it is slow to load."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from bot.archive.database import writing
from bot.archive.indexing import adopt_empty_index

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(engine: Engine) -> None:
    """Run the missing migrations in one transaction; nothing to do is fine.

    Two processes that start on the same new database take turns: the second finds it done.
    """
    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS))
    with writing(engine) as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")
        adopt_empty_index(connection)
