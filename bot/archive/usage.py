"""How often each of the platform's calls was made in a day, and what was found out about the account.

On SQLite these tables have a file of their own beside the archive: a call is counted while somebody
writes to the archive, and does not wait. A table that must change gets another name instead of a
migration; all of it can be found out again.
"""

import json
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Date, Engine, Integer, MetaData, String, Table, Text, delete, select

from bot.archive.database import noting, open_engine, upsert, writing
from bot.archive.tables import Moment
from bot.errors import ArchiveError

metadata = MetaData()

platform_calls = Table(
    "platform_calls",
    metadata,
    Column("account", String(128), primary_key=True),
    Column("day", Date, primary_key=True),  # of the clock's zone: the platform counts by Shanghai's
    Column("call", String(64), primary_key=True),
    Column("times", Integer, nullable=False),
)

platform_results = Table(
    "platform_results",
    metadata,
    Column("account", String(128), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("call", String(64), primary_key=True),
    Column("result", String(32), primary_key=True),
    Column("times", Integer, nullable=False),
)

account_findings = Table(
    "account_findings",
    metadata,
    Column("account", String(128), primary_key=True),
    Column("found_at", Moment, nullable=False),
    Column("findings", Text, nullable=False),  # JSON
)

KEEP = timedelta(days=31)
WAIT = 1  # seconds; who counts must not hold up a call


def open_usage(archive: Engine, folder: Path, closing: ExitStack) -> Engine:
    """Where calls are counted: the archive's own server, or a SQLite file in that folder."""
    engine = archive
    if archive.dialect.name == "sqlite":
        engine = open_engine(f"sqlite:///{folder / 'account.db'}", WAIT)
        closing.callback(engine.dispose)
    with writing(engine) as connection:
        metadata.create_all(connection)
    return engine


class Usage:
    """One account's. Every method is one short transaction."""

    def __init__(self, engine: Engine, account: str, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._account = account
        self._now = now

    def count(self, call: str) -> None:
        """One more call today. What cannot be counted is not: the call itself goes on."""
        self._one_more(platform_calls, call=call)

    def note(self, call: str, result: str) -> None:
        """What came of a call today; let go like a count."""
        self._one_more(platform_results, call=call, result=result)

    def _one_more(self, table: Table, **what: str) -> None:
        key = {"account": self._account, "day": self._now().date(), **what}
        times = table.c.times + 1
        with suppress(ArchiveError), noting(self._engine) as connection:
            one = upsert(connection, table).values(**key, times=1)
            connection.execute(
                one.on_conflict_do_update(index_elements=list(key), set_={"times": times})
            )

    def results(self, day: date) -> Mapping[tuple[str, str], int]:
        """How often each call ended how on a day: (call, result)."""
        table = platform_results.c
        query = select(table.call, table.result, table.times).where(
            table.account == self._account, table.day == day
        )
        with noting(self._engine) as connection:
            return {(row.call, row.result): row.times for row in connection.execute(query)}

    def on(self, day: date) -> Mapping[str, int]:
        """How often each call was made on a day."""
        query = select(platform_calls.c.call, platform_calls.c.times).where(
            platform_calls.c.account == self._account, platform_calls.c.day == day
        )
        with noting(self._engine) as connection:
            return {row.call: row.times for row in connection.execute(query)}

    def recall(self) -> tuple[datetime, Mapping[str, Any]] | None:
        """What was found out about the account, and when."""
        query = select(account_findings.c.found_at, account_findings.c.findings).where(
            account_findings.c.account == self._account
        )
        with noting(self._engine) as connection:
            row = connection.execute(query).one_or_none()
        return (row.found_at, json.loads(row.findings)) if row else None

    def remember(self, findings: Mapping[str, Any]) -> datetime:
        """Keep what was found out just now, in the place of what was known; and let old counts go."""
        now = self._now()
        values = {"found_at": now, "findings": json.dumps(findings, ensure_ascii=False)}
        with writing(self._engine) as connection:
            connection.execute(
                upsert(connection, account_findings)
                .values(account=self._account, **values)
                .on_conflict_do_update(index_elements=["account"], set_=values)
            )
            for table in (platform_calls, platform_results):
                connection.execute(delete(table).where(table.c.day < (now - KEEP).date()))
        return now
