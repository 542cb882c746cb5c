"""Where a person publishes in the console: whether it has happened, and at which address."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from bot.delivery import Deed, Delivery, Outcome, State, Way
from bot.errors import PlatformDenied
from bot.publish.outcome import Unclaimed, only_word, settled
from bot.publish.recognise import Box, gone, is_in
from bot.publish.release import PublishedArticle, article_of, require_draft


class Window(Box, Protocol):
    """The platform, as far as it can be looked at."""

    def published(self) -> Iterable[PublishedArticle]: ...


class Notes(Unclaimed, Protocol):
    """Where deliveries and the platform's word on publications are kept."""

    def record(self, delivery: Delivery, what: str, detail: str = "") -> None: ...


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
        # Publication takes it out of the box: one call, where the list of all articles is many.
        if is_in(self.window, delivery.media_id):
            return delivery
        found = self._listed(delivery) or only_word(self.notes, delivery)
        if not found:
            self.notes.record(delivery, Deed.LOST, delivery.media_id)
            raise gone(delivery.issue_id)
        return self._found(delivery, found)

    def _listed(self, delivery: Delivery) -> Outcome | None:
        try:
            return article_of(delivery.issue_id, self.window.published())
        except PlatformDenied:
            return None  # a personal or unverified account may not ask

    def _found(self, delivery: Delivery, found: Outcome) -> Delivery:
        publish_id = found.publish_id or delivery.publish_id
        done = replace(settled(delivery, found), way=Way.DRAFT, publish_id=publish_id)
        self.notes.record(done, Deed.FOUND, done.url)
        return done
