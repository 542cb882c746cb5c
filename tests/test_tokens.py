"""Access tokens: fetched once, renewed in time, shared where there is a Redis."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
import redis
import requests

from bot.config import Config
from bot.errors import PlatformBusy, PlatformDenied
from bot.services import now_in_shanghai
from bot.wechat.platform import Platform
from bot.wechat.tokens import MARGIN, OwnTokens, SharedTokens, open_tokens
from tests.account import PICTURE, calls, changed, list_drafts, platform_on


@pytest.fixture
def platform(config: Config, clock: Callable) -> Iterator[Platform]:
    with platform_on(config, clock) as platform:
        yield platform


def test_an_expired_token_is_replaced_once_and_the_call_goes_through(platform, sandbox):
    list_drafts(platform)
    sandbox.expire_tokens()
    assert list_drafts(platform) == []
    assert calls(sandbox, "stable_token") == 2
    assert calls(sandbox, "draft/batchget") == 3


@pytest.mark.parametrize("call", ["upload_picture", "upload_cover"])
def test_an_upload_after_its_token_has_expired_sends_the_whole_file(platform, sandbox, call):
    list_drafts(platform)
    sandbox.expire_tokens()
    upload = getattr(platform, call)(PICTURE)
    assert requests.get(upload.url, timeout=5).content == PICTURE.data


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_a_token_that_is_refused_for_ever_is_asked_for_once_more(platform, sandbox, code):
    sandbox.fault("draft/batchget", "errcode", errcode=code, times=9)
    with pytest.raises(PlatformDenied) as caught:
        list_drafts(platform)
    assert caught.value.code == code
    assert calls(sandbox, "draft/batchget") == 2
    assert calls(sandbox, "stable_token") == 2


def test_a_wrong_secret_is_not_tried_again(config, clock, sandbox):
    from_elsewhere = type(config.wechat.appsecret)("another-appsecret-9876543210")
    with (
        platform_on(changed(config, appsecret=from_elsewhere), clock) as platform,
        pytest.raises(PlatformDenied, match=r"appsecret") as caught,
    ):
        list_drafts(platform)
    assert caught.value.code == 40125
    assert [entry["call"] for entry in sandbox.state["log"]] == ["stable_token"]


class Seconds:
    """A clock in seconds, and tokens counted as they are fetched."""

    def __init__(self, lifetime: int = 7200) -> None:
        self.at, self.fetched, self.lifetime = 0.0, 0, lifetime

    def __call__(self) -> float:
        return self.at

    def fetch(self) -> tuple[str, int]:
        self.fetched += 1
        return f"token-{self.fetched}", self.lifetime


def test_a_token_is_renewed_before_its_end():
    seconds = Seconds()
    tokens = OwnTokens(seconds.fetch, seconds)
    assert tokens.get() == tokens.get() == "token-1"
    seconds.at = 7200 - MARGIN - 1
    assert tokens.get() == "token-1"
    seconds.at += 1
    assert tokens.get() == "token-2"


def test_a_token_is_kept_for_what_is_left_of_its_life():
    seconds = Seconds(lifetime=MARGIN + 45)
    tokens = OwnTokens(seconds.fetch, seconds)
    tokens.get()
    seconds.at = 45
    assert tokens.get() == "token-2"


def test_only_the_token_that_was_refused_is_dropped():
    seconds = Seconds()
    tokens = OwnTokens(seconds.fetch, seconds)
    tokens.get()
    tokens.drop("token-0")
    assert tokens.get() == "token-1"
    tokens.drop("token-1")
    assert tokens.get() == "token-2"


def test_a_failed_fetch_leaves_no_token_behind():
    seconds, answers = Seconds(), iter([PlatformBusy("stable_token", "忙")])

    def fetch() -> tuple[str, int]:
        for error in answers:
            raise error
        return seconds.fetch()

    tokens = OwnTokens(fetch, seconds)
    with pytest.raises(PlatformBusy):
        tokens.get()
    assert tokens.get() == "token-1"


@pytest.mark.parametrize("shared", [False, True])
def test_eight_threads_need_one_token(config, clock, sandbox, queue_url, shared):
    with (
        platform_on(config, clock, queue_url if shared else "") as platform,
        ThreadPoolExecutor(8) as threads,
    ):
        listed = list(threads.map(lambda _: list_drafts(platform), range(8)))
    assert listed == [[]] * 8
    assert calls(sandbox, "stable_token") == 1


def test_two_processes_with_one_redis_need_one_token(config, clock, sandbox, queue_url):
    with (
        platform_on(config, clock, queue_url) as first,
        platform_on(config, clock, queue_url) as second,
    ):
        list_drafts(first)
        list_drafts(second)
        assert calls(sandbox, "stable_token") == 1
        sandbox.expire_tokens()
        list_drafts(first)
        list_drafts(second)
    assert calls(sandbox, "stable_token") == 2


PROCESSES = 8
# Forks of a process that has loaded what they need and opened nothing; at each line all list the drafts.
COLD = f"""
import sys
from multiprocessing import get_context
from pathlib import Path
from bot.config import load_config
from bot.services import open_services
import bot.wechat.platform

def begin(together):
    global at_once, opened, platform
    at_once, opened = together, open_services(load_config(Path(sys.argv[1]), {{}}))
    platform = opened.__enter__().platform

def list_drafts(_):
    at_once.wait()  # so that each has one
    return len(list(platform.drafts()))

forks = get_context("fork")
with forks.Pool({PROCESSES}, begin, [forks.Barrier({PROCESSES})]) as pool:
    for line in sys.stdin:
        print(*pool.map(list_drafts, range({PROCESSES}), 1), flush=True)
"""


@pytest.fixture
def cold_processes(services, config_path) -> Iterator[subprocess.Popen[str]]:
    """As many, on one archive, that list the drafts at each line they are sent."""
    assert services.archive.entries() == []  # made before they all come
    command, root = [sys.executable, "-c", COLD, str(config_path)], Path(__file__).parents[1]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=root, stdin=pipe, stdout=pipe, text=True) as started:
        yield started
        started.communicate()
        assert started.returncode == 0


def all_list_drafts(processes: subprocess.Popen[str]) -> list[str]:
    """What all of them print, asked at once."""
    assert processes.stdin
    assert processes.stdout
    processes.stdin.write("go\n")
    processes.stdin.flush()
    return processes.stdout.readline().split()


def test_eight_cold_processes_with_one_redis_fetch_one_token(queue_url, sandbox, cold_processes):
    assert all_list_drafts(cold_processes) == ["0"] * PROCESSES
    assert calls(sandbox, "stable_token") == 1
    sandbox.expire_tokens()
    assert all_list_drafts(cold_processes) == ["0"] * PROCESSES
    assert calls(sandbox, "stable_token") == 2


def test_eight_cold_processes_without_redis_do_not_take_each_others_token(
    sandbox, cold_processes, services
):
    for _ in range(3):
        assert all_list_drafts(cold_processes) == ["0"] * PROCESSES
    log = sandbox.state["log"]
    assert {entry["errcode"] for entry in log} == {0}
    assert calls(sandbox, "stable_token") == PROCESSES
    assert sandbox.state["violations"] == []


def test_calls_of_eight_processes_are_all_counted(sandbox, cold_processes, services):
    for _ in range(3):
        all_list_drafts(cold_processes)
    counted = services.usage.on(now_in_shanghai().date())
    assert counted == {"draft/batchget": 3 * PROCESSES, "stable_token": PROCESSES}


@pytest.fixture
def server(queue_url: str) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(queue_url) as server:
        yield server


def test_a_shared_token_is_forgotten_before_its_end(server):
    SharedTokens(server, "wx1", Seconds(lifetime=1000).fetch).get()
    [key] = server.keys("*")
    assert 0 < server.ttl(key) <= 1000 - MARGIN


def test_of_the_shared_tokens_only_the_refused_one_is_dropped(server):
    seconds = Seconds()
    ours, theirs = (SharedTokens(server, "wx1", seconds.fetch) for _ in range(2))
    assert ours.get() == theirs.get() == "token-1"
    ours.drop("token-1")
    assert ours.get() == "token-2"
    theirs.drop("token-1")
    assert theirs.get() == "token-2"


def test_accounts_do_not_share_their_tokens(server):
    seconds = Seconds()
    tokens = [SharedTokens(server, account, seconds.fetch).get() for account in ("wx1", "wx2")]
    assert tokens == ["token-1", "token-2"]


def test_a_failed_fetch_lets_the_next_one_try(server):
    def fetch() -> tuple[str, int]:
        raise PlatformBusy("stable_token", "忙")

    with pytest.raises(PlatformBusy):
        SharedTokens(server, "wx1", fetch).get()
    assert SharedTokens(server, "wx1", Seconds().fetch).get() == "token-1"


def test_without_its_redis_a_process_goes_on_with_its_own_token(
    config, clock, sandbox, queue_url, server
):
    with platform_on(config, clock, queue_url) as platform:
        list_drafts(platform)
        server.shutdown(nosave=True)
        list_drafts(platform)
        sandbox.expire_tokens()
        list_drafts(platform)
    assert calls(sandbox, "stable_token") == 3


def test_a_redis_that_was_never_there_is_done_without(tmp_path):
    seconds = Seconds()
    with ExitStack() as closing:
        tokens = open_tokens(f"unix://{tmp_path}/none.sock", "wx1", seconds.fetch, closing)
        assert tokens.get() == tokens.get() == "token-1"
        tokens.drop("token-1")
        assert tokens.get() == "token-2"
