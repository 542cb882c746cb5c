"""Who comes in: the one place where sessions, roles and forged requests are looked at."""

import ipaddress
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Response, abort, current_app, g, redirect, request, session, url_for
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException

from bot.archive.accounts import Account, Role
from bot.archive.sessions import LONGEST, mark_of
from bot.errors import ArticleError
from bot.services import Services
from bot.services.acting import acting

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
LARGEST_FORM = 64 * 1024  # bytes; only a report is larger
LARGEST_UPLOAD = 33 * 1024 * 1024  # the largest report, and the form around it
# The field of what is pasted at length: its pages leave NUL out, which nobody could find in it.
PASTED = "text"
LARGEST_NUMBER = (1 << 31) - 1
ANYBODY = "anybody"
HOME = "/console/"
# Why somebody is to sign in again: a session has ended, and with what they pressed a button for.
ENDED, UNDONE = "1", "undone"

csrf = CSRFProtect()
View = Callable[..., Any]


def whose(role: Role | str, *, largest: int = LARGEST_FORM) -> Callable[[View], View]:
    """Say whose a route is: a role's, or ANYBODY's. One that does not say is nobody's."""

    def mark(view: View) -> View:
        view.role, view.largest = role, largest  # type: ignore[attr-defined]
        return view

    return mark


def guard() -> Response | None:
    """Before every request: who is it, may they, and did they mean it."""
    view = current_app.view_functions[request.endpoint or ""]
    role = getattr(view, "role", None)
    request.max_content_length = getattr(view, "largest", LARGEST_FORM)
    if role is None:
        abort(403)
    g.token = request.cookies.get(cookie_name(), "")
    g.account = services().accounts.signed_in(g.token) if g.token else None
    if role != ANYBODY:
        if g.account is None:
            return to_sign_in()
        if not g.account.role.covers(Role(role)):
            abort(403, "你的账号不能做这件事。请找管理员")
    _require_keepable()
    _require_meant()
    if role != ANYBODY:  # what anybody gets is kept by browsers, whatever their cookies
        _tie_forms()
    return None


def _require_keepable() -> None:
    """Nothing gets further that no database takes: a number beyond its own, the character NUL."""
    places = dict(request.view_args or {}).values()
    numbers = [each for each in places if isinstance(each, int)]
    if max(numbers, default=0) > LARGEST_NUMBER:
        abort(404)
    sent = (
        each
        for values in (request.args, request.form)
        for name, each in values.items(multi=True)
        if name != PASTED
    )
    if any("\0" in each for each in (*map(str, places), *sent)):
        abort(400, "送来的内容里有看不见的字符（NUL），没有收下。请删去或重新输入，再试一次")


def _require_meant() -> None:
    """A form of ours, shown to just this session: another's, however it got here, is refused."""
    csrf.protect()
    unsafe = request.method not in ("GET", "HEAD", "OPTIONS")
    if unsafe and g.account and session.get("of") != form_mark(g.token):
        raise CSRFError


def _tie_forms() -> None:
    """A browser that was closed has forgotten the forms' cookie, but not who is signed in."""
    if session.get("of") != form_mark(g.token):
        session.clear()
        session["of"] = form_mark(g.token)


def form_mark(token: str) -> str:
    """What ties the forms' tokens to a session."""
    return mark_of(token)[:16]


def to_sign_in() -> Response:
    """The way back leads where they were going, or to the page on which they pressed a button."""
    if request.headers.get("HX-Request"):
        gone = Response(status=401)
        gone.headers["HX-Redirect"] = url_for("console.sign_in", next=_page_before(), ended=ENDED)
        return gone
    shows = request.method == "GET"
    asked = request.full_path.rstrip("?") if shows else _page_before()
    ended = ENDED if shows else UNDONE
    address = url_for("console.sign_in", next=asked, ended=ended if g.token else None)
    return current_app.make_response(redirect(address, 303))


def _page_before() -> str:
    """The page that asks for a part of itself, or that a form stood on; HOME where that cannot be opened again."""
    told = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    try:
        parts = urlsplit(told)
        current_app.url_map.bind("").match(parts.path, method="GET")
    except (ValueError, HTTPException):
        return HOME
    return onward(f"{parts.path}?{parts.query}".rstrip("?"))


def onward(address: str) -> str:
    """Where to go after signing in: a page of the console's, and nothing else."""
    plain = address.isprintable() and "\\" not in address and ".." not in address
    return address if plain and address.startswith(HOME) else HOME


def let_in(account: Account) -> Response:
    """A new session, in place of whatever the browser came with."""
    browser = name_of_browser(request.user_agent.string)
    token = services().accounts.sessions.begin(account.name, address(), browser, g.token)
    session.clear()
    session["of"] = form_mark(token)
    answer = current_app.make_response(redirect(onward(request.form.get("next", "")), 303))
    answer.set_cookie(
        cookie_name(),
        token,
        max_age=LONGEST,
        path="/" if is_secure() else HOME,
        secure=is_secure(),
        httponly=True,
        samesite="Lax",
    )
    return answer


def let_out() -> None:
    """Sign out here."""
    services().accounts.sessions.end(g.token)
    session.clear()


def is_secure() -> bool:
    """Whether the console is reached under https, as the settings say: a header could say anything."""
    return services().config.web.public_url.startswith("https://")


def cookie_name() -> str:
    """Under https one that no neighbouring site can set."""
    return "__Host-rikan" if is_secure() else "rikan"


def on_open_road() -> bool:
    """Whether passwords would travel in the clear: neither https nor this very machine."""
    try:
        asked = urlsplit(f"//{request.host}")
        host, port = asked.hostname or "", asked.port or 80
    except ValueError:
        return True
    if host == "localhost" or _is_loopback(host):
        return False
    return not (is_secure() and _came_by_https(host, port))


def _came_by_https(host: str, port: int) -> bool:
    """Whether the browser spoke https to the web server in front.

    Whoever says so falsely harms nobody else. Where nobody says, a browser that came straight to us named
    our port, or our machine by another name.
    """
    told = request.headers.get("X-Forwarded-Proto", "").partition(",")[0].strip().lower()
    if request.is_secure or told:
        return request.is_secure or told == "https"
    web = services().config.web
    return host == urlsplit(web.public_url).hostname and port != web.port


def address() -> str:
    """Where a request comes from. A web server in front says for whom it asks.

    It is on this machine, or under https in a network of ours: a container's is not on this machine.
    """
    peer = request.remote_addr or ""
    told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return (_network(told) if told and _is_ours(peer) else "") or _network(peer) or peer


def _is_ours(peer: str) -> bool:
    found = _parsed(peer)
    return found is not None and (found.is_loopback or (is_secure() and found.is_private))


def _network(text: str) -> str:
    """An address; of the new kind, the network that somebody has all of. Empty for what is none."""
    found = _parsed(text)
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found) if found else ""


def _is_loopback(text: str) -> bool:
    found = _parsed(text)
    return found is not None and found.is_loopback


def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An address; one of the old kind in the new kind's form is what it was."""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


_BROWSERS = {
    "MicroMessenger": "微信",
    "Edg": "Edge",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
_SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "安卓",
    "Windows": "Windows",
    "Mac OS": "Mac",
    "Linux": "Linux",
}


def name_of_browser(agent: str) -> str:
    """`Chrome，Windows`: by what its owner knows it again."""
    found = [
        next((name for sign, name in known.items() if sign in agent), "")
        for known in (_BROWSERS, _SYSTEMS)
    ]
    return "，".join(filter(None, found)) or "别的程序"


def services() -> Services:
    """The parts."""
    parts: Services = current_app.extensions["rikan"]
    return parts


def own_services(*parts: str) -> Services:
    """The parts, for whoever is signed in. `parts` are those that the act needs opened."""
    return acting(services(), f"console:{g.account.name}", *parts)


def may(role: Role) -> bool:
    """Whether whoever is signed in may do what that role may."""
    return bool(g.account.role.covers(role))


def person() -> str:
    """Who that is: the same person in the chat and here is one."""
    name = services().editors.name_of(g.account.openid) if g.account.openid else None
    return f"editor:{name}" if name else f"console:{g.account.name}"


def approver() -> str:
    """Who approves.

    Raises ArticleError for an account whose editor has left the chat: they might approve as two.
    """
    who = person()
    if g.account.openid and not who.startswith("editor:"):
        raise ArticleError("和你的账号绑定的编辑已不在公众号里。请管理员在“账号”里重新设定")
    return who
