"""What the pages show, as plain values for the templates."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

from markupsafe import Markup

from bot.sandbox.ledger import RULE_NAMES
from bot.sandbox.published import DONE
from bot.sandbox.quota import SHANGHAI
from bot.sandbox.refusal import MEANINGS
from bot.sandbox.state import Platform

STATES = {1: "发布中", 2: "原创校验未过", 3: "发布失败", 4: "审核未过", 5: "已删除", 6: "已封禁"}
MODES = {"plain": "明文模式", "compatible": "兼容模式", "secure": "安全模式"}
KINDS = {"verified": "已认证", "unverified": "未认证"}
EVENTS = {"subscribe": "关注了公众号", "unsubscribe": "取消了关注", "click": "点了菜单"}
SHOWN_CALLS = 60
# A link as the platform understands it in a text message, or a bare address.
LINK = re.compile(
    r'<a\s[^>]*?href="([^"]*)"[^>]*>(.*?)</a>|(https?://[^\s<>"，。；）】」]+)', re.S | re.I
)


@dataclass(frozen=True, slots=True)
class Row:
    """One article of a card."""

    title: str
    digest: str
    href: str
    cover: str


@dataclass(frozen=True, slots=True)
class Card:
    """A draft or a publication: its articles, when (Unix seconds), and how far it is."""

    rows: tuple[Row, ...]
    time: str
    state: str
    mark: str


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a text bubble: plain, a link (`href`) or words that are sent when tapped (`says`)."""

    text: str
    href: str = ""
    says: str = ""


def draft_cards(platform: Platform) -> list[Card]:
    """The draft box, newest first."""
    cards = []
    for draft in platform.box.newest_first():
        paths = [f"/drafts/{draft.media_id}?idx={n}" for n in range(len(draft.articles))]
        paths[0] = f"/drafts/{draft.media_id}"
        rows = rows_of(platform, draft.articles, paths)
        cards.append(Card(rows, day_and_time(draft.update_time), "草稿", "draft"))
    return cards


def published_cards(platform: Platform) -> list[Card]:
    """What was published or tried to be, newest first."""
    cards = []
    for job in reversed(platform.published.jobs.values()):
        paths = [piece.path if job.status == DONE else "" for piece in job.pieces]
        rows = rows_of(platform, [piece.fields for piece in job.pieces], paths)
        done = "已群发" if job.way == "mass" else "已发布"
        state = STATES.get(job.status, done)
        mark = "done" if job.status == DONE else "stopped"
        cards.append(Card(rows, day_and_time(job.update_time), state, mark))
    return cards


def rows_of(
    platform: Platform, articles: list[dict[str, Any]], paths: list[str]
) -> tuple[Row, ...]:
    """The articles of a card with their covers."""
    return tuple(
        Row(fields["title"], fields["digest"], path, cover_path(platform, fields))
        for fields, path in zip(articles, paths, strict=True)
    )


def cover_path(platform: Platform, fields: Mapping[str, Any]) -> str:
    """Where the cover is, unless it was deleted."""
    cover = platform.library.image(fields["thumb_media_id"])
    return cover.picture.path if cover and cover.picture else ""


def article_view(platform: Platform, fields: Mapping[str, Any], at: float) -> dict[str, Any]:
    """An article as it is read: pictures on this very host, whatever the caller called it."""
    html = fields["content"].replace(' data-src="', ' src="')
    for host in platform.library.hosts:
        for scheme in ("http", "https"):
            html = html.replace(f"{scheme}://{host}/mmbiz/", "/mmbiz/")
    return {
        "title": fields["title"],
        "author": fields["author"],
        "time": minute(at),
        "source": fields["content_source_url"],
        "html": Markup(html),  # noqa: S704 - filtered when it was stored; scripts are barred by the policy
        "characters": len(fields["content"]),
    }


def chat_view(platform: Platform, openid: str) -> dict[str, Any]:
    """The conversation with one follower, oldest first, and the menu below it."""
    found = [item for item in platform.messages if item["openid"] == openid]
    return {"messages": [message_view(item) for item in found], "menu": platform.menu or []}


def message_view(item: Mapping[str, Any]) -> dict[str, Any]:
    """One exchange: what was said or done, and the bubbles of the answer."""
    answer = item["answer"]
    event = EVENTS.get(item["event"].lower(), item["event"])
    return {
        "time": day_and_time(item["at"]),
        "said": item["text"],
        "event": event,
        "kind": answer["type"],
        "pieces": pieces_of(answer["content"]),
        "articles": answer["articles"],
    }


def pieces_of(text: str) -> list[Piece]:
    """Split a text message at its links; anything that is no safe link stays text."""
    pieces, end = [], 0
    for match in LINK.finditer(text):
        pieces.append(Piece(unescape(text[end : match.start()])))
        pieces.append(link_of(unescape(match[1] or match[3] or ""), unescape(match[2] or "")))
        end = match.end()
    pieces.append(Piece(unescape(text[end:])))
    return [piece for piece in pieces if piece.text]


def link_of(address: str, label: str) -> Piece:
    """A web link, a link that sends words, or just its label."""
    url = urlsplit(address)
    if url.scheme in {"http", "https"}:
        return Piece(label or address, href=address)
    if url.scheme == "weixin" and url.netloc == "bizmsgmenu":
        words = parse_qs(url.query).get("msgmenucontent", [""])[0]
        return Piece(label, says=words)
    return Piece(label)


def panel_view(platform: Platform) -> dict[str, Any]:
    """The record of calls and violations, newest first."""
    ledger, account = platform.ledger, platform.account
    calls = ledger.calls[::-1]
    return {
        "calls": [call | {"clock": clock(call["at"])} for call in calls[:SHOWN_CALLS]],
        "total": len(calls),
        "violations": [
            violation | {"name": rule_name(violation["rule"])}
            for violation in ledger.violations[::-1]
        ],
        "mode": MODES.get(account.mode, account.mode),
        "kind": KINDS.get(account.kind, account.kind),
    }


def rule_name(rule: str) -> str:
    """A violation in words: ours for what is swallowed, its errcode with a meaning for what it refuses."""
    code = int(rule) if rule.lstrip("-").isdigit() else 0
    return f"{rule} {MEANINGS.get(code, '平台拒绝了')}" if code else RULE_NAMES.get(rule, rule)


def clock(at: float) -> str:
    """`08:30:05`."""
    return datetime.fromtimestamp(at, SHANGHAI).strftime("%H:%M:%S")


def day_and_time(at: float) -> str:
    """`6月13日 08:30`."""
    moment = datetime.fromtimestamp(at, SHANGHAI)
    return f"{moment.month}月{moment.day}日 {moment:%H:%M}"


def minute(at: float) -> str:
    """`2026年6月13日 08:30`."""
    return f"{datetime.fromtimestamp(at, SHANGHAI).year}年{day_and_time(at)}"
