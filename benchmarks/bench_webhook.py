"""The whole webhook under load, beside two bots that only echo, in one run on one machine.

Ours opens encrypted envelopes, notes each message, searches ten thousand sections and seals the
answer; theirs send a plain text back. Every message is new and from another follower. `remembered`:
five hundred questions, asked again and again; `each once`: every question is another one, so that
nothing can be answered from memory. Needs wrk.
"""

import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from bot.cli.cast import own_environment
from bot.sandbox.account import Account
from bot.sandbox.envelope import seal_envelope
from tests.shelf import ACCOUNT, on_shelf, shuffled

HERE = Path(__file__).parent
ROOT = HERE.parent
TOKEN = "benchmarktoken"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
ISSUES = 1000  # of ten sections each
ROUNDS, SECONDS, CONNECTIONS = 3, 8, 16
MESSAGES = 48_000  # more than any of them answers in that time
QUESTIONS = 500
SETTINGS = f"""
[wechat]
appid = "{ACCOUNT}"
token = "{TOKEN}"
aes_key = "{AES_KEY}"
[web]
public_url = "https://rikan.example.com"
secret_key = "benchmark"
"""
# wrk takes the next message from the file each time.
SCRIPT = """
local messages, place = {}, 0
for line in io.lines(os.getenv("MESSAGES")) do messages[#messages + 1] = line end
request = function()
  place = place % #messages + 1
  local query, body = messages[place]:match("^(%S+) (.*)$")
  return wrk.format("POST", "/wechat?" .. query, nil, body)
end
done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format('{"rps": %.1f, "p50": %.2f, "p99": %.2f, "errors": %d}',
    summary.requests / summary.duration * 1e6, latency:percentile(50) / 1000,
    latency:percentile(99) / 1000, errors.status + errors.connect + errors.read + errors.timeout))
end
"""


def fill(folder: Path) -> list[str]:
    """An archive of ten thousand sections, all published; what can be asked of it."""
    headings = []
    with on_shelf(f"sqlite:///{folder / 'data' / 'rikan.db'}") as shelf:
        for day, units in shuffled(ISSUES):
            shelf.put(day, units)
            headings += [heading for heading, _ in units]
        shelf.connection.commit()
    return headings


def questions(headings: list[str], count: int, chance: random.Random) -> list[str]:
    """Words of headings, each other ones: two to six characters that stand together, some of them with a second word."""
    asked: dict[str, None] = {}
    while len(asked) < count:
        runs = re.findall(r"[\u4e00-\u9fff]{2,}", chance.choice(headings))
        pieces = [
            piece(run, chance)
            for run in chance.sample(runs, min(len(runs), chance.choice((1, 1, 2))))
        ]
        if pieces:
            asked[" ".join(pieces)] = None
    return list(asked)


def piece(run: str, chance: random.Random) -> str:
    length = min(len(run), chance.randint(2, 6))
    start = chance.randint(0, len(run) - length)
    return run[start : start + length]


def write_messages(path: Path, mode: str, words: list[str]) -> None:
    """Signed and sealed as the platform does it, one a line."""
    account = Account(ACCOUNT, "", TOKEN, AES_KEY, mode)
    with path.open("w", encoding="utf-8") as file:
        for number in range(MESSAGES):
            now = time.time()
            envelope = seal_envelope(
                account,
                {
                    "ToUserName": account.original_id,
                    "FromUserName": f"o{number:027d}",
                    "CreateTime": int(now),
                    "MsgType": "text",
                    "Content": words[number % len(words)],
                    "MsgId": random.getrandbits(62),
                },
                now,
            )
            query = requests.models.PreparedRequest()
            query.prepare_url("http://a/", envelope.query)
            assert query.url
            file.write(f"{query.url.partition('?')[2]} {envelope.body}\n")


@contextmanager
def server(words: list[str], folder: Path, port: int) -> Iterator[str]:
    """A bot on that port, once it answers at all."""
    address = f"http://127.0.0.1:{port}"
    log = (folder / f"{port}.log").open("wb")
    process = subprocess.Popen(
        words,
        cwd=folder,
        stdout=log,
        stderr=log,
        process_group=0,
        env={**own_environment(), "PYTHONPATH": str(ROOT), "WECHAT_TOKEN": TOKEN},
    )
    try:
        wait_for(address)
        yield address
    finally:
        process.terminate()
        process.wait()
        log.close()


def wait_for(address: str) -> None:
    for _ in range(300):
        try:
            requests.post(f"{address}/wechat", timeout=1)
        except requests.RequestException:
            time.sleep(0.05)
        else:
            return


def load(address: str, messages: Path, script: Path) -> dict[str, float]:
    """What wrk measured."""
    done = subprocess.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "-s", script, address],
        env={**os.environ, "MESSAGES": str(messages)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout[done.stdout.index("{") :])


def cases(peers: Path) -> dict[str, tuple[list[str], str, bool]]:
    """name: (how it is started, the mode of its messages, whether each question is another)."""
    gunicorn = [str(peers / "gunicorn"), "-w2", "-kgthread", "--threads=4", f"--chdir={HERE}"]
    ours = [sys.executable, "-m", "bot.cli.main", "web", "--processes", "2", "--port"]
    return {
        "echo: wechatpy + Flask": ([*gunicorn, "echo_wechatpy:app", "-b"], "plain", False),
        "echo: WeRoBot": ([*gunicorn, "echo_werobot:app", "-b"], "plain", False),
        "rikan, remembered": (ours, "secure", False),
        "rikan, each once": (ours, "secure", True),
    }


def main() -> None:
    """Every bot in turn, several rounds."""
    peers = (Path(os.environ.get("RIKAN_WEBHOOK_PEERS", ".venv-webhook-peers")) / "bin").absolute()
    if not peers.exists():
        sys.exit(f"no peers at {peers}: run make bench")
    if not shutil.which("wrk"):
        sys.exit("no wrk here; on Debian: apt-get install wrk")
    with tempfile.TemporaryDirectory() as name:
        measure(Path(name), peers)


def measure(folder: Path, peers: Path) -> None:
    chance = random.Random(7)
    (folder / "config.toml").write_text(SETTINGS, encoding="utf-8")
    headings = fill(folder)
    script, messages = folder / "wrk.lua", folder / "messages"
    script.write_text(SCRIPT, encoding="utf-8")
    often, once = (questions(headings, count, chance) for count in (QUESTIONS, MESSAGES))
    found: dict[str, list[dict[str, float]]] = {case: [] for case in cases(peers)}
    for turn in range(ROUNDS):
        for number, (case, (start, mode, fresh)) in enumerate(cases(peers).items()):
            port = 7300 + turn * 10 + number
            for kept in folder.glob("data/followers.db*"):
                kept.unlink()
            write_messages(messages, mode, once if fresh else often)
            where = f"127.0.0.1:{port}" if start[-1] == "-b" else str(port)
            with server([*start, where], folder, port) as address:
                load(address, messages, script)  # until everything is loaded, and asked once
                write_messages(messages, mode, once[::-1] if fresh else often)
                found[case].append(load(address, messages, script))
    tell(found)


def tell(found: dict[str, list[dict[str, float]]]) -> None:
    """Medians, and what part of the echo's rate each has."""
    rates = {
        case: statistics.median(each["rps"] for each in rounds) for case, rounds in found.items()
    }
    first = next(iter(rates.values()))
    print(
        f"{'2 processes × 4 threads, ' + str(CONNECTIONS) + ' connections':42}{'req/s':>8}{'× echo':>8}{'p50 ms':>8}{'p99 ms':>8}{'errors':>8}"
    )
    for case, rounds in found.items():
        p50, p99 = (statistics.median(each[name] for each in rounds) for name in ("p50", "p99"))
        errors = sum(int(each["errors"]) for each in rounds)
        print(
            f"{case:42}{rates[case]:8,.0f}{rates[case] / first:8.2f}{p50:8.1f}{p99:8.1f}{errors:8}"
        )


if __name__ == "__main__":
    main()
