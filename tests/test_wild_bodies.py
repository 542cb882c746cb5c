"""Whatever comes, of every kind there is: a thousandth of what benchmarks/bench_wild_bodies.py sends."""

import logging
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from benchmarks.bench_wild_bodies import send
from bot.config import load_config
from bot.services import Services, open_services
from bot.web import create_app
from tests.conftest import Clock, write_config
from tests.test_webhook import Platform
from tests.wild import CANARY, KINDS, Sent, Watch, Wild, wrong_with

MODES = ("plain", "compatible", "secure")


@pytest.fixture
def watch() -> Iterator[Watch]:
    watch, root = Watch(), logging.getLogger()
    before = root.level
    root.addHandler(watch)
    root.setLevel(logging.DEBUG)
    yield watch
    root.removeHandler(watch)
    root.setLevel(before)


@pytest.fixture
def services(tmp_path: Path, clock: Clock) -> Iterator[Services]:
    with open_services(load_config(write_config(tmp_path), {}), clock) as opened:
        yield opened


@pytest.mark.parametrize("mode", MODES)
def test_wild_bodies_are_refused_or_taken_and_never_more(tmp_path, watch, mode):
    outcome = send(10 * len(KINDS), mode, 7, tmp_path)
    assert outcome.wrong == []
    assert watch.secret == []
    assert watch.lines
    assert len({name for name, _ in outcome.answers}) > len(KINDS) * 0.9


def test_the_same_seed_draws_the_same_kinds(services, clock):
    platform = Platform(create_app(services).test_client(), clock, "secure")
    first, again, other = (
        [name for name, _ in islice(Wild(platform, seed), 50)] for seed in (1, 1, 2)
    )
    assert first == again != other


def test_what_is_wrong_is_seen(services, clock, watch):
    """A check that never fails checks nothing."""
    platform = Platform(create_app(services).test_client(), clock, "secure")
    honest = Wild(platform, 7).honest()
    response = platform.post(honest.body, honest.query)
    assert wrong_with(platform, honest, response, "told") == ""
    assert wrong_with(platform, Sent(b"", {}, frozenset({"403"})), response, "told") == "told"
    garbled = platform.post(honest.body, honest.query)
    garbled.set_data("<xml><MsgType>text</MsgType></xml")
    assert "cannot read" in wrong_with(platform, honest, garbled, "told")
    logging.getLogger("bot").info("%s", CANARY)
    assert len(watch.secret) == 1
