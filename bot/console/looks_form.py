"""What was chosen on the page of an issue's looks, looked over before anything is kept."""

import ipaddress
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.model import ADDRESS_LIMIT, AUTHOR_LIMIT, DIGEST_LIMIT, Look

LONGEST_HEADLINE = 64  # characters; a cover has room for 26
# What settings and the command line also call a choice by: as the content, the day, the words ask.
BY_ITSELF = {"layout": ("auto",), "palette": ("weekday", "theme"), "theme": ()}
AT_HOME = ("localhost", "local", "internal", "lan", "home", "test", "example", "invalid")
_LIMITS = {"headline": LONGEST_HEADLINE, "author": AUTHOR_LIMIT, "digest": DIGEST_LIMIT}
_NAMES = {"headline": "封面标题", "author": "作者", "digest": "摘要"}
_CHOICES = {"layout": "封面版式", "palette": "封面颜色", "theme": "文章版式"}


@dataclass(frozen=True, slots=True)
class Wishes:
    """The look that a form asks for, and what is wrong with it: a sentence, by the field's name."""

    look: Look
    wrong: Mapping[str, str]


def read_wishes(
    form: Mapping[str, str], picture: bytes, known: Mapping[str, Collection[str]]
) -> Wishes:
    """The form's fields, each in one line. `known`: what there is to choose from, by field."""
    words = {name: one_line(form.get(name, "")) for name in ("source_url", *_LIMITS, *_CHOICES)}
    look = Look(picture=picture, **words)
    wrong = {name: _too_long(name, words[name]) for name in _LIMITS}
    wrong |= {name: _unknown(name, words[name], known[name]) for name in _CHOICES}
    wrong["source_url"] = wrong_address(words["source_url"])
    return Wishes(look, {name: sentence for name, sentence in wrong.items() if sentence})


def one_line(text: str) -> str:
    """Without what nobody sees."""
    return "".join(sign for sign in " ".join(text.split()) if sign.isprintable())


def _too_long(name: str, words: str) -> str:
    limit = _LIMITS[name]
    if len(words) <= limit:
        return ""
    return f"{_NAMES[name]}有 {len(words)} 个字，最多 {limit} 个。请写短一点"


def _unknown(name: str, chosen: str, known: Collection[str]) -> str:
    if not chosen or chosen in known or chosen in BY_ITSELF[name]:
        return ""
    return f"现在没有这种{_CHOICES[name]}了。请从列出的里面选一种"


def wrong_address(address: str) -> str:
    """Why the platform would not take that address for 阅读原文; empty where it would."""
    if not address:
        return ""
    if len(address.encode()) > ADDRESS_LIMIT:
        return f"阅读原文的地址太长，平台最多收 {ADDRESS_LIMIT} 字节。请换一个短的"
    try:
        parts = urlsplit(address)
        host, whole = parts.hostname or "", parts.port != 0
    except ValueError:
        host, whole = "", False
    if not whole or parts.scheme not in ("http", "https") or not host or " " in address:
        return "阅读原文的地址不完整。请从浏览器的地址栏整个复制，以 https:// 开头"
    if parts.username is not None or not _is_public(host):
        return "读者打不开阅读原文的这个地址。请换成公开的网址"
    return ""


def _is_public(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        first, dot, last = host.rstrip(".").rpartition(".")
    return bool(first and dot) and not last.isdigit() and last not in AT_HOME
