"""The demo's cast: a sandbox, a web process and a worker, in a folder of their own."""

import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import requests

from bot.cli.sandbox import sandbox_account
from bot.config import AES_KEY_LENGTH, PREFIX, Config, load_config
from bot.errors import StartError
from bot.resources import directory
from bot.sandbox.app import create_sandbox
from bot.sandbox.server import serve
from bot.services import Services, open_services

PATIENCE = 30  # seconds for anything to happen before the demo gives up
PAUSE = 0.05


@contextmanager
def open_cast(work: Path) -> Iterator[tuple[Services, str]]:
    """Start everything in a folder of its own: our services, and the phone's address.

    All of it ends with the demo. Raises StartError.
    """
    # All of it is on this machine: a proxy that the user's environment names would not find it.
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"
    with ExitStack() as closing:
        path = work / "config.toml"
        text = settings(free_port())
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")
        (work / "inbox").mkdir(exist_ok=True)
        account = sandbox_account(load_config(path, {}), "verified")
        server = serve(create_sandbox(account, templates=directory("templates")), "127.0.0.1", 0)
        closing.callback(server.close)
        phone = f"http://127.0.0.1:{server.port}/"
        path.write_text(f'{text}api_base_url = "{phone}"\n', encoding="utf-8")
        config = load_config(path, {})
        services = closing.enter_context(open_services(config))
        services.archive.entries(limit=1)  # makes the database before two processes want it
        closing.enter_context(_child("worker", path))
        closing.enter_context(_child("web", path))
        _wait_for_cast(config, path)
        yield services, phone


def _wait_for_cast(config: Config, path: Path) -> None:
    def alive() -> bool:
        try:
            return requests.get(f"http://127.0.0.1:{config.web.port}/readyz", timeout=1).ok
        except requests.RequestException:
            return False

    if not wait_until(alive) or not wait_until((config.paths.data / "queue.sock").exists):
        raise StartError(f"演示的进程没有启动。原因见 {path.parent} 里的 web.log 和 worker.log")


@contextmanager
def _child(command: str, config: Path) -> Iterator[None]:
    words = [sys.executable, "-m", "bot.cli.main", "--config", str(config), command]
    with (config.parent / f"{command}.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603
            words, stdout=log, stderr=log, process_group=0, env=own_environment()
        )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until(there: Callable[[], bool]) -> bool:
    """Look every PAUSE seconds; False after PATIENCE."""
    end = time.monotonic() + PATIENCE
    pause = threading.Event()
    while not there():
        if time.monotonic() > end:
            return False
        pause.wait(PAUSE)
    return True


def own_environment() -> dict[str, str]:
    """The user's environment without settings that are meant for a real account."""
    return {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def settings(port: int) -> str:
    """The demo's settings file; `[wechat]` comes last, for the platform's address to follow."""
    return f"""[web]
port = {port}
secret_key = "{secrets.token_hex(16)}"

[wechat]
appid = "wxdemo0000000001"
appsecret = "{secrets.token_hex(16)}"
token = "{secrets.token_hex(8)}"
aes_key = "{secrets.token_hex(22)[:AES_KEY_LENGTH]}"
account_name = "新质生产力工作委员会"
account_qr = "http://weixin.qq.com/r/rikan-demo-account"
"""
