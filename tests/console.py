"""People at the console, for the tests: each with a browser of their own."""

import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from bot.archive.accounts import Role
from bot.services import Services
from bot.tickets import write_ticket

KEY = "a-secret-key-of-the-tests"
PASSWORD = "六月的新闻 每天都读"
# What is kept says how dear it is to check; everybody in a test has the same password.
KEPT = str(
    Argon2id(
        salt=b"salt of the tests", length=32, iterations=1, lanes=1, memory_cost=8
    ).derive_phc_encoded(PASSWORD.encode())
)
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
# What stands in a path: every name that a route uses is here, so that its pages are really opened.
PLACES = {
    "issue_id": "2026-06-13",
    "number": "1",
    "form": "html",
    "key": "welcome",
    "token": "x" * 32,
    "name": "cover.jpg",
}
# What opens slowly, or at somebody else's, and says nothing of its own.
LEFT_OUT = {
    f"console.{name}"
    for name in ("health_far", "long_picture", "long_picture_piece", "whole_archive")
}
ENDING = {"console.sign_out", "console.end_sessions"}  # whoever presses that is out


class Person:
    """Somebody with a browser."""

    def __init__(self, app: Flask, name: str = "") -> None:
        self.name = name
        self.browser: FlaskClient = app.test_client()

    def get(self, path: str = "/", **more) -> TestResponse:
        return self.browser.get(f"/console{path}", **more)

    def post(self, path: str, form_on: str = "/account", **fields) -> TestResponse:
        """Send a form as a page of the console has it."""
        data = {"csrf_token": self.token(form_on), **fields}
        return self.browser.post(f"/console{path}", data=data)

    def token(self, form_on: str = "/account") -> str:
        found = TOKEN.search(self.get(form_on).text)
        return found[1] if found else ""

    def cookie(self, name: str) -> str:
        found = self.browser.get_cookie(name, path="/console/")
        assert found
        return found.value

    def sign_in(self, name: str = "", password: str = PASSWORD, **fields) -> TestResponse:
        form = {"name": name or self.name, "password": password, **fields}
        return self.post("/sign-in", "/sign-in", **form)

    def drop(self, name: str, data: bytes | Path) -> TestResponse:
        """Choose a file on the page, and send it."""
        content = data.read_bytes() if isinstance(data, Path) else data
        answer = self.post("/upload", report=(BytesIO(content), name))
        answer.request.environ["wsgi.input"].close()  # a large one lies in a file
        return answer

    def follow(self, answer: TestResponse) -> str:
        """The page after a form."""
        assert answer.status_code == 303, answer.text
        return self.browser.get(answer.location).text


def make_account(services: Services, name: str, role: Role, openid: str = "") -> None:
    token = services.accounts.invite(name, role, "cli:ann", timedelta(hours=1), openid)
    assert services.accounts.accept(token, KEPT)


def signed_in(app: Flask, services: Services, name: str, role: Role, openid: str = "") -> Person:
    """Somebody who has an account, and is in."""
    make_account(services, name, role, openid)
    person = Person(app, name)
    assert person.sign_in().status_code == 303
    return person


def rules(app: Flask, method: str) -> list[Rule]:
    """All routes for that method but those left out; every name in their paths is known."""
    found = [rule for rule in app.url_map.iter_rules() if method in (rule.methods or ())]
    assert len(found) > 30
    for rule in found:
        assert rule.arguments <= {*PLACES, "ticket"}, f"say what {rule.rule} is opened with"
    return [rule for rule in found if rule.endpoint not in LEFT_OUT]


def filled(services: Services, rule: Rule, **other: str) -> str:
    ticket = write_ticket(PLACES["issue_id"], KEY, services.now())
    places = {**PLACES, "ticket": ticket, **other}
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda place: places[place[1]], rule.rule)
