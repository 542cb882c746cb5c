"""One issue, one draft, for ever.

What is about to happen is recorded before the call, what came back after it. After a crash or an
unclear answer the record says DRAFTING without a media_id: then the draft box is read first, and a
draft that is ours is adopted instead of sent again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from bot.delivery import Delivery, State, Upload
from bot.errors import ArticleError, PlatformBusy, PlatformDenied, PlatformRefused
from bot.model import CHARACTER_LIMIT, Bundle, Cover
from bot.publish.recognise import Found, is_of


class Boxed(Found, Protocol):
    """A draft as it is found in the draft box."""

    @property
    def media_id(self) -> str: ...
    @property
    def thumb_media_id(self) -> str: ...


class DraftBox(Protocol):
    """The platform, as far as drafts go."""

    def add_draft(self, bundle: Bundle, cover: Cover, thumb: str) -> str: ...
    def update_draft(self, media_id: str, bundle: Bundle, cover: Cover, thumb: str) -> None: ...
    def draft_size(self, media_id: str) -> int: ...
    def delete_draft(self, media_id: str) -> None: ...
    def drafts(self) -> Iterable[Boxed]: ...


class DeliveryNotes(Protocol):
    """Where it is written down how far an issue has come."""

    def record(self, delivery: Delivery) -> None: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything needed to see one issue into the draft box."""

    box: DraftBox
    notes: DeliveryNotes
    bundle: Bundle
    cover: Cover
    thumb: Upload

    def settle(self, delivery: Delivery) -> Delivery:
        """Make the draft box hold exactly this issue, once. Unchanged input makes no call."""
        if delivery.state is State.DRAFTED and delivery.fingerprint == self.bundle.fingerprint:
            return self._settled(delivery)
        require_room(self.bundle)
        if delivery.state is State.DRAFTING and not delivery.media_id:
            delivery = replace(delivery, media_id=self._lost_draft())
        if not delivery.media_id:
            return self._add(delivery)
        # A draft cannot gain or lose articles; asking also tells whether it is still there.
        as_many = self.box.draft_size(delivery.media_id) == len(self.bundle.articles)
        return self._update(delivery) if as_many else self._replace(delivery)

    def _settled(self, delivery: Delivery) -> Delivery:
        if delivery.problem:
            delivery = replace(delivery, problem="")
            self.notes.record(delivery)
        return delivery

    def _add(self, delivery: Delivery) -> Delivery:
        self.notes.record(replace(delivery, state=State.DRAFTING, problem=""))
        try:
            media_id = self.box.add_draft(self.bundle, self.cover, self.thumb.media_id)
        except (PlatformBusy, PlatformDenied, PlatformRefused):
            # These are certain: there is no draft.
            self.notes.record(replace(delivery, state=State.RECEIVED))
            raise
        return self._drafted(delivery, media_id)

    def _update(self, delivery: Delivery) -> Delivery:
        self.notes.record(replace(delivery, state=State.DRAFTING, problem=""))
        try:
            self.box.update_draft(delivery.media_id, self.bundle, self.cover, self.thumb.media_id)
        except (PlatformBusy, PlatformDenied, PlatformRefused):
            # These are certain: the draft is there as it was.
            self.notes.record(replace(delivery, state=State.DRAFTED))
            raise
        return self._drafted(delivery, delivery.media_id)

    def _replace(self, delivery: Delivery) -> Delivery:
        """Another draft in the place of this one. It is noted as lost first: a crash finds it again."""
        self.notes.record(replace(delivery, state=State.DRAFTING, media_id="", problem=""))
        try:
            self.box.delete_draft(delivery.media_id)
        except (PlatformBusy, PlatformDenied, PlatformRefused):
            # These are certain: the draft is there as it was.
            self.notes.record(replace(delivery, state=State.DRAFTED))
            raise
        return self._add(replace(delivery, media_id="", fingerprint=""))

    def _drafted(self, delivery: Delivery, media_id: str) -> Delivery:
        done = replace(
            delivery,
            state=State.DRAFTED,
            media_id=media_id,
            fingerprint=self.bundle.fingerprint,
            cover_url=self.thumb.url,
            problem="",
        )
        self.notes.record(done)
        return done

    def _lost_draft(self) -> str:
        for draft in self.box.drafts():
            if draft.thumb_media_id == self.thumb.media_id or is_of(self.bundle.issue_id, draft):
                return draft.media_id
        return ""


def require_room(bundle: Bundle) -> None:
    """Raise ArticleError for an issue that the platform would refuse for its length."""
    if bundle.characters >= CHARACTER_LIMIT:
        raise ArticleError(
            f"{bundle.issue_id} 的正文有 {bundle.characters:,} 字符（含标签），"
            f"平台要求少于 {CHARACTER_LIMIT:,}。请缩短正文或拆成两期"
        )


def require_same(delivery: Delivery, bundle: Bundle) -> None:
    """Raise ArticleError where what was handed over is not what the archive says now."""
    if delivery.fingerprint and delivery.fingerprint != bundle.fingerprint:
        raise ArticleError(
            f"{delivery.issue_id} 已交付发布，不能再改草稿。要更正请到公众平台修改已发布的文章"
        )
