"""发布: a draft becomes articles at permanent addresses, without a message to the followers.

The job is done before the answer goes out (so that tests need not wait), the draft is gone with it, and
the event is pushed once the answer is out.
"""

from functools import partial
from typing import Any

from bot.sandbox.drafts import thumb_url
from bot.sandbox.endpoint import OK, Answer, Asked, Endpoint
from bot.sandbox.published import DONE, UNDER_WAY, Publication
from bot.sandbox.push import push_event
from bot.sandbox.refusal import Refusal, require
from bot.sandbox.state import Platform

# Who the platform says an event about a job comes from.
JOB_REPORTER = "oSandboxJobReporter000000001"


def submit(platform: Platform, asked: Asked) -> Answer:
    """`freepublish/submit`: errcode 0 only says that the task was accepted."""
    draft = platform.box.find(asked.text("media_id", 40007))
    if draft is None:
        raise Refusal(40007, "没有这份草稿，可能已经发布", blame=False)
    job = platform.published.add(draft.media_id, draft.articles, asked.origin, platform.now())
    fault = platform.faults.take("freepublish/job")
    job.status = fault.status if fault else DONE
    if job.status == DONE:
        platform.box.take(draft)
    if job.status != UNDER_WAY:
        asked.afterwards.append(partial(push_event, platform, finished(platform, job)))
    return {**OK, "publish_id": job.publish_id}


def finished(platform: Platform, job: Publication) -> dict[str, object]:
    """PUBLISHJOBFINISH. As in the official sample, the article_id has a line break: receivers trim it."""
    details: dict[str, object] = {"publish_id": job.publish_id, "publish_status": job.status}
    if job.status == DONE:
        items = [{"idx": n, "article_url": url} for n, url in enumerate(job.urls(), 1)]
        details["article_id"] = f"{job.article_id}\n"
        details["article_detail"] = {"count": len(items), "item": items}
    else:
        details["fail_idx"] = list(range(1, len(job.pieces) + 1))
    return {
        "ToUserName": platform.account.original_id,
        "FromUserName": JOB_REPORTER,
        "CreateTime": int(platform.now()),
        "MsgType": "event",
        "Event": "PUBLISHJOBFINISH",
        "PublishEventInfo": details,
    }


def status(platform: Platform, asked: Asked) -> Answer:
    """`freepublish/get`: how far a job has come."""
    job = platform.published.jobs.get(asked.text("publish_id", 53502))
    if job is None or job.way != "freepublish":
        raise Refusal(53502, "没有这个发布任务")
    answer: Answer = {"publish_id": job.publish_id, "publish_status": job.status, "fail_idx": []}
    if job.status == DONE:
        items = [{"idx": n, "article_url": url} for n, url in enumerate(job.urls(), 1)]
        detail = {"count": len(items), "item": items}
        return answer | {"article_id": job.article_id, "article_detail": detail}
    failed = [] if job.status == UNDER_WAY else list(range(1, len(job.pieces) + 1))
    return answer | {"fail_idx": failed}


def get_article(platform: Platform, asked: Asked) -> Answer:
    """`freepublish/getarticle`: the articles of one publication."""
    return {"news_item": read_back(platform, find(platform, asked))}


def list_published(platform: Platform, asked: Asked) -> Answer:
    """`freepublish/batchget`: newest first, twenty at most; what was sent to followers is not in it."""
    offset, count = asked.page()
    jobs = platform.published.done()
    bare = asked.body.get("no_content", 0) == 1
    page = [listed(platform, job, bare) for job in jobs[offset : offset + count]]
    return {"total_count": len(jobs), "item_count": len(page), "item": page}


def delete_article(platform: Platform, asked: Asked) -> Answer:
    """`freepublish/delete`: one article (`index` from 1) or all of them, for good."""
    job = find(platform, asked)
    index = asked.body.get("index") or 0
    require(isinstance(index, int) and 0 <= index <= len(job.pieces), 40114, f"index {index}")
    job.delete(index)
    return OK


def find(platform: Platform, asked: Asked) -> Publication:
    """The publication that is asked for."""
    job = platform.published.by_article_id(asked.text("article_id", 53600))
    if job is None:
        raise Refusal(53600, "没有这篇文章")
    return job


def listed(platform: Platform, job: Publication, bare: bool) -> Answer:
    """A publication in the list."""
    news = read_back(platform, job)
    if bare:
        news = [article | {"content": ""} for article in news]
    content = {"news_item": news, "create_time": job.update_time, "update_time": job.update_time}
    return {"article_id": job.article_id, "content": content, "update_time": job.update_time}


def read_back(platform: Platform, job: Publication) -> list[dict[str, Any]]:
    """The articles with what publishing added."""
    return [
        piece.fields
        | {"thumb_url": thumb_url(platform, piece.fields), "url": url, "is_deleted": piece.deleted}
        for piece, url in zip(job.pieces, job.urls(), strict=True)
    ]


# The table of daily limits: publishing is far scarcer than drafting.
ENDPOINTS = (
    Endpoint("freepublish/submit", submit, changes=True, daily=100, verified=True),
    Endpoint("freepublish/get", status, daily=100, verified=True),
    Endpoint("freepublish/getarticle", get_article, daily=100, verified=True),
    Endpoint("freepublish/batchget", list_published, daily=100, verified=True),
    Endpoint("freepublish/delete", delete_article, changes=True, daily=10, verified=True),
)
