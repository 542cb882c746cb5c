"""What an editor may look at before anything is published, and nobody else."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot import flow
from bot.config import Config
from bot.services import SHANGHAI, Services
from bot.tickets import LIFETIME, read_ticket, write_ticket
from bot.web import create_app
from tests.conftest import SAMPLES

ISSUE = "2026-06-13"
KEY = "a key of thirty-two letters, or so"
NOON = datetime(2026, 6, 13, 12, tzinfo=SHANGHAI)


def test_a_ticket_is_good_until_its_time_is_over():
    ticket = write_ticket(ISSUE, KEY, NOON)
    assert read_ticket(ticket, KEY, NOON + LIFETIME) == ISSUE
    assert read_ticket(ticket, KEY, NOON + LIFETIME + timedelta(seconds=1)) is None


def test_another_key_makes_every_ticket_void():
    assert read_ticket(write_ticket(ISSUE, "an older key", NOON), KEY, NOON) is None


@given(st.text(max_size=200))
def test_no_other_text_is_a_ticket(text):
    assert read_ticket(text, KEY, NOON) is None


@pytest.fixture
def config(config: Config) -> Config:
    web = config.web.model_copy(update={"secret_key": SecretStr(KEY)})
    return config.model_copy(update={"web": web})


@pytest.fixture
def services(services: Services) -> Services:
    flow.add_issue(services, SAMPLES[-1])
    return services


@pytest.fixture
def browser(services: Services) -> Iterator[FlaskClient]:
    with create_app(services).test_client() as client:
        yield client


@pytest.fixture
def address(services: Services) -> str:
    return f"/preview/{write_ticket(ISSUE, KEY, services.now())}/"


def test_a_ticket_shows_the_unpublished_issue_in_light_and_dark(browser, address):
    page = browser.get(address)
    assert page.status_code == 200
    assert browser.get(f"/issues/{ISSUE}").status_code == 404
    assert page.text.count("data-rikan=") == 2
    assert " / 20,000 字符" in page.text
    assert "<script" not in page.text


def test_the_page_finds_its_pictures(browser, address):
    for name in ("cover.jpg", "square.jpg", "footer.png"):
        assert browser.get(address + name).mimetype.startswith("image/")
    assert browser.get(address + "config.toml").status_code == 404


def test_the_page_is_kept_by_nobody_and_its_address_goes_nowhere(browser, address):
    headers = browser.get(address).headers
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize("ticket", ["x", "WyIyMDI2LTA2LTEzIiwxXQ.x", "..", "%00"])
def test_without_a_ticket_there_is_nothing_but_the_remedy(browser, ticket):
    page = browser.get(f"/preview/{ticket}/")
    assert page.status_code == 404
    assert "新质" not in page.text


def test_an_old_ticket_says_how_to_get_another(browser, services):
    old = write_ticket(ISSUE, KEY, services.now() - LIFETIME - timedelta(minutes=1))
    assert "rikan preview" in browser.get(f"/preview/{old}/").text
