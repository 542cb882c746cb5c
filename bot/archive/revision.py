"""A number that is another one as soon as an answer may be: kept by the database itself (migration 0005)."""

from sqlalchemy import Engine

from bot.archive.statement import Statement


class Revision:
    """Grows with every change of an issue or of a delivery, whoever makes it."""

    def __init__(self, engine: Engine) -> None:
        self._number = Statement(engine, "SELECT number FROM revision")

    def now(self) -> int:
        """Raises ArchiveError where the database cannot be read."""
        return int(self._number.row()[0])
