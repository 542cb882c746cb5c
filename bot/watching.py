"""What surrounds every request: an ID for the log, a count for `/metrics`, and `/metrics` itself."""

import hmac
import logging
import random
import time

from flask import Blueprint, Flask, Response, abort, current_app, g, request
from structlog.contextvars import bind_contextvars, clear_contextvars

from bot.metrics import Metrics
from bot.services import Services

SLOW = 1.0  # seconds; the platform waits five
BEARER = "Bearer "
TEXT = "text/plain; version=0.0.4; charset=utf-8"

log = logging.getLogger(__name__)
watching = Blueprint("watching", __name__)


def watch(app: Flask, metrics: Metrics) -> None:
    """Have every request of `app` watched."""
    app.extensions["metrics"] = metrics
    app.before_request(_begin)
    app.after_request(_end)
    app.register_blueprint(watching)


def _begin() -> None:
    # A thread answers one after the other.
    g.began = time.perf_counter()
    # To find its lines by, no secret: asking the system for randomness costs more than all else here.
    g.request_id = f"{random.getrandbits(32):08x}"
    clear_contextvars()
    bind_contextvars(request=g.request_id)


def _end(response: Response) -> Response:
    took = time.perf_counter() - g.began
    response.headers["X-Request-ID"] = g.request_id
    if request.endpoint == "webhook.receive":
        metrics: Metrics = current_app.extensions["metrics"]
        metrics.answered(g.get("answer") or f"http {response.status_code}", took)
    if took >= SLOW or response.status_code >= 500:
        # The endpoint, not the address: in that of a preview is its key.
        log.warning("%s answered %d after %.3f s", request.endpoint, response.status_code, took)
    return response


@watching.get("/metrics")
def metrics() -> Response:
    """For whoever knows the token. Where none is set there is no such page.

    An address tells nothing: behind a web server on this machine everybody comes from here.
    """
    services: Services = current_app.extensions["rikan"]
    token = services.config.web.metrics_token.get_secret_value()
    if not token:
        abort(404)
    shown = request.headers.get("Authorization", "").removeprefix(BEARER)
    if not hmac.compare_digest(shown.encode(), token.encode()):
        return Response(status=401, headers={"WWW-Authenticate": BEARER.strip()})
    counted: Metrics = current_app.extensions["metrics"]
    return Response(counted.text(), content_type=TEXT)
