"""Taking a published article back. The platform cannot undo it: the address is dead for good."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from bot.delivery import Deed, Delivery, State, Way
from bot.errors import ArticleError, PlatformRefused
from bot.publish.outcome import withdrawn
from bot.publish.release import PublishedArticle, article_of

NO_SUCH_ARTICLE = frozenset({53600, 40059, 40060})  # gone already: an earlier try, or a person


class Shelf(Protocol):
    """The platform, as far as what is published goes."""

    def withdraw_published(self, article_id: str, index: int = 0) -> None: ...
    def withdraw_mass(self, msg_id: str, index: int = 0) -> None: ...
    def published(self) -> Iterable[PublishedArticle]: ...


class Notes(Protocol):
    """Where deliveries are kept."""

    def record(self, delivery: Delivery, what: str, detail: str = "") -> None: ...


@dataclass(frozen=True, slots=True)
class Recall:
    """Where articles are taken back."""

    shelf: Shelf
    notes: Notes

    def withdraw(self, delivery: Delivery) -> Delivery:
        """Take all articles of an issue back; asked again, nothing more is done."""
        if delivery.state is State.WITHDRAWN:
            return delivery
        require_published(delivery)
        self.notes.record(delivery, Deed.WITHDRAW, delivery.url)
        try:
            self._take(delivery)
        except PlatformRefused as error:
            if error.code not in NO_SUCH_ARTICLE:
                raise
        return self.note(delivery)

    def note(self, delivery: Delivery) -> Delivery:
        """It is gone; perhaps by somebody else's hand."""
        done = withdrawn(delivery)
        self.notes.record(done, Deed.WITHDRAWN, delivery.url)
        return done

    def _take(self, delivery: Delivery) -> None:
        if delivery.way == Way.MASS and delivery.publish_id:
            self.shelf.withdraw_mass(delivery.publish_id)
            return
        article_id = delivery.article_id or self._article_id(delivery)
        if not article_id:
            raise ArticleError(
                f"{delivery.issue_id} 是手动发布的，接口里找不到它。请到公众平台删除，"
                f"再用 rikan withdraw {delivery.issue_id} --by-hand 记下"
            )
        self.shelf.withdraw_published(article_id)

    def _article_id(self, delivery: Delivery) -> str:
        found = article_of(delivery.issue_id, self.shelf.published())
        return found.article_id if found else ""


def require_published(delivery: Delivery) -> None:
    """Raise ArticleError where there is nothing to take back."""
    if delivery.state is not State.PUBLISHED:
        raise ArticleError(
            f"{delivery.issue_id} 没有发布过，不用撤回。不想发布它就运行 rikan skip {delivery.issue_id}"
        )
