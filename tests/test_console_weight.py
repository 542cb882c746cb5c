"""Every page of the console is light and loads nothing from elsewhere: also one that is not thought of yet."""

import gzip
import re
from collections.abc import Iterator
from urllib.parse import urljoin

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from bot import flow
from bot.archive.accounts import Role
from bot.config import Config, load_config
from bot.console.assets import assets
from bot.services import Services
from bot.web import create_app
from tests.conftest import SAMPLES, write_config
from tests.console import KEY, Person, signed_in

MOST = 150_000  # bytes of a first load, as they travel
ARGUMENTS = {"issue_id": "2026-06-13", "number": "1", "key": "welcome", "token": "x", "name": "x"}
# What is asked of other processes and of the platform, and files to take along.
NO_PAGES = ("/export/<form>", "/long-picture", "/all.zip", "/health/far", "/difference")
LOADED = re.compile(
    r'<(?:link|script|img|iframe|source|use)\b[^>]*?\b(?:href|src|srcset)="([^"]*)"'
)
LAZY = re.compile(r'<iframe[^>]*loading="lazy"[^>]*>')
ELSEWHERE = re.compile(r"url\((?!['\"]?data:)|@import|https?://|//[a-z]", re.IGNORECASE)


@pytest.fixture
def config(tmp_path) -> Config:
    return load_config(write_config(tmp_path, web=f'secret_key = "{KEY}"'), {})


@pytest.fixture
def app(services: Services) -> Flask:
    for path in SAMPLES[-2:]:
        flow.add_issue(services, path)
    flow.note_published(services, "2026-06-11", "")
    return create_app(services)


@pytest.fixture
def zhao(app, services) -> Person:
    return signed_in(app, services, "赵强", Role.ADMIN)


def addresses(app: Flask) -> Iterator[str]:
    """Of every page of the console, as its routes say."""
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.endpoint.startswith("console.") and is_page(rule):
            yield re.sub(r"<(?:\w+:)?(\w+)>", lambda found: ARGUMENTS[found[1]], rule.rule)


def is_page(rule: Rule) -> bool:
    return not any(part in rule.rule for part in NO_PAGES)


def pages(app: Flask, person: Person) -> Iterator[tuple[str, TestResponse]]:
    for address in addresses(app):
        answer = person.browser.get(address)
        if answer.mimetype == "text/html" and "</html>" in answer.text:
            yield address, answer


def loaded_by(answer: TestResponse) -> list[str]:
    """What a browser asks for at once to show that page."""
    found = LOADED.findall(LAZY.sub("", answer.text))
    return [each for each in found if not each.startswith("data:")]


def weight(person: Person, address: str, answer: TestResponse) -> int:
    """Bytes that travel until the page is shown: text as a web server packs it."""
    own = answer.data if "image/" in str(answer.mimetype) else gzip.compress(answer.data)
    size = len(own)
    if answer.mimetype != "text/html":
        return size
    for each in dict.fromkeys(loaded_by(answer)):
        part = urljoin(address, each)
        size += weight(person, part, person.browser.get(part, buffered=True))
    return size


def test_every_page_is_light_and_loads_from_here_only(app, zhao):
    seen = dict(pages(app, zhao))
    assert len(seen) > 20
    assert {"/console/", "/console/issues/2026-06-13", "/console/archive"} <= seen.keys()
    for address, answer in seen.items():
        for each in loaded_by(answer):
            assert not re.match(r"\w+:|//", each), (address, each)
        assert weight(zhao, address, answer) < MOST, address


def test_what_pages_load_loads_nothing_from_elsewhere(zhao):
    for name, asset in assets().items():
        if name.endswith(".css"):
            assert not ELSEWHERE.search(asset.data.decode()), name


@pytest.mark.parametrize("address", ["/issues", "/issues/2026-06-11", "/issues?q=数据"])
def test_the_public_pages_are_as_light(app, zhao, address):
    answer = zhao.browser.get(address)
    assert answer.status_code == 200
    assert weight(zhao, address, answer) < MOST
    assert not [
        each for each in loaded_by(answer) if re.match(r"https?:|//", each) and "atom" not in each
    ]


def test_style_sheets_and_scripts_travel_packed_where_that_is_taken(zhao):
    address = "/console/assets/console.css"
    packed = zhao.browser.get(address, headers={"Accept-Encoding": "br, gzip"})
    plain = zhao.browser.get(address, headers={"Accept-Encoding": "gzip;q=0"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert packed.mimetype == "text/css"
    assert zhao.browser.get("/console/assets/..%2fconsole.css").status_code == 404


def test_pages_with_a_token_do_not_travel_packed(zhao):
    page = zhao.get("/archive?q=数据", headers={"Accept-Encoding": "gzip"})
    assert "csrf_token" in page.text
    assert "Content-Encoding" not in page.headers
