"""Who may sign in to the console, and the links that make somebody an account, once."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, delete, insert, select, update

from bot.archive.database import reading, upsert, writing
from bot.archive.editors import FORGOTTEN_AFTER, require_name
from bot.archive.sessions import Sessions
from bot.archive.tables import account_invitations, account_sessions, accounts, invitations
from bot.archive.tries import Tries
from bot.errors import ArchiveError


class Role(StrEnum):
    """What an account may do; each may do what the ones before it may."""

    EDITOR = "editor"  # add, correct, preview, push
    APPROVER = "approver"  # approve, return, publish
    ADMIN = "admin"  # accounts, withdraw

    def covers(self, needed: "Role") -> bool:
        """Whether this one may do what `needed` may."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


ROLE_NAMES = {Role.EDITOR: "编辑", Role.APPROVER: "审批人", Role.ADMIN: "管理员"}


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody's. `password` is what it is checked against, `second_factor` the sealed secret of codes.

    It is empty where there is none. `last_step` is the time step of the last code that was used;
    `openid` the same person as an editor in the chat, if known.
    """

    name: str
    role: Role
    password: str = field(repr=False)
    second_factor: str = field(repr=False)
    last_step: int
    openid: str
    made_at: datetime
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True)
class AccountInvitation:
    """One that may still be used."""

    name: str
    role: Role
    openid: str
    invited_by: str
    expires_at: datetime


class Accounts:
    """The accounts of this installation. Every method is one transaction."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now
        self.sessions = Sessions(engine, now)
        self.tries = Tries(engine, now)

    def account(self, name: str) -> Account | None:
        """The account of that name, also one that may not sign in any more."""
        if "\0" in name:
            return None  # PostgreSQL takes no such character
        with reading(self._engine) as connection:
            row = connection.execute(select(accounts).where(accounts.c.name == name)).one_or_none()
        return _account(row) if row else None

    def all(self) -> tuple[Account, ...]:
        """Every account, the oldest first."""
        query = select(accounts).order_by(accounts.c.made_at, accounts.c.name)
        with reading(self._engine) as connection:
            return tuple(_account(row) for row in connection.execute(query))

    def signed_in(self, token: str) -> Account | None:
        """Whose session that is; None for one that has ended, or whose account may not sign in."""
        name = self.sessions.name_of(token)
        account = self.account(name) if name else None
        return account if account and account.disabled_at is None else None

    def invite(self, name: str, role: Role, by: str, valid: timedelta, openid: str = "") -> str:
        """What a link ends in that makes its holder that account; of a known one, a new password.

        Kept is only what it can be recognised by. Raises ArchiveError for a name that cannot be one.
        """
        require_name(name)
        if "/" in name or not name.strip("."):
            # A page's address has the name in it.
            raise ArchiveError("账号的名字里不能有斜杠，也不能只有点。请换一个名字")
        token, now = secrets.token_urlsafe(24), self._now()
        values = {
            "digest": digest_of(token),
            "name": name,
            "role": role,
            "openid": openid,
            "invited_by": by,
            "expires_at": now + valid,
        }
        of = account_invitations.c
        with writing(self._engine) as connection:
            connection.execute(
                delete(account_invitations).where(of.expires_at < now - FORGOTTEN_AFTER)
            )
            connection.execute(insert(account_invitations).values(**values))
        return token

    def invitation(self, token: str) -> AccountInvitation | None:
        """What that link is good for; None for one that is not, or no longer."""
        with reading(self._engine) as connection:
            query = select(account_invitations).where(self._open(token))
            row = connection.execute(query).one_or_none()
        return _invitation(row) if row else None

    def invited(self) -> tuple[AccountInvitation, ...]:
        """The links that may still be used, the next to expire first."""
        of = account_invitations.c
        query = select(account_invitations).where(of.used_at.is_(None), of.expires_at > self._now())
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(of.expires_at))
            return tuple(_invitation(row) for row in rows)

    def withdraw(self, name: str) -> bool:
        """Whether there were links for that name; they are of no use any more."""
        with writing(self._engine) as connection:
            done = connection.execute(delete(account_invitations).where(_open_for(name)))
        return bool(done.rowcount)

    def accept(self, token: str, password: str) -> Account | None:
        """The account that the link makes, or gives that password; None for a link that is of no use.

        Whoever was signed in to it is no longer, and a second factor is set up anew: the link may
        have been asked for because a phone was lost.
        """
        now = self._now()
        with writing(self._engine) as connection:
            row = connection.execute(
                select(account_invitations).where(self._open(token))
            ).one_or_none()
            if row is None:
                return None
            others = account_invitations.c.name == row.name
            connection.execute(update(account_invitations).where(others).values(used_at=now))
            before = _admins(connection)
            fresh = {
                "role": row.role,
                "password": password,
                "second_factor": "",
                "last_step": 0,
                "openid": row.openid,
                "disabled_at": None,
            }
            connection.execute(
                upsert(connection, accounts)
                .values(name=row.name, made_at=now, **fresh)
                .on_conflict_do_update(index_elements=["name"], set_=fresh)
            )
            connection.execute(delete(account_sessions).where(account_sessions.c.name == row.name))
            if row.role != Role.ADMIN:
                _withdraw_by(connection, row.name)
            _require_admin(connection, before)
        return self.account(row.name)

    def set_password(self, name: str, password: str) -> None:
        """Another password, as it is kept."""
        self._change(name, password=password)

    def set_second_factor(self, name: str, secret: str, step: int = 0) -> None:
        """The sealed secret of that account's codes, from the one of that time step on; empty for none."""
        self._change(name, second_factor=secret, last_step=step)

    def use_step(self, name: str, step: int) -> bool:
        """Note that the code of that time step is used; False if it, or a later one, was before."""
        unused = (accounts.c.name == name) & (accounts.c.last_step < step)
        with writing(self._engine) as connection:
            done = connection.execute(update(accounts).where(unused).values(last_step=step))
        return bool(done.rowcount)

    def set_role(self, name: str, role: Role, openid: str) -> None:
        """What that account may do, and who in the chat it is; a link that says otherwise is withdrawn.

        So is what an admin has given out who is one no longer. ArchiveError if no admin is left.
        """
        with writing(self._engine) as connection:
            before = _admins(connection)
            connection.execute(delete(account_invitations).where(_open_for(name)))
            changed = update(accounts).where(accounts.c.name == name)
            connection.execute(changed.values(role=role, openid=openid))
            if role is not Role.ADMIN:
                _withdraw_by(connection, name)
            _require_admin(connection, before)

    def disable(self, name: str) -> bool:
        """Whether there was such an account, which may not sign in any more, nor go on.

        Links for it go too, and what it has given to others. ArchiveError if no admin is left.
        """
        mine = (accounts.c.name == name) & accounts.c.disabled_at.is_(None)
        with writing(self._engine) as connection:
            before = _admins(connection)
            withdrawn = connection.execute(delete(account_invitations).where(_open_for(name)))
            done = connection.execute(update(accounts).where(mine).values(disabled_at=self._now()))
            connection.execute(delete(account_sessions).where(account_sessions.c.name == name))
            _withdraw_by(connection, name)
            _require_admin(connection, before)
        return bool(done.rowcount or withdrawn.rowcount)

    def _change(self, name: str, **values: object) -> None:
        with writing(self._engine) as connection:
            connection.execute(update(accounts).where(accounts.c.name == name).values(**values))

    def _open(self, token: str) -> ColumnElement[bool]:
        of = account_invitations.c
        usable = of.used_at.is_(None) & (of.expires_at > self._now())
        return (of.digest == digest_of(token)) & usable


def _open_for(name: str) -> ColumnElement[bool]:
    of = account_invitations.c
    return (of.name == name) & of.used_at.is_(None)


def _withdraw_by(connection: Connection, name: str) -> None:
    """Links and codes that this account has given out: one of them might be meant for a way back."""
    for given in (account_invitations, invitations):
        by = (given.c.invited_by == f"console:{name}") & given.c.used_at.is_(None)
        connection.execute(delete(given).where(by))


def _admins(connection: Connection) -> list[str]:
    active = accounts.c.disabled_at.is_(None) & (accounts.c.role == Role.ADMIN)
    return list(connection.execute(select(accounts.c.name).where(active)).scalars())


def _require_admin(connection: Connection, before: list[str]) -> None:
    """Somebody has to be able to let people in. The command line could, but not everybody has one."""
    if before and not _admins(connection):
        raise ArchiveError(f"{before[0]} 是最后一位管理员。请先把另一个账号设为管理员")


def digest_of(token: str) -> str:
    """What an invitation is recognised by; it is too long to be guessed from that."""
    return hashlib.sha256(f"rikan account {token}".encode()).hexdigest()


def _account(row: Row[Any]) -> Account:
    return Account(**{**row._mapping, "role": Role(row.role)})


def _invitation(row: Row[Any]) -> AccountInvitation:
    return AccountInvitation(row.name, Role(row.role), row.openid, row.invited_by, row.expires_at)
