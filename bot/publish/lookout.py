"""Where a person publishes in the console: whether it has happened, and at which address."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from bot.delivery import Deed, Delivery, Outcome, State, Way
from bot.errors import PlatformDenied, PlatformRefused
from bot.publish.outcome import settled
from bot.publish.readback import Kept
from bot.publish.recognise import NO_SUCH_MEDIA, gone
from bot.publish.release import PublishedArticle, article_of, require_draft


class Window(Protocol):
    """The platform, as far as it can be looked at."""

    def published(self) -> Iterable[PublishedArticle]: ...
    def draft(self, media_id: str) -> Sequence[Kept]: ...


class Notes(Protocol):
    """Where deliveries and the platform's word on publications are kept."""

    def record(self, delivery: Delivery, what: str, detail: str = "") -> None: ...
    def unclaimed(self, since: datetime) -> list[Outcome]: ...


@dataclass(frozen=True, slots=True)
class Lookout:
    """Changes nothing on the platform."""

    window: Window
    notes: Notes

    def release(self, delivery: Delivery) -> Delivery:
        """What has become of a draft; as it was, while it waits in the box.

        PlatformRefused with the remedy where it is gone and nobody knows where to.
        """
        if delivery.state is State.PUBLISHED:
            return delivery
        require_draft(delivery)
        if found := self._listed(delivery):
            return self._found(delivery, found)
        if self._waits(delivery):
            return delivery
        # It is gone. What the platform told of and nobody here has handed over must be it;
        # unless there are several.
        words = self.notes.unclaimed(delivery.recorded_at) if delivery.recorded_at else []
        if len(words) == 1:
            return self._found(replace(delivery, publish_id=words[0].publish_id), words[0])
        self.notes.record(delivery, Deed.LOST, delivery.media_id)
        raise gone(delivery.issue_id)

    def _listed(self, delivery: Delivery) -> Outcome | None:
        try:
            return article_of(delivery.issue_id, self.window.published())
        except PlatformDenied:
            return None  # a personal or unverified account may not ask

    def _waits(self, delivery: Delivery) -> bool:
        try:
            return bool(self.window.draft(delivery.media_id))
        except PlatformRefused as error:
            if error.code != NO_SUCH_MEDIA:
                raise
            return False

    def _found(self, delivery: Delivery, found: Outcome) -> Delivery:
        done = replace(settled(delivery, found), way=Way.DRAFT)
        self.notes.record(done, Deed.FOUND, done.url)
        return done
