"""What followers sent and what they were told: for the platform's second try, for 更多, for the editors.

On SQLite these tables have a file of their own beside the archive: whoever writes there, an editor or
a re-index, keeps no follower waiting, and a copy of the archive holds nobody's messages. A table
that must change gets another name instead of a migration; nothing in here is kept for ever.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Engine,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    event,
    false,
    select,
)

from bot.archive.batch import Batch
from bot.archive.database import noting, open_engine, writing
from bot.archive.keeping import columns_of, read_answer, read_list
from bot.archive.statement import Statement
from bot.dialogue import Answer, Listed, Message, Receipt

metadata = MetaData()

messages = Table(
    "messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(32), nullable=False, unique=True),  # what makes a message itself, digested
    # Of the envelope it came in; null once that is too old to be believed anyway.
    Column("signature", String(40), unique=True),
    Column("account", String(128), nullable=False),
    Column("follower", String(32), nullable=False),  # the openid under a key of our own
    Column("at", BigInteger, nullable=False),  # milliseconds of Unix time
    # The reply (JSON), null until it is ready and again when it is old.
    Column("answer", Text),
    Column("listed", Text),  # the list it gave, as `answer`
    # Whether the platform was told that the answer comes as a message of its own.
    Column("later", Boolean, nullable=False, server_default=false()),
    # Null where nothing was asked, or where it is not to be kept.
    Column("words", Text),
    Column("wish", String(16)),
    Column("hits", Integer),
    Column("step", Integer),  # of the search; 0 where nothing was searched for
    Column("ms", Float),
    Index("messages_of_follower", "follower", "at"),
    Index("messages_by_time", "at"),
)

SQL = {
    # A message counts as come in once: whatever else is under its key, or in its envelope, stays.
    "write": """
        INSERT INTO messages
            (key, signature, account, follower, at, answer, listed, later, words, wish, hits, step, ms)
        VALUES
            (:key, :signature, :account, :follower, :at, :answer, :listed, :later,
            :words, :wish, :hits, :step, :ms)
        ON CONFLICT DO NOTHING
    """,
    "answer": """
        UPDATE messages SET answer = :answer, listed = :listed,
            words = :words, wish = :wish, hits = :hits, step = :step, ms = :ms
        WHERE key = :key
    """,
    "promise": "UPDATE messages SET later = :later WHERE key = :key",
    "read": "SELECT answer, later, at FROM messages WHERE key = :key",
    "count": "SELECT count(*) FROM messages WHERE follower = :follower AND at > :since",
    "delete": "DELETE FROM messages WHERE key = :key",
    "forget": "DELETE FROM messages WHERE follower = :follower",
    "count_old": "SELECT count(*) FROM messages WHERE at < :old",
    "let_go": "DELETE FROM messages WHERE at < :old",
    "empty": """
        UPDATE messages SET signature = NULL, answer = NULL, listed = NULL
        WHERE at < :old AND answer IS NOT NULL
    """,
}

# Replies and lists are of use for so long; the platform's tries end after fifteen seconds.
FRESH = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
# Answers whose rows are made already: the same ones go to many. A few kilobytes each.
REMEMBERED = 1000
TIDY_EVERY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of what followers asked; `at` in milliseconds of Unix time."""

    at: int
    follower: str
    words: str
    wish: str
    hits: int
    step: int
    ms: float


def open_beside(archive: Engine, folder: Path, closing: ExitStack) -> Engine:
    """Where messages are kept: the archive's own server, or a SQLite file in that folder."""
    if archive.dialect.name != "sqlite":
        _make_tables(archive)
        return archive
    url = f"sqlite:///{folder / 'followers.db'}"
    patient = open_engine(url)
    _make_tables(patient)
    patient.dispose()
    # Whose turn it is, statements see to themselves.
    engine = open_engine(url, busy_seconds=0)
    event.listen(engine, "connect", _write_back_seldom)
    closing.callback(engine.dispose)
    return engine


def _write_back_seldom(connection: Any, _record: Any) -> None:
    # Each time costs two waits for the disk; so many pages are some hundred messages.
    connection.execute("PRAGMA wal_autocheckpoint=4000")


def _make_tables(engine: Engine) -> None:
    with writing(engine) as connection:
        metadata.create_all(connection)


class Conversations:
    """One account's. Every method is one short transaction. `secret` hides who asked."""

    def __init__(
        self,
        engine: Engine,
        account: str,
        secret: str,
        keep: timedelta,
        now: Callable[[], datetime],
    ) -> None:
        self._engine = engine
        self._account = account
        purpose = f"rikan followers {account}".encode()
        self._secret = hmac.digest(secret.encode(), purpose, "sha256")
        self._keep = keep
        self._now = now
        self._tidied = now()
        self._kept = lru_cache(REMEMBERED)(partial(columns_of, with_words=bool(keep)))
        self._run = {name: Statement(engine, sql) for name, sql in SQL.items()}
        self._batch = Batch(self._run["write"])

    def follower(self, openid: str) -> str:
        """What stands for a follower in here."""
        name = openid.encode("utf-8", "surrogatepass")
        return hashlib.blake2b(name, key=self._secret, digest_size=16).hexdigest()

    def lately(self, openid: str) -> int:
        """How many messages of a follower's came in within a minute."""
        self.flush()
        since = _ms(self._now() - MINUTE)
        return int(self._run["count"].row(follower=self.follower(openid), since=since)[0])

    def receive(self, message: Message, signature: str) -> Receipt:
        """Write down that a message has come in, once however often it comes."""
        row = self._row(message, signature, None, 0)
        new = self._run["write"].run(**row)
        return Receipt(row["key"], self._now(), new=True) if new else self.look(row["key"])

    def note(self, message: Message, signature: str, answer: Answer, ms: float) -> None:
        """Write down, soon, a message with the answer that it has got already."""
        self._batch.put(self._row(message, signature, answer, ms))

    def flush(self) -> None:
        """Write down what has been noted."""
        self._batch.flush()

    def close(self) -> None:
        """Write down what has been noted; nothing is noted after that."""
        self._batch.close()

    def _row(
        self, message: Message, signature: str, answer: Answer | None, ms: float
    ) -> dict[str, Any]:
        return {
            "key": key_of(message),
            "signature": signature or None,
            "account": self._account,
            "follower": self.follower(message.sender),
            "at": _ms(self._now()),
            "later": False,
            **self._kept(answer),
            "ms": round(ms, 2) if answer else None,
        }

    def look(self, key: str) -> Receipt:
        """How far the answer to a message is."""
        row = self._run["read"].row(key=key)
        if row is None:
            return Receipt(key, self._now(), replayed=True)
        answer, later, at = row
        first = datetime.fromtimestamp(at / 1000, UTC)
        return Receipt(key, first, reply=read_answer(answer) if answer else None, later=bool(later))

    def keep(self, key: str, answer: Answer, ms: float = 0) -> None:
        """Write down the answer to a message, and what was asked."""
        self._run["answer"].run(key=key, **self._kept(answer), ms=round(ms, 2))

    def promise(self, key: str) -> None:
        """Write down that the answer will come as a message of its own."""
        self._run["promise"].run(key=key, later=True)

    def release(self, key: str) -> None:
        """As if the message had not come: it is to be sent again."""
        self._run["delete"].run(key=key)

    def last_list(self, openid: str) -> Listed | None:
        """The list that a follower was given last."""
        self.flush()
        mine = messages.c.follower == self.follower(openid)
        recent = messages.c.at > _ms(self._now() - FRESH)
        query = select(messages.c.listed).where(mine, recent, messages.c.listed.is_not(None))
        with noting(self._engine) as connection:
            listed = connection.execute(query.order_by(messages.c.at.desc()).limit(1)).scalar()
        return read_list(listed) if listed else None

    def forget(self, openid: str) -> None:
        """Delete everything of a follower's."""
        self.flush()
        self._run["forget"].run(follower=self.follower(openid))

    def asked(self, since: datetime) -> Iterator[Asked]:
        """What followers asked of this account from then on, oldest first."""
        self.flush()
        columns = [messages.c[name] for name in Asked.__slots__]
        recent = messages.c.at >= _ms(since)
        own = (messages.c.account == self._account) & messages.c.words.is_not(None)
        with noting(self._engine) as connection:
            query = select(*columns).where(recent, own).order_by(messages.c.at)
            yield from (Asked(*row) for row in connection.execute(query))

    def tidy(self) -> None:
        """Delete what is old, if that was not done lately."""
        self.flush()
        if self._now() - self._tidied >= TIDY_EVERY:
            self.let_go()

    def let_go(self, *, dry_run: bool = False) -> int:
        """Delete what is old; how many messages those are."""
        now = self._tidied = self._now()
        fresh = _ms(now - FRESH)
        old = min(fresh, _ms(now - self._keep))
        if dry_run:
            return int(self._run["count_old"].row(old=old)[0])
        self._run["empty"].run(old=fresh)
        return self._run["let_go"].run(old=old)


def key_of(message: Message) -> str:
    """The same for every try of a message, and for no other message.

    MsgId alone is not unique; events have none.
    """
    sent, outcome = int(message.sent_at.timestamp()), message.outcome
    parts = (
        message.recipient,
        message.sender,
        str(sent),
        message.kind,
        message.id,
        message.event,
        message.event_key,
        outcome.publish_id if outcome else "",
    )
    plain = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(plain).hexdigest()[:32]


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
