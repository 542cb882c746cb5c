"""Nobody is shut out: every page as a machine reads it, in light and in dark, and with the Tab key."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from bot import flow, revising
from bot.archive.accounts import Role
from bot.config import load_config
from bot.resources import directory
from bot.sandbox.account import Account
from bot.sandbox.app import create_sandbox
from bot.sandbox.server import serve
from bot.services import SHANGHAI, Services, open_services
from bot.tickets import write_ticket
from bot.web import create_app
from tests.browser_day import PHONE, Hands, opened
from tests.conftest import AES_KEY, APPID, APPSECRET, SAMPLES, TOKEN, write_config
from tests.console import KEY, make_account

NOW = datetime(2026, 6, 13, 7, 30, tzinfo=SHANGHAI)
TODAY, PUBLISHED, PUSHED = "2026-06-13", "2026-06-09", "2026-06-11"
# What leads to a file, or takes a while to be made and is no page either.
NO_PAGES = {
    "console.exported",
    "console.whole_archive",
    "console.asset",
    "webhook.greet",
    "watching.metrics",
}
BESIDES = (
    "/console/",
    f"/console/?day={PUBLISHED}",
    f"/console/?day={PUSHED}",
    "/console/?day=2026-06-15",
    f"/console/archive?q={quote('数据要素')}",
    f"/issues?q={quote('数据要素')}",
    f"/console/issues/{PUBLISHED}/delivery",
    f"/issues/{PUBLISHED}",
    "/console/nowhere",
    "/nowhere",
)
WALK = Path(__file__).with_name("walk.js").read_text(encoding="utf-8")
LIGHT = {"resultTypes": ["violations"]}
DARK = {**LIGHT, "runOnly": ["color-contrast"]}
REPAINTED = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
MOST_TABS = 300


@dataclass
class Found:
    """What shuts somebody out, a line for each place."""

    addresses: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    covered: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def found(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Found]:
    """All pages, visited once."""
    with ExitStack() as closing:
        account = Account(APPID, APPSECRET, TOKEN, AES_KEY, "secure")
        far = serve(create_sandbox(account, templates=directory("templates")), "127.0.0.1", 0)
        closing.callback(far.close)
        there = f"http://127.0.0.1:{far.port}"
        path = write_config(tmp_path_factory.mktemp("site"), there, web=f'secret_key = "{KEY}"')
        with path.open("a", encoding="utf-8") as file:
            file.write("\n[schedule]\nenabled = true\nextra = ['2026-06-13']\n")
        services = closing.enter_context(open_services(load_config(path, {}), lambda: NOW))
        fill(services, there)
        server = serve(app := create_app(services), "127.0.0.1", 0)
        closing.callback(server.close)
        here = f"http://127.0.0.1:{server.port}"
        context, _ = closing.enter_context(opened(browser, PHONE, here, there))
        context.add_init_script(Axe().axe_script)
        yield walk(context, here, addresses(app, services), there)


def fill(services: Services, there: str) -> None:
    """Issues in several states, and people."""
    for path in SAMPLES:
        flow.add_issue(services, path)
    issue = services.archive.issue(TODAY)
    wrong = revising.text_of(issue).replace("“人工智能+”", "”人工智能+“", 1)
    revising.save(services, wrong, issue, over=issue)
    flow.note_published(services, PUBLISHED, "https://mp.weixin.qq.com/s/x")
    flow.push_issue(services, PUSHED)
    services.editors.bind("oEditorWangFang", services.editors.invite("王芳", timedelta(hours=1)))
    services.editors.invite("李明", timedelta(hours=1))
    make_account(services, "赵强", Role.ADMIN)
    make_account(services, "王芳", Role.EDITOR, "oEditorWangFang")
    for words in ("最新", "低空经济"):
        say = {"openid": "oSandboxFollower000000000001", "text": words}
        requests.post(f"{there}/sandbox/say", json=say, timeout=5).raise_for_status()


def addresses(app, services: Services) -> list[str]:
    """Every route that shows something."""
    token = services.accounts.invite("周涛", Role.EDITOR, "cli:ann", timedelta(hours=1))
    ticket = write_ticket(TODAY, KEY, NOW)
    known = {"issue_id": TODAY, "number": 1, "token": token, "ticket": ticket, "key": "nothing"}
    rules = [each for each in app.url_map.iter_rules() if "GET" in (each.methods or ())]
    with app.test_request_context():
        urls = app.url_map.bind("")
        return [
            urls.build(each.endpoint, {name: known[name] for name in each.arguments})
            for each in rules
            if each.endpoint not in NO_PAGES and each.arguments <= set(known)
        ]


def walk(context: BrowserContext, here: str, paths: list[str], there: str) -> Found:
    found, page = Found(), context.new_page()
    strangers = [each for each in paths if "/sign-in" in each or "/invitation/" in each]
    for path in strangers:
        visit(page, here + path, found)
    page.goto(f"{here}/console/")
    Hands(page).sign_in("赵强")
    page.get_by_role("navigation").first.wait_for()
    draft = context.request.get(f"{there}/sandbox/state").json()["drafts"][0]["media_id"]
    far = [f"{there}/{each}" for each in ("", "chat", f"drafts/{draft}", "s/nowhere")]
    near = [here + each for each in dict.fromkeys([*paths, *BESIDES]) if each not in strangers]
    for address in [*near, *far]:
        if is_page(context, address):
            visit(page, address, found)
    return found


def is_page(context: BrowserContext, address: str) -> bool:
    answer = context.request.get(address)
    kind = answer.headers.get("content-type", "")
    return kind.startswith("text/html") and "<!doctype html>" in answer.text()[:2000].lower()


def visit(page: Page, address: str, found: Found) -> None:
    """A page, looked at in both tones and gone through with the Tab key."""
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.goto(address)
    found.addresses.append(address)
    look(page, found, LIGHT)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.evaluate(REPAINTED)
    look(page, found, DARK)
    go_through(page, found)


def look(page: Page, found: Found, options: Mapping[str, object]) -> None:
    for each in page.evaluate("options => axe.run(document, options)", options)["violations"]:
        nodes = [f"{node['html'][:120]} {node['failureSummary'][:200]}" for node in each["nodes"]]
        found.violations += [f"{page.url} {each['id']}: {node}" for node in nodes]


def go_through(page: Page, found: Found) -> None:
    page.evaluate("document.activeElement && document.activeElement.blur()")
    page.evaluate(WALK)
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("walk.done()"):
            break
    result = page.evaluate("walk.result()")
    for name in ("missed", "unseen", "covered"):
        getattr(found, name).extend(f"{page.url} {each}" for each in result[name])


def test_axe_finds_nothing_on_any_page(found: Found) -> None:
    assert len(found.addresses) > 40
    assert not found.violations, "\n".join(found.violations)


def test_the_tab_key_leads_to_everything(found: Found) -> None:
    assert not found.missed, "\n".join(found.missed)


def test_where_the_keyboard_is_can_be_seen(found: Found) -> None:
    assert not found.unseen, "\n".join(found.unseen)
    assert not found.covered, "\n".join(found.covered)
