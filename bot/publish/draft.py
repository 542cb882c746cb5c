"""One issue, one draft, for ever.

What is about to happen is recorded before the call, what came back after it. After a crash or an
unclear answer the record says DRAFTING without a media_id: then the draft box is read first, and a
draft that is ours is adopted instead of sent again. What the box holds at last is read back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.delivery import IN_THE_BOX, Deed, Delivery, State, Upload
from bot.errors import (
    ArticleError,
    PlatformBusy,
    PlatformDenied,
    PlatformError,
    PlatformRefused,
)
from bot.model import CHARACTER_LIMIT, Bundle, Cover
from bot.publish.readback import Kept, compare
from bot.publish.recognise import NO_SUCH_MEDIA, Found, gone, is_anothers, is_of

# So long after the last note that the draft is there is taken on trust; then it is looked for.
SEEN_LATELY = timedelta(minutes=10)


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
    def draft(self, media_id: str) -> Sequence[Kept]: ...
    def delete_draft(self, media_id: str) -> None: ...
    def drafts(self) -> Iterable[Boxed]: ...


class DeliveryNotes(Protocol):
    """Where it is written down how far an issue has come."""

    def record(self, delivery: Delivery, what: str, detail: str = "") -> None: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything needed to see one issue into the draft box."""

    box: DraftBox
    notes: DeliveryNotes
    bundle: Bundle
    cover: Cover
    thumb: Upload
    now: datetime

    def settle(self, delivery: Delivery) -> Delivery:
        """Make the draft box hold exactly this issue, once. Unchanged input changes nothing there."""
        if delivery.state in IN_THE_BOX and delivery.fingerprint == self.bundle.fingerprint:
            return self._settled(delivery)
        require_room(self.bundle)
        if delivery.state is State.DRAFTING and not delivery.media_id:
            delivery = self._adopted(delivery)
        if not delivery.media_id:
            return self._add(delivery)
        # A draft cannot gain or lose articles; asking also tells whether it is still there.
        as_many = len(self._held(delivery)) == len(self.bundle.articles)
        return self._update(delivery) if as_many else self._replace(delivery)

    def _settled(self, delivery: Delivery) -> Delivery:
        # That of a returned issue is why it was returned: pushing it again unchanged is no answer.
        if delivery.problem and delivery.state is not State.RETURNED:
            delivery = replace(delivery, problem="")
            self.notes.record(delivery, Deed.CLEARED)
        unread = delivery.checked != self.bundle.fingerprint
        if not unread and self._seen_lately(delivery):
            return delivery
        try:
            kept = self._held(delivery)
        except (PlatformBusy, PlatformDenied) as error:
            return self._unread(delivery, error)
        return self._compared(delivery, kept)

    def _seen_lately(self, delivery: Delivery) -> bool:
        seen = delivery.recorded_at
        return seen is None or self.now - seen < SEEN_LATELY

    def _add(self, delivery: Delivery) -> Delivery:
        self.notes.record(replace(delivery, state=State.DRAFTING, problem=""), Deed.ADD)
        try:
            media_id = self.box.add_draft(self.bundle, self.cover, self.thumb.media_id)
        except (PlatformBusy, PlatformDenied, PlatformRefused):
            # These are certain: there is no draft.
            self.notes.record(replace(delivery, state=State.RECEIVED), Deed.LEFT)
            raise
        return self._drafted(delivery, media_id, Deed.ADDED)

    def _update(self, delivery: Delivery) -> Delivery:
        self.notes.record(replace(delivery, state=State.DRAFTING, problem=""), Deed.UPDATE)
        try:
            self.box.update_draft(delivery.media_id, self.bundle, self.cover, self.thumb.media_id)
        except (PlatformBusy, PlatformDenied, PlatformRefused) as error:
            self.notes.record(self._not_updated(delivery, error), Deed.LEFT)
            raise
        return self._drafted(delivery, delivery.media_id, Deed.UPDATED)

    def _not_updated(self, delivery: Delivery, error: PlatformError) -> Delivery:
        # A lone article that was refused is there as it was. After anything else nobody knows
        # what the draft holds, and the next push must write it again.
        certain = len(self.bundle.articles) == 1 and not isinstance(error, PlatformBusy)
        fingerprint = delivery.fingerprint if certain else ""
        return replace(delivery, state=State.DRAFTED, fingerprint=fingerprint)

    def _replace(self, delivery: Delivery) -> Delivery:
        """Another draft in the place of this one. It is noted as lost first: a crash finds it again."""
        lost = replace(delivery, state=State.DRAFTING, media_id="", problem="")
        self.notes.record(lost, Deed.REPLACE, delivery.media_id)
        try:
            self.box.delete_draft(delivery.media_id)
        except (PlatformBusy, PlatformDenied, PlatformRefused):
            # These are certain: the draft is there as it was.
            self.notes.record(replace(delivery, state=State.DRAFTED), Deed.LEFT)
            raise
        return self._add(replace(delivery, media_id="", fingerprint=""))

    def _drafted(self, delivery: Delivery, media_id: str, what: Deed) -> Delivery:
        done = replace(
            delivery,
            state=State.DRAFTED,
            media_id=media_id,
            fingerprint=self.bundle.fingerprint,
            cover_url=self.thumb.url,
            publish_id="",
            article_id="",
            msg_data_id="",
            way="",
            url="",
            problem="",
        )
        self.notes.record(done, what, media_id)
        try:
            kept = self.box.draft(media_id)
        except PlatformError as error:
            return self._unread(done, error)
        return self._compared(done, kept)

    def _unread(self, delivery: Delivery, error: PlatformError) -> Delivery:
        """That a draft cannot be read back now harms nothing: the next push reads it."""
        self.notes.record(delivery, Deed.STUCK, str(error))
        return delivery

    def _compared(self, delivery: Delivery, kept: Sequence[Kept]) -> Delivery:
        """With what is different between the draft in the box and what was meant."""
        findings = "\n".join(compare(self.bundle, self.thumb.media_id, kept))
        done = replace(delivery, checked=self.bundle.fingerprint, findings=findings)
        if done != delivery:
            self.notes.record(done, Deed.CHECKED, findings)
        return done

    def _held(self, delivery: Delivery) -> Sequence[Kept]:
        try:
            return self.box.draft(delivery.media_id)
        except PlatformRefused as error:
            if error.code != NO_SUCH_MEDIA:
                raise
            self.notes.record(delivery, Deed.LOST, delivery.media_id)
            raise gone(delivery.issue_id) from error

    def _adopted(self, delivery: Delivery) -> Delivery:
        media_id = self._lost_draft()
        if not media_id:
            return delivery
        adopted = replace(delivery, media_id=media_id)
        self.notes.record(adopted, Deed.ADOPTED, media_id)
        return adopted

    def _lost_draft(self) -> str:
        for draft in self.box.drafts():
            if self._is_ours(draft):
                return draft.media_id
        return ""

    def _is_ours(self, draft: Boxed) -> bool:
        # Two editions of a day may have the same cover: it speaks only where the draft itself does not.
        issue_id = self.bundle.issue_id
        same_cover = draft.thumb_media_id == self.thumb.media_id
        return is_of(issue_id, draft) or (same_cover and not is_anothers(issue_id, draft))


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


def require_pushed(delivery: Delivery, bundle: Bundle) -> None:
    """Raise ArticleError where the draft is not what the archive says now."""
    if delivery.fingerprint != bundle.fingerprint:
        raise ArticleError(
            f"{delivery.issue_id} 的内容在推送之后改过。请先运行 rikan push {delivery.issue_id}"
        )


def require_approved(delivery: Delivery, approved: int, needed: int) -> None:
    """Raise ArticleError where fewer than `needed` people have approved what the draft holds."""
    if approved < needed:
        raise ArticleError(
            f"{delivery.issue_id} 要 {needed} 个人批准，现在有 {approved} 个，没有发布。"
            f"请看过预览再批准（rikan approve {delivery.issue_id}，或在微信里发“通过”）"
        )


def require_wanted(delivery: Delivery) -> None:
    """Raise ArticleError for an issue that an editor wants left out."""
    if delivery.state is State.SKIPPED:
        raise ArticleError(
            f"{delivery.issue_id} 已跳过。要推送，请先运行 rikan skip {delivery.issue_id} --undo"
        )
