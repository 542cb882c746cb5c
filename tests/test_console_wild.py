"""Whatever is sent to the console, on either database, is answered: also by routes that are added tomorrow."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from bot import flow
from bot.archive.accounts import Role
from bot.config import Config, load_config
from bot.services import Services, open_services
from bot.web import create_app
from tests.conftest import SAMPLES, write_config
from tests.console import ENDING, KEY, PLACES, Person, filled, rules, signed_in

ISSUE = PLACES["issue_id"]


@pytest.fixture
def config(tmp_path, monkeypatch, new_database, sandbox) -> Config:
    web = f'secret_key = "{KEY}"'
    path = write_config(tmp_path, sandbox.url, web=web, database=f'url = "{new_database()}"')
    monkeypatch.setenv("RIKAN_CONFIG", str(path))
    return load_config(path, {})


@pytest.fixture
def services(config, clock) -> Iterator[Services]:
    with open_services(config, clock) as opened:
        yield opened


@pytest.fixture
def app(services: Services) -> Flask:
    made = create_app(services)
    made.config["PROPAGATE_EXCEPTIONS"] = False  # a fault is an answer of 500, as in the open
    return made


@pytest.fixture
def archived(services: Services) -> str:
    return flow.add_issue(services, SAMPLES[-1]).issue.id


@pytest.fixture
def zhao(app, services) -> Person:
    return signed_in(app, services, "赵敏", Role.ADMIN)


# What no database takes.

WILD = ("%00", "a%00b", f"{ISSUE}%00", "9" * 10, "9" * 30, f"{ISSUE}-99", "0000-00-00", "..%2f", "%ed%a0%80")  # fmt: skip
FIELD = re.compile(r'name="([\w-]+)"')


def test_no_path_and_no_question_makes_the_server_fail(app, services, archived, zhao):
    for rule in rules(app, "GET"):
        paths = [filled(services, rule, **{each: wild}) for each in rule.arguments for wild in WILD]
        asked = "&".join(f"{name}=a%00b" for name in ("q", "day", "month", "before", "below", "next", "theme", "author", "days", "state"))  # fmt: skip
        for path in (*paths, f"{filled(services, rule)}?{asked}"):
            assert zhao.browser.get(path).status_code < 500, path


def test_no_field_makes_the_server_fail(app, services, archived, zhao):
    names = {"name", "password", "reason", "to", "mark", *shown_fields(app, services, zhao)}
    assert {"text", "headline", "one", "editor", "role", "old", "secret"} <= names
    names -= {"csrf_token"}
    token = zhao.token()
    for rule in rules(app, "POST"):
        if not rule.rule.startswith("/console") or rule.endpoint in ENDING:  # fmt: skip
            continue
        for wild in ("a\0b", "9" * 30):
            path = filled(services, rule, number=str(10**25) if wild.isdigit() else "1")
            form = {"csrf_token": token, **dict.fromkeys(names, wild)}
            assert zhao.browser.post(path, data=form).status_code < 500, path


def shown_fields(app: Flask, services: Services, person: Person) -> set[str]:
    pages = [person.browser.get(filled(services, rule)) for rule in rules(app, "GET")]
    return {name for page in pages if page.mimetype == "text/html" for name in FIELD.findall(page.text)}  # fmt: skip


def test_what_no_database_keeps_is_told_and_changes_nothing(services, zhao):
    answer = zhao.post("/settings/people/unbind", name="王\0芳")
    assert (answer.status_code, "看不见的字符" in answer.text) == (400, True)
    assert zhao.post("/account/sessions", mark="\0").status_code == 400
    assert zhao.get().status_code == 200
