"""The watch over the tests' own logs and output works."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import AES_KEY, APPSECRET
from tests.secrecy import told_in

ROOT = Path(__file__).parents[1]
TOKEN = f"sandbox_{'0f' * 8}"
LEAKS = f"""
import logging, os

def test_debug(): logging.getLogger("urllib3.x").debug("%s", {APPSECRET!r})
def test_warning(): logging.getLogger("other").warning("token {TOKEN}")
def test_output(): print({AES_KEY!r})
def test_descriptor(): os.write(2, b"{TOKEN}")
def test_traceback():
    try: raise ValueError({APPSECRET!r})
    except ValueError: logging.getLogger("bot").exception("oh")
def test_fine(): print("access_token=…")
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What pytest says of a run in which all tests pass, and five of six tell a secret."""
    folder = tmp_path_factory.mktemp("leaks")
    settings, test = folder / "pytest.ini", folder / "test_leaks.py"
    settings.write_text("[pytest]\n", encoding="utf-8")
    test.write_text(LEAKS, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "tests.secrecy", "-c", str(settings)]
    done = subprocess.run(
        [*command, str(test)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout


@pytest.mark.parametrize("way", ["debug", "warning", "output", "descriptor", "traceback"])
def test_a_test_that_tells_a_secret_fails(report, way):
    assert f"test_{way} told " in report


def test_a_test_that_tells_none_passes(report):
    assert "6 passed, 5 errors" in report
    assert "test_fine told" not in report


def test_the_secrets_are_those_that_the_tests_use():
    assert told_in(f"{APPSECRET} {AES_KEY} {TOKEN}") == [
        "the AppSecret",
        "the AES key",
        "an access token",
    ]
