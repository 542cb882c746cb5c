"""From a draft to a published article, once: hand it over, and learn what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.delivery import STILL_AT_IT, Delivery, Outcome, State
from bot.errors import (
    ArticleError,
    PlatformBusy,
    PlatformDenied,
    PlatformRefused,
    PlatformUnclear,
)
from bot.publish.recognise import Found, is_of

# How long an accepted publication may stay unseen before its draft, still in the box, says that
# it was never accepted. The platform's check takes seconds; this is generous.
UNSEEN = timedelta(minutes=10)
GONE = frozenset({5, 6})  # published, and then deleted or banned: the draft is used up
OUTCOMES = {
    2: "原创声明没有通过审核",
    3: "平台报告发布失败",
    4: "没有通过平台审核",
    5: "文章发布后已被删除",
    6: "文章发布后已被平台封禁",
}


class PublishedArticle(Found, Protocol):
    """An article among the published ones."""

    @property
    def url(self) -> str: ...


class WaitingDraft(Protocol):
    """A draft in the box."""

    @property
    def media_id(self) -> str: ...


class Press(Protocol):
    """The platform, as far as publication goes."""

    def submit(self, media_id: str) -> str: ...
    def outcome(self, publish_id: str) -> Outcome: ...
    def published(self) -> Iterable[PublishedArticle]: ...
    def drafts(self) -> Iterable[WaitingDraft]: ...


class Notes(Protocol):
    """Where deliveries and the platform's word on publications are kept."""

    def record(self, delivery: Delivery) -> None: ...
    def outcome(self, publish_id: str) -> Outcome | None: ...
    def note_outcome(self, outcome: Outcome) -> None: ...


@dataclass(frozen=True, slots=True)
class Counter:
    """Where drafts are handed over."""

    press: Press
    notes: Notes
    now: datetime

    def release(self, delivery: Delivery) -> Delivery:
        """Hand a draft over, or learn what became of one handed over before."""
        if delivery.state is State.PUBLISHED:
            return delivery
        if delivery.state is State.PUBLISHING:
            return self._follow_up(delivery)
        if delivery.state not in (State.DRAFTED, State.FAILED) or not delivery.media_id:
            raise ArticleError(
                f"{delivery.issue_id} 还没有草稿。请先运行 rikan push {delivery.issue_id}"
            )
        return self._submit(delivery)

    def _submit(self, delivery: Delivery) -> Delivery:
        waiting = self._record(replace(delivery, state=State.PUBLISHING, publish_id="", problem=""))
        try:
            publish_id = self.press.submit(delivery.media_id)
        except (PlatformBusy, PlatformDenied, PlatformRefused):
            # These are certain: nothing was handed over.
            self._record(replace(delivery, state=State.DRAFTED, publish_id=""))
            raise
        # The event may have come before this answer.
        return settle(self.notes, self._record(replace(waiting, publish_id=publish_id)))

    def _follow_up(self, delivery: Delivery) -> Delivery:
        if not delivery.publish_id:
            return self._look_among_published(delivery)
        told = settle(self.notes, delivery)
        if told.state is State.PUBLISHING:
            self.notes.note_outcome(self.press.outcome(delivery.publish_id))
            told = settle(self.notes, delivery)
        return told

    def _look_among_published(self, delivery: Delivery) -> Delivery:
        for article in self.press.published():
            if is_of(delivery.issue_id, article):
                return self._record(settled(delivery, Outcome(delivery.publish_id, 0, article.url)))
        if self._was_never_accepted(delivery):
            return self._submit(delivery)
        raise PlatformUnclear(
            "freepublish/submit",
            f"上次提交 {delivery.issue_id} 时断了线，已发布的文章里还没有它。请过几分钟再试，或到公众平台查看",
        )

    def _was_never_accepted(self, delivery: Delivery) -> bool:
        waited = delivery.recorded_at is not None and self.now - delivery.recorded_at > UNSEEN
        return waited and any(d.media_id == delivery.media_id for d in self.press.drafts())

    def _record(self, delivery: Delivery) -> Delivery:
        self.notes.record(delivery)
        return delivery


def settle(notes: Notes, delivery: Delivery) -> Delivery:
    """Apply what the platform has said of this publication, if it has."""
    word = notes.outcome(delivery.publish_id) if delivery.publish_id else None
    if word is None or word.status == STILL_AT_IT:
        return delivery
    after = settled(delivery, word)
    if after != delivery:
        notes.record(after)
    return after


def settled(delivery: Delivery, outcome: Outcome) -> Delivery:
    """The delivery after the platform's word: published with its address, or failed with the reason."""
    if outcome.status == 0:
        return replace(delivery, state=State.PUBLISHED, url=outcome.url, problem="")
    reason = OUTCOMES.get(outcome.status, f"平台报告状态 {outcome.status}")
    failed = replace(
        delivery, state=State.FAILED, problem=f"{reason}。请登录公众平台查看原因，改好后再发布"
    )
    gone = outcome.status in GONE
    return replace(failed, media_id="", fingerprint="", url="") if gone else failed
