"""A bot that sends every text back, as wechatpy's own documentation has it. See `bench_webhook`."""

import os

from flask import Flask, abort, request
from wechatpy import parse_message
from wechatpy.exceptions import InvalidSignatureException
from wechatpy.replies import create_reply
from wechatpy.utils import check_signature

app = Flask("echo")


@app.post("/wechat")
def receive() -> str:
    query = request.args
    try:
        signed = query["signature"], query["timestamp"], query["nonce"]
        check_signature(os.environ["WECHAT_TOKEN"], *signed)
    except InvalidSignatureException:
        abort(403)
    message = parse_message(request.get_data())
    return str(create_reply(message.content, message).render())
