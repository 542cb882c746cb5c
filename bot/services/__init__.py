"""The one place where the parts are joined, and closed.

A part is opened when it is first asked for: `rikan ask` needs the archive and must not wait for
the platform's client and the picture library to load. Hence the imports inside; here only.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.config import Config
from bot.services.keyboard import at_the_keyboard

if TYPE_CHECKING:  # the types of what is opened below
    from bot.archive.accounts import Accounts
    from bot.archive.approvals import Approvals
    from bot.archive.conversations import Conversations
    from bot.archive.covers import Covers
    from bot.archive.editors import Editors
    from bot.archive.ledger import Ledger
    from bot.archive.notices import Notices
    from bot.archive.pictures import Pictures
    from bot.archive.presence import Presence
    from bot.archive.revision import Revision
    from bot.archive.sources import Sources
    from bot.archive.standings import Standings
    from bot.archive.store import Archive
    from bot.archive.ticks import Ticks
    from bot.archive.usage import Usage
    from bot.ingest.pictures import Album
    from bot.ingest.remote import Remote
    from bot.jobs.queue import JobQueue
    from bot.model import Problem
    from bot.render.report import Inspector
    from bot.render.studio import Studio
    from bot.reply.wording import Wording
    from bot.services.readers import Readers
    from bot.wechat.account import Account
    from bot.wechat.crypto import Envelope
    from bot.wechat.menu import Menu
    from bot.wechat.platform import Platform

# The newsletter's day begins and ends in Shanghai, wherever the server stands.
SHANGHAI = ZoneInfo("Asia/Shanghai")


def now_in_shanghai() -> datetime:
    """The clock that everything is handed."""
    return datetime.now(SHANGHAI)


@dataclass(frozen=True)
class Services:
    """What the two flows work with. Use `open_services`.

    `who` is named in the record of what they do.
    """

    config: Config
    now: Callable[[], datetime]
    closing: ExitStack
    who: str = "cli"

    @cached_property
    def archive(self) -> "Archive":
        """The issues. A new database is made ready; an older one is refused with the remedy."""
        from bot.services.archive import open_archive

        return open_archive(self._engine, self.config, self.now)

    @cached_property
    def sources(self) -> "Sources":
        """The editors' files as they came."""
        from bot.archive.sources import Sources

        return Sources(self.config.paths.data / "sources")

    @cached_property
    def pictures(self) -> "Pictures":
        """The issues' pictures, fit for the platform."""
        from bot.archive.pictures import Pictures
        from bot.render.pictures import measure

        return Pictures(self.config.paths.data / "pictures", measure)

    def _fetch(self, address: str) -> bytes:
        # Most reports have no picture from the web, and need not wait for what fetches it.
        return self.remote.fetch(address)

    @cached_property
    def remote(self) -> "Remote":
        """The way to pictures on the web."""
        from bot.ingest.remote import Remote

        return Remote()

    def album(self, folder: Path) -> "Album":
        """Where the pictures of a report in `folder` come from."""
        from bot.ingest.pictures import Album
        from bot.render.pictures import fit

        return Album(folder, self._fetch, fit, self.pictures.read)

    @cached_property
    def ledger(self) -> "Ledger":
        """How far each issue has come."""
        from bot.archive.ledger import Ledger

        return Ledger(self._engine, self.config.wechat.account, self.now, self.who)

    @cached_property
    def standings(self) -> "Standings":
        """How far the issues of a few days have come, in one question."""
        from bot.archive.standings import Standings

        return Standings(self._engine, self.config.wechat.account)

    @cached_property
    def ticks(self) -> "Ticks":
        """Since when what is due has been looked at."""
        from bot.archive.ticks import Ticks

        return Ticks(self.config.paths.data / "ticks.json")

    @cached_property
    def covers(self) -> "Covers":
        """What editors want different about the covers of archived issues."""
        from bot.archive.covers import Covers

        return Covers(self._engine, self.config.paths.data / "covers", self.now)

    @cached_property
    def proofread(self) -> "Callable[..., tuple[Problem, ...]]":
        """`bot.ingest.check.check`: what tells an editor of slips."""
        from bot.ingest.check import check

        return check

    @cached_property
    def studio(self) -> "Studio":
        """Where an issue becomes an article, a cover and a footer."""
        from bot.services.studio import open_studio

        return open_studio(self.config)

    @cached_property
    def inspector(self) -> "Inspector":
        """What looks an article over before it is sent."""
        from bot.render.report import Inspector

        if not self.config.lint.online:
            return Inspector()
        from bot.wechat.structure import StructureCheck

        return Inspector(StructureCheck(self.config.lint.address).remarks)

    @cached_property
    def platform(self) -> "Platform":
        """The platform, as the newsletter uses it. Raises ConfigError where its settings are missing."""
        from bot.wechat.platform import Platform

        return Platform(self._client)

    @cached_property
    def account(self) -> "Account":
        """What the account may do, and how often."""
        from bot.wechat.account import Account

        return Account(self._client, self.usage, self.now)

    @cached_property
    def menu(self) -> "Menu":
        """The menu below the chat."""
        from bot.wechat.menu import Menu

        return Menu(self._client)

    @cached_property
    def usage(self) -> "Usage":
        """How often the platform was called, and what is known of the account."""
        from bot.archive.usage import Usage, open_usage

        engine = open_usage(self._engine, self.config.paths.data, self.closing)
        return Usage(engine, self.config.wechat.account, self.now)

    @cached_property
    def _client(self):  # type: ignore[no-untyped-def]
        from bot.wechat.client import open_client

        self.config.require("wechat.appid", "wechat.appsecret")
        return open_client(self.config.wechat, self.usage, self._queue_url, self.closing)

    @cached_property
    def conversations(self) -> "Conversations":
        """What followers sent. On SQLite in a file of its own."""
        from bot.services.archive import open_conversations

        return open_conversations(self._engine, self.config, self.closing, self.now)

    @cached_property
    def readers(self) -> "Readers":
        """What followers asked and read."""
        from bot.services.readers import Readers

        return Readers(self, lambda: self._engine, lambda: self._client)

    @cached_property
    def wording(self) -> "Wording":
        """The sentences that followers read. Raises ConfigError."""
        from bot.services.followers import open_wording

        return open_wording(self.config)

    @cached_property
    def notices(self) -> "Notices":
        """What editors are told without having asked."""
        from bot.archive.notices import Notices

        return Notices(self._engine, self.config.wechat.account, self.now)

    @cached_property
    def editors(self) -> "Editors":
        """Who may steer deliveries from the chat."""
        from bot.archive.editors import Editors

        account, revision = self.config.wechat.account, self.revision.now
        return Editors(self._engine, account, self.now, revision, self.who)

    @cached_property
    def accounts(self) -> "Accounts":
        """Who may sign in to the console, and who is."""
        from bot.archive.accounts import Accounts

        return Accounts(self._engine, self.now)

    @cached_property
    def presence(self) -> "Presence":
        """Who has an issue open in the editor."""
        from bot.archive.presence import Presence

        return Presence(self._engine, self.now)

    @cached_property
    def approvals(self) -> "Approvals":
        """Who has approved which content."""
        from bot.archive.approvals import Approvals

        return Approvals(self._engine, self.config.wechat.account, self.now)

    @cached_property
    def revision(self) -> "Revision":
        """Another number as soon as an issue, a delivery or an editor has changed."""
        from bot.archive.revision import Revision

        return Revision(self._engine, self.now)

    @cached_property
    def envelope(self) -> "Envelope":
        """What opens pushed messages. Raises ConfigError where its settings are missing."""
        from bot.services.followers import open_envelope

        return open_envelope(self.config)

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
    def _engine(self):  # type: ignore[no-untyped-def]  # used in here only, like `_client`
        from bot.archive.opening import open_current

        return open_current(self.config.database_url, self.closing)


@contextmanager
def open_services(
    config: Config, now: Callable[[], datetime] = now_in_shanghai, who: str = ""
) -> Iterator[Services]:
    """The parts, joined; whatever was opened is closed at the end.

    `who` is at work: a person at the command line if nobody is named.
    """
    with ExitStack() as closing:
        yield Services(config, now, closing, who or at_the_keyboard())
