"""The sandbox as one Flask application."""

import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from bot.errors import StartError
from bot.sandbox import access, custom, datacube, drafts, mass, media, menu, publish
from bot.sandbox.account import Account
from bot.sandbox.gate import LARGEST_BODY, register
from bot.sandbox.inspection import inspection
from bot.sandbox.page import pages
from bot.sandbox.refusal import request_id
from bot.sandbox.state import Platform
from bot.sandbox.structure import structure

ENDPOINTS = (
    *access.ENDPOINTS,
    *media.ENDPOINTS,
    *drafts.ENDPOINTS,
    *publish.ENDPOINTS,
    *mass.ENDPOINTS,
    *custom.ENDPOINTS,
    *menu.ENDPOINTS,
    *datacube.ENDPOINTS,
)

KEY_LENGTH = 43


def create_sandbox(
    account: Account, *, templates: Path, now: Callable[[], float] = time.time
) -> Flask:
    """A platform of its own for one account, empty at first.

    `templates` is the folder that holds `sandbox/`; `now` gives Unix seconds. Raises StartError where the
    account's mode encrypts and its key cannot.
    """
    if account.encrypts and len(account.aes_key) != KEY_LENGTH:
        raise StartError(
            "加密模式需要 43 个字符的 EncodingAESKey，请在设置文件的 [wechat] aes_key 里填好再启动。"
        )
    platform, folder = Platform(account, now), templates.resolve() / "sandbox"
    app = Flask("rikan-sandbox", static_folder=None, template_folder=folder)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    register(app, platform, (*ENDPOINTS, access.quota_call(ENDPOINTS)))
    app.register_blueprint(inspection(platform))
    app.register_blueprint(structure(platform))
    app.register_blueprint(pages(platform, folder))
    app.register_error_handler(404, unknown_call)
    return app


def unknown_call(error: NotFound) -> ResponseReturnValue:
    """Below `/cgi-bin/` and `/datacube/` even a wrong address is answered with an errcode."""
    if request.path.startswith(("/cgi-bin/", "/datacube/")):
        return jsonify(errcode=40066, errmsg=f"invalid url rid: {request_id()}")
    return error.get_response()
