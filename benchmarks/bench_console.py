"""What each page of the console, and of the public archive, costs the server after eight years of issues.

Bar: p95 under 150 ms of every page with 3,000 issues and 200,000 questions. Every address that answers
GET is asked for, and what pages ask for while somebody types; each request is for another issue or other
words, so that nothing is answered from memory that an editor would not have there. Wall time counts what
else the machine is at; the processor's is what the page itself takes. `first load` is the page with its
style sheets and scripts, compressed as it travels.

    python -m benchmarks.bench_console --keep FOLDER --only looks     the same archive again, fewer pages
"""

import argparse
import atexit
import gc
import os
import re
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from gzip import compress
from pathlib import Path

from flask import Flask
from werkzeug.test import TestResponse

from benchmarks.visitor import KEY, Ask, Visitor
from benchmarks.years import NOW, fill
from bot.archive.accounts import Role
from bot.config import CONFIG_VARIABLE, load_config
from bot.resources import directory
from bot.sandbox.account import Account
from bot.sandbox.app import create_sandbox
from bot.sandbox.server import serve
from bot.services import Services, open_services
from bot.web import create_app
from tests.console import signed_in

BAR = 150  # milliseconds
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
ACCOUNT = Account("wxbench", "benchsecret", "benchtoken", AES_KEY, "secure")
PORT = 7390  # of the platform: it is part of the account's name in the archive
SETTINGS = """
[wechat]
appid = "wxbench"
appsecret = "benchsecret"
token = "benchtoken"
aes_key = "{aes_key}"
api_base_url = "http://127.0.0.1:{port}"
account_name = "新质生产力工作委员会"
[web]
secret_key = "{key}"
metrics_token = "{key}"
[database]
url = "{database}"
[schedule]
enabled = true
[[menu.buttons]]
name = "最新一期"
type = "click"
key = "最新"
"""
# Not pages. The platform's own call has a benchmark of its own.
LEFT_OUT = {"webhook.greet", "console.whole_archive", "console.asset"}
# Made by another process, and once: an editor waits for a file, and not for a page.
FILES = {"console.exported", "console.long_picture", "console.long_picture_piece"}


@dataclass
class Cost:
    """Of one page: its requests in milliseconds, and how many bytes travelled."""

    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    bytes: list[int] = field(default_factory=list)
    first_load: int = 0
    answers: set[int] = field(default_factory=set)

    def told(self) -> str:
        walls, processors = (
            f"{middle(times):6.0f}{late(times):6.0f}" for times in (self.wall, self.processor)
        )
        loads = f"{self.first_load / 1000:8.1f}" if self.first_load else f"{'':8}"
        codes = "" if self.answers == {200} else f"  {sorted(self.answers)}"
        return f"{walls}{processors}{max(self.bytes) / 1000:8.1f}{loads}{codes}"


def middle(times: Sequence[float]) -> float:
    return sorted(times)[len(times) // 2]


def late(times: Sequence[float]) -> float:
    """p95."""
    return sorted(times)[int(len(times) * 0.95)]


def processor_seconds() -> float:
    """Of all threads, and of the processes that they waited for."""
    below = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + below.ru_utime + below.ru_stime


def measured(asked: Callable[[], Ask], times: int, weigh: Callable[[TestResponse], int]) -> Cost:
    """After one request that loads what the page needs, which a process does once."""
    cost = Cost()
    first = asked()()
    cost.first_load = weigh(first)
    for _ in range(times):
        ask = asked()
        wall, processor = time.perf_counter(), processor_seconds()
        answer = ask()
        size = len(answer.data)
        cost.processor.append((processor_seconds() - processor) * 1000)
        cost.wall.append((time.perf_counter() - wall) * 1000)
        cost.bytes.append(travelled(answer) if size else 0)
        cost.answers.add(answer.status_code)
    return cost


def travelled(answer: TestResponse) -> int:
    """As a web server in front sends it."""
    packed = answer.mimetype in ("image/jpeg", "image/png")
    return len(answer.data if packed else compress(answer.data, 6))


def first_load(visitor: Visitor) -> Callable[[TestResponse], int]:
    def weigh(answer: TestResponse) -> int:
        if answer.mimetype != "text/html" or "</html>" not in answer.text:
            return 0
        files = set(re.findall(r'(?:href|src)="(/console/assets/[^"]+)"', answer.text))
        loaded = [visitor.browser.get(file, buffered=True) for file in files]
        return travelled(answer) + sum(map(travelled, loaded))

    return weigh


def pages(app: Flask, visitor: Visitor) -> Iterator[tuple[str, Callable[[], Ask]]]:
    """By the rule, what asks for such a page."""
    rules = sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)
    for rule in rules:
        if "GET" in (rule.methods or ()) and rule.endpoint not in LEFT_OUT | FILES:
            yield rule.rule, partial(visitor.asks, rule)
    yield from visitor.typed().items()


def measure(services: Services, times: int, only: str) -> None:
    app = create_app(services)
    name = f"赵强{time.time_ns() % 10**6}"
    visitor = Visitor(services, signed_in(app, services, name, Role.ADMIN))
    gc.freeze()  # as the web process does (`bot.wsgi`)
    atexit.register(gc.unfreeze)
    print(f"{'':46}{'wall ms':>12}{'processor':>12}{'kB, compressed':>16}")
    print(f"{'':46}{'p50':>6}{'p95':>6}{'p50':>6}{'p95':>6}{'page':>8}{'first':>8}")
    costs = {}
    for rule, asked in pages(app, visitor):
        if only in rule:
            costs[rule] = measured(asked, times, first_load(visitor))
            print(f"{rule:46}{costs[rule].told()}", flush=True)
    for clock in ("processor", "wall"):
        slow = [rule for rule, cost in costs.items() if late(getattr(cost, clock)) >= BAR]
        print(f"{clock} p95 of {BAR} ms or more: {', '.join(slow) or 'none'}")


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--issues", type=int, default=3000)
    parser.add_argument("--questions", type=int, default=200_000)
    parser.add_argument("--times", type=int, default=40, help="requests of each page")
    parser.add_argument("--only", default="", help="pages whose address has this in it")
    parser.add_argument(
        "--keep", type=Path, help="a folder; an archive that is there is used again"
    )
    parser.add_argument("--url", default="", help="an empty database instead of SQLite in a file")
    chosen = parser.parse_args()
    with ExitStack() as closing:
        folder = chosen.keep or Path(closing.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        sandbox = serve(
            create_sandbox(ACCOUNT, templates=directory("templates")), "127.0.0.1", PORT
        )
        closing.callback(sandbox.close)
        settings = folder / "config.toml"
        settings.write_text(
            SETTINGS.format(port=PORT, key=KEY, aes_key=AES_KEY, database=chosen.url),
            encoding="utf-8",
        )
        os.environ[CONFIG_VARIABLE] = str(settings)  # where the settings' pages look for them
        services = closing.enter_context(open_services(load_config(settings, {}), lambda: NOW))
        if not services.archive.entries(limit=1):
            started = time.perf_counter()
            fill(services, chosen.issues, chosen.questions)
            print(f"filled in {time.perf_counter() - started:.0f} s")
        measure(services, chosen.times, chosen.only)


if __name__ == "__main__":
    main()
