"""What tests need again and again and no test is about: made once in each run, then taken from the shelf."""

import fcntl
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cache, lru_cache
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.archive.database import opened, schema_of
from bot.archive.upgrade import upgrade
from bot.model import Picture
from bot.render.article import article_templates
from bot.render.cover import draw_cover
from bot.render.footer import draw_footer
from bot.render.qr import Code, Mark

KEPT = 64  # pictures


@contextmanager
def in_stock(folder: Path) -> Iterator[None]:
    """From now on nothing is drawn, compiled or migrated twice that is the same.

    Covers and footers are given by what they are asked for, to the byte (test_cover, test_qr), and a
    new SQLite archive is a copy of one that was made by all the migrations (test_versions runs these).
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.render.studio.draw_cover", lru_cache(KEPT)(draw_cover))
        patch.setattr("bot.render.studio.draw_footer", _drawn_once())
        patch.setattr("bot.render.studio.article_templates", cache(article_templates))
        patch.setattr("bot.archive.upgrade.upgrade", _copied(folder / "new.db"))
        yield


def _drawn_once() -> Callable[..., Picture]:
    kept = lru_cache(KEPT)(draw_footer)

    def drawn(codes: Sequence[Code], fonts: Path, mark: Mark) -> Picture:
        return kept(tuple(codes), fonts, mark)

    return drawn


def _copied(new: Path) -> Callable[[Engine], None]:
    """What makes an empty archive, for SQLite by copying the one at `new`."""

    def upgraded(engine: Engine) -> None:
        if engine.dialect.name != "sqlite" or not engine.url.database:
            upgrade(engine)
            return
        with new.with_suffix(".lock").open("w") as turn:
            # Of two who find the same file empty, the second must not undo what the first wrote since.
            fcntl.flock(turn, fcntl.LOCK_EX)
            _make(new)
            if not schema_of(engine):
                _copy(new, engine)

    return upgraded


def _make(new: Path) -> None:
    if not new.exists():
        with opened(f"sqlite:///{new}") as engine:
            upgrade(engine)


def _copy(new: Path, engine: Engine) -> None:
    with closing(sqlite3.connect(new)) as source, closing(engine.raw_connection()) as raw:
        assert isinstance(raw.driver_connection, sqlite3.Connection)
        source.backup(raw.driver_connection)
