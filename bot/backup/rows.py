"""Tables as rows of JSON, and back, in whichever database and at whichever migration they are."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, MetaData, Table, insert, inspect, select, text
from sqlalchemy.exc import OperationalError, StatementError

from bot.archive import conversations, statistics_tables
from bot.errors import ArchiveError

# Made anew with the tables: the number that tells of changes, and the rules of the index.
OWN = ("revision", "index_state")
# Whoever restores signs in again: no session that was ended since, and no link that was used, comes back.
PASSING = ("account_sessions", "account_invitations", "sign_in_tries", "editing")
# All of the archive's: those of `tables`, and with them the ones that have a file of their own.
KNOWN = statistics_tables.synonyms.metadata.tables
ARCHIVE = tuple(name for name in KNOWN if name not in OWN + PASSING)
FOLLOWERS = tuple(conversations.metadata.tables)
BATCH = 500
Row = dict[str, Any]


def there(connection: Connection, names: Collection[str]) -> list[Table]:
    """Those of the tables that are there, each after the ones it refers to."""
    found = [name for name in names if inspect(connection).has_table(name)]
    known = MetaData()
    known.reflect(connection, only=found)
    return [table for table in known.sorted_tables if table.name in found]


def dump(connection: Connection, table: Table) -> Iterator[Row]:
    """The rows of a table, in the order of their keys; moments in UTC."""
    query = select(table).order_by(*table.primary_key.columns)
    found = connection.execute(query, execution_options={"yield_per": BATCH})
    for row in found.mappings():
        yield {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def load(connection: Connection, table: Table, lines: Iterable[bytes]) -> int:
    """Put the rows into an empty table; how many. Raises ArchiveError for what does not fit."""
    count, rows = 0, (_row(table, line) for line in lines)
    try:
        while batch := list(islice(rows, BATCH)):
            connection.execute(insert(table), batch)
            count += len(batch)
    except OperationalError:
        raise  # a full disk is no fault of the backup
    except (ValueError, TypeError, LookupError, AttributeError, StatementError) as error:
        raise ArchiveError(f"备份里的表 {table.name} 有读不了的内容。请换一份备份") from error
    return count


def _row(table: Table, line: bytes) -> Row:
    plain: Mapping[str, Any] = json.loads(line)
    return {name: _value(table, name, value) for name, value in plain.items()}


def _value(table: Table, name: str, value: Any) -> Any:
    kind = table.columns[name].type.python_type
    if value is not None and kind in (date, datetime):
        return kind.fromisoformat(value)
    # PostgreSQL keeps no NUL in a text, SQLite does; nobody reads it.
    return value.replace("\x00", "") if isinstance(value, str) else value


def continue_numbering(connection: Connection, table: Table) -> None:
    """The next row gets a number that none has. SQLite sees to it by itself."""
    if connection.dialect.name == "sqlite" or "id" not in table.columns:
        return
    owned = text("SELECT pg_get_serial_sequence(:name, 'id')")
    if sequence := connection.execute(owned, {"name": table.name}).scalar():
        last = f"SELECT setval('{sequence}', coalesce(max(id), 0) + 1, false) FROM {table.name}"  # noqa: S608 - names of ours
        connection.execute(text(last))
