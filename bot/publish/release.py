"""From a draft to a published article, once: hand it over, and learn what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from bot.errors import (
    ArticleError,
    PlatformBusy,
    PlatformDenied,
    PlatformRefused,
    PlatformUnclear,
)
from bot.model import Delivery, Outcome, State

STILL_AT_IT = 1  # publish_status
OUTCOMES = {
    2: "原创声明没有通过审核",
    3: "平台报告发布失败",
    4: "没有通过平台审核",
    5: "文章发布后已被删除",
    6: "文章发布后已被平台封禁",
}


class PublishedArticle(Protocol):
    """An article among the published ones."""

    @property
    def content(self) -> str: ...
    @property
    def url(self) -> str: ...


class Press(Protocol):
    """The platform, as far as publication goes."""

    def submit(self, media_id: str) -> str: ...
    def outcome(self, publish_id: str) -> Outcome: ...
    def published(self) -> Iterable[PublishedArticle]: ...


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

    def release(self, delivery: Delivery) -> Delivery:
        """Hand a draft over, or learn what became of one handed over before."""
        if delivery.state is State.PUBLISHED:
            return delivery
        if delivery.state is State.PUBLISHING:
            return self._follow_up(delivery)
        if delivery.state not in (State.DRAFTED, State.FAILED):
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
            self._record(delivery)
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
        mark = f'data-rikan="{delivery.issue_id}:'
        for article in self.press.published():
            if mark in article.content:
                return self._record(settled(delivery, Outcome(delivery.publish_id, 0, article.url)))
        raise PlatformUnclear(
            "freepublish/submit",
            f"上次提交 {delivery.issue_id} 时断了线，已发布的文章里还没有它。请过几分钟再试，或到公众平台查看",
        )

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
    return replace(
        delivery, state=State.FAILED, problem=f"{reason}。请登录公众平台查看原因，改好后再发布"
    )
