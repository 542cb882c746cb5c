"""No test may leave a secret of the tests in a log or in what it prints. `conftest` takes the two in."""

import logging
import re
from collections.abc import Generator, Iterator

import pytest

SECRETS = {
    "the AppSecret": re.compile("test-appsecret-0123456789abcdef"),
    "the AES key": re.compile("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"),
    "an access token": re.compile("sandbox_[0-9a-f]{16}"),
}
# Everybody who has a secret in hands; these tell the most of it.
TALKATIVE = (
    "bot",
    "urllib3",
    "requests",
    "redis",
    "rq",
    "flask",
    "werkzeug",
    "gunicorn",
    "wechatpy",
)
LOGGED = pytest.StashKey[list[str]]()


class Listener(logging.Handler):
    """Keeps every line, as a file on the disk would."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__()
        self.lines = lines
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """One line, a traceback of several."""
        self.lines.append(self.format(record))


@pytest.fixture(autouse=True)
def everything_is_logged(request: pytest.FixtureRequest) -> Iterator[None]:
    """Somebody has turned on every log there is."""
    lines = request.node.stash.setdefault(LOGGED, [])
    listener, root = Listener(lines), logging.getLogger()
    loggers = [logging.getLogger(name) for name in TALKATIVE]
    before = [logger.level for logger in loggers]
    root.addHandler(listener)
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    yield
    root.removeHandler(listener)
    for logger, level in zip(loggers, before, strict=True):
        logger.setLevel(level)


def told_in(text: str) -> list[str]:
    """The secrets that a text tells."""
    return [name for name, pattern in SECRETS.items() if pattern.search(text)]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that passed has not, if it told a secret."""
    report = yield
    if report.when == "teardown" and report.passed:
        said = "\n".join([*item.stash.get(LOGGED, []), *(text for _, text in report.sections)])
        if found := told_in(said):
            report.outcome = "failed"
            report.longrepr = f"{item.nodeid} told {' and '.join(found)} in its log or output"
    return report
