"""The draft on an editor's own phone, as followers would see it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from bot.delivery import IN_THE_BOX, STATE_NAMES, Deed, Delivery, State
from bot.errors import ArticleError, PlatformDenied, PlatformError

NO_PERMISSION = 48001  # errcode
# An openid is 28 characters that begin with an o; a WeChat id is shorter.
OPENID = re.compile(r"o[A-Za-z0-9_-]{27}")


class Phones(Protocol):
    """The platform, as far as previews go."""

    def preview(self, media_id: str, *, openid: str = "", wechat_id: str = "") -> None: ...


class Notes(Protocol):
    """Where deliveries are kept."""

    def record(self, delivery: Delivery, what: str, detail: str = "") -> None: ...


@dataclass(frozen=True, slots=True)
class Proofs:
    """Who got a preview; who did not, with the reason. `denied`: this account may not send any."""

    delivery: Delivery
    sent: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    denied: PlatformDenied | None = None


def send_proofs(phones: Phones, notes: Notes, delivery: Delivery, to: Sequence[str]) -> Proofs:
    """Send a draft to each of these openids and WeChat ids."""
    require_ready(delivery)
    notes.record(delivery, Deed.PREVIEW, "、".join(to))
    sent, refused = [], []
    for name in to:
        try:
            _send(phones, delivery.media_id, name)
            sent.append(name)
        except PlatformError as error:
            if error.code == NO_PERMISSION and isinstance(error, PlatformDenied):
                notes.record(delivery, Deed.STUCK, str(error))
                return Proofs(delivery, denied=error)
            refused.append((name, str(error)))
            notes.record(delivery, Deed.STUCK, f"预览没有发到手机：{error}")
    return Proofs(_seen(notes, delivery, sent), tuple(sent), tuple(refused))


def _seen(notes: Notes, delivery: Delivery, sent: Sequence[str]) -> Delivery:
    if not sent:
        return delivery
    decided = delivery.state in (State.APPROVED, State.RETURNED)
    done = replace(delivery, state=delivery.state if decided else State.PREVIEWED)
    notes.record(done, Deed.PREVIEWED, "、".join(sent))
    return done


def require_ready(delivery: Delivery) -> None:
    """Raise ArticleError where there is no draft to look at."""
    if delivery.state in (State.PUBLISHING, State.PUBLISHED):
        raise ArticleError(
            f"{delivery.issue_id} {STATE_NAMES[delivery.state]}，草稿已经用掉了。"
            f"请运行 rikan status {delivery.issue_id} 查看"
        )
    if delivery.state not in IN_THE_BOX or not delivery.media_id:
        raise ArticleError(
            f"{delivery.issue_id} 没有就绪的草稿。请先运行 rikan push {delivery.issue_id}"
        )


def _send(phones: Phones, media_id: str, name: str) -> None:
    if OPENID.fullmatch(name):
        phones.preview(media_id, openid=name)
    else:
        phones.preview(media_id, wechat_id=name)
