"""`/wechat`: open the envelope, have the message answered, close it again.

A WSGI application in front of the pages'. The platform's requests are small and all of one form: to find a
route and make Flask's contexts, request and response for each took as long as all the rest of a remembered
answer (130 of 260 µs of processor time).
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol
from urllib.parse import parse_qsl
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wsgi import get_input_stream

from bot.dialogue import Message, Reply
from bot.errors import MessageError, RikanError
from bot.services import Services
from bot.webhook.reception import Reception, TooLate, trouble
from bot.wechat.crypto import Letter
from bot.wechat.messages import read_message, write_reply

PATH = "/wechat"
BODY_LIMIT = 64 * 1024  # bytes; the platform's longest message is a fraction of it
TEXT, XML = "text/plain; charset=utf-8", "application/xml; charset=utf-8"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sent:
    """What goes back. `kind`: of the reply, for whoever counts; empty where there is none."""

    text: str
    type: str = TEXT
    status: HTTPStatus = HTTPStatus.OK
    kind: str = ""


class Watched(Protocol):
    """A request in hand, as whoever watches it sees it."""

    @property
    def id(self) -> str: ...
    def end(self, what: str, status: int) -> float: ...


class Letterbox:
    """One process's. What is not for `/wechat` goes on to `others`.

    `begin` has a request watched; `count` is told the kind of each answer and the seconds it took.
    """

    def __init__(
        self,
        services: Services,
        others: WSGIApplication,
        begin: Callable[[], Watched],
        count: Callable[[str, float], None],
    ) -> None:
        self._services = services
        self._reception = Reception(services)
        self._others = others
        self._begin = begin
        self._count = count

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        method = environ["REQUEST_METHOD"]
        if environ.get("PATH_INFO") != PATH or method not in ("GET", "POST"):
            return self._others(environ, start_response)
        watched = self._begin()
        sent = self._sent(environ, self._greet if method == "GET" else self._receive)
        took = watched.end(PATH, sent.status)
        if method == "POST":
            self._count(sent.kind or f"http {sent.status}", took)
        body = sent.text.encode()
        headers = [
            ("Content-Type", sent.type),
            ("Content-Length", str(len(body))),
            ("X-Request-ID", watched.id),
        ]
        start_response(f"{sent.status} {sent.status.phrase}", headers)
        return [body]

    def _sent(self, environ: WSGIEnvironment, way: Callable[[WSGIEnvironment], Sent]) -> Sent:
        try:
            return way(environ)
        except MessageError as error:
            log.warning("refused: %s", error)
            return _only(HTTPStatus.FORBIDDEN)
        except (TooLate, RikanError):
            return _only(HTTPStatus.SERVICE_UNAVAILABLE)  # the platform tries again
        except HTTPException as error:
            return _only(HTTPStatus(error.code or 400))
        except Exception as error:  # noqa: BLE001 - the server would log the address and the text
            log.error("broken on %s: %s", PATH, trouble(error))  # noqa: TRY400
            return _only(HTTPStatus.INTERNAL_SERVER_ERROR)

    def _greet(self, environ: WSGIEnvironment) -> Sent:
        """The platform's handshake when the address is entered in its console."""
        return Sent(self._services.envelope.greet(_query(environ), self._services.now()))

    def _receive(self, environ: WSGIEnvironment) -> Sent:
        """A follower's message or an event."""
        query, body = _query(environ), _body(environ)
        letter = self._services.envelope.open(query, body, self._services.now())
        try:
            message = read_message(letter.fields)
        except MessageError as error:
            # It is the platform's, but nothing we can read: it must not send it again and again.
            log.warning("unreadable message: %s", error)
            return Sent("success")
        reply = self._reception.receive(message, letter.signature)
        return self._closed(letter, message, reply, query.get("nonce", ""))

    def _closed(self, letter: Letter, message: Message, reply: Reply, nonce: str) -> Sent:
        now = self._services.now()
        xml = write_reply(reply, message, now)
        if reply.kind == "silence":
            return Sent(xml, kind=reply.kind)
        sealed = self._services.envelope.close(xml, nonce, now, letter.keys)
        return Sent(sealed, XML, kind=reply.kind)


def _only(status: HTTPStatus) -> Sent:
    return Sent(f"{status.phrase}\n", status=status)


def _query(environ: WSGIEnvironment) -> dict[str, str]:
    """Of what is there twice, the first."""
    text = environ.get("QUERY_STRING", "").encode("latin-1").decode("utf-8", "replace")
    return dict(reversed(parse_qsl(text, keep_blank_values=True)))


def _body(environ: WSGIEnvironment) -> bytes:
    # Where no length is announced, a longer body is cut off there without a word: hence one more.
    body: bytes = get_input_stream(environ, max_content_length=BODY_LIMIT + 1).read()
    if len(body) > BODY_LIMIT:
        raise RequestEntityTooLarge
    return body
