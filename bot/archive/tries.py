"""How often somebody failed to sign in: the next try waits, longer each time, whichever process is asked."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, select, update

from bot.archive.database import upsert, writing
from bot.archive.tables import sign_in_tries

FORGOTTEN_AFTER = timedelta(days=1)
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=15)
# Free tries: a person mistypes; behind one address there may be a whole office.
OF_NAME, OF_ADDRESS = 5, 20


@dataclass(frozen=True, slots=True)
class Mark:
    """What failures are counted by, and how many of them cost nothing."""

    text: str
    free: int

    @property
    def digest(self) -> str:
        """Of one length, whatever somebody typed."""
        return hashlib.sha256(self.text.encode("utf-8", "replace")).hexdigest()


def marks_of(name: str, address: str) -> tuple[Mark, Mark]:
    """By what a try to sign in is counted. Names that nobody has are counted as well."""
    return Mark(f"name {name}", OF_NAME), Mark(f"address {address}", OF_ADDRESS)


def wait_after(failures: int, free: int) -> timedelta:
    """How long the next try has to wait."""
    if failures < free:
        return timedelta(0)
    doubled = min(failures - free, 16)  # far beyond the longest
    return min(FIRST_WAIT * (1 << doubled), LONGEST_WAIT)


class Tries:
    """The failures of the last day. Every method is one transaction."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now

    def begin(self, marks: Sequence[Mark]) -> timedelta:
        """How long to wait before a try; nothing where it may be made now, which counts as failed.

        It counts before it is known, so that many at once are as many.
        """
        of, now = sign_in_tries.c, self._now()
        with writing(self._engine) as connection:
            connection.execute(delete(sign_in_tries).where(of.last_at < now - FORGOTTEN_AFTER))
            counted = select(of.mark, of.failures, of.last_at).where(
                of.mark.in_([mark.digest for mark in marks])
            )
            rows = {row.mark: row for row in connection.execute(counted)}
            waits = [
                rows[mark.digest].last_at + wait_after(rows[mark.digest].failures, mark.free) - now
                for mark in marks
                if mark.digest in rows
            ]
            if (longest := max(waits, default=timedelta(0))) > timedelta(0):
                return longest
            for mark in marks:
                connection.execute(
                    upsert(connection, sign_in_tries)
                    .values(mark=mark.digest, failures=1, last_at=now)
                    .on_conflict_do_update(
                        index_elements=["mark"],
                        set_={"failures": of.failures + 1, "last_at": now},
                    )
                )
        return timedelta(0)

    def succeeded(self, name: Mark, address: Mark) -> None:
        """That one was no failure: the name's are forgotten, and the address has one less.

        Not all of the address's: who has an account could go on guessing at others'.
        """
        with writing(self._engine) as connection:
            mine = sign_in_tries.c.mark == name.digest
            connection.execute(delete(sign_in_tries).where(mine))
        self.spare(address)

    def spare(self, address: Mark) -> None:
        """The address has one less: its password was right, and what is asked next counts by itself."""
        of = sign_in_tries.c
        with writing(self._engine) as connection:
            fewer = update(sign_in_tries).where(of.mark == address.digest, of.failures > 0)
            connection.execute(fewer.values(failures=of.failures - 1))
