"""What the archive holds, asked of both databases."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot import flow
from bot.archive.holdings import AT_ONCE, Holdings
from bot.config import load_config
from bot.delivery import State
from bot.ingest.file import read_issue
from bot.services import Services, open_services
from tests.conftest import SAMPLES, Clock, write_config


@pytest.fixture
def config_path(tmp_path: Path, new_database: Callable[[], str]) -> Path:
    return write_config(tmp_path, database=f'url = "{new_database()}"')


@pytest.fixture
def services(config_path: Path, clock: Clock) -> Iterator[Services]:
    with open_services(load_config(config_path, {}), clock) as opened:
        yield opened


@pytest.fixture
def holdings(services: Services) -> Holdings:
    issue, _ = read_issue(SAMPLES[-1])
    for month in (4, 5):
        for day in range(1, 29):
            other = replace(issue, date=date(2026, month, day))
            services.archive.add(other, "a.txt", "0" * 64)
    services.archive.add(replace(issue, date=date(2026, 5, 28), edition=2), "b.txt", "1" * 64)
    flow.note_published(services, "2026-05-28", "https://mp.weixin.qq.com/s/x")
    return Holdings(services.archive.engine, services.archive.account)


def test_months_are_counted_newest_first(holdings):
    assert holdings.months() == [(2026, 5, 29), (2026, 4, 28)]


def test_the_newest_come_first_and_go_on_before_the_last(holdings):
    first = holdings.entries(None, (), before=None, limit=2)
    assert [each.issue_id for each in first] == ["2026-05-28-2", "2026-05-28"]
    [further] = holdings.entries(None, (), before=(date(2026, 5, 28), 1), limit=1)
    assert further.issue_id == "2026-05-27"


def test_an_issue_without_a_delivery_has_been_received(holdings):
    days = date(2026, 5, 28), date(2026, 5, 28)
    [received] = holdings.entries(days, (State.RECEIVED,), before=None, limit=9)
    [published] = holdings.entries(days, (State.PUBLISHED,), before=None, limit=9)
    assert (received.issue_id, published.issue_id) == ("2026-05-28-2", "2026-05-28")
    assert holdings.of(["2026-05-28", "2020-01-01"]) == {"2026-05-28": published}
    assert holdings.of([]) == {}


def test_all_of_it_is_gone_through_once_and_in_order(holdings, services):
    ids = [each.issue.id for each in holdings.all()]
    assert len(ids) > AT_ONCE
    assert ids == [each.issue_id for each in reversed(services.archive.entries())]
