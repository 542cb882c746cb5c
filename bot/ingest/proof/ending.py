"""The last page beside the settings: the website that stands on it is printed on every issue."""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from bot.ingest.proof.passage import warning
from bot.model import Problem

_HOST = re.compile(
    r"(?<![\w.@-])(?:https?://)?((?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,10})(?![\w-])", re.IGNORECASE
)
_LABEL = re.compile(r"网站|官网|网址|website", re.IGNORECASE)
_LINE_LENGTH = 200


def check_ending(tail: Sequence[str], website: str) -> Iterator[Problem]:
    """Websites on the last page other than the one of the settings."""
    wanted = _host(website)
    if not wanted:
        return
    hosts = dict.fromkeys(host for line in tail for host in _hosts(line))
    for host in hosts:
        if host != wanted:
            yield warning(
                "末页",
                f"网站写的是 {host}，设置里是 {wanted}",
                "请核对哪一个是对的，再改报告，或改设置 newsletter.website",
            )


def _host(website: str) -> str:
    try:
        host = urlsplit(website if "//" in website else f"//{website}").hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")


def _hosts(line: str) -> Iterator[str]:
    """The websites that a line gives, if it is labelled so or is nothing but an address."""
    words = line.strip("<>[]() 。")
    if len(line) > _LINE_LENGTH:
        return
    if _LABEL.search(words) or (words.isascii() and " " not in words):
        for found in _HOST.finditer(words):
            yield found[1].lower().removeprefix("www.")
