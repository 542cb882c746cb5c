"""The check of an article's structure that the platform offers without a token.

The answer has the platform's shape; the rules are the sandbox's own: what its filter would drop.
"""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from bot.sandbox.filter import filter_content
from bot.sandbox.state import Platform

PATH = "/article-bin/verify_article_structure"


def structure(platform: Platform) -> Blueprint:
    """The one page of the check."""
    blueprint = Blueprint("structure", __name__)

    @blueprint.post(PATH)
    def verify() -> Response:
        body = request.get_json(silent=True)
        content = body.get("content") if isinstance(body, dict) else None
        if not isinstance(content, str):
            return jsonify(errcode=40097, errmsg="invalid args")
        with platform.lock:
            return jsonify(verdict(platform, content))

    return blueprint


def verdict(platform: Platform, content: str) -> dict[str, Any]:
    """`{isValid, inValidInfo: {rule: {violateRules, items: [{outerHTML}]}}}`."""
    broken: dict[str, Any] = {}
    for rule, detail in filter_content(content, platform.library).findings:
        group = broken.setdefault(rule, {"violateRules": f"不支持的写法：{rule}", "items": []})
        group["items"].append({"paragraphIndex": -1, "outerHTML": detail})
    return {"isValid": not broken, "inValidInfo": broken}
