"""The way of an editor's morning in a real browser, with a real worker and the sandbox behind it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from bot.archive.accounts import Role
from bot.cli.cast import free_port
from bot.config import Config
from bot.delivery import State
from bot.resources import directory
from bot.sandbox.account import Account
from bot.sandbox.app import create_sandbox
from bot.sandbox.server import serve
from bot.services import Services, open_services
from bot.web import create_app
from tests.conftest import AES_KEY, APPID, APPSECRET, ISSUES, TOKEN, Sandbox, write_config
from tests.console import KEY, PASSWORD, make_account

ROOT = Path(__file__).parents[1]
ISSUE = "2026-06-09"
PATIENCE = 30_000  # milliseconds, of a machine that has other things to do


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if not program:
        pytest.fail("no chromium") if "CI" in os.environ else pytest.skip("no chromium")
    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def sandbox(port: int) -> Iterator[Sandbox]:
    """It tells our web process of its own accord what became of a publication."""
    events = f"http://127.0.0.1:{port}/wechat"
    account = Account(APPID, APPSECRET, TOKEN, AES_KEY, "secure", webhook_url=events)
    server = serve(create_sandbox(account, templates=directory("templates")), "127.0.0.1", 0)
    yield Sandbox(f"http://127.0.0.1:{server.port}")
    server.close()


@pytest.fixture
def config_path(tmp_path: Path, sandbox: Sandbox, queue_url: str) -> Path:
    web, queue = f'secret_key = "{KEY}"', f'url = "{queue_url}"'
    return write_config(tmp_path, sandbox.url, web=web, queue=queue)


@pytest.fixture
def services(config: Config) -> Iterator[Services]:
    with open_services(config) as opened:
        make_account(opened, "王芳", Role.EDITOR)
        make_account(opened, "李明", Role.APPROVER)
        yield opened


@pytest.fixture
def address(services: Services, port: int) -> Iterator[str]:
    server = serve(create_app(services), "127.0.0.1", port)
    yield f"http://127.0.0.1:{port}"
    server.close()


@pytest.fixture
def worker(config_path: Path) -> Iterator[None]:
    words = [sys.executable, "-m", "bot.cli.main", "--config", str(config_path), "worker"]
    with subprocess.Popen(
        words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        yield
        process.terminate()


@contextmanager
def at_work(browser: Browser, address: str, name: str, width: int) -> Iterator[Page]:
    """Somebody at the console; what a page complains of, or loads from elsewhere, fails the test."""
    height = 812 if width < 640 else 900
    context = browser.new_context(viewport={"width": width, "height": height})
    context.set_default_timeout(PATIENCE)
    page, wrong = context.new_page(), list[str]()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
    page.on("request", lambda asked: wrong.append(asked.url) if away(asked.url, address) else None)
    page.goto(f"{address}/console/")
    page.get_by_label("名字").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("navigation")).to_be_visible(timeout=PATIENCE)
    yield page
    context.close()
    assert wrong == []


def away(url: str, address: str) -> bool:
    return not url.startswith((address, "data:"))


def fits(page: Page) -> None:
    """Nothing sticks out to the side."""
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= page.evaluate("window.innerWidth")


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", name=words)).to_be_visible(timeout=PATIENCE)
    fits(page)


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.usefixtures("worker")
def test_a_report_goes_from_the_desk_to_its_readers(browser, address, services, sandbox, width):
    with at_work(browser, address, "王芳", width) as page:
        page.locator("input[type=file]").first.set_input_files(ISSUES / f"{ISSUE}.pdf")
        heading(page, "看一看预览，再推送成草稿")
        page.locator(".phone summary").click()
        inside = page.frame_locator("iframe")
        expect(inside.get_by_text("检查通过").or_(inside.get_by_text("处要看"))).to_be_visible()
        page.get_by_role("button", name="推送成草稿").click()
        heading(page, "等人批准")
        expect(page.get_by_role("button", name="批准")).to_have_count(0)
        with at_work(browser, address, "李明", width) as second:
            second.goto(f"{address}/console/?day={ISSUE}")
            heading(second, "在手机上看一遍，没有问题就批准")
            second.get_by_role("button", name="批准", exact=True).click()
            heading(second, "已批准，可以发布了")
            second.get_by_role("button", name="现在发布").click()
            heading(second, "6月9日的日报已发布")
            expect(second.locator(".address a")).to_be_visible()
            second.get_by_role("link", name="这一期的经过和其他操作").click()
            for done in ("批准发布", "草稿已建好", "已提交发布"):
                expect(second.locator(".record").get_by_text(done, exact=True)).to_be_visible()
            fits(second)
    assert services.ledger.delivery(ISSUE).state is State.PUBLISHED
    assert len(sandbox.state["published"]) == 1


@pytest.mark.parametrize("width", [375, 1280])
def test_every_page_can_be_gone_through_with_the_keyboard(browser, address, width):
    with at_work(browser, address, "王芳", width) as page:
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        inside = page.evaluate("document.activeElement.closest('main') !== null")
        assert inside


def test_a_session_that_ends_half_way_leads_back_to_the_sign_in(browser, address, services):
    with at_work(browser, address, "王芳", 1280) as page:
        heading(page, "今天会自动做的")
        services.accounts.sessions.end_of("王芳")
        page.get_by_role("link", name="交付").click()
        heading(page, "登录")
        page.get_by_label("名字").fill("王芳")
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        heading(page, "交付")
