"""Delivering a message to the webhook over real HTTP, with the platform's patience."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

import requests

from bot.sandbox.envelope import seal_envelope
from bot.sandbox.state import Platform

# "Passive reply" page: the platform waits five seconds, and tries three times in all.
PATIENCE = 5.0
TRIES = 3
OK_STATUS = 200


@dataclass(frozen=True, slots=True)
class Pushed:
    """What came back: HTTP status (0: nothing), body, number of tries, and milliseconds of the last one."""

    status: int
    body: str
    tries: int
    ms: float


def push(platform: Platform, fields: Mapping[str, object]) -> Pushed:
    """Send a message until it is answered with 200, three times at most.

    Each try is signed anew; MsgId and CreateTime stay, so that the receiver can recognise them.
    """
    pushed = Pushed(0, "", 0, 0)
    if not platform.account.webhook_url:
        return pushed
    with requests.Session() as session:
        session.trust_env = False
        for attempt in range(1, TRIES + 1):
            pushed = try_once(platform, session, fields, attempt)
            if pushed.status == OK_STATUS:
                break
    return pushed


def try_once(
    platform: Platform, session: requests.Session, fields: Mapping[str, object], attempt: int
) -> Pushed:
    """One try."""
    account, started = platform.account, time.monotonic()
    envelope = seal_envelope(account, fields, platform.now())
    status, body = 0, ""
    try:
        with session.post(
            account.webhook_url,
            params=envelope.query,
            data=envelope.body.encode(),
            headers={"Content-Type": "text/xml", "User-Agent": "Mozilla/4.0"},
            timeout=PATIENCE,
            allow_redirects=False,
        ) as response:
            status, body = response.status_code, response.content.decode()
    except (requests.RequestException, UnicodeDecodeError):
        pass
    return Pushed(status, body, attempt, round((time.monotonic() - started) * 1000, 1))


def push_event(platform: Platform, fields: Mapping[str, object]) -> None:
    """Report the end of a job, and note how the webhook took it."""
    if not platform.account.webhook_url:
        return
    pushed = push(platform, fields)
    event = str(fields["Event"])
    with platform.lock:
        platform.pushes.append(
            {"at": platform.now(), "event": event, "status": pushed.status, "tries": pushed.tries}
        )
    if pushed.status != OK_STATUS:
        rule = "answer_status" if pushed.status else "answer_missing"
        platform.ledger.blame(rule, "webhook", f"{event}: {pushed.status}")
