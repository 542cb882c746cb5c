"""MASSSENDJOBFINISH: what became of a message to all followers."""

import re
from typing import Any

from bot.delivery import Outcome

FINISHED = "masssendjobfinish"
SENT, FAILED = 0, 3  # as in publish_status
ERROR = re.compile(r"err\((\d{1,6})\)", re.IGNORECASE)


def read_report(fields: dict[str, Any]) -> Outcome | None:
    """The outcome that a pushed message tells of, if it is such an event; the first article's address."""
    event, number = fields.get("Event"), fields.get("MsgID") or fields.get("MsgId")
    if not isinstance(event, str) or event.lower() != FINISHED or not _is_number(number):
        return None
    status = _status(str(fields.get("Status", "")))
    return Outcome(str(number).strip(), status, _address(fields) if status == SENT else "")


def _is_number(value: Any) -> bool:
    return isinstance(value, str | int) and str(value).strip().isdigit()


def _status(said: str) -> int:
    if error := ERROR.search(said):
        return int(error[1])
    return SENT if "success" in said.lower() else FAILED


def _address(fields: dict[str, Any]) -> str:
    result = fields.get("ArticleUrlResult")
    results = result.get("ResultList") if isinstance(result, dict) else None
    items = results.get("item") if isinstance(results, dict) else None
    first = items[0] if isinstance(items, list) and items else items
    url = first.get("ArticleUrl") if isinstance(first, dict) else None
    return url.strip() if isinstance(url, str) else ""
