"""The one place where the parts are joined, and closed.

A part is opened when it is first asked for: `rikan ask` needs the archive and must not wait for
the platform's client and the picture library to load. Hence the imports inside; here only.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.config import Config
from bot.resources import directory

if TYPE_CHECKING:  # the types of what is opened below
    from bot.archive.ledger import Ledger
    from bot.archive.sources import Sources
    from bot.archive.store import Archive
    from bot.jobs.queue import JobQueue
    from bot.render.studio import Studio
    from bot.wechat.crypto import Envelope
    from bot.wechat.platform import Platform

# The newsletter's day begins and ends in Shanghai, wherever the server stands.
SHANGHAI = ZoneInfo("Asia/Shanghai")


def now_in_shanghai() -> datetime:
    """The clock that everything is handed."""
    return datetime.now(SHANGHAI)


@dataclass(frozen=True)
class Services:
    """What the two flows work with. Use `open_services`."""

    config: Config
    now: Callable[[], datetime]
    closing: ExitStack

    @cached_property
    def archive(self) -> "Archive":
        """The issues. A new database is made ready; an older one is refused with the remedy."""
        from bot.archive.search import Search
        from bot.archive.store import Archive
        from bot.archive.words import Folding

        search = Search(Folding.load(directory("assets") / "words" / "fold.txt"))
        public = self.config.web.public_url.rstrip("/")
        pages = f"{public}/issues" if public else ""
        return Archive(self._engine, search, self.config.wechat.account, self.now, pages)

    @cached_property
    def sources(self) -> "Sources":
        """The editors' files as they came."""
        from bot.archive.sources import Sources

        return Sources(self.config.paths.data / "sources")

    @cached_property
    def ledger(self) -> "Ledger":
        """How far each issue has come."""
        from bot.archive.ledger import Ledger

        return Ledger(self._engine, self.config.wechat.account, self.now)

    @cached_property
    def studio(self) -> "Studio":
        """Where an issue becomes an article, a cover and a footer."""
        from bot.render.studio import Studio

        wechat, newsletter = self.config.wechat, self.config.newsletter
        return Studio(
            templates=directory("templates"),
            fonts=directory("assets") / "fonts",
            author=newsletter.author,
            organisation=newsletter.organisation,
            partners=newsletter.partners,
            disclaimer=newsletter.disclaimer,
            public_url=self.config.web.public_url,
            account_name=wechat.account_name,
            account_qr=wechat.qr_content,
            website=newsletter.website,
            website_name=newsletter.website_name,
        )

    @cached_property
    def platform(self) -> "Platform":
        """The account. Raises ConfigError where its settings are missing."""
        from bot.wechat.client import MpClient
        from bot.wechat.platform import Platform
        from bot.wechat.tokens import open_tokens

        self.config.require("wechat.appid", "wechat.appsecret")
        wechat = self.config.wechat
        client = MpClient(
            wechat.appid,
            wechat.appsecret.get_secret_value,
            wechat.api_base_url,
            wechat.timeout,
            wechat.proxy,
        )
        self.closing.callback(client.close)
        tokens = open_tokens(self._queue_url, wechat.account, client.fetch_token, self.closing)
        client.use_tokens(tokens)
        return Platform(client)

    @property
    def webhook_needs(self) -> tuple[str, ...]:
        """The settings without which no pushed message can be opened."""
        sealed = self.config.wechat.mode != "plain"
        return ("wechat.token", "wechat.appid", "wechat.aes_key") if sealed else ("wechat.token",)

    @cached_property
    def envelope(self) -> "Envelope":
        """What opens pushed messages. Raises ConfigError where its settings are missing."""
        from bot.wechat.crypto import Envelope

        wechat = self.config.wechat
        self.config.require(*self.webhook_needs)
        return Envelope(
            wechat.appid,
            wechat.token.get_secret_value(),
            wechat.aes_key.get_secret_value(),
            wechat.mode,
        )

    @property
    def _queue_url(self) -> str:
        """Where the queue server is; empty while the private one does not run."""
        from bot.jobs.embedded import socket_path, socket_url

        data = self.config.paths.data
        return self.config.queue.url or (socket_url(data) if socket_path(data).exists() else "")

    @cached_property
    def queue(self) -> "JobQueue":
        """Where work is asked for. Raises StartError if no queue server answers."""
        from bot.jobs.queue import open_queue

        return open_queue(self.config.queue.url, self.config.paths.data, self.closing)

    @cached_property
    def _engine(self):  # type: ignore[no-untyped-def]  # used by the two above only
        from bot.archive.database import open_engine, require_current, schema_of

        engine = open_engine(self.config.database_url)
        self.closing.callback(engine.dispose)
        found = schema_of(engine)
        if not found:
            from bot.archive.upgrade import upgrade

            upgrade(engine)
        else:
            require_current(found)
        return engine


@contextmanager
def open_services(
    config: Config, now: Callable[[], datetime] = now_in_shanghai
) -> Iterator[Services]:
    """The parts, joined; whatever was opened is closed at the end."""
    with ExitStack() as closing:
        yield Services(config, now, closing)
