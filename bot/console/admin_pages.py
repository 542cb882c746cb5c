"""Everybody's accounts, for an admin: invite, change a role, sign out, disable."""

from datetime import timedelta

from flask import Response, g, request

from bot.archive.accounts import ROLE_NAMES, Account, Role
from bot.console.door import services, whose
from bot.console.frame import back_to, console, no_such, page, told
from bot.console.links import invitation_address
from bot.errors import ArchiveError

VALID = timedelta(days=3)


@console.get("/accounts")
@whose(Role.ADMIN)
def all_accounts() -> str:
    """Who may sign in, and who was invited to."""
    return _page()


def _page(link: str = "", name: str = "") -> str:
    accounts = services().accounts
    known = accounts.all()
    return page(
        "console/accounts.html",
        accounts=known,
        invited=accounts.invited(),
        signed_in={each.name: len(accounts.sessions.of(each.name)) for each in known},
        editors=services().editors.all(),
        roles=ROLE_NAMES,
        link=link,
        invited_name=name,
        days=VALID.days,
    )


@console.post("/accounts/invite")
@whose(Role.ADMIN)
def invite_account() -> str | Response:
    """A link for somebody; it is shown this once. `known`: for an account that there is already."""
    name, openid = request.form.get("name", "").strip(), _openid()
    known = services().accounts.account(name)
    if known and not request.form.get("known"):
        told(f"已有账号 {name}。要重新邀请，请在上面点开这个名字，按“重新邀请”", "trouble")
        return back_to("console.all_accounts")
    try:
        role, by = _role(), f"console:{g.account.name}"
        token = services().accounts.invite(name, role, by, VALID, openid)
    except ArchiveError as error:
        told(str(error), "trouble")
        return back_to("console.all_accounts")
    return _page(invitation_address(services(), token), name)


@console.post("/accounts/<name>/withdraw")
@whose(Role.ADMIN)
def withdraw_invitation(name: str) -> Response:
    """What has been given out for that name opens nothing any more."""
    if services().accounts.withdraw(name):
        told(f"已收回给 {name} 的邀请，链接不能用了")
    else:
        told(f"{name} 的邀请已经用过、过期或收回了", "notice")
    return back_to("console.all_accounts")


@console.post("/accounts/<name>/role")
@whose(Role.ADMIN)
def set_role(name: str) -> Response:
    """What somebody may do, and who in the chat it is."""
    account = _account(name)
    try:
        services().accounts.set_role(account.name, _role(), _openid())
    except ArchiveError as error:
        told(str(error), "trouble")
    else:
        told(f"{account.name} 已改好")
    return back_to("console.all_accounts")


@console.post("/accounts/<name>/sign-out")
@whose(Role.ADMIN)
def sign_out_account(name: str) -> Response:
    """Everywhere."""
    count = services().accounts.sessions.end_of(_account(name).name)
    told(f"{name} 已在 {count} 处退出登录")
    return back_to("console.all_accounts")


@console.post("/accounts/<name>/disable")
@whose(Role.ADMIN)
def disable_account(name: str) -> Response:
    """At once, until somebody invites that person again."""
    try:
        services().accounts.disable(_account(name).name)
    except ArchiveError as error:
        told(str(error), "trouble")
    else:
        told(f"{name} 已停用")
    return back_to("console.all_accounts")


def _account(name: str) -> Account:
    account = services().accounts.account(name)
    if account is None:
        no_such("没有这个账号")
    return account


def _role() -> Role:
    asked = request.form.get("role", "")
    if asked not in list(Role):
        raise ArchiveError("没有选角色。请从三种里选一种")
    return Role(asked)


def _openid() -> str:
    asked = request.form.get("editor", "")
    known = {editor.openid for editor in services().editors.all()}
    return asked if asked in known else ""
