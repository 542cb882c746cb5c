"""Everything the sandbox knows, in memory, behind one lock."""

import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from bot.sandbox.account import Account
from bot.sandbox.draftbox import DraftBox
from bot.sandbox.faults import Faults
from bot.sandbox.followers import Followers
from bot.sandbox.ledger import Ledger
from bot.sandbox.library import Library
from bot.sandbox.published import Published
from bot.sandbox.quota import Quotas
from bot.sandbox.tokens import Tokens

# Messages and pushes kept for the chat page and for inspection.
KEPT = 1000


class Platform:
    """The platform as one account sees it. Whoever reads or changes it holds `lock`."""

    def __init__(self, account: Account, now: Callable[[], float]) -> None:
        self.account = account
        self.now = now
        self.lock = threading.RLock()
        self.ledger = Ledger(now)
        self.faults = Faults()
        self.tokens = Tokens(now)
        self.quotas = Quotas(now)
        self.library = Library()
        self.box = DraftBox()
        self.published = Published()
        self.followers = Followers(now)
        self.menu: list[dict[str, Any]] | None = None
        self.mass: list[dict[str, Any]] = []
        self.previews: list[dict[str, Any]] = []
        self.messages: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self.pushes: deque[dict[str, Any]] = deque(maxlen=KEPT)
