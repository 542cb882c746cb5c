"""What followers asked and read, and how the editors answer to that: opened together."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol

from sqlalchemy import Engine

from bot.archive.asking import Asking, open_asking
from bot.archive.readership import Readership
from bot.archive.sayings import Sayings
from bot.config import Config


class Parts(Protocol):
    """What `Services` lends."""

    @property
    def config(self) -> Config: ...
    @property
    def now(self) -> Callable[[], datetime]: ...
    @property
    def closing(self) -> ExitStack: ...


class Readers:
    """The parts that know of readers, each opened when it is first asked for."""

    def __init__(
        self, parts: Parts, engine: Callable[[], Engine], client: Callable[[], Any]
    ) -> None:
        self._parts = parts
        self._engine = engine
        self.client = client  # of the platform

    @cached_property
    def readership(self) -> Readership:
        """What the platform has counted."""
        return Readership(self._engine(), self._parts.config.wechat.account, self._parts.now)

    @cached_property
    def asking(self) -> Asking:
        """What followers asked, counted."""
        config = self._parts.config
        engine = open_asking(self._engine(), config.paths.data, self._parts.closing)
        return Asking(engine, config.wechat.account, self._parts.now)

    @cached_property
    def sayings(self) -> Sayings:
        """The synonyms that were added in the console."""
        return Sayings(self._engine(), self._parts.now)
