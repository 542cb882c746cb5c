"""Who is signed in to the console, and since when; a row that is gone is signed out."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Engine, delete, insert, or_, select, update

from bot.archive.database import reading, writing
from bot.archive.tables import account_sessions
from bot.errors import ArchiveBusy

IDLE = timedelta(hours=12)  # a morning's work; overnight it ends
LONGEST = timedelta(days=14)
TO_THE = timedelta(minutes=1)  # that it was used is written down so often at most
LONGEST_TEXT = 64  # characters of an address, and of a browser's name


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody signed in from somewhere; `mark` names it to its owner, and opens nothing."""

    mark: str
    begun_at: datetime
    seen_at: datetime
    address: str
    browser: str


class Sessions:
    """The sessions of all accounts. Every method is one transaction."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now

    def begin(self, name: str, address: str, browser: str, instead_of: str = "") -> str:
        """What a cookie holds for a new session of that account. `instead_of`: the one before, which ends."""
        token, now = secrets.token_urlsafe(32), self._now()
        values = {
            "digest": mark_of(token),
            "name": name,
            "begun_at": now,
            "seen_at": now,
            "address": address[:LONGEST_TEXT],
            "browser": browser[:LONGEST_TEXT],
        }
        ended = self._over() | (account_sessions.c.digest == mark_of(instead_of))
        with writing(self._engine) as connection:
            connection.execute(delete(account_sessions).where(ended))
            connection.execute(insert(account_sessions).values(**values))
        return token

    def name_of(self, token: str) -> str | None:
        """Whose session that is; None for one that has ended, or never was. It is in use now."""
        of, now = account_sessions.c, self._now()
        mine = of.digest == mark_of(token)
        with reading(self._engine) as connection:
            query = select(of.name, of.seen_at).where(mine, ~self._over())
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        if now - row.seen_at >= TO_THE:
            self._note_use(mine)
        return str(row.name)

    def _note_use(self, mine: ColumnElement[bool]) -> None:
        try:
            with writing(self._engine) as connection:
                used = update(account_sessions).where(mine)
                connection.execute(used.values(seen_at=self._now()))
        except ArchiveBusy:
            return  # the next request notes it

    def of(self, name: str) -> tuple[Session, ...]:
        """The sessions of that account, the one used last first."""
        of = account_sessions.c
        query = select(of.digest, of.begun_at, of.seen_at, of.address, of.browser)
        mine = query.where(of.name == name, ~self._over()).order_by(of.seen_at.desc(), of.digest)
        with reading(self._engine) as connection:
            return tuple(Session(*row) for row in connection.execute(mine))

    def end(self, token: str) -> None:
        """Sign that session out."""
        with writing(self._engine) as connection:
            mine = account_sessions.c.digest == mark_of(token)
            connection.execute(delete(account_sessions).where(mine))

    def end_of(self, name: str, *, mark: str = "", but: str = "") -> int:
        """Sign out the sessions of that account, or the one so marked; how many. `but`: this token's goes on."""
        of = account_sessions.c
        chosen = of.name == name
        if mark:
            chosen &= of.digest == mark
        if but:
            chosen &= of.digest != mark_of(but)
        with writing(self._engine) as connection:
            return connection.execute(delete(account_sessions).where(chosen)).rowcount

    def _over(self) -> ColumnElement[bool]:
        of, now = account_sessions.c, self._now()
        return or_(of.seen_at <= now - IDLE, of.begun_at <= now - LONGEST)


def mark_of(token: str) -> str:
    """What a session is recognised by; it is too long to be guessed from that."""
    return hashlib.sha256(f"rikan session {token}".encode("utf-8", "replace")).hexdigest()
