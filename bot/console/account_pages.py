"""One's own account: password, second factor, where one is signed in."""

from flask import Response, current_app, g, request, session
from markupsafe import Markup

from bot.archive.accounts import Account, Role
from bot.archive.sessions import mark_of
from bot.archive.tries import marks_of
from bot.console.door import address, let_in, services, whose
from bot.console.frame import back_to, console, page, told
from bot.console.passwords import (
    address_of,
    hash_password,
    is_password,
    new_secret,
    require_good,
    step_of,
)
from bot.console.sealing import seal
from bot.console.signing import require_same
from bot.console.today import draw_code
from bot.errors import ArticleError

BASE32 = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


@console.get("/account")
@whose(Role.EDITOR)
def own_account() -> str:
    """What there is to one's account."""
    account: Account = g.account
    return page(
        "console/account.html",
        sessions=services().accounts.sessions.of(account.name),
        here=mark_of(g.token),
        editor=services().editors.name_of(account.openid) if account.openid else None,
    )


@console.post("/account/password")
@whose(Role.EDITOR)
def change_password() -> Response:
    """Another password; whoever else is signed in with the old one is no longer."""
    password = request.form.get("password", "")
    try:
        require_own(request.form.get("old", ""))
        require_same(password, request.form.get("again", ""))
        require_good(password, g.account.name)
    except ArticleError as error:
        told(str(error), "trouble")
        return back_to("console.own_account")
    services().accounts.set_password(g.account.name, hash_password(password))
    services().accounts.sessions.end_of(g.account.name, but=g.token)
    answer = let_in(g.account)
    told("密码已改，别处的登录都已退出")
    return answer


def require_own(password: str) -> None:
    """Raise ArticleError unless that is one's password: a browser left open is not enough."""
    marks = marks_of(g.account.name, address())
    if services().accounts.tries.begin(marks):
        raise ArticleError("密码试得太多了。请过几分钟再试")
    if not is_password(password, g.account.password):
        raise ArticleError("现在的密码不对。请再试一次")
    services().accounts.tries.succeeded(*marks)


@console.get("/account/second-factor")
@whose(Role.EDITOR)
def second_factor() -> str:
    """A secret for an app, to be confirmed with a code of it."""
    secret = new_secret()
    picture = Markup(draw_code(address_of(secret, g.account.name)))  # noqa: S704 - drawn by us
    return page("console/second_factor.html", secret=secret, picture=picture)


@console.post("/account/second-factor")
@whose(Role.EDITOR)
def set_second_factor() -> Response:
    """From now on a code is asked for as well."""
    secret = request.form.get("secret", "")
    try:
        require_own(request.form.get("old", ""))
        step = require_step(request.form.get("code", ""), secret)
    except ArticleError as error:
        told(str(error), "trouble")
        return back_to("console.second_factor")
    kept = seal(secret, g.account.name, str(current_app.secret_key))
    services().accounts.set_second_factor(g.account.name, kept, step)
    services().accounts.sessions.end_of(g.account.name, but=g.token)
    told("动态码已开启，下次登录要用")
    return back_to("console.own_account")


def require_step(code: str, secret: str) -> int:
    """The time step whose code that is. ArticleError for none, or for a secret that is none of ours."""
    ours = len(secret) == len(new_secret()) and not set(secret) - BASE32
    step = step_of(code, secret, services().now(), 0) if ours else 0
    if not step:
        raise ArticleError("动态码不对。请重新扫码，输入应用里正在显示的六位数字")
    return step


@console.post("/account/second-factor/off")
@whose(Role.EDITOR)
def drop_second_factor() -> Response:
    """From now on the password is enough."""
    try:
        require_own(request.form.get("old", ""))
    except ArticleError as error:
        told(str(error), "trouble")
    else:
        services().accounts.set_second_factor(g.account.name, "")
        told("动态码已关闭")
    return back_to("console.own_account")


@console.post("/account/sessions")
@whose(Role.EDITOR)
def end_sessions() -> Response:
    """Sign out one of one's own sessions (`mark`), or all others."""
    mark, sessions = request.form.get("mark", ""), services().accounts.sessions
    count = sessions.end_of(g.account.name, mark=mark, but="" if mark else g.token)
    if mark == mark_of(g.token):
        session.clear()
        return back_to("console.sign_in")
    told(f"已退出 {count} 处登录" if count else "没有别处的登录")
    return back_to("console.own_account")
