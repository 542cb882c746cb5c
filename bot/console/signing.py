"""Signing in and out, and the link that makes somebody an account."""

import hashlib
from datetime import timedelta

from flask import Response, current_app, g, request
from itsdangerous import BadData, URLSafeSerializer

from bot.archive.accounts import Account, Role
from bot.archive.tries import Mark, marks_of
from bot.console.door import (
    ANYBODY,
    ENDED,
    HOME,
    UNDONE,
    address,
    is_secure,
    let_in,
    let_out,
    on_open_road,
    onward,
    services,
    whose,
)
from bot.console.frame import back_to, console, page
from bot.console.passwords import (
    NOBODYS,
    hash_password,
    is_password,
    require_good,
    step_of,
)
from bot.console.sealing import seal, unseal
from bot.errors import ArticleError

LONGEST_NAME = 64  # characters that are looked at
FOR_THE_CODE = timedelta(minutes=5)
WRONG = "名字或密码不对，请再试一次。忘了密码，请管理员重新邀请"
WRONG_CODE = "动态码不对或已用过，请输入应用里正在显示的六位数字"
LOST_CODE = "动态码认不出来了（密钥 secret_key 换过）。请管理员重新邀请，登录后再开启"
CLEAR = "这个地址没有加密（http），密码会被路上的人看到，所以不能登录。请{}打开"
NOTES = {
    ENDED: "登录已结束，请重新登录",
    UNDONE: "登录已结束，刚才按的没有做成。请重新登录，再按一次",
}
USED = "这个链接用过了，或已过期。请管理员重新邀请"

Answer = str | tuple[str, int] | Response


@console.get("/sign-in")
@whose(ANYBODY)
def sign_in() -> Answer:
    """The form."""
    if g.account:
        return back_to("console.today")
    if on_open_road():
        return _in_the_clear()
    note = NOTES.get(request.args.get("ended", ""), "")
    return _form(note=note, next=onward(request.args.get("next", HOME)))


def _in_the_clear() -> Answer:
    site = services().config.web.public_url.rstrip("/")
    way = f"用 {site}{HOME} " if is_secure() else "用 https 开头的地址"
    return page("console/message.html", title="这里不能登录", text=CLEAR.format(way)), 403


def _form(**values: str) -> str:
    return page("console/sign_in.html", **{"note": "", "trouble": "", "name": "", **values})


@console.post("/sign-in")
@whose(ANYBODY)
def begin_session() -> Answer:
    """Name and password; where there is a second factor, its code is asked for next."""
    if on_open_road():
        return _in_the_clear()
    name = request.form.get("name", "").strip()[:LONGEST_NAME]
    following = onward(request.form.get("next", HOME))
    marks = marks_of(name, address())
    if wait := services().accounts.tries.begin(marks):
        return _later(wait, name=name, next=following)
    account = services().accounts.account(name)
    active = account if account and account.disabled_at is None else None
    # Whether there is such an account must not show in the time that it takes.
    right = is_password(request.form.get("password", ""), active.password if active else NOBODYS)
    if active is None or not right:
        return _form(trouble=WRONG, name=name, next=following), 401
    if active.second_factor:
        services().accounts.tries.spare(marks[1])
        return _code_form(_pass_for(active), next=following)
    return _signed_in(active, *marks)


def _signed_in(account: Account, name: Mark, came_from: Mark) -> Response:
    services().accounts.tries.succeeded(name, came_from)
    return let_in(account)


def _later(wait: timedelta, **values: str) -> Answer:
    seconds = int(wait.total_seconds()) + 1
    told = f"{seconds} 秒" if seconds < 120 else f"{-(-seconds // 60)} 分钟"
    answer = current_app.make_response(_form(trouble=f"试得太多了，请过 {told}再试", **values))
    answer.status_code = 429
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _code_form(passed: str, **values: str) -> str:
    return page("console/code.html", **{"trouble": "", "passed": passed, **values})


@console.post("/sign-in/code")
@whose(ANYBODY)
def finish_session() -> Answer:
    """The code, from whoever had the password right a moment ago."""
    if on_open_road():
        return _in_the_clear()
    passed, following = request.form.get("passed", ""), onward(request.form.get("next", HOME))
    account = _who_passed(passed)
    if account is None:
        return _form(trouble="等得太久了，请重新登录", next=following), 401
    marks = marks_of(account.name, address())
    if wait := services().accounts.tries.begin(marks):
        return _later(wait, name=account.name, next=following)
    code = request.form.get("code", "")
    key = str(current_app.secret_key)
    secret = unseal(account.second_factor, account.name, key)
    if not secret:
        return _form(trouble=LOST_CODE, next=following), 401
    step = step_of(code, secret, services().now(), account.last_step)
    if not step or not services().accounts.use_step(account.name, step):
        return _code_form(passed, trouble=WRONG_CODE, next=following), 401
    if secret == account.second_factor:  # kept in the clear, by an older version
        sealed = seal(secret, account.name, key)
        services().accounts.set_second_factor(account.name, sealed, step)
    return _signed_in(account, *marks)


def _passes() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="rikan second factor")


def _pass_for(account: Account) -> str:
    until = int((services().now() + FOR_THE_CODE).timestamp())
    return str(_passes().dumps([account.name, until, _mark(account)]))


def _who_passed(passed: str) -> Account | None:
    try:
        name, until, mark = _passes().loads(passed)
    except (BadData, ValueError):
        return None
    account = services().accounts.account(str(name))
    if account is None or account.disabled_at or not account.second_factor:
        return None
    in_time = services().now().timestamp() <= until
    return account if in_time and mark == _mark(account) else None


def _mark(account: Account) -> str:
    # Whoever gets a new password has not passed with the old one.
    return hashlib.sha256(account.password.encode()).hexdigest()[:16]


@console.post("/sign-out")
@whose(Role.EDITOR)
def sign_out() -> Response:
    """Here; the account's other sessions go on."""
    let_out()
    return back_to("console.sign_in")


@console.get("/invitation/<token>")
@whose(ANYBODY)
def invitation(token: str) -> Answer:
    """Choose a password."""
    if on_open_road():
        return _in_the_clear()
    invited = services().accounts.invitation(token)
    if invited is None:
        return page("console/message.html", title="这个链接打不开了", text=USED), 404
    return page("console/invitation.html", invited=invited, trouble="")


@console.post("/invitation/<token>")
@whose(ANYBODY)
def accept(token: str) -> Answer:
    """The account is made, or has another password; whoever holds the link is signed in."""
    if on_open_road():
        return _in_the_clear()
    invited = services().accounts.invitation(token)
    if invited is None:
        return page("console/message.html", title="这个链接打不开了", text=USED), 404
    password = request.form.get("password", "")
    try:
        require_same(password, request.form.get("again", ""))
        require_good(password, invited.name)
    except ArticleError as error:
        return page("console/invitation.html", invited=invited, trouble=str(error)), 422
    account = services().accounts.accept(token, hash_password(password))
    if account is None:
        return page("console/message.html", title="这个链接打不开了", text=USED), 404
    return let_in(account)


def require_same(password: str, again: str) -> None:
    """Raise ArticleError for a slip of the fingers."""
    if password != again:
        raise ArticleError("两次输入的密码不一样。请重新输入")
