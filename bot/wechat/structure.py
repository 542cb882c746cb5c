"""The platform's own check of an article's structure: asked only by those who want to.

`POST /article-bin/verify_article_structure` with `{"content": "<html…>"}`, without a token (read in the sources
of wechatjs/verify-article-structure-spec; no page documents it). The whole text leaves the machine.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import requests

WITHIN = 8.0  # seconds; the push goes on without an answer


@dataclass(frozen=True, slots=True)
class Remark:
    """One element that the platform complains of: its HTML, by which rule, in the platform's words."""

    rule: str
    text: str
    excerpt: str


class StructureCheck:
    """Asks at `address`."""

    def __init__(self, address: str, within: float = WITHIN) -> None:
        self._address = address
        self._within = within

    def remarks(self, html: str) -> tuple[Remark, ...] | None:
        """What the platform complains of; None if it gave no answer that can be read."""
        try:
            answer = requests.post(
                self._address, json={"content": html}, timeout=self._within, allow_redirects=False
            )
            answer.raise_for_status()
            return tuple(_remarks(answer.json()))
        except (requests.RequestException, ValueError, KeyError, TypeError, AttributeError):
            return None


def _remarks(answer: dict[str, Any]) -> Iterator[Remark]:
    if answer["isValid"]:
        return
    for rule, group in answer["inValidInfo"].items():
        text = str(group.get("violateRules") or rule).rstrip("。")
        for item in group.get("items") or [{}]:
            yield Remark(str(rule), text, str(item.get("outerHTML") or ""))
