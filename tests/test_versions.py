"""Corrections are kept: what an issue was before, and the file that it came from."""

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy import Engine, text

from bot import flow
from bot.archive.database import open_engine, schema_of, writing
from bot.archive.sources import Sources
from bot.archive.tables import SCHEMA
from bot.archive.upgrade import MIGRATIONS, upgrade
from bot.config import load_config
from bot.errors import ArchiveError, IngestError
from bot.ingest.file import read_issue
from bot.services import Services, open_services
from tests.conftest import SAMPLES, Clock, write_config

DAY = "2026-06-13"


@pytest.fixture
def config_path(tmp_path: Path, new_database: Callable[[], str]) -> Path:
    return write_config(tmp_path, database=f'url = "{new_database()}"')


@pytest.fixture
def services(config_path: Path, clock: Clock) -> Iterator[Services]:
    with open_services(load_config(config_path, {}), clock) as opened:
        yield opened


def corrected(tmp_path: Path, new: str) -> Path:
    path = tmp_path / f"{new}.txt"
    path.write_text(SAMPLES[-1].read_text(encoding="utf-8").replace("417", new), encoding="utf-8")
    return path


def test_a_refused_file_leaves_nothing_behind(services, tmp_path):
    flow.add_issue(services, SAMPLES[-1])
    before = sorted(services.sources.folder.iterdir())
    with pytest.raises(ArchiveError, match="--replace"):
        flow.add_issue(services, corrected(tmp_path, "418"))
    assert sorted(services.sources.folder.iterdir()) == before


def test_a_replaced_issue_is_kept_with_its_file_and_moments(services, tmp_path, clock):
    first, added_at = flow.add_issue(services, SAMPLES[-1]).issue, clock()
    clock.forward(hours=1)
    second = flow.add_issue(services, corrected(tmp_path, "418"), replace_old=True).issue
    clock.forward(hours=1)
    flow.add_issue(services, corrected(tmp_path, "419"), replace_old=True)
    newer, older = services.archive.versions(DAY)
    assert (older.issue, newer.issue) == (first, second)
    assert (older.source_name, newer.source_name) == ("2026-06-13.txt", "418.txt")
    assert (older.added_at, older.replaced_at) == (added_at, added_at + timedelta(hours=1))
    assert services.sources.path(older.source_digest).read_bytes() == SAMPLES[-1].read_bytes()
    assert services.sources.path(newer.source_digest).read_bytes() == (tmp_path / "418.txt").read_bytes()  # fmt: skip


def test_an_issue_that_was_never_replaced_has_no_versions(services, tmp_path):
    flow.add_issue(services, SAMPLES[-1])
    flow.add_issue(services, SAMPLES[-1], replace_old=True)
    with pytest.raises(ArchiveError):
        flow.add_issue(services, corrected(tmp_path, "418"))
    assert services.archive.versions(DAY) == []


def test_the_same_file_is_kept_once(services, tmp_path):
    for _ in range(2):
        flow.add_issue(services, SAMPLES[-1])
    [kept] = services.sources.folder.iterdir()
    assert kept.name == hashlib.sha256(SAMPLES[-1].read_bytes()).hexdigest()


def test_a_file_that_changed_meanwhile_is_not_kept(tmp_path):
    sources = Sources(tmp_path / "sources")
    path = corrected(tmp_path, "418")
    with pytest.raises(ArchiveError, match="变了"):
        sources.keep(path, "0" * 64)
    assert not sources.folder.exists()


def test_a_failed_write_leaves_nothing_behind(tmp_path, monkeypatch):
    sources = Sources(tmp_path / "sources")
    path = corrected(tmp_path, "418")

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(ArchiveError, match=r"418\.txt.*磁盘"):
        sources.keep(path, hashlib.sha256(path.read_bytes()).hexdigest())
    assert list(sources.folder.iterdir()) == []


# --- Earlier issues ----------------------------------------------------------------------------


def test_a_new_issue_is_compared_with_those_before_it(services, tmp_path):
    flow.add_issue(services, SAMPLES[-1])
    path = tmp_path / "2026-06-15.txt"
    whole = SAMPLES[-1].read_text(encoding="utf-8")
    path.write_text(whole.replace("2026 年 6 月 13 日", "2026 年 6 月 15 日", 1), encoding="utf-8")
    problems = flow.add_issue(services, path).problems
    assert [problem for problem in problems if "2026-06-13 那一期" in problem.text]
    again = flow.check_issue(services, *read_issue(SAMPLES[-1]))
    assert not [problem for problem in again if "那一期" in problem.text]


def test_an_issue_of_headings_only_is_refused(services, tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("每日动态\n2026-06-13\n\n## 一、甲\n\n## 二、乙\n", encoding="utf-8")
    with pytest.raises(IngestError, match="只有标题"):
        flow.add_issue(services, path)


def test_thousands_of_earlier_issues_cost_no_more_than_the_last(services):
    flow.add_issue(services, SAMPLES[-1])
    issue = services.archive.issue(DAY)
    rows = [_row(replace(issue, date=issue.date - timedelta(days=n))) for n in range(1, 3001)]
    with writing(services.archive.engine) as connection:
        connection.execute(
            text(
                "INSERT INTO issues VALUES"
                " (:id, :day, 1, '', '', :structure, '', '', '2026-06-13 00:00:00')"
            ),
            rows,
        )
    started = time.perf_counter()
    days = [day for day, _ in services.archive.paragraphs_before(issue.date)]
    assert time.perf_counter() - started < 0.2
    assert (max(days), min(days)) == (date(2026, 6, 12), date(2026, 5, 14))


def _row(issue) -> dict[str, str]:
    structure = json.dumps(issue.structure(), ensure_ascii=False)
    return {"id": issue.id, "day": issue.date.isoformat(), "structure": structure}


# --- The migration -----------------------------------------------------------------------------


def made_at(revision: str, path: Path) -> Engine:
    """A database as an older program made it."""
    engine = open_engine(f"sqlite:///{path}")
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(MIGRATIONS))
    with writing(engine) as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, revision)
    return engine


def test_an_archive_of_the_first_schema_is_upgraded_with_everything_in_it(tmp_path, clock):
    path = write_config(tmp_path)
    issue, source = read_issue(SAMPLES[-1])
    (tmp_path / "data").mkdir()
    engine = made_at("0001", tmp_path / "data" / "rikan.db")
    row = _row(issue) | {"name": issue.name, "head": issue.headline, "digest": source.digest}
    with writing(engine) as connection:
        connection.execute(
            text(
                "INSERT INTO issues VALUES (:id, :day, 1, :name, :head, :structure,"
                " '2026-06-13.txt', :digest, '2026-06-13 00:00:00')"
            ),
            row,
        )
        connection.execute(
            text(
                "INSERT INTO deliveries (issue_id, account, state, url, updated_at) VALUES"
                " (:id, 'wxtest0000000001', 'published', 'https://a.cn', '2026-06-13 00:00:00')"
            ),
            row,
        )
    config = load_config(path, {})
    with (
        open_services(config, clock) as services,
        pytest.raises(ArchiveError, match="请先备份，再运行 rikan db upgrade"),
    ):
        services.archive.entries()
    upgrade(engine)
    assert schema_of(engine) == SCHEMA
    engine.dispose()
    with open_services(config, clock) as services:
        assert services.archive.issue(DAY) == issue
        assert services.archive.entries(published_only=True)[0].url == "https://a.cn"
        flow.add_issue(services, corrected(tmp_path, "418"), replace_old=True)
        [version] = services.archive.versions(DAY)
    assert (version.issue, version.source_digest) == (issue, source.digest)
