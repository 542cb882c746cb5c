"""What every answer of the console says and holds back: all routes are opened, also those added tomorrow."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from io import BytesIO
from zipfile import ZipFile

import pyotp
import pytest
from flask import Flask
from itsdangerous import URLSafeSerializer
from werkzeug.test import TestResponse

from bot import flow, revising
from bot.archive.accounts import Role
from bot.config import Config, load_config, secrets_of
from bot.console.sealing import seal
from bot.services import Services, open_services
from bot.tickets import write_ticket
from bot.web import create_app
from tests.conftest import AES_KEY, APPSECRET, SAMPLES, TOKEN, write_config
from tests.console import ENDING, KEY, PLACES, Person, filled, rules, signed_in

ISSUE, OUT = PLACES["issue_id"], "2026-06-11"
QUEUE_PASSWORD = "password-of-the-queue"


@pytest.fixture
def config(tmp_path, monkeypatch, sandbox) -> Config:
    web = f'secret_key = "{KEY}"\nmetrics_token = "metrics-token"'
    queue = f'url = "redis://:{QUEUE_PASSWORD}@127.0.0.1:1/0"'
    path = write_config(tmp_path, sandbox.url, web=web, queue=queue)
    with path.open("a", encoding="utf-8") as file:
        file.write(
            '[notify]\nurls = ["https://oapi.dingtalk.com/robot/send?access_token=hmac-of-a-robot"]\n'
        )
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


def test_no_answer_lets_anybody_elses_script_run_or_tells_a_secret(app, services, config, zhao):
    go_wrong(zhao)
    secrets = secrets_of_all(services, config)
    for endpoint, answer in everywhere(app, services, zhao):
        place = f"{endpoint} {answer.request.path} {answer.status_code}"
        require_policy(endpoint, answer, place)
        assert not [each for each in secrets if each.encode() in answer.data], place
        # A script that the policy would stop is one that somebody got in.
        if answer.mimetype == "text/html":
            assert not SCRIPT.findall(answer.text), place
            assert all(BARRED in each for each in re.findall("<iframe[^>]*>", answer.text)), place
    assert BARRED in zhao.get().text
    with zhao.browser.session_transaction() as cookie, ZipFile(BytesIO(zhao.get("/archive/all.zip").data)) as pack:  # fmt: skip
        told = [str(dict(cookie)).encode(), *map(pack.read, pack.namelist())]
    assert not [each for each in secrets if any(each.encode() in data for data in told)]


def go_wrong(person: Person) -> None:
    """Sentences tell what was tried."""
    person.post(f"/issues/{ISSUE}/push")  # the queue is not there
    person.post("/settings/people/invite", name="王芳")
    person.post("/settings/wording/welcome", text="{secret_key}")


def secrets_of_all(services: Services, config: Config) -> list[str]:
    factor = seal(pyotp.random_base32(), "赵敏", KEY)
    services.accounts.set_second_factor("赵敏", factor)
    account = services.accounts.account("赵敏")
    assert account
    secrets = [*secrets_of(config), account.password, factor, QUEUE_PASSWORD, "hmac-of-a-robot"]
    assert {KEY, APPSECRET, AES_KEY, TOKEN, "metrics-token"} <= set(secrets)
    return secrets


def require_policy(endpoint: str, answer: TestResponse, place: str) -> None:
    policy = policy_of(answer)
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


def test_what_is_not_published_is_on_no_public_page(app, services):
    headline = services.archive.issue(ISSUE).sections[0].title[:12]
    stranger = Person(app)
    for rule in rules(app, "GET"):
        if not rule.rule.startswith("/console") and "ticket" not in rule.arguments:
            for more in ("", f"?q={headline}", f"?q={ISSUE}"):
                answer = stranger.browser.get(f"{filled(services, rule)}{more}")
                assert answer.status_code in (200, 401, 403, 404), rule.rule
                shown = answer.text.replace(f'value="{headline}"', "").replace(headline, "", 2)
                assert headline not in shown, rule.rule
                assert f"/issues/{ISSUE}" not in shown, rule.rule


def test_a_signed_link_shows_its_own_issue_and_opens_nothing_else(app, services, clock):
    stranger, ticket = Person(app).browser, write_ticket(OUT, KEY, clock())
    page = stranger.get(f"/preview/{ticket}/").text
    assert services.archive.issue(ISSUE).headline not in page
    for path in (ISSUE, f"..{ISSUE}", f"%2e%2e/{ISSUE}", "../config.toml", "%2fetc%2fpasswd"):
        assert stranger.get(f"/preview/{ticket}/{path}").status_code == 404
    named, _, signature = ticket.partition(".")
    other = write_ticket(ISSUE, KEY, clock()).partition(".")[0]
    for forged in (f"{other}.{signature}", f"{named}.{signature[::-1]}", f"{named}.", named):
        assert stranger.get(f"/preview/{forged}/").status_code == 404
    # What is signed for another purpose is no ticket, and a ticket is no pass.
    passing = URLSafeSerializer(KEY, salt="rikan second factor").dumps([ISSUE, 2**40])
    assert stranger.get(f"/preview/{passing}/").status_code == 404
    clock.forward(days=3, seconds=1)
    assert stranger.get(f"/preview/{ticket}/cover.jpg").status_code == 404


# What somebody wrote is text, wherever it is shown.

PROBE = "'\"><xssprobe onload=x>{{7*7}}"
WRITTEN = PROBE.replace("<", "\\<")
PASSAGE = f"""{WRITTEN} [a](javascript:alert(1)) [b](data:text/html,x) <javascript:alert(1)>
[c](https://mp.weixin.qq.com/s/x"onload=x) ![{WRITTEN}](https://mmbiz.qpic.cn/a"onload=x "{WRITTEN}")

```
{PROBE}</code></pre>
```

> {WRITTEN}

| {WRITTEN} | b |
|---|---|
| `{PROBE}` | [x](javascript:1) |
"""


class Tags(HTMLParser):
    """What a browser would take for more than text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        leads = ("href", "src", "action", "formaction", "content", "hx-get", "hx-post")
        bad = [name for name, value in attrs if name.startswith("on") or (name in leads and re.match(r"\s*(javascript|data:text)", value or "", re.I))]  # fmt: skip
        if tag == "xssprobe" or bad:
            self.wrong.append(self.get_starttag_text() or tag)


def written_into(person: Person, services: Services) -> None:
    """An editor writes it wherever something can be written."""
    text = revising.text_of(services.archive.issue(ISSUE))
    text = re.sub(r"^(title|organisation|partners): ", rf"\1: {re.escape(PROBE)}", text, flags=re.M)
    text = re.sub(r"^## 1 ", lambda _: f"## 1 {WRITTEN}", text, flags=re.M)
    text = text.replace("\n\n国家数据局 6 月", f"\n\n{PASSAGE}\n国家数据局 6 月", 1)
    text = text.replace("\n1. ", f"\n1. [{WRITTEN}](javascript:alert(1)) ", 1)
    assert "收下了" in person.follow(person.drop(f"{PROBE}.md", text.encode()))
    base = re.search(r'name="base" value="(\w+)"', person.get(f"/issues/{ISSUE}").text)
    assert base
    assert person.post(f"/issues/{ISSUE}/text", text=text + WRITTEN, base=base[1]).status_code == 303  # fmt: skip
    person.post(f"/issues/{ISSUE}/here")
    look = {"headline": PROBE, "author": PROBE[:8], "digest": PROBE, "source_url": f"https://a.cn/{PROBE.replace(' ', '')}"}  # fmt: skip
    assert person.post(f"/issues/{ISSUE}/looks", **look).status_code == 303
    person.post("/readers/synonyms", one="<xssprobe>", other="数据要素")
    person.post(f"/issues/{ISSUE}/skip", reason=PROBE)
    person.post(f"/issues/{ISSUE}/resume")


def test_nothing_that_somebody_writes_becomes_more_than_text(app, services, zhao):
    written_into(signed_in(app, services, PROBE[:14], Role.EDITOR), services)
    zhao.post("/settings/people/invite", name=PROBE[:14])
    zhao.post("/accounts/invite", name=PROBE[:13], role="editor")
    flow.note_published(services, ISSUE, "https://mp.weixin.qq.com/s/y")
    asked = dict.fromkeys(("q", "day", "month", "state", "before", "theme", "author", "next", "tone"), PROBE)  # fmt: skip
    shown = 0
    for rule in rules(app, "GET"):
        for question in (asked,) if rule.arguments else ({}, asked):
            answer = zhao.browser.get(filled(services, rule), query_string=question)
            if answer.mimetype in ("text/html", "application/atom+xml", "application/xml"):
                assert not Tags(answer.text).wrong, rule.rule
                assert "onload=x>49" not in answer.text, rule.rule
                shown += "xssprobe" in answer.text
    assert shown > 20


def test_nothing_that_is_sent_comes_back_as_more_than_text(app, services, zhao):
    names = {"name", "text", "headline", "author", "digest", "source_url", "one", "other", "days", "skip", "draft_at", "preview_to", "0-name", "0-url", "role", "seen", "kept", "framed", "code", "passed", "next"}  # fmt: skip
    form = {"csrf_token": zhao.token(), **dict.fromkeys(names, PROBE), "0-type": "view"}
    shown = set()
    for rule in rules(app, "POST"):
        if rule.rule.startswith("/console") and rule.endpoint not in ENDING:
            for told in ({}, {"HX-Request": "true", "Accept": "application/json"}):
                answer = zhao.browser.post(filled(services, rule), data=form, headers=told)
                body = answer.json or {} if answer.is_json else {"page": answer.text}
                for name in body.keys() - {"text"}:
                    assert not Tags(str(body[name])).wrong, rule.rule
                shown |= {answer.location} if answer.status_code == 303 else set()
    for address in shown:
        assert not Tags(zhao.browser.get(address).text).wrong, address
