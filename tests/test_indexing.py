"""The index follows the text, is made anew while followers are answered, and is never a stale one."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text, update

from bot import flow
from bot.archive import tsvector
from bot.archive.candidates import count
from bot.archive.database import writing
from bot.archive.index import index_of
from bot.archive.indexing import Unit, add_to_index, is_current, reindex
from bot.archive.tables import index_state, sections
from bot.archive.terms import read_words, term
from bot.archive.words import LONGEST_TOKEN
from bot.cli.main import main
from bot.config import load_config
from bot.errors import ArchiveBusy, ArchiveError
from bot.ingest.file import read_issue
from bot.services import Services, open_services
from tests.conftest import SAMPLES, Clock, write_config
from tests.shelf import Shelf, folding, on_shelf

TODAY = date(2026, 6, 14)


@pytest.fixture
def config_path(tmp_path: Path, new_database: Callable[[], str]) -> Path:
    return write_config(tmp_path, database=f'url = "{new_database()}"')


@pytest.fixture
def services(config_path: Path, clock: Clock) -> Iterator[Services]:
    with open_services(load_config(config_path, {}), clock) as opened:
        for path in SAMPLES:
            flow.add_issue(opened, path)
        yield opened


@pytest.fixture
def engine(services: Services) -> Engine:
    return services.archive.engine


def ids(services: Services, words: str) -> list[str]:
    """The issues that say just those words."""
    hits = services.archive.search(words, TODAY, published_only=False)
    return sorted(hit.issue_id for hit in hits if hit.step == 1)


def made_by(engine: Engine, tokenizer: str) -> None:
    with writing(engine) as connection:
        connection.execute(update(index_state).values(tokenizer=tokenizer))


def corrected(tmp_path: Path, sample: Path, old: str, new: str) -> Path:
    path = tmp_path / sample.name
    path.write_text(sample.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    return path


def test_an_index_made_anew_finds_what_the_old_one_found(services, engine):
    before = {words: ids(services, words) for words in ("数据要素", "AI", "车", "第139届", "qwert")}
    assert before["数据要素"]
    with writing(engine) as connection:
        index_of(connection).begin_anew(connection)
        index_of(connection).replace(connection)
    assert ids(services, "数据要素") == []
    done = list(reindex(engine, folding))
    assert done[-1][0] == done[-1][1] > 40
    assert {words: ids(services, words) for words in before} == before


@pytest.fixture
def batches_of_five(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.archive.indexing.BATCH", 5)


@pytest.mark.usefixtures("batches_of_five")
def test_followers_are_answered_at_every_moment_of_it(services, engine):
    before = ids(services, "数据要素")
    assert [ids(services, "数据要素") for _ in reindex(engine, folding)].count(before) > 5
    assert ids(services, "数据要素") == before


def test_a_follower_need_not_wait_for_the_writer(services, engine):
    before = ids(services, "数据要素")
    with writing(engine) as connection:
        connection.execute(text("DELETE FROM sections"))
        assert ids(services, "数据要素") == before


@pytest.mark.usefixtures("batches_of_five")
@pytest.mark.parametrize("moment", [0, 3, 7])
def test_an_issue_corrected_meanwhile_is_found_by_its_new_words(services, engine, tmp_path, moment):
    oldest, newest = SAMPLES[0], SAMPLES[-1]
    for number, _ in enumerate(reindex(engine, folding)):
        if number == moment:
            for sample in (oldest, newest):
                path = corrected(tmp_path, sample, "数据", "玛雅")
                flow.add_issue(services, path, replace_old=True)
    days = sorted(read_issue(sample)[0].id for sample in (oldest, newest))
    assert ids(services, "玛雅") == days
    assert not set(ids(services, "数据")) & set(days)
    assert list(reindex(engine, folding))
    assert ids(services, "玛雅") == days


@pytest.mark.usefixtures("batches_of_five")
def test_one_that_was_broken_off_is_begun_again(services, engine):
    before = ids(services, "数据要素")
    next(reindex(engine, folding))
    assert list(reindex(engine, folding))
    assert ids(services, "数据要素") == before


@pytest.mark.usefixtures("batches_of_five")
def test_of_two_at_the_same_time_the_first_gives_way(services, engine):
    first = reindex(engine, folding)
    next(first)
    second = reindex(engine, folding)
    next(second)
    next(second)
    with pytest.raises(ArchiveBusy, match="另一个 rikan db reindex"):
        next(first)
    assert list(second)


def test_a_stale_index_is_refused_until_it_is_made_anew(services, engine, config_path, clock):
    made_by(engine, "1")
    assert not is_current(engine)
    config = load_config(config_path, {})
    with (
        open_services(config, clock) as others,
        pytest.raises(ArchiveError, match="请运行 rikan db reindex"),
    ):
        others.archive.entries()
    with pytest.raises(ArchiveError, match="请运行 rikan db reindex"):
        write(services)
    told = CliRunner().invoke(main, ["--config", str(config_path), "db", "reindex"])
    assert (told.exit_code, "搜索索引已重建" in told.stdout) == (0, True)
    with open_services(config, clock) as others:
        assert ids(others, "数据要素")


def write(services: Services) -> None:
    issue, _ = read_issue(SAMPLES[0])
    with writing(services.archive.engine) as connection:
        add_to_index(connection, folding, [Unit(1, issue.name, issue.summary)])


def test_nothing_is_written_while_another_program_makes_the_index_its_own(services, engine):
    with writing(engine) as connection:
        connection.execute(update(index_state).values(rebuilding="99", rebuilt_to=0))
    with pytest.raises(ArchiveBusy, match="正在升级"):
        write(services)


def test_the_upgrade_makes_a_stale_index_anew(services, engine, config_path):
    made_by(engine, "1")
    told = CliRunner().invoke(main, ["--config", str(config_path), "db", "upgrade"])
    assert "搜索索引已重建" in told.stdout
    assert is_current(engine)
    told = CliRunner().invoke(main, ["--config", str(config_path), "db", "upgrade"])
    assert told.stdout == "数据库已是最新\n"


def test_text_and_index_change_together_or_not_at_all(services, engine):
    before = ids(services, "数据要素")
    with suppress(ZeroDivisionError), writing(engine) as connection:
        connection.execute(update(sections).values(heading="玛雅"))
        add_to_index(connection, folding, [Unit(1, "玛雅", "玛雅")])
        raise ZeroDivisionError
    with writing(engine) as connection:
        assert count(connection, term(*read_words("玛雅"))) == 0
    assert ids(services, "数据要素") == before


# --- What a section may hold ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def shelf(new_database: Callable[[], str]) -> Iterator[Shelf]:
    with on_shelf(new_database()) as shelf:
        yield shelf


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("a" * 5000 + " 甲骨文", "甲骨文"),
        ("数据" * 20_000 + "。楔形字", "楔形字"),
        ("".join(chr(0x4E00 + number % 20_000) for number in range(50_000)), "丄丅"),
        ("年" + "、年" * 400 + "。线形文字", "线形文字"),
        ("'\\' & | ! <-> :* 圣书体\0", "圣书体"),
        ("\U00020000\U00020001 한글 ひらがな", "한글"),
    ],
)
def test_a_section_of_any_length_and_signs_is_indexed_and_found(shelf, body, words):
    day = date(1999, 1, 1)
    kept = body.replace("\0", "") if shelf.connection.dialect.name == "postgresql" else body
    issue_id = shelf.put(day, [("标题", kept)])
    assert issue_id in shelf.ids(words)
    shelf.take_out(issue_id)
    shelf.connection.execute(text("DELETE FROM deliveries"))
    shelf.connection.execute(text("DELETE FROM issues"))
    assert shelf.ids(words) == []


def test_a_token_is_no_longer_than_the_index_takes():
    assert max(map(len, folding.tokens("a" * 5000))) == LONGEST_TOKEN


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(alphabet="ab车数据'\\", min_size=1, max_size=3), max_size=40))
def test_positions_are_kept_within_what_a_tsvector_holds(tokens):
    places = [
        int(place)
        for part in tsvector.tsvector(tokens * 500).split("' ")
        for place in part.rpartition(":")[2].split(",")
        if place
    ]
    assert all(0 < place <= tsvector.POSITIONS for place in places)


def test_a_phrase_never_spans_heading_and_body(shelf):
    issue_id = shelf.put(date(1998, 1, 1), [("楔形", "文字")])
    assert [hit.step for hit in shelf.find('"楔形文字"')] == [4]
    assert shelf.ids("楔形 文字") == [issue_id]
