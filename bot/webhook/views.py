"""`/wechat`: open the envelope, have the message answered, close it again."""

import logging
from typing import NoReturn

from flask import Blueprint, Response, abort, current_app, request

from bot import flow
from bot.dialogue import Message, Reply
from bot.errors import MessageError, RikanError
from bot.services import Services
from bot.wechat.messages import read_message, write_reply

BODY_LIMIT = 64 * 1024  # bytes; the platform's longest message is a fraction of it
APOLOGY = Reply("text", "系统正忙，请稍后再发一次")

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
    if (request.content_length or 0) > BODY_LIMIT:
        abort(413)
    try:
        body = request.get_data(cache=False)
        fields = services.envelope.open(request.args, body[: BODY_LIMIT + 1], services.now())
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
    try:
        reply = flow.answer(services, message)
    except RikanError:
        log.exception("no answer to a %s message", message.kind)
        reply = APOLOGY
    now = services.now()
    xml = write_reply(reply, message, now)
    if reply.kind == "silence":
        return Response(xml, mimetype="text/plain")
    sealed = services.envelope.close(xml, request.args.get("nonce", ""), now)
    return Response(sealed, mimetype="application/xml")


def _refuse(error: MessageError) -> NoReturn:
    log.warning("refused: %s", error)
    abort(403)
