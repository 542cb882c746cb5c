"""One statement by itself, and rows that are written together: who waits, and what is said of trouble."""

import threading
from typing import Any

import pytest

from bot.archive.batch import Batch
from bot.archive.database import open_engine
from bot.archive.statement import Statement
from bot.errors import ArchiveError


def test_a_server_that_cannot_be_reached_is_told_without_its_address():
    pytest.importorskip("psycopg")
    engine = open_engine("postgresql://editor:hidden@127.0.0.1:1/rikan", busy_seconds=2)
    with pytest.raises(ArchiveError) as refused:
        Statement(engine, "SELECT 1").row()
    assert "连不上 PostgreSQL" in str(refused.value)
    assert not any(secret in str(refused.value) for secret in ("127.0.0.1", "editor", "hidden"))


def test_trouble_of_the_database_is_told_as_such(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path / 'a.db'}")
    with pytest.raises(ArchiveError, match="数据库用不了"):
        Statement(engine, "SELECT number FROM nowhere").row()


class Disk:
    """Takes rows when it is let to."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.begun, self.may_end = threading.Event(), threading.Event()
        self.waited_in_vain = False

    def run_all(self, rows: list[dict[str, Any]]) -> None:
        self.begun.set()
        self.waited_in_vain |= not self.may_end.wait(5)
        self.rows += rows


def test_who_puts_a_row_in_does_not_wait_for_the_disk():
    disk = Disk()
    batch = Batch(disk)  # type: ignore[arg-type]  # it only asks for run_all
    batch.put({"row": 1})
    assert disk.begun.wait(5)
    batch.put({"row": 2})
    disk.may_end.set()
    batch.flush()
    assert disk.rows == [{"row": 1}, {"row": 2}]
    assert not disk.waited_in_vain
