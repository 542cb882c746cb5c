"""What followers sent, kept for a while, alike on both databases."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.answering import FAREWELLS, REMEMBERED
from bot.archive.conversations import FRESH, TIDY_EVERY, Conversations, open_beside
from bot.archive.database import open_engine
from bot.archive.ledger import Ledger
from bot.archive.revision import Revision
from bot.archive.search import Search
from bot.archive.store import Archive
from bot.archive.upgrade import upgrade
from bot.cli.cast import wait_until
from bot.delivery import Outcome, State
from bot.dialogue import Answer, Card, Hit, Listed, Message, Query, Reply, Wish
from bot.ingest.file import read_issue
from bot.query.parse import LONGEST
from bot.services import open_services
from bot.settings import FollowerSettings
from tests.conftest import SAMPLES, Clock
from tests.shelf import folding

ROOT = Path(__file__).parents[1]
QUERY = Query(Wish.WORDS, "六月 算力", (date(2026, 6, 1), date(2026, 6, 30)), "算力")
HIT = Hit("2026-06-13", date(2026, 6, 13), "日报", "一节", "一句", "https://a", 1, "https://p")
CARD = Card("日报", "一节", "https://p", "https://a")
REPLY = Reply("news", "日报\nhttps://a", CARD, (HIT,))
ANSWER = Answer(REPLY, QUERY, Listed(QUERY, date(2026, 6, 13), ("2026-06-13",), 1))


@pytest.fixture
def engine(new_database: Callable[[], str]) -> Iterator[Engine]:
    engine = open_engine(new_database())
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def conversations(engine: Engine, tmp_path: Path, clock: Clock) -> Iterator[Conversations]:
    with ExitStack() as closing:
        beside = open_beside(engine, tmp_path, closing)
        yield Conversations(beside, "wx", "secret", timedelta(days=180), clock)


def message(clock: Clock, number: int = 1, sender: str = "o1", **more) -> Message:
    return Message("text", sender, "gh", clock(), str(number), text="算力", **more)


def test_the_first_try_is_new_and_the_second_gets_its_answer(conversations, clock):
    first = conversations.receive(message(clock), "s1")
    assert first.new
    waiting = conversations.receive(message(clock), "s2")
    assert (waiting.new, waiting.reply, waiting.first) == (False, None, clock())
    conversations.keep(first.key, ANSWER, 1.5)
    again = conversations.receive(message(clock), "s3")
    assert again.reply == replace(REPLY, hits=())


def answered(
    conversations: Conversations, said: Message, signature: str, answer: Answer = ANSWER
) -> None:
    """A message that is answered at once."""
    conversations.note(said, signature, answer, 1.0)


def test_an_answer_that_is_known_is_written_with_its_message(conversations, clock):
    for _ in range(2):
        answered(conversations, message(clock), "s1")
    conversations.flush()
    assert conversations.receive(message(clock), "s1").reply == replace(REPLY, hits=())
    assert len(list(conversations.asked(clock() - timedelta(days=1)))) == 1


def test_what_was_noted_is_written_by_itself(conversations, engine, tmp_path, clock):
    answered(conversations, message(clock), "s1")
    with ExitStack() as closing:
        beside = open_beside(engine, tmp_path, closing)
        other = Conversations(beside, "wx", "secret", timedelta(days=180), clock)
        assert wait_until(lambda: other.last_list("o1") is not None)


def test_services_that_are_closed_have_written_all_and_write_no_more(config, clock):
    before = set(threading.enumerate())
    with open_services(config, clock) as services:
        services.conversations.note(message(clock), "s1", ANSWER, 1.0)
    assert set(threading.enumerate()) <= before
    with open_services(config, clock) as services:
        assert services.conversations.lately("o1") == 1


def test_an_envelope_serves_one_message(conversations, clock):
    assert conversations.receive(message(clock, 1), "s1").new
    assert conversations.receive(message(clock, 2), "s1").replayed


def test_a_promise_is_seen_by_the_next_try(conversations, clock):
    receipt = conversations.receive(message(clock), "s1")
    conversations.promise(receipt.key)
    assert conversations.look(receipt.key).later


def test_a_released_message_is_new_again(conversations, clock):
    conversations.release(conversations.receive(message(clock), "s1").key)
    assert conversations.receive(message(clock), "s1").new


@pytest.mark.parametrize(
    "other",
    [
        {"sender": "o2"},
        {"recipient": "gh2"},
        {"id": "2"},
        {"kind": "event"},
        {"event": "click"},
        {"event_key": "k"},
        {"outcome": Outcome("1", 0, "")},
    ],
    ids=lambda other: next(iter(other)),
)
def test_whatever_differs_makes_another_message(conversations, clock, other):
    assert conversations.receive(message(clock), "s1").new
    assert conversations.receive(replace(message(clock), **other), "s2").new


def test_messages_of_the_last_minute_are_counted_by_follower(conversations, clock):
    for number in range(3):
        conversations.receive(message(clock, number), f"s{number}")
    assert (conversations.lately("o1"), conversations.lately("o2")) == (3, 0)
    clock.forward(seconds=61)
    assert conversations.lately("o1") == 0


def test_the_last_list_is_given_back_as_it_was(conversations, clock):
    answered(conversations, message(clock, 1), "s1")
    clock.forward(seconds=5)
    answered(conversations, message(clock, 2), "s2", Answer(REPLY, QUERY))
    assert conversations.last_list("o1") == ANSWER.listed
    clock.forward(seconds=FRESH.total_seconds())
    assert conversations.last_list("o1") is None


def test_what_is_old_goes_in_two_steps(conversations, clock):
    answered(conversations, message(clock), "s1")
    clock.forward(hours=2)
    conversations.tidy()
    assert conversations.receive(message(clock, 2), "s1").new  # the envelope is not remembered
    assert [line.words for line in conversations.asked(clock() - timedelta(days=1))] == [
        "六月 算力"
    ]
    clock.forward(days=181)
    conversations.tidy()
    assert list(conversations.asked(clock() - timedelta(days=999))) == []


def test_a_follower_is_forgotten_and_the_others_are_not(conversations, clock):
    answered(conversations, message(clock, 1), "s1")
    answered(conversations, message(clock, 2, "o2"), "s2")
    conversations.forget("o1")
    asked = list(conversations.asked(clock() - timedelta(days=1)))
    assert [line.follower for line in asked] == [conversations.follower("o2")]


def test_another_secret_makes_other_names(conversations, engine, tmp_path, clock):
    with ExitStack() as closing:
        beside = open_beside(engine, tmp_path, closing)
        other = Conversations(beside, "wx", "another", timedelta(days=1), clock)
        assert other.follower("o1") != conversations.follower("o1")
        elsewhere = Conversations(beside, "wy", "secret", timedelta(days=1), clock)
        assert elsewhere.follower("o1") != conversations.follower("o1")


def test_the_revision_grows_with_every_change_that_an_answer_may_show(engine, clock):
    archive = Archive(engine, Search(folding), "wx", clock)
    ledger, revision = Ledger(engine, "wx", clock), Revision(engine, clock)
    issue, source = read_issue(SAMPLES[-1])
    seen = [revision.now()]
    archive.add(issue, source.name, source.digest)
    seen.append(revision.now())
    with ledger.lease(issue.id) as delivery:
        ledger.record(replace(delivery, state=State.PUBLISHED))
        seen.append(revision.now())
    archive.add(replace(issue, summary="另一段摘要。"), source.name, source.digest, replace=True)
    seen.append(revision.now())
    assert seen == sorted(set(seen))
    archive.search("数据要素", issue.date, published_only=True)
    archive.entries()
    assert revision.now() == seen[-1]


@pytest.mark.parametrize("page", ["privacy.md", "privacy.zh-CN.md"])
def test_the_privacy_page_tells_the_terms_as_they_are(page):
    told = (ROOT / "docs" / page).read_text(encoding="utf-8")
    assert f" {FollowerSettings().keep_days} " in told
    assert f"{REMEMBERED:,}" in told.replace("4000", "4,000")
    assert f" {LONGEST} " in told
    assert timedelta(hours=1) == FRESH
    assert timedelta(minutes=10) == TIDY_EVERY
    assert all(f"`{event}`" in told for event in FAREWELLS)


def test_two_that_begin_with_a_new_file_at_once_both_get_it(tmp_path, monkeypatch):
    file = tmp_path / "followers.db"
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    monkeypatch.setattr("bot.archive.sqlite.time.sleep", lambda _: other.rollback())
    with open_engine(f"sqlite:///{file}", busy_seconds=0).connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    other.close()
