"""What all pages of the console have in common: the routes' blueprint, the frame around a page, its headers."""

from datetime import date, datetime
from typing import Any, NoReturn, cast

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.blueprints import BlueprintSetupState
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from bot.archive.accounts import ROLE_NAMES
from bot.console.assets import assets
from bot.console.door import ANYBODY, HOME, POLICY, csrf, guard, is_secure, services, whose
from bot.errors import RikanError
from bot.model import WEEKDAYS
from bot.services import SHANGHAI

# What there is, in the order in which a day meets it: (endpoint, name).
NAV = (
    ("console.today", "今日"),
    ("console.deliveries", "交付"),
    ("console.archive", "往期"),
    ("console.readers", "读者"),
    ("console.settings", "设置"),
    ("console.own_account", "账号"),
)
# The pages below those.
BELOW = {
    "console.issue": "console.deliveries",
    "console.new_issue": "console.today",
    "console.save_text": "console.deliveries",
    "console.mend": "console.deliveries",
    "console.versions": "console.deliveries",
    "console.looks": "console.deliveries",
    "console.try_looks": "console.deliveries",
    "console.save_looks": "console.deliveries",
    "console.version": "console.deliveries",
    "console.delivery": "console.deliveries",
    "console.sure_to_publish": "console.deliveries",
    "console.sure_to_withdraw": "console.deliveries",
    "console.export": "console.deliveries",
    "console.long_picture": "console.deliveries",
    **dict.fromkeys(
        (
            "console.health",
            "console.schedule",
            "console.save_schedule",
            "console.menu",
            "console.save_menu",
            "console.sure_to_push",
            "console.wording",
            "console.sentence",
            "console.save_sentence",
            "console.people",
            "console.invite_editor",
            "console.all_changes",
        ),
        "console.settings",
    ),
    "console.second_factor": "console.own_account",
    "console.all_accounts": "console.own_account",
    "console.invite_account": "console.own_account",
}
KEPT_SECONDS = 365 * 24 * 3600  # an asset's address changes with it
SENTENCES = {
    403: "这里要有权限才能进。请找管理员",
    404: "没有找到这一页。请从“今日”重新打开",
    405: "这个地址不能这样打开。请从“今日”重新打开",
    413: "文件太大了，最多 32 MB。请换成没有大图的文件再试",
}

console = Blueprint("console", __name__, url_prefix=HOME.rstrip("/"))


@console.record_once
def set_up(state: BlueprintSetupState) -> None:
    """The forms' tokens: of a session, not of a time. Only the console's forms have any."""
    app = cast("Flask", state.app)
    app.config.update(
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        # It would compare addresses, of which a web server in front may have changed the host.
        WTF_CSRF_SSL_STRICT=False,
        SESSION_COOKIE_NAME="rikan-forms",
        SESSION_COOKIE_PATH=HOME,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=app.extensions["rikan"].config.web.public_url.startswith("https://"),
    )
    csrf.init_app(app)


@console.before_request
def let_pass() -> Response | None:
    """Nobody who may not."""
    if not current_app.secret_key:
        sentence = "控制台还没有设好。请在 config.toml 的 [web] 里填写 secret_key，再重新启动"
        return Response(f"{sentence}\n", status=503, mimetype="text/plain")
    return guard()


@console.after_request
def close(response: Response) -> Response:
    """The headers of every answer."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", POLICY)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin" if g.get("account") else "no-referrer"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if request.endpoint != "console.asset" or response.status_code >= 400:
        headers["Cache-Control"] = "no-store"
    if is_secure():
        headers["Strict-Transport-Security"] = f"max-age={KEPT_SECONDS}"
    return response


@console.get("/assets/<name>")
@whose(ANYBODY)
def asset(name: str) -> Response:
    """A style sheet or a script."""
    found = assets().get(name)
    if found is None:
        abort(404)
    packed = request.accept_encodings.quality("gzip") > 0
    response = Response(found.packed if packed else found.data, mimetype=found.mimetype)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = f"public, max-age={KEPT_SECONDS}, immutable"
    return response


def asset_address(name: str) -> str:
    """Where an asset is, with what tells it from an older one."""
    return url_for("console.asset", name=name, v=assets()[name].mark)


@console.errorhandler(CSRFError)
def stale(_: CSRFError) -> tuple[str, int]:
    """A form that was open for too long, or that is none of ours."""
    return page(
        "console/message.html", title="这一页放得太久了", text="请返回，刷新后再试一次"
    ), 400


@console.errorhandler(404)  # the site's own page of that number would come first
@console.errorhandler(HTTPException)
def refused(error: HTTPException) -> tuple[str, int]:
    """What cannot be done, in a sentence."""
    code = error.code or 500
    usual = error.description in (None, type(error).description)
    text = SENTENCES.get(code, "请返回再试一次") if usual else error.description
    return page("console/message.html", title="打不开", text=text), code


@console.errorhandler(RikanError)
def failed(error: RikanError) -> tuple[str, int]:
    """What went wrong on the way to a page."""
    return page("console/message.html", title="没有成功", text=str(error)), 503


def page(template: str, **values: Any) -> str:
    """A page, or a part of one."""
    here = BELOW.get(request.endpoint or "", request.endpoint)
    return render_template(
        template,
        newsletter=services().config.newsletter.title,
        account=g.get("account"),
        role_names=ROLE_NAMES,
        nav=[(endpoint, name, endpoint == here) for endpoint, name in NAV],
        asset=asset_address,
        moment=moment_name,
        clock=clock_name,
        day_name=day_name,
        weekday=weekday,
        **values,
    )


def moment_name(moment: datetime) -> str:
    """`6月13日 07:30`."""
    local = moment.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def clock_name(moment: datetime) -> str:
    """`07:30`, of another day with its date."""
    local = moment.astimezone(SHANGHAI)
    return f"{local:%H:%M}" if local.date() == services().now().date() else moment_name(moment)


def day_name(day: date) -> str:
    """`今天`, `明天`, `昨天`, `6月13日`."""
    distance = (day - services().now().date()).days
    near = {0: "今天", 1: "明天", -1: "昨天"}
    return near.get(distance, f"{day.month}月{day.day}日")


def weekday(day: date) -> str:
    """`周六`."""
    return f"周{WEEKDAYS[day.weekday()]}"


def told(text: str, kind: str = "done") -> None:
    """What the next page says first. `kind`: done, notice or trouble."""
    flash(text, kind)


def back_to(endpoint: str, **values: Any) -> Response:
    """The page after a form: reloading it sends nothing again."""
    return current_app.make_response(redirect(url_for(endpoint, **values), 303))


def no_such(what: str) -> NoReturn:
    """404 with a sentence."""
    abort(404, f"{what}。请从“今日”重新打开")
