"""The web process: the webhook, the issues' public pages, previews for editors, health."""

import logging
from io import BytesIO
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, current_app, render_template, send_file
from werkzeug.exceptions import MethodNotAllowed, NotFound

from bot import flow
from bot.console.cards import WIDE, picture_of, set_in
from bot.console.routes import console
from bot.delivery import State
from bot.errors import ArchiveError
from bot.metrics import Metrics
from bot.model import Issue, Picture, is_issue_id
from bot.public import public
from bot.resources import directory
from bot.services import Services
from bot.tickets import read_ticket
from bot.watching import begin, watch
from bot.webhook.letterbox import Letterbox

# An article brings styles and pictures, some of them still on the platform, and nothing else.
ARTICLE_POLICY = (
    "default-src 'none'; img-src 'self' data: https://mmbiz.qpic.cn; style-src 'unsafe-inline'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'"
)
# Of whatever has no policy of its own, down to a page that is not there.
USUAL_POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
LARGE, SMALL = "cover.jpg", "card.jpg"  # for whoever passes the address on, and on the page itself
PAGE_SECONDS = 300  # how long a browser may keep a page; corrections should be seen soon

log = logging.getLogger(__name__)
pages = Blueprint("pages", __name__)


def create_app(services: Services, tallies: Path | None = None) -> Flask:
    """The application on services that are ready: what is missing is said now, not to a follower.

    `tallies`: the folder in which several processes of a server count together.
    """
    app = Flask("bot", template_folder=str(directory("templates")), static_folder=None)
    app.secret_key = services.config.web.secret_key.get_secret_value() or None
    app.extensions["rikan"] = services
    _open_all(services)
    metrics = Metrics(services, tallies)
    watch(app, metrics)
    # In front of Flask, which takes longer to look at a request than a remembered answer takes.
    app.wsgi_app = Letterbox(services, app.wsgi_app, begin, metrics.answered)  # type: ignore[method-assign]
    app.register_blueprint(pages)
    app.register_blueprint(public)
    app.register_blueprint(console)
    app.after_request(closed)
    app.register_error_handler(404, not_found)
    app.register_error_handler(405, not_so)
    app.register_error_handler(ArchiveError, not_now)
    return app


def not_found(error: NotFound) -> tuple[str, int]:
    """What a reader sees of an address that leads nowhere, or nowhere yet."""
    usual = error.description in (None, NotFound.description)
    text = "没有找到这一页，可能还没有发布" if usual else error.description
    return render_template("web/message.html", text=text), 404


def not_so(_: MethodNotAllowed) -> tuple[str, int]:
    """What a form's address shows to whoever types it."""
    text = "这个地址不能这样打开。请返回上一页再试"
    return render_template("web/message.html", text=text), 405


def closed(response: Response) -> Response:
    """The headers of every answer that has none of its own."""
    response.headers.setdefault("Content-Security-Policy", USUAL_POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def not_now(error: ArchiveError) -> tuple[str, int]:
    """The archive cannot be read at the moment; its own sentence is for the operator."""
    log.warning("no page: %s", error)
    return render_template("web/message.html", text="系统正忙，请稍后再打开"), 503


def _open_all(services: Services) -> None:
    # Threads share these; each is to be opened once.
    parts = (services.envelope, services.archive, services.ledger, services.studio)
    for part in (*parts, services.conversations, services.wording):
        assert part  # noqa: S101 - opening raises where it cannot


def _services() -> Services:
    services: Services = current_app.extensions["rikan"]
    return services


@pages.get("/healthz")
def alive() -> str:
    """The process answers."""
    return "ok\n"


@pages.get("/readyz")
def ready() -> Response:
    """The process can answer followers: the archive can be read."""
    try:
        _services().archive.entries(limit=1)
    except ArchiveError as error:
        return Response(f"{error}\n", status=503, mimetype="text/plain")
    return Response("ready\n", mimetype="text/plain")


@pages.get("/issues/<issue_id>")
def issue_page(issue_id: str) -> Response:
    """A published issue, for any browser."""
    services, issue = _services(), _published(issue_id)
    look = services.covers.look(issue.id)
    footer = f"/issues/{issue.id}/{services.studio.footer.name}"
    pictures = flow.placed(
        flow.kept_pictures(services, issue), lambda picture: f"/issues/{issue.id}/{picture.name}"
    )
    article = services.studio.article(issue, None, footer, pictures, look)
    body, rules = services.studio.toned(article)
    page = render_template(
        "web/issue.html",
        issue=issue,
        article=article,
        body=body,
        rules=rules,
        account=services.config.wechat.account_name or issue.organisation,
        address=f"{services.config.web.public_url.rstrip('/')}/issues/{issue.id}",
    )
    response = Response(page, mimetype="text/html")
    response.headers["Content-Security-Policy"] = ARTICLE_POLICY
    # The platform's own pictures are not shown to whoever comes from another page.
    response.headers["Referrer-Policy"] = "no-referrer"
    return _kept(response)


@pages.get("/issues/<issue_id>/<name>")
def issue_picture(issue_id: str, name: str) -> Response:
    """The cover, the footer or another picture of a published issue."""
    return _kept(_sent(_picture(_published(issue_id), name)))


def _published(issue_id: str) -> Issue:
    # A draft is nobody's business but the editors'.
    services = _services()
    if not is_issue_id(issue_id):
        abort(404)
    if services.ledger.delivery(issue_id).state is not State.PUBLISHED:
        abort(404)
    return services.archive.issue(issue_id)


@pages.get("/preview/<ticket>/")
def preview(ticket: str) -> Response:
    """An issue before it is published, for whoever holds a ticket for it."""
    services, issue = _services(), _previewed(ticket)
    bundle = set_in(services, issue, services.covers.look(issue.id), str)
    page = Response(services.studio.preview(issue, bundle), mimetype="text/html")
    page.headers["Content-Security-Policy"] = f"{ARTICLE_POLICY}; frame-ancestors 'self'"
    return _private(page)


@pages.get("/preview/<ticket>/<name>")
def preview_picture(ticket: str, name: str) -> Response:
    """A picture of that issue, small enough for a phone."""
    return _private(_sent(picture_of(_services(), _previewed(ticket), name)))


def _previewed(ticket: str) -> Issue:
    services = _services()
    key = services.config.web.secret_key.get_secret_value()
    issue_id = read_ticket(ticket, key, services.now()) if key else None
    if issue_id is None:
        abort(404, "这个预览链接已过期或不完整。请给公众号发“预览”，或用 rikan preview 再要一个")
    return services.archive.issue(issue_id)


def _private(response: Response) -> Response:
    # The address is the key: it must not travel on, nor the page stay behind.
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _picture(issue: Issue, name: str) -> Picture | None:
    """What the issue's page shows under that name, or its cover as large as it is sent."""
    services = _services()
    if name == LARGE:
        return flow.cover_of(services, issue).wide
    return picture_of(services, issue, WIDE if name == SMALL else name)


def _sent(picture: Picture | None) -> Response:
    if picture is None:
        abort(404)
    return send_file(BytesIO(picture.data), download_name=picture.name)


def _kept(response: Response) -> Response:
    response.headers["Cache-Control"] = f"public, max-age={PAGE_SECONDS}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
