"""What followers really write, and what they must get: the table of followers.toml."""

import tomllib
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from bot import flow
from bot.answering import Answerer
from bot.config import load_config
from bot.query.parse import parse_query
from bot.services import SHANGHAI, open_services
from tests.conftest import SAMPLES, Clock, write_config

TABLE = tomllib.loads((Path(__file__).parent / "followers.toml").read_text(encoding="utf-8"))
NOW = datetime(2026, 6, 17, 9, 0, tzinfo=SHANGHAI)
MESSAGES = [(said, group) for group, each in TABLE.items() for said in each["said"]]


@pytest.fixture(scope="module")
def answerer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answerer]:
    """The five samples, all published."""
    path = write_config(tmp_path_factory.mktemp("followers"))
    with open_services(load_config(path, {}), Clock(NOW)) as services:
        for sample in SAMPLES:
            issue = flow.add_issue(services, sample).issue
            flow.note_published(services, issue.id, f"https://mp.weixin.qq.com/s/{issue.id}")
        yield Answerer(services)


def test_the_table_is_long_enough_and_says_nothing_twice():
    assert len(MESSAGES) >= 150
    assert len({said for said, _ in MESSAGES}) == len(MESSAGES)


@pytest.mark.parametrize(("said", "group"), MESSAGES)
def test_a_follower_gets_the_expected_kind_of_answer(answerer, said, group):
    expected, query = TABLE[group], parse_query(said, NOW.date())
    assert query.wish == expected["wish"]
    if days := expected.get("days"):
        assert query.days == tuple(map(date.fromisoformat, days))
    reply = answerer.words(said).reply
    assert reply.kind == expected["kind"], reply.text
    assert reply.text
