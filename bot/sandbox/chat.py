"""A follower's side of the conversation."""

import secrets
from dataclasses import dataclass
from typing import Any, Self

from bot.sandbox.answers import UNAVAILABLE, Asker, Unfit, read_answer, shown
from bot.sandbox.push import Pushed, push
from bot.sandbox.state import Platform


@dataclass(frozen=True, slots=True)
class Remark:
    """What a follower says (`text`) or does (`event`, with its `key`)."""

    openid: str
    text: str = ""
    event: str = ""
    key: str = ""
    msg_id: int = 0

    @classmethod
    def from_request(cls, plain: dict[str, Any]) -> Self:
        """Read the body of `POST /sandbox/say`; raises ValueError with what was expected."""
        words = {name: str(plain.get(name) or "") for name in ("openid", "text", "event", "key")}
        remark = cls(msg_id=int(plain.get("msg_id") or 0), **words)
        if not remark.openid or bool(remark.text) == bool(remark.event):
            raise ValueError("openid, and either text or event, are needed")
        return remark

    def fields(self, account_id: str, at: float) -> dict[str, object]:
        """The message as the platform writes it."""
        frame = {"ToUserName": account_id, "FromUserName": self.openid, "CreateTime": int(at)}
        if self.event:
            happening = {"MsgType": "event", "Event": self.event, "EventKey": self.key}
            return {**frame, **happening}
        number = self.msg_id or 2**62 + secrets.randbelow(2**61)
        return {**frame, "MsgType": "text", "Content": self.text, "MsgId": number}


def say(platform: Platform, remark: Remark) -> dict[str, Any]:
    """Send a follower's remark to the webhook and read the answer as a follower would."""
    with platform.lock:
        if remark.event:
            platform.followers.did(remark.openid, remark.event)
        else:
            platform.followers.wrote(remark.openid)
    pushed = push(platform, remark.fields(platform.account.original_id, platform.now()))
    answer, violations = judge(platform, remark, pushed)
    for violation in violations:
        platform.ledger.blame(violation["rule"], "webhook", violation["detail"])
    with platform.lock:
        platform.messages.append(heard(platform, remark, answer))
    return {
        "status": pushed.status,
        "answer": answer,
        "ms": pushed.ms,
        "tries": pushed.tries,
        "violations": violations,
    }


def judge(
    platform: Platform, remark: Remark, pushed: Pushed
) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """The answer to show, and what is wrong with the one that came."""
    kind = "event" if remark.event else "text"
    try:
        return read_answer(platform.account, pushed, Asker(remark.openid, kind)), []
    except Unfit as unfit:
        violation = {"rule": unfit.rule, "call": "webhook", "detail": str(unfit)}
        return shown("unavailable", UNAVAILABLE), [violation]


def heard(platform: Platform, remark: Remark, answer: dict[str, Any]) -> dict[str, Any]:
    """One exchange, for the chat page and for inspection."""
    said = {"openid": remark.openid, "text": remark.text, "event": remark.event, "key": remark.key}
    return {"at": platform.now(), **said, "answer": answer}
