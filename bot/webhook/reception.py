"""Each message is answered once, and in time, however often and to whichever process it comes.

The platform waits five seconds and tries three times. What is not ready by then is acknowledged and
sent as a message of its own, if the account may; else the connection is held until the platform
gives up, and its next try finds the answer.
"""

import logging
import threading
import time
import traceback
from collections.abc import Callable
from concurrent import futures
from dataclasses import dataclass, field
from datetime import timedelta

from bot.answering import Answerer, asks
from bot.dialogue import SILENCE, Answer, Listed, Message, Receipt, Reply
from bot.errors import ArchiveError, MessageError, PlatformError, RikanError
from bot.services import Services
from bot.webhook.pace import Pace

ANSWER_WITHIN = 4.0  # seconds
# The platform hangs up after five seconds; a try begun so long after the first one is its last.
HANGS_UP_AFTER = 5.2
LAST_TRY_AFTER = timedelta(seconds=9)
LOOK_AGAIN = 0.05
TO_FIND_OUT = 0.7
NOT_ALLOWED = 48001
# Messages that may take long at once; the next ones wait for them.
THREADS = 16
# From so many times the allowed number on, a follower is not even asked to wait.
FLOOD = 2
# What came to other processes is counted once this one alone has seen its part of so many.
PROCESSES = 8

log = logging.getLogger(__name__)


class TooLate(Exception):
    """The platform has hung up by now; it will try again."""


@dataclass(slots=True)
class Pending:
    """A message that is being answered; `promised` once the platform was told to wait for it."""

    message: Message
    receipt: Receipt | None
    reply: Reply = SILENCE
    promised: bool = False
    done: threading.Event = field(default_factory=threading.Event)
    turn: threading.Lock = field(default_factory=threading.Lock)


class Reception:
    """One process's."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._answerer = Answerer(services)
        self._threads = futures.ThreadPoolExecutor(THREADS, "answer")
        self._sealed = services.config.wechat.mode != "plain"
        self._pace = Pace(services.now)
        # Whether the account may write first: not known before it has tried.
        self._may_write: bool | None = None

    def receive(self, message: Message, signature: str) -> Reply:
        """The reply to a message.

        Raises MessageError for an envelope that was another message's; TooLate; and RikanError where
        the outcome of a publication could not be kept, which is to be sent again.
        """
        started = time.perf_counter()
        answer = self._ready(message) if asks(message) else None
        if answer and self._sealed:
            # Its envelope cannot carry another message, and a second try gets the same.
            ms = _milliseconds(started)
            self._services.conversations.note(message, signature, answer, ms)
            return answer.reply
        receipt = self._receipt(message, signature)
        if receipt and receipt.replayed:
            raise MessageError("信封已经用过，可能是重放")
        if receipt and not receipt.new:
            return self._again(message, receipt)
        if answer:
            self._keep(receipt, answer, started)
            return answer.reply
        if asks(message):
            return self._in_time(Pending(message, receipt), started)
        return self._taken_note(message, receipt)

    def _ready(self, message: Message) -> Answer | None:
        """What can be answered at once."""
        try:
            return self._slowed(message) or self._answerer.known(message)
        except ArchiveError:
            return None  # it will show itself where the answer is made

    def _slowed(self, message: Message) -> Answer | None:
        allowed = self._services.config.followers.per_minute
        if self._pace.seen(message.sender) * PROCESSES < allowed:
            return None
        lately = self._services.conversations.lately(message.sender)
        if lately < allowed:
            return None
        kindly = Reply("help", self._services.wording.say("too_fast"))
        return Answer(kindly if lately < FLOOD * allowed else SILENCE)

    def _receipt(self, message: Message, signature: str) -> Receipt | None:
        try:
            return self._services.conversations.receive(message, signature)
        except ArchiveError as error:
            # Whoever asked is answered all the same.
            log.warning("not written down: %s", error)
            return None

    def _taken_note(self, message: Message, receipt: Receipt | None) -> Reply:
        try:
            self._answerer.answer(message, lambda: None)
        except Exception as error:
            # Nobody waits for an answer to it: what broke is the operator's to read.
            log.warning("event %.40r failed: %s", message.event, trouble(error))
            if message.outcome:
                # The platform says it three times in all, and nobody else ever will.
                self._release(receipt)
                raise
        else:
            log.info("event %.40r", message.event)
        self._keep(receipt, Answer(SILENCE))
        return SILENCE

    def _in_time(self, pending: Pending, started: float) -> Reply:
        self._threads.submit(self._make, pending, started)
        if pending.done.wait(ANSWER_WITHIN):
            return pending.reply
        if self._promised(pending):
            return SILENCE
        if pending.done.wait(HANGS_UP_AFTER - ANSWER_WITHIN):
            return pending.reply
        raise TooLate

    def _make(self, pending: Pending, started: float) -> None:
        message = pending.message
        try:
            answer = self._answerer.answer(message, lambda: self._last_list(message))
        except Exception as error:  # noqa: BLE001 - the follower is waiting, whatever broke
            log.warning("no answer to a %.20r message: %s", message.kind, trouble(error))
            answer = Answer(Reply("help", self._services.wording.say("busy")))
        self._keep(pending.receipt, answer, started)
        with pending.turn:
            pending.reply = answer.reply
            pending.done.set()
        if pending.promised:
            self._write_to(message, answer.reply)
        self._try_to_note(self._services.conversations.tidy)

    def _promised(self, pending: Pending) -> bool:
        """Tell the platform not to wait, if the answer may follow as a message of its own."""
        if not self._may(pending.message):
            return False
        with pending.turn:
            if pending.done.is_set():
                return False
            pending.promised = True
        if receipt := pending.receipt:
            self._try_to_note(lambda: self._services.conversations.promise(receipt.key))
        return True

    def _may(self, message: Message) -> bool:
        """Whether this account may write first; found out by asking this follower for patience."""
        if self._may_write is None:
            wait = Reply("text", self._services.wording.say("wait"))
            asked = self._threads.submit(self._write_to, message, wait)
            futures.wait([asked], TO_FIND_OUT)
        return bool(self._may_write)

    def _write_to(self, message: Message, reply: Reply) -> None:
        try:
            self._services.platform.write_to(message.sender, reply)
            self._may_write = True
        except PlatformError as error:
            if error.code == NOT_ALLOWED:
                self._may_write = False
            log.warning("not written: %s", error)
        except RikanError as error:
            log.warning("not written: %s", error)

    def _again(self, message: Message, receipt: Receipt) -> Reply:
        """The answer of an earlier try, which may still be at it in another process."""
        end = time.monotonic() + HANGS_UP_AFTER
        patience = time.monotonic() + ANSWER_WITHIN
        last_try = self._services.now() - receipt.first > LAST_TRY_AFTER
        while time.monotonic() < end:
            if receipt.reply:
                return receipt.reply
            if receipt.later or not asks(message):
                return SILENCE
            if last_try and time.monotonic() > patience:
                return Reply("help", self._services.wording.say("busy"))
            time.sleep(LOOK_AGAIN)
            receipt = self._services.conversations.look(receipt.key)
        raise TooLate

    def _last_list(self, message: Message) -> Listed | None:
        return self._services.conversations.last_list(message.sender)

    def _keep(self, receipt: Receipt | None, answer: Answer, started: float | None = None) -> None:
        ms = _milliseconds(started) if started else 0
        if receipt:
            self._try_to_note(lambda: self._services.conversations.keep(receipt.key, answer, ms))

    def _release(self, receipt: Receipt | None) -> None:
        if receipt:
            self._try_to_note(lambda: self._services.conversations.release(receipt.key))

    def _try_to_note(self, note: Callable[[], None]) -> None:
        try:
            note()
        except ArchiveError as error:
            log.warning("not written down: %s", error)


def _milliseconds(since: float) -> float:
    return (time.perf_counter() - since) * 1000


def trouble(error: Exception) -> str:
    """What broke, for the log: of a fault only its kind and place, as its text may quote a follower."""
    if isinstance(error, RikanError):
        return str(error)
    return f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__))}"
