"""Statistics: figures made up, but the same each time, of what has been published here.

Of a day only once it is over, and from eight the next morning on. An article is read for thirty days,
half of its readers on the first, a quarter on the second, and so on.
"""

import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from bot.sandbox.endpoint import Answer, Asked, Endpoint
from bot.sandbox.published import DELETED, DONE, Publication
from bot.sandbox.quota import SHANGHAI
from bot.sandbox.refusal import Refusal, require
from bot.sandbox.state import Platform

READY = time(8)
COUNTED_FOR = 30  # days, that of the publication among them
FEWEST, MOST = 200, 1200  # readers
SOURCES = (0, 1, 17, 30)  # others, search, a card, a QR code
DAY = timedelta(days=1)


def articles(platform: Platform, asked: Asked) -> Answer:
    """`getarticletotaldetail`: the articles published on a day, with their figures up to yesterday."""
    first, last = span(platform, asked, 1)
    over = yesterday(platform)
    found = [
        line
        for job in platform.published.jobs.values()
        if first <= published_on(job) <= last and job.status in (DONE, DELETED)
        for line in lines_of(job, over)
    ]
    return {"list": found, "is_delay": False}


def lines_of(job: Publication, over: date) -> Iterator[Answer]:
    """One a piece."""
    day = published_on(job)
    for place, (piece, url) in enumerate(zip(job.pieces, job.urls(), strict=True), 1):
        days = min((over - day).days + 1, COUNTED_FOR)
        yield {
            "ref_date": day.isoformat(),
            "msgid": f"{job.publish_id}_{place}",
            "publish_type": 0 if job.way == "mass" else 1,
            "title": piece.fields.get("title", ""),
            "content_url": url,
            "detail_list": [figures(job, day + n * DAY, n + 1) for n in range(days)],
        }


def figures(job: Publication, day: date, days: int) -> Answer:
    """All that were counted in the article's first `days`."""
    readers = FEWEST + zlib.crc32(job.publish_id.encode()) % (MOST - FEWEST)
    so_far = round(readers * (1 - 0.5**days))
    return {
        "stat_date": day.isoformat(),
        "read_user": so_far,
        "share_user": so_far // 12,
        "zaikan_user": so_far // 40,
        "like_user": so_far // 25,
        "comment_count": so_far // 90,
        "collection_user": so_far // 30,
        "praise_money": 0,
    }


def followers(platform: Platform, asked: Asked) -> Answer:
    """`getusersummary`: who came and went, a line a day and way of coming."""
    first, last = span(platform, asked, 7)
    days = [first + n * DAY for n in range((last - first).days + 1)]
    return {"list": [coming(day, source) for day in days for source in SOURCES]}


def coming(day: date, source: int) -> Answer:
    """Of one way."""
    chance = zlib.crc32(f"{day} {source}".encode())
    return {
        "ref_date": day.isoformat(),
        "user_source": source,
        "new_user": chance % 9,
        "cancel_user": chance // 9 % 4,
    }


def span(platform: Platform, asked: Asked, most: int) -> tuple[date, date]:
    """`begin_date` and `end_date`: so many days at most, and over."""
    first, last = day_of(asked, "begin_date"), day_of(asked, "end_date")
    require(timedelta() <= last - first < most * DAY, 61501, f"最多 {most} 天")
    require(last <= yesterday(platform), 61501, "最晚到昨天")
    now = clock(platform)
    if last == yesterday(platform) and now.time() < READY:
        raise Refusal(61503, "昨天的数字八点以后才有")
    return first, last


def day_of(asked: Asked, name: str) -> date:
    """A day as `2026-06-13`."""
    try:
        return date.fromisoformat(asked.text(name, 61500))
    except ValueError:
        raise Refusal(61500, str(asked.body[name])) from None


def clock(platform: Platform) -> datetime:
    """The platform's own."""
    return datetime.fromtimestamp(platform.now(), SHANGHAI)


def yesterday(platform: Platform) -> date:
    """The last day that is over."""
    return clock(platform).date() - DAY


def published_on(job: Publication) -> date:
    """The day of a publication."""
    return datetime.fromtimestamp(job.update_time, SHANGHAI).date()


ENDPOINTS = (
    Endpoint("datacube/getarticletotaldetail", articles, verified=True),
    Endpoint("datacube/getusersummary", followers, verified=True),
)
