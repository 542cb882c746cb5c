"""What the tests share: a sandbox over real HTTP, a real database, a real queue server."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import settings

from bot.config import Config, load_config
from bot.jobs.embedded import embedded_server
from bot.resources import directory
from bot.sandbox.account import Account
from bot.sandbox.app import create_sandbox
from bot.sandbox.server import serve
from bot.services import SHANGHAI, Services, open_services
from tests import postgres
from tests.secrecy import everything_is_logged, pytest_runtest_makereport  # noqa: F401 - for all
from tests.stock import in_stock
from tests.warm import Commands, standing_ready

# A landing must not depend on luck; new examples are looked for on a laptop.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("laptop", deadline=None)
settings.load_profile("ci" if "CI" in os.environ else "laptop")

ISSUES = Path(__file__).parent / "issues"
GOLDEN = Path(__file__).parent / "golden"
SAMPLES = sorted(ISSUES.glob("*.txt"))
APPID, APPSECRET, TOKEN = "wxtest0000000001", "test-appsecret-0123456789abcdef", "testtoken"
PATIENCE = 30_000  # milliseconds, of a browser on a machine that has other things to do
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-golden", action="store_true", help="accept what is produced now")
    parser.addoption(
        "--fleet",
        action="store_true",
        help="work every delivery on two machines as well, not only those of test_fleet",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What two machines can do is seen in a table of mornings each time, in all tests on demand."""
    if not config.getoption("--fleet"):
        config.hook.pytest_deselected(items=[item for item in items if _is_far(item)])
        items[:] = [item for item in items if not _is_far(item)]


def _is_far(item: pytest.Item) -> bool:
    placed = getattr(item, "callspec", None)
    is_on_fleet = placed is not None and placed.params.get("place") == "fleet"
    return is_on_fleet and item.path.stem != "test_fleet"


def missing(what: str) -> None:
    """Skip on a laptop, fail in CI: there it would be a test that never runs."""
    (pytest.fail if "CI" in os.environ else pytest.skip)(what)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A PostgreSQL that is gone after the tests."""
    if reason := postgres.why_not():
        missing(reason)
    with postgres.running() as server:
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium, once for all tests that look at pages; each of them opens a context of its own."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if not program:
        missing("no chromium")
    # Loaded by those who look: it takes as long as a hundred other tests.
    playwright = import_module("playwright.sync_api")
    playwright.expect.set_options(timeout=PATIENCE)
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def new_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], str]:
    """Gives the URL of an empty archive: what is promised of the one database holds of the other."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgres_server").new_archive
    return lambda: f"sqlite:///{tmp_path_factory.mktemp('archive') / 'rikan.db'}"


@pytest.fixture(scope="session", autouse=True)
def _in_stock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing is made twice that is the same: see tests/stock.py."""
    with in_stock(tmp_path_factory.mktemp("stock")):
        yield


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("RIKAN_"):
            monkeypatch.delenv(name)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare with a file of tests/golden; --rewrite-golden accepts what is produced now."""

    def compare(name: str, produced: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--rewrite-golden"):
            path.write_text(produced, encoding="utf-8")
        assert produced == path.read_text(encoding="utf-8"), f"{name} differs; see --rewrite-golden"

    return compare


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **by: float) -> None:
        self.moment += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    """Saturday, 13 June 2026, half past seven in Shanghai: the day of the newest sample."""
    return Clock(datetime(2026, 6, 13, 7, 30, tzinfo=SHANGHAI))


class Sandbox:
    """The far side, and what a test asks of it."""

    def __init__(self, url: str) -> None:
        self.url = url

    @property
    def state(self) -> dict:
        return requests.get(f"{self.url}/sandbox/state", timeout=5).json()

    @property
    def changes(self) -> list[str]:
        """The calls so far that changed anything."""
        return [call["call"] for call in self.state["log"] if call["changes"]]

    def fault(self, call: str, kind: str, **more: object) -> None:
        body = {"call": call, "kind": kind, **more}
        requests.post(f"{self.url}/sandbox/faults", json=body, timeout=5).raise_for_status()

    def expire_tokens(self) -> None:
        requests.post(f"{self.url}/sandbox/expire_tokens", timeout=5).raise_for_status()


@pytest.fixture
def account_kind() -> str:
    """Overridden where an unverified account is wanted."""
    return "verified"


@pytest.fixture
def sandbox(account_kind: str) -> Iterator[Sandbox]:
    account = Account(APPID, APPSECRET, TOKEN, AES_KEY, "secure", kind=account_kind)
    server = serve(create_sandbox(account, templates=directory("templates")), "127.0.0.1", 0)
    yield Sandbox(f"http://127.0.0.1:{server.port}")
    server.close()


def write_config(folder: Path, sandbox_url: str = "", **more: str) -> Path:
    """A settings file in `folder`; `more` is further TOML by section."""
    path = folder / "config.toml"
    path.write_text(
        f"""
[wechat]
appid = "{APPID}"
appsecret = "{APPSECRET}"
token = "{TOKEN}"
aes_key = "{AES_KEY}"
timeout = 1.0
account_name = "新质生产力工作委员会"
account_qr = "http://weixin.qq.com/r/test"
{f'api_base_url = "{sandbox_url}"' if sandbox_url else ""}
{more.get("wechat", "")}
[web]
{more.get("web", "")}
[queue]
{more.get("queue", "")}
[database]
{more.get("database", "")}
[search]
{more.get("search", "")}
""",
        encoding="utf-8",
    )
    return path


@pytest.fixture
def config_path(tmp_path: Path, sandbox: Sandbox) -> Path:
    return write_config(tmp_path, sandbox.url)


@pytest.fixture
def config(config_path: Path) -> Config:
    return load_config(config_path, {})


@pytest.fixture
def services(config: Config, clock: Clock) -> Iterator[Services]:
    with open_services(config, clock) as opened:
        yield opened


@pytest.fixture
def mode() -> str:
    """`publish.mode` where a fleet works; overridden where another is wanted."""
    return "publish"


@pytest.fixture
def approval() -> str:
    """`schedule.approval` where a fleet works."""
    return "none"


@pytest.fixture(scope="session")
def fleet(
    postgres_server: postgres.Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """Two machines at work: see tests/fleet.py, which stands on this file."""
    running = import_module("tests.fleet").running
    with running(tmp_path_factory.mktemp("fleet"), postgres_server.new_archive()) as fleet:
        yield fleet


@pytest.fixture(scope="session")
def commands() -> Iterator[Commands]:
    """The command line, loaded once: see tests/warm.py."""
    with standing_ready() as ready:
        yield ready


@pytest.fixture(params=["here", "fleet"])
def place(request: pytest.FixtureRequest) -> str:
    """Where a delivery is worked: in this process, or on two machines."""
    return str(request.param)


@pytest.fixture
def office(place: str, request: pytest.FixtureRequest) -> Iterator[Any]:
    """What a test of a delivery asks for, done in that place: see tests/office.py."""
    yield from import_module("tests.office").opened_in(place, request.getfixturevalue)


@pytest.fixture
def queue_url(tmp_path: Path) -> Iterator[str]:
    """A real queue server of the test's own."""
    with embedded_server(tmp_path / "data") as url:
        yield url
