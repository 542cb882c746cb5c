"""What every answer of the console says and holds back: all routes are opened, also those added tomorrow."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from bot import flow
from bot.archive.accounts import Role
from bot.config import Config, load_config
from bot.services import Services, open_services
from bot.web import create_app
from tests.conftest import SAMPLES, write_config
from tests.console import KEY, PLACES, Person, filled, rules, signed_in

ISSUE, OUT = PLACES["issue_id"], "2026-06-11"


@pytest.fixture
def config(tmp_path, monkeypatch, sandbox) -> Config:
    web = f'secret_key = "{KEY}"'
    path = write_config(tmp_path, sandbox.url, web=web)
    monkeypatch.setenv("RIKAN_CONFIG", str(path))
    return load_config(path, {})


@pytest.fixture
def services(config, clock) -> Iterator[Services]:
    with open_services(config, clock) as opened:
        yield opened


@pytest.fixture
def app(services: Services) -> Flask:
    return create_app(services)


@pytest.fixture(autouse=True)
def issues(services: Services) -> None:
    """One that is published, and one that is not."""
    for path in SAMPLES[-2:]:
        flow.add_issue(services, path)
    flow.note_published(services, OUT, "https://mp.weixin.qq.com/s/x")


@pytest.fixture
def zhao(app, services) -> Person:
    return signed_in(app, services, "赵敏", Role.ADMIN)


SCRIPT = re.compile(r"<script(?![^>]* src=\"/console/assets/)|\son\w+=")
BARRED = 'sandbox="allow-same-origin"'
FRAMES = ("console.paper", "console.seen")  # an article, with the styles it brings


def policy_of(answer: TestResponse) -> dict[str, str]:
    parts = (each.strip().partition(" ") for each in answer.headers["Content-Security-Policy"].split(";"))  # fmt: skip
    return {name: words for name, _, words in parts}


def everywhere(app: Flask, services: Services, person: Person) -> Iterator[tuple[str, TestResponse]]:  # fmt: skip
    """What somebody and a stranger get of every route, and of addresses that are none."""
    for rule in rules(app, "GET"):
        for who in (person, Person(app)):
            yield rule.endpoint, who.browser.get(filled(services, rule))
    out = (f"/issues/{OUT}", f"/issues/{OUT}/cover.jpg", "/issues?q=数据", "/issues?q=%3Cb%3E")
    nothing = ("/console/nothing", "/nothing", "/console", "/preview/x/", "/issues/1999-01-01")
    for path in (*out, *nothing, "/console/upload", "/console/sign-out", "/wechat/x"):
        yield "", person.browser.get(path)
    script = person.get("/assets/console.js")
    yield "console.asset", script
    script.close()
    yield "", person.browser.post("/console/upload")
    yield "", person.browser.post("/console/", data={"text": "x" * 100_000})


def test_no_answer_lets_anybody_elses_script_run(app, services, zhao):
    for endpoint, answer in everywhere(app, services, zhao):
        policy, place = policy_of(answer), f"{endpoint} {answer.request.path}"
        assert answer.status_code < 500, place
        assert answer.headers["X-Content-Type-Options"] == "nosniff", place
        assert policy["default-src"] == "'none'", place
        assert policy.get("script-src", "'self'") == "'self'", place
        assert policy["base-uri"] == "'none'", place
        assert policy["form-action"] in ("'self'", "'none'"), place
        if endpoint.startswith("console."):
            framed = "'self'" if endpoint in FRAMES and answer.status_code == 200 else "'none'"
            assert policy["frame-ancestors"] == framed, place
            assert ("unsafe" in str(policy)) is (framed == "'self'"), place
            kept = endpoint == "console.asset" and answer.status_code == 200
            assert kept or answer.headers["Cache-Control"] == "no-store", place
            assert answer.headers["Referrer-Policy"] in ("same-origin", "no-referrer"), place
        # A script that the policy would stop is one that somebody got in.
        if answer.mimetype == "text/html" and "/export/" not in place:
            assert not SCRIPT.findall(answer.text), place
            assert all(BARRED in each for each in re.findall("<iframe[^>]*>", answer.text)), place
    assert BARRED in zhao.get().text
