"""`/wechat`: open the envelope, have the message answered, close it again."""

import logging
import traceback
from typing import NoReturn

from flask import Blueprint, Response, abort, current_app, request

from bot import flow
from bot.dialogue import Message, Reply
from bot.errors import MessageError, RikanError
from bot.services import Services
from bot.wechat.messages import read_message, write_reply

BODY_LIMIT = 64 * 1024  # bytes; the platform's longest message is a fraction of it
APOLOGY = Reply("text", "系统正忙，请稍后再发一次")
# Events that a follower waits for an answer to.
ASKING = frozenset({"subscribe", "click"})

webhook = Blueprint("webhook", __name__)
log = logging.getLogger(__name__)


def _services() -> Services:
    services: Services = current_app.extensions["rikan"]
    return services


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
        fields = services.envelope.open(request.args, body, services.now())
    except MessageError as error:
        _refuse(error)
    try:
        message = read_message(fields)
    except MessageError as error:
        # It is the platform's, but nothing we can read: it must not send it again and again.
        log.warning("unreadable message: %s", error)
        return Response("success", mimetype="text/plain")
    return _answered(services, message)


def _answered(services: Services, message: Message) -> Response:
    reply, now = _reply_to(services, message), services.now()
    xml = write_reply(reply, message, now)
    if reply.kind == "silence":
        return Response(xml, mimetype="text/plain")
    sealed = services.envelope.close(xml, request.args.get("nonce", ""), now)
    return Response(sealed, mimetype="application/xml")


def _reply_to(services: Services, message: Message) -> Reply:
    # No log.exception here: an exception's text may hold what the follower wrote.
    try:
        return flow.answer(services, message)
    except RikanError as error:
        trouble = str(error)
    except Exception as error:  # noqa: BLE001 - the follower is waiting, whatever broke
        trouble = f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__))}"
    log.warning("no answer to a %.20r message: %s", message.kind, trouble)
    if message.outcome:
        abort(503)  # the platform says it three times in all, and nobody else ever will
    waiting = message.kind != "event" or message.event in ASKING
    return APOLOGY if waiting else Reply("silence")


def _refuse(error: MessageError) -> NoReturn:
    log.warning("refused: %s", error)
    abort(403)
