"""A pushed message's fields in, a Message out; a Reply in, the platform's XML out."""

import re
from datetime import UTC, datetime
from typing import Any

from bot.delivery import Outcome
from bot.dialogue import Card, Message, Reply
from bot.errors import MessageError
from bot.wechat.mass_report import read_report
from bot.wechat.platform import article_url

# What XML 1.0 does not allow; one of them makes the whole reply unreadable. JSON can carry them in.
FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read_message(fields: dict[str, Any]) -> Message:
    """Raises MessageError where a field that we rely on is missing, repeated or not text."""
    kind = _text(fields, "MsgType").lower()
    if not kind:
        raise MessageError("消息没有 MsgType")
    return Message(
        kind=kind,
        sender=_text(fields, "FromUserName"),
        recipient=_text(fields, "ToUserName"),
        sent_at=_moment(_text(fields, "CreateTime")),
        id=_text(fields, "MsgId"),
        text=_text(fields, "Content") or _text(fields, "Recognition"),
        event=_text(fields, "Event").lower(),
        event_key=_text(fields, "EventKey"),
        outcome=_outcome(fields.get("PublishEventInfo")) or read_report(fields),
    )


def write_reply(reply: Reply, message: Message, now: datetime) -> str:
    """The answer to `message` as XML; `success` where there is nothing to say."""
    if reply.kind == "silence":
        return "success"
    body = (
        _news(reply.card) if reply.card else f"<MsgType>text</MsgType>{_tag('Content', reply.text)}"
    )
    return (
        f"<xml>{_tag('ToUserName', message.sender)}{_tag('FromUserName', message.recipient)}"
        f"<CreateTime>{int(now.timestamp())}</CreateTime>{body}</xml>"
    )


def _news(card: Card) -> str:
    item = (
        _tag("Title", card.title)
        + _tag("Description", card.description)
        + _tag("PicUrl", card.picture)
        + _tag("Url", card.url)
    )
    return (
        "<MsgType>news</MsgType><ArticleCount>1</ArticleCount>"
        f"<Articles><item>{item}</item></Articles>"
    )


def _tag(name: str, text: str) -> str:
    # A ]]> in somebody's words would end the CDATA, and what follows would be read as elements.
    safe = _clean(text).replace("]]>", "]]]]><![CDATA[>")
    return f"<{name}><![CDATA[{safe}]]></{name}>"


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise MessageError(f"消息的 {name} 不是一段文字")
    return _clean(str(value)).strip()


def _clean(text: str) -> str:
    return FORBIDDEN.sub("", text)


def _outcome(info: Any) -> Outcome | None:
    if not isinstance(info, dict):
        return None
    publish_id, status = _text(info, "publish_id"), _text(info, "publish_status")
    if not publish_id:
        raise MessageError("发布结果没有 publish_id")
    if not (status.isascii() and status.isdigit() and len(status) <= 3):
        raise MessageError("发布结果的 publish_status 不是状态码")
    article_id = _text(info, "article_id")
    return Outcome(publish_id, int(status), _clean(article_url(info)), article_id)


def _moment(seconds: str) -> datetime:
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) <= 10):
        raise MessageError("消息的 CreateTime 不是秒数")
    return datetime.fromtimestamp(int(seconds), UTC)
