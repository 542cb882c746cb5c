"""Who may steer deliveries from the chat, and the codes that make somebody an editor, once."""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Engine, delete, insert, select, update

from bot.archive.database import reading, writing
from bot.archive.tables import editors, invitations
from bot.errors import ArchiveError

# Letters and digits that nobody takes for another, read out or written by hand.
SIGNS = "34679ACDEFGHJKMNPQRTUWXY"
LENGTH = 10  # signs; 46 bits
LONGEST_NAME = 16
# Invitations are of no use long before; kept this long, they answer who invited whom.
FORGOTTEN_AFTER = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Editor:
    """A bound one; `openid` is the platform's name for the person."""

    name: str
    openid: str
    bound_at: datetime


@dataclass(frozen=True, slots=True)
class Invitation:
    """One that was not used yet, and may still be."""

    name: str
    invited_by: str
    expires_at: datetime


class Editors:
    """The editors of one account. Every method is one transaction.

    Who they are is kept in memory under `revision`, another number as soon as that has changed:
    each message asks for it.
    """

    def __init__(
        self,
        engine: Engine,
        account: str,
        now: Callable[[], datetime],
        revision: Callable[[], int],
        who: str = "cli",
    ) -> None:
        self._engine = engine
        self._account = account
        self._now = now
        self._revision = revision
        self._who = who
        self._known: tuple[int, Mapping[str, str]] | None = None

    def openids(self) -> tuple[str, ...]:
        """Where they are written to, those bound first before the others."""
        return tuple(self._names())

    def name_of(self, openid: str) -> str | None:
        """What an editor is called; None for anybody else."""
        return self._names().get(openid)

    def all(self) -> tuple[Editor, ...]:
        """The editors, those bound first before the others."""
        query = select(editors.c.name, editors.c.openid, editors.c.bound_at)
        mine = query.where(editors.c.account == self._account)
        with reading(self._engine) as connection:
            rows = connection.execute(mine.order_by(editors.c.bound_at, editors.c.openid))
            return tuple(Editor(*row) for row in rows)

    def _names(self) -> Mapping[str, str]:
        revision, known = self._revision(), self._known
        if known is None or known[0] != revision:
            # One that changes in between makes another number: this is read anew then.
            known = (revision, {each.openid: each.name for each in self.all()})
            self._known = known
        return known[1]

    def invite(self, name: str, valid: timedelta) -> str:
        """A code that makes whoever sends it first the editor of that name.

        Kept is only what it can be recognised by. Raises ArchiveError for a name that cannot be one.
        """
        require_name(name)
        code = "".join(secrets.choice(SIGNS) for _ in range(LENGTH))
        now = self._now()
        with writing(self._engine) as connection:
            old = invitations.c.expires_at < now - FORGOTTEN_AFTER
            connection.execute(delete(invitations).where(old))
            connection.execute(
                insert(invitations).values(
                    digest=digest_of(code),
                    account=self._account,
                    name=name,
                    invited_by=self._who,
                    expires_at=now + valid,
                )
            )
        return code

    def invited(self) -> tuple[Invitation, ...]:
        """Who may still become an editor with the code they were given, the next to expire first."""
        of = invitations.c
        query = select(of.name, of.invited_by, of.expires_at).where(
            of.account == self._account, of.used_at.is_(None), of.expires_at > self._now()
        )
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(of.expires_at))
            return tuple(Invitation(*row) for row in rows)

    def bind(self, openid: str, code: str) -> str | None:
        """The name under which that person is an editor now; None where the code does not say.

        Whoever had the name is no editor any longer. The code sent again by the same person means
        what it meant at first.
        """
        now, mine = self._now(), self._is(openid)
        given = invitations.c.digest == digest_of(code)
        given &= invitations.c.account == self._account
        usable = given & invitations.c.used_at.is_(None) & (invitations.c.expires_at > now)
        with writing(self._engine) as connection:
            used = connection.execute(update(invitations).where(usable).values(used_at=now))
            name = connection.execute(select(invitations.c.name).where(given)).scalar()
            if not used.rowcount:
                present = connection.execute(select(editors.c.name).where(mine)).scalar()
                return present if present and present == name else None
            named = (editors.c.account == self._account) & (editors.c.name == name)
            connection.execute(delete(editors).where(named | mine))
            connection.execute(
                insert(editors).values(
                    account=self._account, openid=openid, name=name, bound_at=now
                )
            )
        return str(name)

    def unbind(self, name: str) -> bool:
        """Whether there was an editor of that name, who is none now. Open invitations go too."""
        with writing(self._engine) as connection:
            named = (invitations.c.account == self._account) & (invitations.c.name == name)
            unused = invitations.c.used_at.is_(None)
            withdrawn = connection.execute(delete(invitations).where(named, unused))
            of_name = (editors.c.account == self._account) & (editors.c.name == name)
            gone = connection.execute(delete(editors).where(of_name))
        return bool(gone.rowcount or withdrawn.rowcount)

    def leave(self, openid: str) -> str | None:
        """The name of the editor whom that person was, and is no longer."""
        if (name := self.name_of(openid)) is None:
            return None  # most of those who leave are no editors
        with writing(self._engine) as connection:
            gone = connection.execute(delete(editors).where(self._is(openid)))
        return name if gone.rowcount else None

    def _is(self, openid: str) -> ColumnElement[bool]:
        return (editors.c.account == self._account) & (editors.c.openid == openid)


def digest_of(code: str) -> str:
    """What a code is recognised by, however it was typed. It is too long to be guessed from that."""
    return hashlib.sha256(f"rikan editor {code.upper()}".encode()).hexdigest()


def require_name(name: str) -> None:
    """Raise ArchiveError for what cannot stand in a record as somebody's name."""
    fit = name == name.strip() and name.isprintable() and 0 < len(name) <= LONGEST_NAME
    if not fit:
        raise ArchiveError(
            f"编辑的名字应是 1 到 {LONGEST_NAME} 个字，不含换行和首尾空格。请换一个名字"
        )
