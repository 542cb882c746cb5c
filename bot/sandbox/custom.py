"""客服消息: writing to one follower, for a while after they wrote or tapped something."""

from typing import Any

from bot.sandbox.endpoint import OK, Answer, Asked, Endpoint
from bot.sandbox.refusal import Refusal, require
from bot.sandbox.state import Platform

# Bytes; reported by users, as no page states a figure.
TEXT_BYTES = 2048
NEEDED = {
    "text": "content",
    "image": "media_id",
    "voice": "media_id",
    "video": "media_id",
    "music": "thumb_media_id",
    "news": "articles",
    "mpnews": "media_id",
    "mpnewsarticle": "article_id",
    "msgmenu": "list",
}


def send_custom(platform: Platform, asked: Asked) -> Answer:
    """`message/custom/send`: the window must be open, and a news message has one article."""
    openid = asked.text("touser", 40003)
    kind = str(asked.body.get("msgtype"))
    part = part_of(asked, kind)
    if kind == "text":
        require(len(str(part["content"]).encode()) <= TEXT_BYTES, 45002, "文字超过 2048 字节")
    if kind == "news":
        require(isinstance(part["articles"], list), 47001, "news.articles 应为列表")
        require(len(part["articles"]) == 1, 45008, f"{len(part['articles'])} 条图文，只能有 1 条")
    if kind == "mpnewsarticle" and not platform.published.by_article_id(part["article_id"]):
        raise Refusal(53600, "没有这篇文章")
    platform.followers.spend(openid)
    platform.messages.append(sent(platform, openid, kind, part))
    return OK


def part_of(asked: Asked, kind: str) -> dict[str, Any]:
    """The object named after the message's kind, with what it must have."""
    require(kind in NEEDED, 40008, f"msgtype={kind}")
    part = asked.body.get(kind)
    if not isinstance(part, dict) or not part.get(NEEDED[kind]):
        raise Refusal(44004 if kind == "text" else 47003, f"缺少 {kind}.{NEEDED[kind]}")
    return part


def sent(platform: Platform, openid: str, kind: str, part: dict[str, Any]) -> dict[str, Any]:
    """A message of the account's own accord, as the chat page shows it."""
    answer = {
        "type": kind,
        "content": str(part.get("content", "")),
        "articles": part.get("articles", []),
    }
    said = {"openid": openid, "text": "", "event": "", "key": ""}
    return {"at": platform.now(), **said, "answer": answer}


ENDPOINTS = (
    Endpoint("message/custom/send", send_custom, changes=True, daily=500_000, verified=True),
)
