"""For testers: what the sandbox holds, faults on request, and speaking as a follower."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify, request

from bot.sandbox.chat import Remark, say
from bot.sandbox.faults import Fault
from bot.sandbox.published import Publication
from bot.sandbox.state import Platform

BAD_REQUEST = 400


def inspection(platform: Platform) -> Blueprint:
    """The pages under `/sandbox`."""
    blueprint = Blueprint("inspection", __name__, url_prefix="/sandbox")

    @blueprint.get("/state")
    def show_state() -> Response:
        with platform.lock:
            return jsonify(state_of(platform))

    @blueprint.post("/say")
    def speak() -> tuple[Response, int]:
        return read_and(lambda plain: say(platform, Remark.from_request(plain)))

    @blueprint.post("/faults")
    def add_fault() -> tuple[Response, int]:
        return read_and(lambda plain: platform.faults.add(Fault.from_request(plain)))

    @blueprint.post("/faults/clear")
    def clear_faults() -> Response:
        platform.faults.clear()
        return jsonify(ok=True)

    @blueprint.post("/expire_tokens")
    def expire_tokens() -> Response:
        with platform.lock:
            platform.tokens.expire_all()
        return jsonify(ok=True)

    return blueprint


def read_and(act: Callable[[dict[str, Any]], object]) -> tuple[Response, int]:
    """Do something with a JSON body; 400 with a sentence where it is not understood."""
    plain = request.get_json(silent=True)
    if not isinstance(plain, dict):
        return jsonify(error="a JSON object is expected"), BAD_REQUEST
    try:
        return jsonify(act(plain) or {"ok": True}), 200
    except (TypeError, ValueError) as error:
        return jsonify(error=str(error)), BAD_REQUEST


def state_of(platform: Platform) -> dict[str, Any]:
    """Everything but tokens and secrets."""
    return {
        "drafts": [
            {
                "media_id": draft.media_id,
                "articles": draft.articles,
                "update_time": draft.update_time,
            }
            for draft in platform.box.newest_first()
        ],
        "published": [publication(job) for job in platform.published.jobs.values()],
        "materials": [
            {"media_id": item.media_id, "type": item.kind, "name": item.name, "url": item.url}
            for item in platform.library.materials.values()
        ],
        "images": len(platform.library.body_images),
        "violations": platform.ledger.violations,
        "log": platform.ledger.calls,
        "messages": list(platform.messages),
        "pushes": list(platform.pushes),
        "mass": platform.mass,
        "previews": platform.previews,
        "menu": platform.menu,
    }


def publication(job: Publication) -> dict[str, Any]:
    """A publishing job; `url` and `title` are those of its first article."""
    return {
        "publish_id": job.publish_id,
        "media_id": job.media_id,
        "article_id": job.article_id,
        "url": job.urls()[0],
        "urls": job.urls(),
        "title": job.pieces[0].fields["title"],
        "status": job.status,
        "way": job.way,
    }
