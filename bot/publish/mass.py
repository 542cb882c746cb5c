"""A message to all followers, once.

The platform refuses a second message under the same clientmsgid for 24 hours and names the first;
success uses the draft up. Both together make asking again harmless, where an answer was lost.
"""

from dataclasses import dataclass, replace
from typing import Protocol

from bot.delivery import Deed, Delivery, Outcome, State, Way
from bot.errors import (
    PlatformBusy,
    PlatformDenied,
    PlatformError,
    PlatformRefused,
    PlatformUnclear,
)
from bot.publish.outcome import Unclaimed, only_word, outcome_of_mass, settle, settled
from bot.publish.recognise import NO_SUCH_MEDIA
from bot.publish.release import as_before, require_draft

LONGEST_ID = 32  # bytes
NO_MESSAGE_LEFT = 45028  # errcode: this day's, or this month's, have been sent


class Job(Protocol):
    """A message to all that the platform has accepted."""

    @property
    def msg_id(self) -> str: ...
    @property
    def msg_data_id(self) -> str: ...


class Sender(Protocol):
    """The platform, as far as messages to all go."""

    def send_to_all(self, media_id: str, client_id: str, *, ignore_reprint: bool) -> Job: ...
    def mass_status(self, msg_id: str) -> str: ...


class Notes(Unclaimed, Protocol):
    """Where deliveries and the platform's word on messages are kept."""

    def record(self, delivery: Delivery, what: str, detail: str = "") -> None: ...
    def outcome(self, publish_id: str) -> Outcome | None: ...
    def note_outcome(self, outcome: Outcome) -> None: ...


def client_id(delivery: Delivery) -> str:
    """The same for the same content, so that it cannot be sent twice; at most 32 bytes."""
    return f"{delivery.issue_id}-{delivery.fingerprint}"[:LONGEST_ID]


@dataclass(frozen=True, slots=True)
class Mailing:
    """Where drafts are sent to all followers."""

    sender: Sender
    notes: Notes
    ignore_reprint: bool

    def release(self, delivery: Delivery) -> Delivery:
        """Send a draft to all, or learn what became of one sent before."""
        if delivery.state is State.PUBLISHED:
            return delivery
        if delivery.state is State.PUBLISHING:
            return self._follow_up(delivery) if delivery.publish_id else self._send_again(delivery)
        require_draft(delivery)
        return self._send(delivery)

    def _send(self, delivery: Delivery) -> Delivery:
        waiting = replace(delivery, state=State.PUBLISHING, way=Way.MASS, publish_id="", problem="")
        self.notes.record(waiting, Deed.SEND, client_id(delivery))
        try:
            return self._sent(waiting)
        except (PlatformBusy, PlatformDenied, PlatformRefused):
            # These are certain: nothing was sent.
            self.notes.record(as_before(delivery), Deed.LEFT)
            raise

    def _sent(self, waiting: Delivery) -> Delivery:
        job = self.sender.send_to_all(
            waiting.media_id, client_id(waiting), ignore_reprint=self.ignore_reprint
        )
        sent = replace(waiting, publish_id=str(job.msg_id), msg_data_id=str(job.msg_data_id or ""))
        self.notes.record(sent, Deed.SENT, sent.publish_id)
        return settle(self.notes, sent)  # the event may have come before this answer

    def _send_again(self, delivery: Delivery) -> Delivery:
        try:
            return self._sent(delivery)
        except (PlatformDenied, PlatformRefused) as error:
            if error.code not in (NO_SUCH_MEDIA, NO_MESSAGE_LEFT):
                raise
            return self._used_up(delivery, error)

    def _used_up(self, delivery: Delivery, error: PlatformError) -> Delivery:
        """The draft, or the day's message, is used up: by our lost try, it seems. An event may tell."""
        if word := only_word(self.notes, delivery):
            done = replace(settled(delivery, word), publish_id=word.publish_id)
            self.notes.record(done, Deed.FOUND, done.url)
            return done
        used_up = "草稿已不在草稿箱" if error.code == NO_SUCH_MEDIA else "本期的群发次数已用完"
        raise PlatformUnclear(
            "message/mass/sendall",
            f"上次群发 {delivery.issue_id} 时断了线，{used_up}，多半已经发出。"
            f"请到公众平台查看，发出了就用 rikan publish {delivery.issue_id} --url 文章地址 记下",
        ) from error

    def _follow_up(self, delivery: Delivery) -> Delivery:
        told = settle(self.notes, delivery)
        if told.state is State.PUBLISHING:
            said = self.sender.mass_status(delivery.publish_id)
            self.notes.note_outcome(outcome_of_mass(delivery.publish_id, said))
            told = settle(self.notes, delivery)
        return told
