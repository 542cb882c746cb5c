"""From a draft to a published article, once: hand it over, and learn what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.delivery import READY, Deed, Delivery, Outcome, State, Way
from bot.errors import (
    ArticleError,
    PlatformBusy,
    PlatformDenied,
    PlatformRefused,
    PlatformUnclear,
)
from bot.publish.outcome import Unclaimed, only_word, settle, settled
from bot.publish.recognise import Box, Found, is_in, is_of

# How long an accepted publication may stay unseen before its draft, still in the box, says that
# it was never accepted. The platform's check takes seconds; this is generous.
UNSEEN = timedelta(minutes=10)


class PublishedArticle(Found, Protocol):
    """An article among the published ones."""

    @property
    def url(self) -> str: ...
    @property
    def article_id(self) -> str: ...


class Press(Box, Protocol):
    """The platform, as far as publication goes."""

    def submit(self, media_id: str) -> str: ...
    def outcome(self, publish_id: str) -> Outcome: ...
    def published(self) -> Iterable[PublishedArticle]: ...


class Notes(Unclaimed, Protocol):
    """Where deliveries and the platform's word on publications are kept."""

    def record(self, delivery: Delivery, what: str, detail: str = "") -> None: ...
    def outcome(self, publish_id: str) -> Outcome | None: ...
    def note_outcome(self, outcome: Outcome) -> None: ...


@dataclass(frozen=True, slots=True)
class Counter:
    """Where drafts are handed over for publication (freepublish)."""

    press: Press
    notes: Notes
    now: datetime

    def release(self, delivery: Delivery) -> Delivery:
        """Hand a draft over, or learn what became of one handed over before."""
        if delivery.state is State.PUBLISHED:
            return delivery
        if delivery.state is State.PUBLISHING:
            return self._follow_up(delivery)
        require_draft(delivery)
        return self._submit(delivery)

    def _submit(self, delivery: Delivery) -> Delivery:
        waiting = replace(
            delivery, state=State.PUBLISHING, way=Way.PUBLISH, publish_id="", problem=""
        )
        self.notes.record(waiting, Deed.SUBMIT)
        try:
            publish_id = self.press.submit(delivery.media_id)
        except (PlatformBusy, PlatformDenied, PlatformRefused):
            # These are certain: nothing was handed over.
            self.notes.record(as_before(delivery), Deed.LEFT)
            raise
        submitted = replace(waiting, publish_id=publish_id)
        self.notes.record(submitted, Deed.SUBMITTED, publish_id)
        return settle(self.notes, submitted)  # the event may have come before this answer

    def _follow_up(self, delivery: Delivery) -> Delivery:
        if not delivery.publish_id:
            return self._look_for(delivery)
        told = settle(self.notes, delivery)
        if told.state is State.PUBLISHING:
            self.notes.note_outcome(self.press.outcome(delivery.publish_id))
            told = settle(self.notes, delivery)
        return told

    def _look_for(self, delivery: Delivery) -> Delivery:
        """Nobody knows whether it was accepted. It is not handed over again while it may have been."""
        waits = is_in(self.press, delivery.media_id)
        found = article_of(delivery.issue_id, self.press.published())
        if found := found or (None if waits else only_word(self.notes, delivery)):
            done = replace(settled(delivery, found), publish_id=found.publish_id)
            self.notes.record(done, Deed.FOUND, done.url)
            return done
        if waits and self._unseen_long(delivery):
            return self._submit(delivery)
        raise PlatformUnclear(
            "freepublish/submit",
            f"上次提交 {delivery.issue_id} 时断了线，已发布的文章里还没有它。请过几分钟再试，或到公众平台查看",
        )

    def _unseen_long(self, delivery: Delivery) -> bool:
        return delivery.recorded_at is not None and self.now - delivery.recorded_at > UNSEEN


def article_of(issue_id: str, published: Iterable[PublishedArticle]) -> Outcome | None:
    """That issue among the published articles, as the success that it is."""
    for article in published:
        if is_of(issue_id, article):
            return Outcome("", 0, article.url, getattr(article, "article_id", ""))
    return None


def as_before(delivery: Delivery) -> Delivery:
    """Where a delivery was before it was handed over; after an interruption, at its draft."""
    state = State.DRAFTED if delivery.state is State.PUBLISHING else delivery.state
    return replace(delivery, state=state, publish_id="")


def require_draft(delivery: Delivery) -> None:
    """Raise ArticleError where there is nothing that could be handed over."""
    if delivery.state is State.SKIPPED:
        raise ArticleError(
            f"{delivery.issue_id} 已跳过。要发布，请先运行 rikan skip {delivery.issue_id} --undo"
        )
    if delivery.state is State.RETURNED:
        raise ArticleError(
            f"{delivery.issue_id} 已退回（{delivery.problem}），没有发布。"
            f"请改好后再推送，或运行 rikan approve {delivery.issue_id} 照原样批准"
        )
    if delivery.state not in (*READY, State.FAILED) or not delivery.media_id:
        raise ArticleError(
            f"{delivery.issue_id} 还没有草稿。请先运行 rikan push {delivery.issue_id}"
        )
