"""How the archive and what followers sent are opened."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from bot.archive.conversations import Conversations, open_beside
from bot.archive.indexing import require_current_index
from bot.archive.search import Search
from bot.archive.store import Archive
from bot.archive.synonyms import Synonyms
from bot.archive.words import Folding
from bot.config import Config
from bot.resources import directory


def open_archive(engine: Engine, config: Config, now: Callable[[], datetime]) -> Archive:
    """The issues, and the search with the editors' synonyms."""
    require_current_index(engine)
    words = directory("assets") / "words"
    folding = Folding.load(words / "fold.txt")
    chosen = Path(config.search.synonyms or words / "synonyms.txt")
    synonyms = Synonyms.load([words / "taiwan.txt", chosen], folding.fold)
    search = Search(folding, synonyms, config.search.recency)
    public = config.web.public_url.rstrip("/")
    pages = f"{public}/issues" if public else ""
    return Archive(engine, search, config.wechat.account, now, pages)


def open_conversations(
    engine: Engine, config: Config, closing: ExitStack, now: Callable[[], datetime]
) -> Conversations:
    """What followers sent. On SQLite in a file of its own."""
    secret = config.web.secret_key if config.web.secret_key else config.wechat.token
    conversations = Conversations(
        open_beside(engine, config.paths.data, closing),
        config.wechat.account,
        secret.get_secret_value(),
        timedelta(days=config.followers.keep_days),
        now,
    )
    closing.callback(conversations.close)
    return conversations
