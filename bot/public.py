"""What anybody may read: the archive of published issues with its search, a feed, a map for search engines."""

import re
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from markupsafe import Markup, escape
from werkzeug.wrappers import Response as Redirect

from bot.answering import Answerer
from bot.delivery import Entry
from bot.dialogue import Hit, Query, Wish
from bot.services import Services

ON_A_PAGE = 31  # issues: a month of daily ones
EDITIONS = 9  # of one day, at most, that a page need be longer for
IN_FEED = 20
IN_MAP = 50_000  # the most that one sitemap may name (sitemaps.org)
LONGEST_WORDS = 64  # characters; what is longer is no question
SIMILAR = 3  # search steps from here on found something alike
KEPT_SECONDS = 300
EARLIEST = date(2000, 1, 1)  # there was no newsletter before
# No script is let in to connect; what judges a site for search engines asks for robots.txt from within it.
PAGE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'"
)
WEEKDAYS = "一二三四五六日"
WORD = re.compile(r"\w+")

public = Blueprint("public", __name__)


@public.get("/issues")
@public.get("/issues/")
def archive() -> Response | Redirect:
    """The published issues by month, newest first; or what was looked for in them."""
    words = request.args.get("q", "").strip()[:LONGEST_WORDS]
    if words:
        return _page("web/found.html", **_found(words))
    before = _day(request.args.get("before", ""))
    days = (date.min, before - timedelta(days=1)) if before else None
    entries = _services().archive.entries(days, published_only=True, limit=ON_A_PAGE + EDITIONS)
    shown = _whole_days(entries)
    if not shown and before:
        return redirect(url_for("public.archive"))
    months = [(month, list(each)) for month, each in groupby(shown, _month)]
    return _page(
        "web/archive.html", months=months, earlier=shown[-1].day if entries[len(shown) :] else None
    )


def _whole_days(entries: list[Entry]) -> list[Entry]:
    """A page of them. The next one begins with another day, so no edition is left behind."""
    end = ON_A_PAGE
    while entries[end:] and entries[end].day == entries[end - 1].day:
        end += 1
    return entries[:end]


def _found(words: str) -> dict[str, Any]:
    """What a follower would be told of these words, as a page shows it."""
    answer = Answerer(_services()).words(words)
    hits, query = answer.reply.hits, answer.query
    chosen = hits if query and query.wish not in (Wish.HELP, Wish.ABOUT, Wish.THANKS) else ()
    return {
        "words": words,
        "hits": [(hit, _marked(hit, query)) for hit in chosen],
        "alike": bool(chosen) and chosen[0].step >= SIMILAR,
        "newest": [] if chosen else _services().archive.entries(published_only=True, limit=3),
    }


def _marked(hit: Hit, query: Query | None) -> Markup:
    """The found sentence, with the words that were looked for marked."""
    words, sentence = WORD.findall(query.words) if query else [], hit.sentence.rstrip("；，")
    if not words:
        return escape(sentence)
    pattern = re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))), re.I)
    parts, place = [], 0
    for found in pattern.finditer(sentence):
        parts += [
            escape(sentence[place : found.start()]),
            Markup("<mark>{}</mark>").format(found[0]),
        ]
        place = found.end()
    return Markup("").join([*parts, escape(sentence[place:])])


@public.get("/issues.atom")
def feed() -> Response:
    """The newest issues for a feed reader (RFC 4287)."""
    entries = _services().archive.entries(published_only=True, limit=IN_FEED)
    return _page("web/feed.xml", "application/atom+xml", entries=entries)


@public.get("/sitemap.xml")
def sitemap() -> Response:
    """Where search engines find the issues."""
    entries = _services().archive.entries(published_only=True, limit=IN_MAP)
    return _page("web/sitemap.xml", "application/xml", entries=entries)


@public.get("/robots.txt")
def robots() -> Response:
    """What search engines may read: the published issues."""
    return _page("web/robots.txt", "text/plain")


def _page(template: str, mimetype: str = "text/html", **values: Any) -> Response:
    config = _services().config
    text = render_template(
        template,
        newsletter=config.newsletter,
        account=config.wechat.account_name,
        site=config.web.public_url.rstrip("/") or request.host_url.rstrip("/"),
        weekday=lambda day: f"周{WEEKDAYS[day.weekday()]}",
        **values,
    )
    response = Response(text, mimetype=mimetype)
    response.headers["Content-Security-Policy"] = PAGE_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    return response


def _month(entry: Entry) -> str:
    return f"{entry.day.year}年{entry.day.month}月"


def _day(text: str) -> date | None:
    try:
        return max(date.fromisoformat(text), EARLIEST)
    except ValueError:
        return None


def _services() -> Services:
    services: Services = current_app.extensions["rikan"]
    return services
