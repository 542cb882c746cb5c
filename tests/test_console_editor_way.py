"""The editor in a real browser: the phone follows the keys, and nothing that was typed is lost."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bot import flow, revising
from tests.conftest import SAMPLES
from tests.console import PASSWORD
from tests.test_console_way import (  # noqa: F401 - the fixtures
    PATIENCE,
    address,
    browser,
    config_path,
    fits,
    port,
    sandbox,
    services,
)

ISSUE = "2026-06-13"
EXPECTED = "Failed to load resource"  # of what is asked while nobody is there


@contextmanager
def editing(browser: Browser, address: str, width: int) -> Iterator[BrowserContext]:  # noqa: F811
    """A browser that is signed in; what its pages complain of fails the test."""
    context = browser.new_context(viewport={"width": width, "height": 812})
    context.set_default_timeout(PATIENCE)
    wrong = list[str]()
    context.on("weberror", lambda each: wrong.append(str(each.error)))
    context.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
    page = context.new_page()
    sign_in(page, f"{address}/console/")
    expect(page.get_by_role("navigation")).to_be_visible(timeout=PATIENCE)
    yield context
    context.close()
    assert [each for each in wrong if EXPECTED not in each] == []


def sign_in(page: Page, address: str = "") -> None:  # noqa: F811
    if address:
        page.goto(address)
    page.get_by_label("名字").fill("王芳")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()


def write(page: Page, after: str, words: str) -> None:
    """Put the cursor behind some words, and type."""
    at = page.evaluate(
        "words => { const area = document.querySelector('textarea[name=text]'), "
        "at = area.value.indexOf(words) + words.length; area.focus(); area.setSelectionRange(at, at); return at }",
        after,
    )
    assert at > len(after)
    page.keyboard.insert_text(words)


def show(page: Page, name: str) -> None:
    """On a phone the text and its preview are two tabs."""
    button = page.locator(".switch").get_by_role("button", name=name)
    if button.is_visible():
        button.click()


@pytest.mark.parametrize("width", [375])
def test_the_phone_follows_the_keys_and_nothing_typed_is_lost(browser, address, services, width):  # noqa: F811
    issue = flow.add_issue(services, SAMPLES[-1]).issue
    wrong = revising.text_of(issue).replace("“人工智能+”", "”人工智能+“", 1)
    revising.save(services, wrong, issue, over=issue)
    place, area = f"{address}/console/issues/{ISSUE}", "textarea[name=text]"
    with editing(browser, address, width) as context:
        page = context.pages[0]
        page.goto(place)
        page.get_by_role("button", name="改好引号").click()
        expect(page.locator(area)).to_have_value(revising.text_of(issue))
        expect(page.get_by_role("button", name="改好引号")).to_have_count(0)
        write(page, "方向的主线", "，第一次写的")
        show(page, "预览")
        phone = page.frame_locator("iframe").locator(".light .content")
        expect(phone.get_by_text("方向的主线，第一次写的")).to_be_visible()
        fits(page)
        # The network is cut, and comes back.
        show(page, "文字")
        context.set_offline(True)
        write(page, "，第一次写的", "，断网时写的")
        expect(page.get_by_text("连不上服务器")).to_be_visible()
        page.get_by_role("button", name="保存").click()
        expect(page.get_by_text("连不上服务器")).to_be_visible()
        context.set_offline(False)
        show(page, "预览")
        expect(phone.get_by_text("第一次写的，断网时写的")).to_be_visible()
        # The tab is closed; in the next one it is offered, and not put there unasked.
        second = context.new_page()
        page.close()
        second.goto(place)
        expect(second.get_by_text("没有保存的文字")).to_be_visible()
        expect(second.locator(area)).to_have_value(wrong)
        second.get_by_role("button", name="接着写").click()
        # The session ends before it is saved.
        services.accounts.sessions.end_of("王芳")
        second.get_by_role("button", name="保存").click()
        second.get_by_role("link", name="重新登录后接着写").click()
        sign_in(second)
        second.get_by_role("button", name="接着写").click()
        second.get_by_role("button", name="保存").click()
        expect(second.get_by_text("已保存。")).to_be_visible()
        assert "第一次写的，断网时写的" in services.archive.issue(ISSUE).summary
        second.reload()
        expect(second.locator("#unsaved")).to_be_hidden()
        assert second.evaluate("localStorage.length") == 0
