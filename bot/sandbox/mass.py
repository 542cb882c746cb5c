"""群发: previews on one phone, and messages to all followers."""

from datetime import datetime
from functools import partial
from typing import Any

from bot.sandbox.draftbox import Draft
from bot.sandbox.endpoint import OK, Answer, Asked, Endpoint
from bot.sandbox.publish import JOB_REPORTER
from bot.sandbox.published import DELETED, DONE, Publication
from bot.sandbox.push import push_event
from bot.sandbox.quota import SHANGHAI
from bot.sandbox.refusal import Refusal, require
from bot.sandbox.state import Platform

DAY = 86400
CLIENT_ID_BYTES = 32
# The WeChat-id form of a preview has a daily limit of its own.
PREVIEWS_BY_NAME = 100
KINDS = frozenset({"mpnews", "text", "voice", "image", "mpvideo", "wxcard"})


def preview(platform: Platform, asked: Asked) -> Answer:
    """`message/mass/preview`: to one openid, or to a WeChat id, which wins where both are given."""
    name, openid = asked.body.get("towxname"), asked.body.get("touser")
    require(name or openid, 40003, "缺少 touser 或 towxname")
    kind, content = message_of(platform, asked)
    if name:
        platform.quotas.spend("message/mass/preview towxname", PREVIEWS_BY_NAME)
    require(name or openid not in platform.followers.gone, 43004, "这位粉丝已取消关注")
    platform.previews.append(
        {"at": platform.now(), "to": name or openid, "msgtype": kind, "content": content}
    )
    return {"errcode": 0, "errmsg": "preview success"}


def send_all(platform: Platform, asked: Asked) -> Answer:
    """`message/mass/sendall`: one a day; the same clientmsgid is refused with the first one's msg_id."""
    check_range(asked.body.get("filter"))
    kind, content = message_of(platform, asked)
    client_id = str(asked.body.get("clientmsgid") or "")
    check_client_id(platform, client_id)
    require(not sent_today(platform), 45028, "今天已经群发过一次")
    number = 3147483600 + len(platform.mass) + 1
    sent = {"msg_id": number, "at": platform.now(), "clientmsgid": client_id}
    job = publish_draft(platform, content, asked.origin) if kind == "mpnews" else None
    more = {"msgtype": kind, "content": content, "msg_data_id": job.publish_id if job else ""}
    platform.mass.append(sent | more)
    asked.afterwards.append(partial(push_event, platform, finished(platform, number, job)))
    answer = {"errcode": 0, "errmsg": "send job submission success", "msg_id": number}
    return answer | ({"msg_data_id": int(job.publish_id)} if job else {})


def message_of(platform: Platform, asked: Asked) -> tuple[str, str]:
    """A message's kind, and its media_id or text."""
    kind = str(asked.body.get("msgtype"))
    require(kind in KINDS, 40008, f"msgtype={kind}")
    part = asked.body.get(kind)
    if not isinstance(part, dict) or not part:
        raise Refusal(47003, f"缺少 {kind}")
    if kind == "mpnews":
        find_draft(platform, part.get("media_id"))
    return kind, str(part.get("media_id") or part.get("content") or "")


def find_draft(platform: Platform, media_id: object) -> Draft:
    """The draft to send."""
    draft = platform.box.find(media_id)
    if draft is None:
        raise Refusal(40007, "没有这份草稿", blame=False)
    return draft


def check_range(chosen: object) -> None:
    """Everybody, or those with a tag; this account has no tags."""
    if not isinstance(chosen, dict) or not isinstance(chosen.get("is_to_all"), bool):
        raise Refusal(47003, "filter.is_to_all 应为布尔值")
    require(chosen["is_to_all"], 40152, f"没有标签 {chosen.get('tag_id')}")


def check_client_id(platform: Platform, client_id: str) -> None:
    """The protection against sending twice: 24 hours long."""
    require(
        len(client_id.encode()) <= CLIENT_ID_BYTES,
        45067,
        f"clientmsgid 最多 {CLIENT_ID_BYTES} 字节：{client_id}",
    )
    since = platform.now() - DAY
    for sent in platform.mass:
        if client_id and sent["clientmsgid"] == client_id and sent["at"] > since:
            raise Refusal(45065, blame=False, extra={"msg_id": sent["msg_id"]})


def sent_today(platform: Platform) -> bool:
    """Whether this day's message to all is used up."""
    dates = {datetime.fromtimestamp(sent["at"], SHANGHAI).date() for sent in platform.mass}
    return datetime.fromtimestamp(platform.now(), SHANGHAI).date() in dates


def publish_draft(platform: Platform, media_id: str, origin: str) -> Publication:
    """Sending uses the draft up."""
    draft = find_draft(platform, media_id)
    job = platform.published.add(media_id, draft.articles, origin, platform.now())
    job.status, job.way = DONE, "mass"
    platform.box.take(draft)
    return job


def finished(platform: Platform, number: int, job: Publication | None) -> dict[str, object]:
    """MASSSENDJOBFINISH; the counts are those of an account with a hundred followers."""
    urls = job.urls() if job else []
    items: list[dict[str, Any]] = [
        {"ArticleIdx": index, "ArticleUrl": url} for index, url in enumerate(urls, 1)
    ]
    return {
        "ToUserName": platform.account.original_id,
        "FromUserName": JOB_REPORTER,
        "CreateTime": int(platform.now()),
        "MsgType": "event",
        "Event": "MASSSENDJOBFINISH",
        "MsgID": number,
        "Status": "send success",
        "TotalCount": 100,
        "FilterCount": 100,
        "SentCount": 100,
        "ErrorCount": 0,
        "CopyrightCheckResult": {"Count": 0, "CheckState": 0},
        "ArticleUrlResult": {"Count": len(items), "ResultList": {"item": items}},
    }


def state_of_mass(platform: Platform, asked: Asked) -> Answer:
    """`message/mass/get`: also the cheapest way to learn whether an account may send."""
    sent = find_sent(platform, asked)
    state = "SEND_SUCCESS" if sent else "SEND_FAIL"
    job = job_of(platform, sent)
    if job and job.status == DELETED:
        state = "DELETE"
    return {"msg_id": asked.text("msg_id"), "msg_status": state}


def find_sent(platform: Platform, asked: Asked) -> dict[str, Any] | None:
    """The message with the number that is asked for."""
    number = asked.text("msg_id")
    return next((sent for sent in platform.mass if str(sent["msg_id"]) == number), None)


def job_of(platform: Platform, sent: dict[str, Any] | None) -> Publication | None:
    """The articles that a message was made of."""
    return platform.published.jobs.get(sent["msg_data_id"]) if sent else None


def delete_sent(platform: Platform, asked: Asked) -> Answer:
    """`message/mass/delete`: the text of one article (`article_idx` from 1) or of all, for good."""
    job = job_of(platform, find_sent(platform, asked))
    if job is None:
        raise Refusal(40059, "没有这条群发，或它不是文章")
    index = asked.body.get("article_idx") or 0
    require(isinstance(index, int) and 0 <= index <= len(job.pieces), 40065, f"article_idx {index}")
    job.delete(index)
    return OK


ENDPOINTS = (
    Endpoint("message/mass/preview", preview, changes=True, verified=True),
    Endpoint("message/mass/sendall", send_all, changes=True, daily=100, verified=True),
    Endpoint("message/mass/get", state_of_mass, verified=True),
    Endpoint("message/mass/delete", delete_sent, changes=True, daily=10, verified=True),
)
