"""One sentence, over every way that was set up: each for itself, and all at the same time."""

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

from pydantic import SecretStr

from bot.notify.robots import read_robot

AT_ONCE = 8
# Addresses are secrets, and these tell them when somebody turns every log on.
TALKATIVE = ("urllib3.connection", "urllib3.connectionpool", "urllib3.util.retry")
FAULT = "发送时出了程序错误（{}）。请换一种地址，并告诉管理员"


@dataclass(frozen=True, slots=True)
class Report:
    """How one way fared. `problem` is a sentence with the next thing to do; empty where it worked."""

    channel: str
    problem: str = ""


class Channel(Protocol):
    """A way to somebody."""

    @property
    def name(self) -> str: ...
    def send(self, text: str, title: str) -> str: ...


def open_channels(urls: Sequence[SecretStr]) -> tuple[Channel, ...]:
    """The ways of these addresses. apprise is loaded only for one that needs it."""
    return tuple(_open(url.get_secret_value()) for url in urls)


def _open(url: str) -> Channel:
    if robot := read_robot(url):
        return robot
    anywhere = import_module("bot.notify.anywhere")  # apprise takes half a second to load
    anywhere.quieten()
    channel: Channel = anywhere.read_anywhere(url)
    return channel


def send_everywhere(channels: Sequence[Channel], text: str, title: str) -> list[Report]:
    """Say that over each, in their order. Raises nothing."""
    if not channels:
        return []
    with _unheard(), ThreadPoolExecutor(min(AT_ONCE, len(channels))) as hands:
        problems = hands.map(lambda channel: _sent(channel, text, title), channels)
        return [
            Report(name, problem)
            for name, problem in zip(names_of(channels), problems, strict=True)
        ]


def _sent(channel: Channel, text: str, title: str) -> str:
    try:
        return channel.send(text, title)
    except Exception as error:  # noqa: BLE001 - a plugin may raise anything; what it says may tell the address
        return FAULT.format(type(error).__name__)


def names_of(channels: Sequence[Channel]) -> Iterator[str]:
    """What they are called; two of a kind are told apart by their order in the settings."""
    names = [channel.name for channel in channels]
    for place, name in enumerate(names):
        many = names.count(name) > 1
        yield f"{name} {names[: place + 1].count(name)}" if many else name


@contextmanager
def _unheard() -> Iterator[None]:
    def nothing(_record: logging.LogRecord) -> bool:
        return False

    loggers = [logging.getLogger(name) for name in TALKATIVE]
    for logger in loggers:
        logger.addFilter(nothing)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(nothing)
