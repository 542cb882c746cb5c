"""What nobody needs any more goes, on the day the settings say, and nothing else does."""

import json
import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot import flow, telling, tidying
from bot.archive.retention import SETTLING, superseded
from bot.cli.main import main
from bot.config import Config, load_config
from bot.dialogue import Answer, Message, Query, Reply, Wish
from bot.services import Services, open_services
from tests.conftest import SAMPLES, Clock, write_config

DAY = "2026-06-13"
KEPT = 30  # days


@pytest.fixture
def config(tmp_path: Path, new_database: Callable[[], str]) -> Config:
    path = write_config(tmp_path, database=f'url = "{new_database()}"')
    config = load_config(path, {})
    kept = config.retention.model_copy(update={"sources_days": KEPT})
    return config.model_copy(update={"retention": kept})


@pytest.fixture
def services(config: Config, clock: Clock) -> Iterator[Services]:
    with open_services(config, clock) as opened:
        yield opened


def corrected(tmp_path: Path, new: str) -> Path:
    path = tmp_path / f"{new}.txt"
    path.write_text(SAMPLES[-1].read_text(encoding="utf-8").replace("417", new), encoding="utf-8")
    return path


def replace_the_issue(services: Services, tmp_path: Path) -> tuple[Path, Path]:
    """Where the file before and the one since are kept; both have long been there."""
    old = flow.add_issue(services, SAMPLES[-1]).issue.id
    before = set(services.sources.folder.iterdir())
    flow.add_issue(services, corrected(tmp_path, "418"), replace_old=True)
    [old_path], [new_path] = before, set(services.sources.folder.iterdir()) - before
    assert old == DAY
    long_ago = (services.now() - timedelta(days=1) - SETTLING).timestamp()
    for path in (old_path, new_path):
        os.utime(path, (long_ago, long_ago))
    return old_path, new_path


def test_the_file_of_a_replaced_issue_goes_after_its_time(services, tmp_path, clock):
    old, new = replace_the_issue(services, tmp_path)
    clock.forward(days=KEPT - 1)
    assert tidying.tidy(services).sources == 0
    clock.forward(days=2)
    size = old.stat().st_size
    done = tidying.tidy(services)
    assert (done.sources, done.source_bytes) == (1, size)
    assert not old.exists()
    assert new.exists()
    assert len(services.archive.versions(DAY)) == 1  # what it said is kept
    assert tidying.tidy(services).sources == 0


def test_a_file_that_is_in_use_again_stays(services, tmp_path, clock):
    old, new = replace_the_issue(services, tmp_path)
    flow.add_issue(services, SAMPLES[-1], replace_old=True)
    clock.forward(days=KEPT + 1)
    assert list(superseded(services.archive.engine, clock())) == [new.name]
    tidying.tidy(services)
    assert old.exists()
    assert not new.exists()


def test_a_file_that_is_just_being_added_again_stays(services, tmp_path, clock):
    old, _ = replace_the_issue(services, tmp_path)
    clock.forward(days=KEPT + 1)
    os.utime(old, (clock().timestamp(), clock().timestamp()))
    assert tidying.tidy(services).sources == 0
    assert old.exists()


def test_adding_a_file_again_marks_it_as_wanted(services, tmp_path):
    old, _ = replace_the_issue(services, tmp_path)
    before = old.stat().st_mtime
    services.sources.keep(SAMPLES[-1], old.name)
    assert old.stat().st_mtime > before


def test_by_default_the_files_stay_for_ever(config, tmp_path, clock):
    kept = config.retention.model_copy(update={"sources_days": 0})
    with open_services(config.model_copy(update={"retention": kept}), clock) as services:
        old, _ = replace_the_issue(services, tmp_path)
        clock.forward(days=3650)
        assert tidying.tidy(services).sources == 0
        assert old.exists()


def test_printed_issues_go_a_week_after_somebody_last_wanted_them(services, clock):
    folder = services.config.paths.data / "exports"
    for name in ("a" * 64, "b" * 64):
        (folder / name).mkdir(parents=True)
        (folder / name / "issue.pdf").touch()
        os.utime(folder / name, (clock().timestamp(),) * 2)
    clock.forward(days=6)
    os.utime(folder / ("b" * 64), (clock().timestamp(),) * 2)
    clock.forward(days=2)
    assert tidying.tidy(services, dry_run=True).exports == 1
    assert len(list(folder.iterdir())) == 2
    assert tidying.tidy(services).exports == 1
    assert [path.name for path in folder.iterdir()] == ["b" * 64]


def test_a_trial_deletes_nothing_and_tells_what_would_go(services, tmp_path, clock):
    old, _ = replace_the_issue(services, tmp_path)
    asked(services, clock)
    told(services)
    clock.forward(days=400)
    would = tidying.tidy(services, dry_run=True)
    assert (would.messages, would.notices, would.sources) == (1, 1, 1)
    assert old.exists()
    assert tidying.tidy(services) == would


def told(services: Services) -> None:
    telling.say(services, DAY, "missing")
    services.notices.told(services.notices.untold()[0])


def asked(services: Services, clock: Clock) -> None:
    """A follower asked for something, and was answered."""
    message = Message("text", "oFollower", "gh_1", clock(), id="1", text="算力")
    answer = Answer(Reply("none", "没有找到"), Query(Wish.WORDS, "算力", words="算力"))
    services.conversations.note(message, "s" * 40, answer, 1.0)
    services.conversations.flush()


def test_followers_words_go_after_their_time_even_if_nobody_writes(services, clock):
    asked(services, clock)
    clock.forward(days=179)
    assert tidying.tidy(services).messages == 0
    clock.forward(days=2)
    assert tidying.tidy(services).messages == 1
    assert list(services.conversations.asked(clock() - timedelta(days=999))) == []


def test_told_notices_go_after_their_time(services, clock):
    told(services)
    clock.forward(days=89)
    assert tidying.tidy(services).notices == 0
    clock.forward(days=2)
    assert tidying.tidy(services).notices == 1
    assert services.notices.said([DAY]) == {}


def test_whoever_comes_by_often_tidies_once_a_day(services, clock):
    assert tidying.tidy_daily(services) is not None
    assert tidying.tidy_daily(services) is None
    clock.forward(days=1)
    assert tidying.tidy_daily(services) is not None


def test_the_command_says_what_has_gone(tmp_path):
    path = write_config(tmp_path)
    said = CliRunner().invoke(main, ["tidy", "--config", str(path)])
    assert said.output == "已删去 0 条读者消息、0 条提醒、0 份旧原件、0 份旧导出\n"
    plain = CliRunner().invoke(main, ["tidy", "--dry-run", "--json", "--config", str(path)])
    assert json.loads(plain.output) == {
        "messages": 0,
        "notices": 0,
        "sources": 0,
        "source_bytes": 0,
        "exports": 0,
    }
