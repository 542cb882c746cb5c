"""What surrounds every request: an ID for the log, a count for `/metrics`, and `/metrics` itself."""

import hmac
import logging
import random
import time
from dataclasses import dataclass

from flask import Blueprint, Flask, Response, abort, current_app, g, request
from structlog.contextvars import bind_contextvars, clear_contextvars

from bot.metrics import Metrics
from bot.services import Services

SLOW = 1.0  # seconds; the platform waits five
BEARER = "Bearer "
TEXT = "text/plain; version=0.0.4; charset=utf-8"

log = logging.getLogger(__name__)
watching = Blueprint("watching", __name__)


@dataclass(frozen=True, slots=True)
class Watched:
    """A request in hand: the name that the log has for it, and since when (`perf_counter`)."""

    id: str
    began: float

    def end(self, what: str, status: int) -> float:
        """The seconds it took. `what` is no address: in that of a preview is its key."""
        took = time.perf_counter() - self.began
        if took >= SLOW or status >= 500:
            log.warning("%s answered %d after %.3f s", what, status, took)
        return took


def begin() -> Watched:
    """From here on, what this thread logs is about a new request: it answers one after the other."""
    # To find its lines by, no secret: asking the system for randomness costs more than all else here.
    watched = Watched(f"{random.getrandbits(32):08x}", time.perf_counter())
    clear_contextvars()
    bind_contextvars(request=watched.id)
    return watched


def watch(app: Flask, metrics: Metrics) -> None:
    """Have every request of `app` watched."""
    app.extensions["metrics"] = metrics
    app.before_request(_begin)
    app.after_request(_end)
    app.register_blueprint(watching)


def _begin() -> None:
    g.watched = begin()


def _end(response: Response) -> Response:
    watched: Watched = g.watched
    response.headers["X-Request-ID"] = watched.id
    watched.end(request.endpoint or "", response.status_code)
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
