"""What the platform counts, fit for the newsletter: who read an article, who began and ceased to follow.

Counted by the day, and told from eight the next morning on; to verified accounts only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bot.wechat.client import MpClient, reading
from bot.wechat.datacube import ARTICLES, FOLLOWERS

# The articles' figures begin here, and end thirty days after the publication.
EARLIEST = date(2025, 11, 1)
COUNTED_FOR = timedelta(days=30)
MOST_DAYS = 7  # of followers' comings and goings, at once
Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Counted:
    """People, from the publication to the end of `day`."""

    day: date
    reads: int
    shares: int
    favourites: int


@dataclass(frozen=True, slots=True)
class ArticleCount:
    """An article of those published on a day. `msg_id` is `12003_1`: the message's number, the article's place."""

    msg_id: str
    title: str
    url: str
    counted: tuple[Counted, ...]

    @property
    def number(self) -> str:
        """The message's."""
        return self.msg_id.partition("_")[0]

    @property
    def is_first(self) -> bool:
        """Whether it stands first in its message, as an issue does."""
        return self.msg_id.partition("_")[2] in ("", "1")


@dataclass(frozen=True, slots=True)
class FollowerCount:
    """How many began and ceased to follow on a day, wherever they came from."""

    day: date
    gained: int
    lost: int


@dataclass(frozen=True, slots=True)
class Told:
    """What was counted of the articles of a day; `delayed`: it is not complete yet."""

    articles: tuple[ArticleCount, ...]
    delayed: bool


class Statistics:
    """One account's. Every method is one call and raises PlatformError."""

    def __init__(self, client: MpClient) -> None:
        self._client = client

    def articles(self, day: date) -> Told:
        """The articles published on a day that is over."""
        answer = self._client.datacube.articles(day, day)
        with reading(ARTICLES):
            found = tuple(_article(item) for item in answer.get("list") or ())
            return Told(found, bool(answer.get("is_delay")))

    def followers(self, first: date, last: date) -> Sequence[FollowerCount]:
        """Of those days, seven at most; a day of which nothing is told is left out."""
        answer = self._client.datacube.followers(first, last)
        sums: dict[date, tuple[int, int]] = {}
        with reading(FOLLOWERS):
            # A line for each of the ways in which people come.
            for item in answer.get("list") or ():
                day = date.fromisoformat(item["ref_date"])
                gained, lost = sums.get(day, (0, 0))
                sums[day] = (gained + int(item["new_user"]), lost + int(item["cancel_user"]))
        return [FollowerCount(day, *sums[day]) for day in sorted(sums)]


def _article(item: Item) -> ArticleCount:
    # One that was hardly read may come without its figures.
    details = item.get("detail_list") or ()
    return ArticleCount(
        str(item["msgid"]),
        str(item.get("title", "")).strip(),
        str(item.get("content_url", "")).strip(),
        tuple(sorted((_counted(each) for each in details), key=lambda each: each.day)),
    )


def _counted(detail: Item) -> Counted:
    return Counted(
        date.fromisoformat(detail["stat_date"]),
        *(_number(detail, name) for name in ("read_user", "share_user", "collection_user")),
    )


def _number(detail: Item, name: str) -> int:
    return max(0, int(detail.get(name) or 0))


def is_same(article: ArticleCount, url: str, msg_data_id: str) -> bool:
    """Whether that is the article at `url`: by its number, else by the address.

    The platform gives one article several addresses: a short one, and a long one whose further
    parameters change.
    """
    number, ours = article.number, _mark(url)
    known = bool(number) and number in (msg_data_id, ours)
    return article.is_first and (known or (bool(ours) and ours == _mark(article.url)))


def may_be_same(article: ArticleCount, url: str, title: str) -> bool:
    """Whether it is called so, and is not known to be another: two numbers are two articles."""
    ours = _mark(url)
    another = ours.isdecimal() and ours != article.number
    return article.is_first and bool(title) and article.title == title and not another


def _mark(url: str) -> str:
    """What makes an article's address its own: the message's number, or the short path."""
    parts = urlsplit(url)
    numbers = parse_qs(parts.query).get("mid")
    return numbers[0] if numbers else parts.path if parts.path not in ("", "/", "/s") else ""
