"""The editor in a real browser: the phone follows the keys, and nothing that was typed is lost."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

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


def change(page: Page, text: str) -> None:
    """Have another text there, as if it had been pasted."""
    page.locator("textarea[name=text]").evaluate(
        f"area => {{ area.value = {text}; area.dispatchEvent(new Event('input')) }}"
    )


def typing_meanwhile(asked: Route) -> None:
    write(asked.request.frame.page, "第一页写的", "又写的")
    asked.continue_()


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


AREA = "textarea[name=text]"


def test_two_tabs_a_clash_and_a_slow_answer_lose_nothing(browser, address, services):  # noqa: F811
    issue = flow.add_issue(services, SAMPLES[-1]).issue
    wrong = revising.text_of(issue).replace("“人工智能+”", "”人工智能+“", 1)
    issue = revising.save(services, wrong, issue, over=issue).issue
    place = f"{address}/console/issues/{ISSUE}"
    with editing(browser, address, 1280) as context:
        # Each tab has a copy of its own: what is taken back in one is not lost of the other.
        first, second = context.pages[0], context.new_page()
        for page in (first, second):
            page.goto(place)
        write(first, "方向的主线", "，第一页写的")
        write(second, "方向的主线", "，第二页写的")
        second.keyboard.press("Control+z")
        expect(second.locator(AREA)).to_have_value(wrong)
        expect(second.locator("#said")).to_have_text("")
        second.close()
        first.close()
        page = context.new_page()
        page.goto(place)
        page.get_by_role("button", name="接着写").click()
        expect(page.locator(AREA)).to_have_value(wrong.replace("主线", "主线，第一页写的", 1))
        # What is typed while a mend is on its way stays, and the mend waits for another click.
        expect(page.locator("#said")).to_have_text("有没保存的改动")
        page.route("**/mend", typing_meanwhile)
        page.get_by_role("button", name="改好引号").click()
        expect(page.locator("#said")).to_have_text(re.compile("刚才又写了字|有没保存的改动"))
        expect(page.locator(AREA)).to_have_value(re.compile("第一页写的又写的"))
        page.unroute("**/mend")
        # A text that cannot be set leaves the phone as it was, which is said.
        expect(page.locator(".stale")).to_be_hidden()
        change(page, "area.value.replace('## 2 ', '## 二 ')")
        expect(page.locator(".stale")).to_have_text(re.compile(r"第 \d+ 行要先改好"))
        change(page, "area.value.replace('## 二 ', '## 2 ')")
        expect(page.locator(".stale")).to_be_hidden()
        # Somebody else is quicker; the page with both texts is closed, and mine is offered.
        theirs = revising.text_of(issue).replace("417 个典型案例", "418 个典型案例", 1)
        revising.save(services, theirs, issue, over=issue)
        page.get_by_role("button", name="保存").click()
        expect(page.get_by_text("先保存了")).to_be_visible()
        page.close()
        page = context.new_page()
        page.goto(place)
        expect(page.get_by_text("保存时会给你看两份文字")).to_be_visible()
        page.get_by_role("button", name="接着写").click()
        expect(page.locator(AREA)).to_have_value(re.compile("第一页写的又写的"))
        # Another session, begun in another tab: the page says how to go on.
        services.accounts.sessions.end_of("王芳")
        sign_in(context.new_page(), f"{address}/console/")
        page.get_by_role("button", name="保存").click()
        page.get_by_role("link", name="刷新后接着写").click()
        page.get_by_role("button", name="接着写").click()
        page.get_by_role("button", name="保存").click()
        expect(page.get_by_text("先保存了")).to_be_visible()
        page.get_by_role("button", name="保存").click()
        expect(page.get_by_text("已保存。")).to_be_visible()
        assert "第一页写的又写的" in services.archive.issue(ISSUE).summary


def test_pinyin_that_is_being_typed_waits_and_too_long_a_text_stays(browser, address, services):  # noqa: F811
    flow.add_issue(services, SAMPLES[-1])
    with editing(browser, address, 1280) as context:
        page = context.pages[0]
        page.goto(f"{address}/console/issues/{ISSUE}")
        page.locator(AREA).focus()
        keys, pinyin = context.new_cdp_session(page), {"text": "ri'kan", "selectionStart": 6}
        keys.send("Input.imeSetComposition", {**pinyin, "selectionEnd": 6})
        expect(page.locator(AREA)).to_have_value(re.compile("ri'kan"))
        assert page.evaluate("localStorage.length") == 0
        keys.send("Input.insertText", {"text": "日刊"})
        expect(page.locator("#said")).to_have_text("有没保存的改动")
        assert page.evaluate("localStorage.length") == 1
        change(page, "area.value + '字'.repeat(200000)")
        expect(page.get_by_text("文字太长")).to_be_visible()
        page.get_by_role("button", name="保存").click()
        expect(page.get_by_text("文字太长")).to_be_visible()
        assert page.locator(AREA).input_value().endswith("字" * 1000)
