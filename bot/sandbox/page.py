"""The sandbox as a phone: the draft box, an article, and a chat with the account."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from urllib.parse import quote

from flask import (
    Blueprint,
    abort,
    redirect,
    render_template,
    request,
    send_from_directory,
)
from werkzeug.wrappers import Response

from bot.sandbox.chat import Remark, say
from bot.sandbox.state import Platform
from bot.sandbox.view import (
    article_view,
    chat_view,
    draft_cards,
    panel_view,
    published_cards,
)

# Who types on the chat page, where the address names nobody else.
FOLLOWER = "oSandboxFollower000000000001"
# Own scripts and styles only. Articles carry inline styles; a chat card's picture comes from the webhook's host.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self';"
    " img-src 'self' data:{pictures}; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
FILES = ("sandbox.css", "sandbox.js", "dark.js")


def pages(platform: Platform, folder: Path) -> Blueprint:
    """The pages for people."""
    blueprint = Blueprint("pages", __name__)
    views: dict[str, Callable[..., str | Response]] = {
        "/": home,
        "/drafts/<media_id>": draft,
        "/s/<name>": published,
        "/chat": chat,
        "/mmbiz/<key>/<int:_width>": picture,
    }
    for address, view in views.items():
        blueprint.add_url_rule(address, view.__name__, partial(view, platform))
    blueprint.add_url_rule("/chat", "speak", partial(speak, platform), methods=["POST"])
    blueprint.add_url_rule("/files/<name>", "file", partial(file, folder))
    blueprint.after_request(protect)
    return blueprint


def home(platform: Platform) -> str:
    """The draft box, and what was published from it."""
    with platform.lock:
        drafts, published = draft_cards(platform), published_cards(platform)
        return shown(platform, "home.html", drafts=drafts, published=published)


def draft(platform: Platform, media_id: str) -> str:
    """The preview of a draft's article (`?idx=`, from 0)."""
    index = request.args.get("idx", 0, type=int)
    with platform.lock:
        found = platform.box.find(media_id)
        if found is None or not 0 <= index < len(found.articles):
            return gone(platform, "草稿不在草稿箱里", "它可能已经发布，或者被删除了。")
        article = article_view(platform, found.articles[index], found.update_time)
        return shown(platform, "article.html", article=article, is_draft=True)


def published(platform: Platform, name: str) -> str:
    """A published article."""
    with platform.lock:
        found = platform.published.page(f"/s/{name}")
        if found is None:
            return gone(platform, "没有这篇文章", "请检查链接是否完整。")
        job, piece = found
        if piece.deleted:
            return gone(platform, "该内容已被发布者删除", "")
        article = article_view(platform, piece.fields, job.update_time)
        return shown(platform, "article.html", article=article, is_draft=False)


def chat(platform: Platform) -> str:
    """The conversation of one follower with the account."""
    openid = request.args.get("openid") or FOLLOWER
    with platform.lock:
        view = chat_view(platform, openid)
        return shown(platform, "chat.html", chat=view, openid=openid)


def speak(platform: Platform) -> Response:
    """Say something as a follower, then show the conversation."""
    try:
        remark = Remark.from_request({"openid": FOLLOWER} | request.form.to_dict())
    except ValueError:
        return redirect("/chat")
    say(platform, remark)
    others = "" if remark.openid == FOLLOWER else f"?openid={quote(remark.openid)}"
    return redirect(f"/chat{others}#end")


def picture(platform: Platform, key: str, _width: int) -> Response:
    """An uploaded picture; the platform would also scale it."""
    found = platform.library.pictures.get(key) or abort(404)
    headers = {"Cache-Control": "public, max-age=86400"}
    return Response(found.data, mimetype=f"image/{found.form}", headers=headers)


def file(folder: Path, name: str) -> Response:
    """The page's own style sheet and scripts."""
    return send_from_directory(folder, name, max_age=0) if name in FILES else abort(404)


def protect(response: Response) -> Response:
    """Bar scripts other than the page's own, and everything from elsewhere."""
    pictures = " http: https:" if request.path == "/chat" else ""
    response.headers["Content-Security-Policy"] = POLICY.format(pictures=pictures)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def shown(platform: Platform, template: str, **values: object) -> str:
    """A page with the phone on it and the record of calls beside."""
    panel = panel_view(platform)
    return render_template(template, account=platform.account, panel=panel, **values)


def gone(platform: Platform, title: str, text: str) -> str:
    """What the phone shows where there is nothing to read."""
    return shown(platform, "gone.html", title=title, text=text)
