"""One try at getting what the platform has counted: who read the issues, who follows.

    the articles of the days that may still change → who came and went → noted

Each answer is kept before the next question, so that a crash costs one question. What is final is
never asked for again, and a try that failed rests for an hour.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

from bot.archive.readership import Kind, Publication
from bot.errors import PlatformError
from bot.services import Services
from bot.wechat.account import Kind as AccountKind
from bot.wechat.codes import NO_PERMISSION, meaning
from bot.wechat.statistics import (
    COUNTED_FOR,
    EARLIEST,
    MOST_DAYS,
    ArticleCount,
    Statistics,
    is_same,
    may_be_same,
)

DAY = timedelta(days=1)
# Days since the publication on which an article is asked for; the last answer tells all of them.
ASKED_AFTER = (*range(1, 8), 14, COUNTED_FOR.days)
# Some of a day's comings and goings are told a day or two late.
SETTLED = timedelta(days=3)
BACKWARDS = timedelta(days=90)  # as far as the newest pages look
MAY_NOT = meaning(NO_PERMISSION, "datacube/").text


@dataclass(frozen=True, slots=True)
class Count:
    """What a try came to: how many calls, how many issues were told of, and why it ended early."""

    calls: int
    issues: int
    problem: str = ""


def count_readers(services: Services) -> Count:
    """Get what is new. The platform's refusals are kept as a sentence, and told where the figures are.

    Raises ArchiveError.
    """
    kept, calls, found = services.readers.readership, 0, set[str]()
    try:
        if services.account.findings().kind is not AccountKind.VERIFIED:
            kept.note_round(MAY_NOT)
            return Count(0, 0, MAY_NOT)
        statistics = Statistics(services.readers.client())
        for issue_ids in _count_articles(services, statistics):
            calls, found = calls + 1, found | set(issue_ids)
        calls += _count_followers(services, statistics)
    except PlatformError as error:
        kept.note_round(str(error))
        return Count(calls, len(found), str(error))
    kept.note_round()
    return Count(calls, len(found))


def _count_articles(services: Services, statistics: Statistics) -> Iterator[Sequence[str]]:
    kept, today = services.readers.readership, services.now().date()
    known = kept.publications(today - COUNTED_FOR - BACKWARDS)
    asked = kept.asked(Kind.ARTICLES, today - COUNTED_FOR - BACKWARDS)
    for day in wanted_articles(known, asked, today):
        told = statistics.articles(day)
        found = matched(told.articles, [each for each in known if day in each.days])
        figures = {issue_id: each.counted for issue_id, each in found.items()}
        kept.note_articles(day, figures, whole=not told.delayed)
        yield list(found)


def wanted_articles(
    known: Sequence[Publication], asked: Mapping[date, date], today: date
) -> list[date]:
    """The days of publication to ask for, newest first."""
    days = {day for each in known for day in each.days if EARLIEST <= day < today}
    return sorted((day for day in days if _changes(day, asked.get(day), today)), reverse=True)


def _changes(day: date, asked_on: date | None, today: date) -> bool:
    """Whether more is known of a day's articles than when they were asked for."""
    if asked_on is None:
        return True
    then, now = (asked_on - day).days, (today - day).days
    return any(then < after <= now for after in ASKED_AFTER)


def matched(
    articles: Sequence[ArticleCount], known: Sequence[Publication]
) -> dict[str, ArticleCount]:
    """Which of the platform's articles is which issue; another's are left out.

    An article is one issue's: two editions of a day may be called the same.
    """
    found: dict[str, ArticleCount] = {}
    pairs = list(product(known, articles))
    for same in (_surely, _perhaps):
        for issue, article in pairs:
            taken = issue.issue_id in found or article in found.values()
            if not taken and same(article, issue):
                found[issue.issue_id] = article
    return found


def _surely(article: ArticleCount, issue: Publication) -> bool:
    return is_same(article, issue.url, issue.msg_data_id)


def _perhaps(article: ArticleCount, issue: Publication) -> bool:
    return may_be_same(article, issue.url, issue.title)


def _count_followers(services: Services, statistics: Statistics) -> int:
    kept, today = services.readers.readership, services.now().date()
    asked = kept.asked(Kind.FOLLOWERS, today - BACKWARDS)
    spans = list(wanted_followers(asked, today))
    for first, last in spans:
        days = [first + n * DAY for n in range((last - first).days + 1)]
        kept.note_followers(days, statistics.followers(first, last))
    return len(spans)


def wanted_followers(asked: Mapping[date, date], today: date) -> Iterator[tuple[date, date]]:
    """The spans of days to ask for, newest first, each as long as is allowed."""
    last = today - DAY
    while last >= today - BACKWARDS:
        first = max(last - (MOST_DAYS - 1) * DAY, today - BACKWARDS)
        open_days = [
            day for n in range((last - first).days + 1) if _unsettled(day := first + n * DAY, asked)
        ]
        if open_days:
            yield open_days[0], last
        last = first - DAY


def _unsettled(day: date, asked: Mapping[date, date]) -> bool:
    return day not in asked or asked[day] < day + SETTLED
