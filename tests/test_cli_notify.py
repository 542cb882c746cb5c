"""`rikan notify test`: which ways work, and what to do about those that do not."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli.main import main
from tests.account import unused_port
from tests.robots import Room, open_room

KEY = "0a1b2c3d4e5f-secret"


@pytest.fixture
def room() -> Iterator[Room]:
    with open_room() as opened:
        yield opened


def notify(config_path: Path, *words: str, urls: tuple[str, ...] = ()) -> Result:
    environment = {"RIKAN_NOTIFY__URLS": " ".join(urls)} if urls else {}
    command = ["notify", "test", *words, "--config", str(config_path)]
    return CliRunner().invoke(main, command, env=environment)


def url(room: Room) -> str:
    return f"json://{room.url.removeprefix('http://')}/{KEY}"


def test_each_way_is_tried_and_named(config_path, room):
    said = notify(config_path, urls=(url(room),))
    assert said.exit_code == 0
    assert said.output == "json  通了\n"
    assert "测试消息" in room.got[0]["message"]


def test_one_that_fails_is_told_with_the_remedy_and_without_its_address(config_path, room):
    dead = f"json://127.0.0.1:{unused_port()}/{KEY}"
    said = notify(config_path, urls=(url(room), dead))
    assert said.exit_code == 1
    assert "json 1  通了" in said.stdout
    assert "json 2  没有发出去。请核对" in said.stdout
    assert "json 2 没有通" in said.stderr
    assert KEY not in said.output


def test_a_trial_names_the_ways_and_sends_nothing(config_path, room):
    said = notify(config_path, "--dry-run", "--json", urls=("wecombot://abc", url(room)))
    assert [each["channel"] for each in json.loads(said.output)] == ["企业微信机器人", "json"]
    assert room.got == []


def test_without_any_way_the_remedy_is_told(config_path):
    said = notify(config_path)
    assert said.exit_code == 1
    assert "rikan editors invite" in said.stderr
