"""What an editor writes to the account: an order is carried out, and told what comes next.

    message → who is it → order → which issue → done now, or asked of the queue → reply

Who is no editor is none here: every follower gets the same answer to the same words. What needs the
platform is asked of the queue: nobody waits for it within the five seconds of a reply.
"""

import hashlib
import logging
import threading
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime

from bot.dialogue import Message, Reply
from bot.errors import ArchiveError, RikanError
from bot.orders import Turn
from bot.query.orders import Command, Order, parse_code, parse_order
from bot.reply.editor import Editorial
from bot.resources import directory
from bot.services import Services
from bot.telling import say

# Codes that may be tried within an hour, by one follower and by all, in this process. There are
# some 10^13 of them.
BY_ONE, IN_ALL = 10, 300

log = logging.getLogger(__name__)


class Editing:
    """Carries out what editors order. One process's."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._tries = Tries(services.now)

    def concerns(self, message: Message) -> bool:
        """Whether that is an editor's order, or would make somebody one."""
        return bool(_code(message) or self._order(message))

    def reply(self, message: Message) -> Reply | None:
        """What an editor is told, or one to be; None for what is answered as a follower's words."""
        if code := _code(message):
            return self._bind(message.sender, code)
        order, name = self._order(message), self._services.editors.name_of(message.sender)
        if order is None or name is None:
            return None
        try:
            return self._carried_out(order, message.sender, name)
        except RikanError as error:
            return self._editorial().alone(str(error))

    def farewell(self, openid: str) -> None:
        """Whoever stops following is no editor any longer; the others are told."""
        if name := self._services.editors.leave(openid):
            log.info("editor left: %s", name)
            self._tell("unbound", openid, name)

    def _order(self, message: Message) -> Order | None:
        if message.kind != "text" or self._services.editors.name_of(message.sender) is None:
            return None
        return parse_order(message.text, self._today())

    def _carried_out(self, order: Order, openid: str, name: str) -> Reply:
        editorial = self._editorial()
        if order.command is Command.UNBIND:
            self.farewell(openid)
            return editorial.sentence("unbound", editor=name)
        return Turn(self._services, name, editorial).carry_out(order)

    def _bind(self, openid: str, code: str) -> Reply:
        name = self._services.editors.bind(openid, code) if self._tries.one_more(openid) else None
        if name is None:
            # Whatever is wrong with it: who guesses learns nothing from the answer.
            return self._editorial().sentence("not_bound")
        log.info("editor bound: %s", name)
        self._tell("bound", code, name)
        return self._editorial().bound(name, self._services.config.newsletter.title)

    def _tell(self, kind: str, mark: str, name: str) -> None:
        digest = hashlib.sha256(mark.encode("utf-8", "replace")).hexdigest()[:8]
        try:
            say(self._services, self._today().isoformat(), kind, digest, who=name)
        except ArchiveError as error:
            log.warning("nobody is told that %s is %s: %s", name, kind, error)

    def _editorial(self) -> Editorial:
        return Editorial.load(directory("templates") / "reply" / "editor.toml", self._today())

    def _today(self) -> date:
        return self._services.now().date()


class Tries:
    """How often codes were tried within this hour of the clock."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._hour = 0
        self._by: Counter[str] = Counter()
        self._turn = threading.Lock()

    def one_more(self, openid: str) -> bool:
        """Count a try; whether it may be made."""
        hour = int(self._now().timestamp()) // 3600
        with self._turn:
            if hour != self._hour:
                self._hour, self._by = hour, Counter()
            if self._by.total() >= IN_ALL or self._by[openid] >= BY_ONE:
                return False
            self._by[openid] += 1
            return True


def _code(message: Message) -> str:
    return parse_code(message.text) if message.kind == "text" else ""
