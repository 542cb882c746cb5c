"""The archive's database, made ready or refused."""

from contextlib import ExitStack
from pkgutil import resolve_name

from sqlalchemy import Engine

from bot.archive.database import open_engine, require_current, schema_of


def open_current(url: str, closing: ExitStack) -> Engine:
    """The database at `url`: a new one is made ready, an older one refused with the remedy (ArchiveError)."""
    engine = open_engine(url)
    closing.callback(engine.dispose)
    if found := schema_of(engine):
        require_current(found)
    else:
        # By name: what makes tables takes longer to load than most commands run.
        resolve_name("bot.archive.upgrade:upgrade")(engine)
    return engine
