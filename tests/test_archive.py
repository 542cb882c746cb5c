"""Issues kept and found again; deliveries that only one process works on at a time."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from bot import flow
from bot.archive.database import open_engine, require_current, schema_of, writing
from bot.archive.ledger import LEASE, Ledger
from bot.archive.tables import SCHEMA, metadata
from bot.archive.upgrade import MIGRATIONS, upgrade
from bot.config import load_config
from bot.delivery import Delivery, Outcome, State, Upload
from bot.errors import ArchiveBusy, ArchiveError, ConfigError, DeliveryBusy, PlatformRefused
from bot.ingest.file import read_issue
from bot.ingest.markdown import write_markdown
from bot.services import Services, open_services
from tests.conftest import SAMPLES, Clock, write_config


@pytest.fixture
def config_path(tmp_path: Path, new_database: Callable[[], str]) -> Path:
    return write_config(tmp_path, database=f'url = "{new_database()}"')


@pytest.fixture
def services(config_path: Path, clock: Clock) -> Iterator[Services]:
    with open_services(load_config(config_path, {}), clock) as opened:
        yield opened


def test_an_issue_comes_back_as_it_was_read(services):
    for path in SAMPLES:
        issue, _ = read_issue(path)
        flow.add_issue(services, path)
        assert services.archive.issue(issue.id) == issue


def test_adding_the_same_file_twice_changes_nothing(services):
    assert flow.add_issue(services, SAMPLES[-1]).new
    assert not flow.add_issue(services, SAMPLES[-1]).new


def edited(tmp_path: Path) -> Path:
    path = tmp_path / SAMPLES[-1].name
    path.write_text(SAMPLES[-1].read_text(encoding="utf-8").replace("417", "418"), encoding="utf-8")
    return path


def test_a_different_text_of_the_day_is_refused_with_the_choices(services, tmp_path):
    flow.add_issue(services, SAMPLES[-1])
    with pytest.raises(ArchiveError, match=r"--replace.*--new-edition"):
        flow.add_issue(services, edited(tmp_path))
    assert "418" not in services.archive.issue("2026-06-13").summary


def test_a_replaced_issue_is_found_by_its_new_words_only(services, tmp_path):
    flow.add_issue(services, SAMPLES[-1])
    flow.add_issue(services, edited(tmp_path), replace_old=True)
    today = date(2026, 6, 13)
    assert services.archive.search("418", today, published_only=False)[0].issue_id == "2026-06-13"
    hits = services.archive.search("417", today, published_only=False)
    assert [hit for hit in hits if hit.step == 1] == []


def test_a_second_edition_has_an_id_of_its_own(services, tmp_path):
    flow.add_issue(services, SAMPLES[-1])
    added = flow.add_issue(services, edited(tmp_path), new_edition=True)
    assert added.issue.id == "2026-06-13-2"
    again = flow.add_issue(services, edited(tmp_path), new_edition=True)
    assert (again.issue.id, again.new) == ("2026-06-13-2", False)
    assert [entry.issue_id for entry in services.archive.entries()] == [
        "2026-06-13-2",
        "2026-06-13",
    ]


def test_a_replaced_issue_says_how_far_it_had_come(services, tmp_path):
    assert flow.add_issue(services, SAMPLES[-1]).before is None
    flow.note_published(services, "2026-06-13", "")
    assert flow.add_issue(services, edited(tmp_path), replace_old=True).before is State.PUBLISHED


def test_a_report_is_compared_with_the_settings_and_reads_back_from_markdown(services, tmp_path):
    told = flow.add_issue(services, next(p for p in SAMPLES if p.stem == "2026-06-11")).problems
    assert any("gyznswn.cn" in problem.text for problem in told)
    path = tmp_path / "2026-06-11.md"
    path.write_text(write_markdown(services.archive.issue("2026-06-11")), encoding="utf-8")
    assert not flow.add_issue(services, path, replace_old=True).new


def test_of_very_many_matches_the_newest_issues_are_looked_at_first_however_late_they_came(
    services,
):
    for path in reversed(SAMPLES):
        flow.add_issue(services, path)
    with services.archive.engine.begin() as connection:
        rows = connection.execute(text("SELECT issue_id FROM sections ORDER BY id")).scalars().all()
    assert rows == sorted(rows)


def test_an_issue_of_more_parts_than_a_day_holds_is_refused(services):
    issue, _ = read_issue(SAMPLES[-1])
    huge = replace(issue, sections=issue.sections * 50)
    with pytest.raises(ArchiveError, match="200 个"):
        services.archive.add(huge, "huge.txt", "0" * 64)
    assert services.archive.entries() == []


def test_an_unknown_issue_is_named_with_the_next_thing_to_do(services):
    with pytest.raises(ArchiveError, match=r"1999-01-01.*rikan list"):
        services.archive.issue("1999-01-01")


def test_followers_find_published_issues_only(services):
    for path in SAMPLES:
        flow.add_issue(services, path)
    flow.note_published(services, "2026-06-09", "https://mp.weixin.qq.com/s/a")
    today = date(2026, 6, 13)
    found = services.archive.search("数据要素", today, published_only=True)
    assert {hit.issue_id for hit in found} <= {"2026-06-09"}
    assert len(services.archive.search("数据要素", today, published_only=False)) > 1


def test_a_finding_has_its_issues_address_of_now(services, config_path, clock):
    """Another process may publish it: what has been read before is not told again."""
    flow.add_issue(services, SAMPLES[-1])
    addresses = []
    with open_services(load_config(config_path, {}), clock) as other:
        for url in ("https://mp.weixin.qq.com/s/a", "https://mp.weixin.qq.com/s/b"):
            flow.note_published(other, "2026-06-13", url)
            hits = services.archive.search("数据要素", date(2026, 6, 13), published_only=True)
            addresses.append(hits[0].url)
    assert [address[-1] for address in addresses] == ["a", "b"]


def test_what_one_account_published_another_has_not(services, tmp_path, clock):
    flow.add_issue(services, SAMPLES[-1])
    flow.note_published(services, "2026-06-13", "http://127.0.0.1/s/a")
    url = f'url = "{services.config.database_url}"'
    path = write_config(tmp_path, "http://127.0.0.1:1", database=url)
    with open_services(load_config(path, {}), clock) as others:
        assert others.archive.entries(published_only=True) == []
        assert others.archive.search("数据要素", date(2026, 6, 13), published_only=True) == []


def test_the_nearest_published_issue_may_be_earlier_or_later(services):
    for path in SAMPLES:
        flow.note_published(services, flow.add_issue(services, path).issue.id, "")
    nearest = services.archive.nearest
    assert [nearest(date(2026, 6, day)).issue_id for day in (1, 10, 12, 30)] == [
        "2026-06-09",
        "2026-06-11",
        "2026-06-13",
        "2026-06-13",
    ]


def test_a_published_issue_without_an_address_is_found_on_its_own_page(tmp_path, clock):
    path = write_config(tmp_path, web='public_url = "https://daily.example.cn/"')
    with open_services(load_config(path, {}), clock) as services:
        flow.add_issue(services, SAMPLES[-1])
        assert services.archive.entries()[0].url == ""
        flow.note_published(services, "2026-06-13", "")
        url = services.archive.entries()[0].url
    assert url == "https://daily.example.cn/issues/2026-06-13"


@pytest.fixture
def ledger(services: Services) -> Ledger:
    flow.add_issue(services, SAMPLES[-1])
    return services.ledger


def test_only_one_process_works_on_a_delivery(ledger):
    with (
        ledger.lease("2026-06-13"),
        pytest.raises(DeliveryBusy, match="另一个进程"),
        ledger.lease("2026-06-13"),
    ):
        pass
    with ledger.lease("2026-06-13") as delivery:
        assert delivery == Delivery("2026-06-13")


def test_a_crashed_process_loses_its_lease(ledger, clock):
    ledger.lease("2026-06-13").__enter__()
    clock.forward(seconds=LEASE.total_seconds() + 1)
    with ledger.lease("2026-06-13"):
        pass


def test_a_process_that_outlived_its_lease_leaves_the_next_one_alone(ledger, clock):
    first = ledger.lease("2026-06-13")
    first.__enter__()
    clock.forward(seconds=LEASE.total_seconds() + 1)
    second, third = (Ledger(ledger.engine, ledger.account, clock) for _ in range(2))
    with second.lease("2026-06-13"):
        first.__exit__(None, None, None)
        with pytest.raises(DeliveryBusy), third.lease("2026-06-13"):
            pass


def test_an_answer_that_was_overtaken_does_not_undo_the_event(ledger):
    ledger.note_outcome(Outcome("7", 0, "https://a/1"))
    ledger.note_outcome(Outcome("7", 1, ""))
    assert ledger.outcome("7") == Outcome("7", 0, "https://a/1")


def test_the_sentence_of_a_failure_is_kept_and_the_lease_given_back(ledger):
    with pytest.raises(PlatformRefused), ledger.lease("2026-06-13"):
        raise PlatformRefused("draft/add", "标题超过 32 个字。请缩短标题", 45003)
    assert ledger.delivery("2026-06-13").problem.startswith("标题超过 32 个字")
    with ledger.lease("2026-06-13"):
        pass


def test_uploads_and_outcomes_are_remembered_and_may_be_said_twice(ledger):
    assert ledger.upload("body", "d" * 64) is None
    for url in ("https://a/1", "https://a/2"):
        ledger.note_upload("body", "d" * 64, Upload(url))
        ledger.note_outcome(Outcome("100", 0, url))
    assert ledger.upload("body", "d" * 64) == Upload("https://a/2")
    assert ledger.upload("cover", "d" * 64) is None
    assert ledger.outcome("100") == Outcome("100", 0, "https://a/2")
    assert ledger.outcome("101") is None


def test_an_upload_that_was_begun_and_not_heard_of_is_known_to_have_been(ledger):
    cover = "cover", "d" * 64
    assert not ledger.begin_upload(*cover)
    assert ledger.begin_upload(*cover)
    assert ledger.upload(*cover) is None
    ledger.note_upload(*cover, Upload("https://a/1", "m"))
    assert ledger.upload(*cover) == Upload("https://a/1", "m")
    ledger.doubt_upload(*cover)
    assert ledger.upload(*cover) is None
    assert ledger.begin_upload(*cover)


def test_a_recorded_delivery_is_found_by_its_publication(ledger):
    with ledger.lease("2026-06-13"):
        ledger.record(Delivery("2026-06-13", State.PUBLISHED, publish_id="7"))
    assert ledger.issue_of("7") == "2026-06-13"
    assert ledger.issue_of("8") is None


@pytest.fixture
def engine_at() -> Iterator[Callable[[str], Engine]]:
    """Engines that are closed at the end."""
    with ExitStack() as stack:

        def opened(url: str) -> Engine:
            engine = open_engine(url)
            stack.callback(engine.dispose)
            return engine

        yield opened


def test_the_migrations_make_the_tables_that_the_code_knows(tmp_path, engine_at):
    engine = engine_at(f"sqlite:///{tmp_path / 'new.db'}")
    assert schema_of(engine) == ""
    upgrade(engine)
    made = engine_at(f"sqlite:///{tmp_path / 'made.db'}")
    metadata.create_all(made)
    assert columns(engine) == columns(made)


def test_the_migrations_make_the_same_tables_on_postgresql(postgres_server, engine_at):
    engine = engine_at(postgres_server.new_database())
    assert schema_of(engine) == ""
    upgrade(engine)
    made = engine_at(postgres_server.new_database())
    metadata.create_all(made)
    assert columns(engine) == columns(made)


def test_a_database_is_upgraded_once(new_database, engine_at):
    engine = engine_at(new_database())
    upgrade(engine)
    upgrade(engine)
    assert schema_of(engine) == SCHEMA


def columns(engine: Engine) -> dict[str, list[tuple]]:
    found = inspect(engine)
    return {
        table: [
            (column["name"], str(column["type"]), column["nullable"])
            for column in found.get_columns(table)
        ]
        + [(found.get_pk_constraint(table)["constrained_columns"],)]
        for table in metadata.tables
    }


def test_the_newest_migration_is_the_one_the_program_asks_for():
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(settings).get_heads() == [SCHEMA]


@pytest.mark.parametrize(
    ("found", "sentence"), [("0000", "rikan db upgrade"), ("9999", "比程序新")]
)
def test_a_database_of_another_version_is_left_alone(found, sentence):
    with pytest.raises(ArchiveError, match=sentence):
        require_current(found)


def test_a_file_that_is_no_database_is_named(tmp_path, engine_at):
    (tmp_path / "rikan.db").write_bytes(b"not a database, certainly not" * 100)
    with pytest.raises(ArchiveError, match="损坏或不是数据库"):
        schema_of(engine_at(f"sqlite:///{tmp_path / 'rikan.db'}"))


@pytest.mark.parametrize(
    "url", ["nonsense", "oracle://x/y", "sqlite+none:///x", "postgresql://u:secret"]
)
def test_an_unusable_database_url_is_refused_with_the_remedy(url):
    with pytest.raises(ConfigError, match="sqlite:///"):
        open_engine(url)


def test_readers_see_a_whole_issue_or_none(services):
    """While a replacement is being written, another connection still finds the old one."""
    flow.add_issue(services, SAMPLES[-1])
    with writing(services.archive.engine) as connection:
        connection.execute(text("DELETE FROM sections"))
        assert services.archive.search("数据要素", date(2026, 6, 13), published_only=False)


def test_one_writer_waits_for_another_and_then_says_so(services, monkeypatch):
    flow.add_issue(services, SAMPLES[-1])
    other = open_engine(services.config.database_url)
    impatient(other)
    with (
        writing(services.archive.engine),
        pytest.raises(ArchiveBusy, match=r"另一个进程正在写.*稍后再试"),
        writing(other),
    ):
        pass
    other.dispose()


def impatient(engine: Engine) -> None:
    """Wait for a hundredth of a second instead of ten."""
    waits = {"sqlite": "PRAGMA busy_timeout = 10", "postgresql": "SET lock_timeout = '10ms'"}
    with engine.connect() as connection:
        connection.exec_driver_sql(waits[engine.dialect.name])
        connection.commit()
