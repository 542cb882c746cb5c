"""One SQL statement as a transaction of its own, with nothing around it.

For what every message of a follower needs: SQLAlchemy's own way takes ten times as long, and the
other process would wait for it, as SQLite has one writer at a time.
"""

import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from bot.archive.database import noting, trouble
from bot.errors import ArchiveBusy

# Another's statement takes a tenth of a millisecond; SQLite itself would wait for up to a tenth of a second.
TRY_AGAIN = 0.0005
PATIENCE = 1.5


class Statement:
    """Plain SQL that every database understands, with `:names` for its values."""

    def __init__(self, engine: Engine, sql: str) -> None:
        compiled = text(sql).compile(dialect=engine.dialect)
        self._engine = engine
        self._sql = str(compiled)
        self._order = getattr(compiled, "positiontup", None)
        self._errors: type[Exception] = engine.dialect.loaded_dbapi.Error

    def run(self, **values: Any) -> int:
        """How many rows it wrote. Raises ArchiveError."""
        return int(self._executed(values)[0])

    def row(self, **values: Any) -> Any:
        """The first row, or None. Raises ArchiveError."""
        return self._executed(values, rows=True)[1]

    def run_all(self, rows: Sequence[dict[str, Any]]) -> None:
        """For each of the rows, in one transaction. Raises ArchiveError."""
        given = [self._given(values) for values in rows]
        end = time.monotonic() + PATIENCE
        while True:
            try:
                with noting(self._engine) as connection:
                    connection.exec_driver_sql(self._sql, given)
            except ArchiveBusy:
                if time.monotonic() > end:
                    raise
                time.sleep(TRY_AGAIN)
            else:
                return

    def _given(self, values: dict[str, Any]) -> Any:
        return tuple(values[name] for name in self._order) if self._order else values

    def _executed(self, values: dict[str, Any], *, rows: bool = False) -> tuple[int, Any]:
        given = self._given(values)
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return self._once(given, rows=rows)
            except self._errors as error:
                if "locked" not in str(error) or time.monotonic() > end:
                    raise self._told(error) from error
            time.sleep(TRY_AGAIN)

    def _told(self, error: Exception) -> BaseException:
        """What went wrong, for an operator; the driver's own words name hosts and accounts."""
        known = DBAPIError.instance(self._sql, None, error, self._errors)
        told = trouble(self._engine, known) if isinstance(known, DBAPIError) else None
        return told or error

    def _once(self, given: Any, *, rows: bool) -> tuple[int, Any]:
        connection = self._engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute(self._sql, given)
            row = cursor.fetchone() if rows else None
            connection.commit()
            return cursor.rowcount, row
        finally:
            connection.close()
