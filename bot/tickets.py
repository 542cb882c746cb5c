"""A ticket: the part of a link that lets whoever holds it look at an issue that is not published.

It names the issue and its last moment, and is signed with `web.secret_key`; nothing about it is kept.
"""

from datetime import datetime, timedelta

from itsdangerous import BadData, URLSafeSerializer

LIFETIME = timedelta(days=3)  # long enough for a report written on Friday and read on Monday
_PURPOSE = "rikan preview"


def write_ticket(issue_id: str, key: str, now: datetime) -> str:
    """A ticket for that issue, good for LIFETIME from `now`."""
    until = int((now + LIFETIME).timestamp())
    return URLSafeSerializer(key, salt=_PURPOSE).dumps([issue_id, until])


def read_ticket(ticket: str, key: str, now: datetime) -> str | None:
    """The issue's ID; None for a ticket that is not ours, or whose time is over."""
    try:
        issue_id, until = URLSafeSerializer(key, salt=_PURPOSE).loads(ticket)
    except (BadData, ValueError):
        return None
    return str(issue_id) if now.timestamp() <= until else None
