"""What the platform says became of a publication or of a message to all, and what that makes of a delivery."""

from dataclasses import replace
from datetime import datetime
from typing import Protocol

from bot.delivery import STILL_AT_IT, Deed, Delivery, Outcome, State

DELETED, BANNED = 5, 6  # published, and then gone: the draft is used up
MEANINGS = {
    2: "原创声明没有通过审核",
    3: "平台报告发布失败",
    4: "没有通过平台审核",
    DELETED: "文章发布后已被删除",
    BANNED: "文章发布后已被平台封禁",
    # err(…) of MASSSENDJOBFINISH.
    10001: "平台判为涉嫌广告，没有群发",
    20001: "平台判为涉嫌政治内容，没有群发",
    20002: "平台判为涉嫌色情，没有群发",
    20004: "平台判为涉嫌社会类违规，没有群发",
    20006: "平台判为涉嫌违法犯罪，没有群发",
    20008: "平台判为涉嫌欺诈，没有群发",
    20013: "平台判为涉嫌版权问题，没有群发",
    21000: "平台判为涉嫌其他违规，没有群发",
    22000: "平台判为涉嫌互推，没有群发",
    30001: "原创校验系统出错，而设置为转载时不发，没有群发",
    30002: "原创校验判为不能发送，没有群发",
    30003: "原创校验判为转载，而设置为转载时不发，没有群发",
    40001: "管理员拒绝了这次群发",
    40002: "管理员半小时内没有确认，群发作罢",
}
# Only what was handed over has an outcome: an event that comes twice may come after what followed.
OPEN_TO_WORD = (State.PUBLISHING, State.PUBLISHED, State.FAILED)
MASS_STATES = {"SEND_SUCCESS": 0, "SENDING": STILL_AT_IT, "SEND_FAIL": 3, "DELETE": DELETED}
FAILED = 3


class Word(Protocol):
    """Where deliveries and the platform's word on publications are kept."""

    def record(self, delivery: Delivery, what: str, detail: str = "") -> None: ...
    def outcome(self, publish_id: str) -> Outcome | None: ...


class Unclaimed(Protocol):
    """Where the platform's word on what nobody here has handed over is kept."""

    def unclaimed(self, since: datetime) -> list[Outcome]: ...


def only_word(notes: Unclaimed, delivery: Delivery) -> Outcome | None:
    """What became of a draft that is gone: the platform's word, if there is just one that nobody claims."""
    words = notes.unclaimed(delivery.recorded_at) if delivery.recorded_at else []
    return words[0] if len(words) == 1 else None


def settle(notes: Word, delivery: Delivery) -> Delivery:
    """Apply what the platform has said of this publication, if it has."""
    asked = delivery.publish_id and delivery.state in OPEN_TO_WORD
    word = notes.outcome(delivery.publish_id) if asked else None
    if word is None or word.status == STILL_AT_IT:
        return delivery
    after = settled(delivery, word)
    if after != delivery:
        notes.record(after, Deed.OUTCOME, after.url or after.problem)
    return after


def settled(delivery: Delivery, outcome: Outcome) -> Delivery:
    """The delivery after the platform's word: published with its address, or failed with the reason."""
    if outcome.status == 0:
        return replace(
            delivery,
            state=State.PUBLISHED,
            url=outcome.url or delivery.url,
            article_id=outcome.article_id or delivery.article_id,
            problem="",
        )
    reason = MEANINGS.get(outcome.status, f"平台报告状态 {outcome.status}")
    if outcome.status == DELETED:
        return withdrawn(replace(delivery, problem=f"{reason}。要再发布，请重新推送"))
    failed = replace(
        delivery, state=State.FAILED, problem=f"{reason}。请登录公众平台查看原因，改好后再发布"
    )
    banned = outcome.status == BANNED
    return replace(failed, media_id="", fingerprint="", url="") if banned else failed


def withdrawn(delivery: Delivery) -> Delivery:
    """The article is gone, and with it the draft that it was made from."""
    return replace(
        delivery,
        state=State.WITHDRAWN,
        media_id="",
        fingerprint="",
        checked="",
        findings="",
        url="",
    )


def outcome_of_mass(msg_id: str, said: str) -> Outcome:
    """`message/mass/get`'s word on a message to all; an unknown one is taken for still at it."""
    return Outcome(msg_id, MASS_STATES.get(said.upper(), STILL_AT_IT), "")
