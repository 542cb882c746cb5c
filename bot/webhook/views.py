"""`/wechat`: open the envelope, have the message answered, close it again."""

import logging
from typing import NoReturn

from flask import Blueprint, Flask, Request, Response, abort, current_app, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from bot.dialogue import Message, Reply
from bot.errors import MessageError, RikanError
from bot.services import Services
from bot.webhook.reception import Reception, TooLate
from bot.wechat.crypto import Letter
from bot.wechat.messages import read_message, write_reply

BODY_LIMIT = 64 * 1024  # bytes; the platform's longest message is a fraction of it


class NoSession(SecureCookieSessionInterface):
    """The platform keeps no cookies: opening a session for it takes a tenth of an answer's time."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """None for a message; for a page the usual one."""
        return None if request.path == "/wechat" else super().open_session(app, request)


webhook = Blueprint("webhook", __name__)
log = logging.getLogger(__name__)


def _services() -> Services:
    services: Services = current_app.extensions["rikan"]
    return services


def _reception() -> Reception:
    reception: Reception = current_app.extensions["reception"]
    return reception


@webhook.get("/wechat")
def greet() -> Response:
    """The platform's handshake when the address is entered in its console."""
    services = _services()
    try:
        echo = services.envelope.greet(request.args, services.now())
    except MessageError as error:
        _refuse(error)
    return Response(echo, mimetype="text/plain")


@webhook.post("/wechat")
def receive() -> Response:
    """A follower's message or an event."""
    services = _services()
    # Where no length is announced, a longer body is cut off there without a word: hence one more.
    request.max_content_length = BODY_LIMIT + 1
    body = request.get_data(cache=False)
    if len(body) > BODY_LIMIT:
        abort(413)
    try:
        letter = services.envelope.open(request.args, body, services.now())
    except MessageError as error:
        _refuse(error)
    try:
        message = read_message(letter.fields)
    except MessageError as error:
        # It is the platform's, but nothing we can read: it must not send it again and again.
        log.warning("unreadable message: %s", error)
        return Response("success", mimetype="text/plain")
    return _closed(services, letter, message, _reply_to(message, letter))


def _reply_to(message: Message, letter: Letter) -> Reply:
    try:
        return _reception().receive(message, letter.signature)
    except MessageError as error:
        _refuse(error)
    except (TooLate, RikanError):
        abort(503)  # the platform tries again


def _closed(services: Services, letter: Letter, message: Message, reply: Reply) -> Response:
    g.answer = reply.kind  # for whoever counts
    now = services.now()
    xml = write_reply(reply, message, now)
    if reply.kind == "silence":
        return Response(xml, mimetype="text/plain")
    nonce = request.args.get("nonce", "")
    sealed = services.envelope.close(xml, nonce, now, letter.keys)
    return Response(sealed, mimetype="application/xml")


def _refuse(error: MessageError) -> NoReturn:
    log.warning("refused: %s", error)
    abort(403)
