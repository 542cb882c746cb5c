"""The editor in a real browser: two tabs, a clash, a slow answer, half-typed pinyin; nothing that was typed is lost."""

import re

from playwright.sync_api import Page, Route, expect

from bot import flow, revising
from tests.browser_day import DESK, Hands, at_work
from tests.conftest import SAMPLES
from tests.test_console_way import (  # noqa: F401 - the fixtures
    address,
    config_path,
    port,
    sandbox,
    services,
)

ISSUE = "2026-06-13"
AREA = "textarea[name=text]"


def change(page: Page, text: str) -> None:
    """Have another text there, as if it had been pasted."""
    page.locator("textarea[name=text]").evaluate(
        f"area => {{ area.value = {text}; area.dispatchEvent(new Event('input')) }}"
    )


def come_in(page: Page, site: str) -> None:
    page.goto(f"{site}/console/")
    Hands(page).sign_in("王芳")
    expect(page.get_by_role("navigation").first).to_be_visible()


def typing_meanwhile(asked: Route) -> None:
    Hands(asked.request.frame.page).write("第一页写的", "又写的")
    asked.continue_()


def test_two_tabs_a_clash_and_a_slow_answer_lose_nothing(browser, address, services):  # noqa: F811
    issue = flow.add_issue(services, SAMPLES[-1]).issue
    wrong = revising.text_of(issue).replace("“人工智能+”", "”人工智能+“", 1)
    issue = revising.save(services, wrong, issue, over=issue).issue
    place = f"{address}/console/issues/{ISSUE}"
    with at_work(browser, address, "王芳", DESK, cut=True) as first:
        # Each tab has a copy of its own: what is taken back in one is not lost of the other.
        context, second = first.context, first.context.new_page()
        for page in (first, second):
            page.goto(place)
        Hands(first).write("方向的主线", "，第一页写的")
        Hands(second).write("方向的主线", "，第二页写的")
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
        come_in(context.new_page(), address)
        page.get_by_role("button", name="保存").click()
        page.get_by_role("link", name="刷新后接着写").click()
        page.get_by_role("button", name="接着写").click()
        page.get_by_role("button", name="保存").click()
        expect(page.get_by_text("先保存了")).to_be_visible()
        page.get_by_role("button", name="保存").click()
        expect(page.get_by_text("已保存。")).to_be_visible()
        assert "第一页写的又写的" in services.archive.issue(ISSUE).summary


def test_a_mend_is_undone_and_done_again_to_the_letter(browser, address, services):  # noqa: F811
    issue = flow.add_issue(services, SAMPLES[-1]).issue
    right = revising.text_of(issue)
    wrong = right.replace("“人工智能+”", "”人工智能+“", 1)
    revising.save(services, wrong, issue, over=issue)
    with at_work(browser, address, "王芳", DESK) as page:
        page.goto(f"{address}/console/issues/{ISSUE}")
        page.get_by_role("button", name="改好引号").click()
        for keys, text in (("", right), ("Control+z", wrong), ("Control+Shift+z", right)):
            if keys:
                page.keyboard.press(keys)
            expect(page.locator(AREA)).to_have_value(text)


def test_pinyin_that_is_being_typed_waits_and_too_long_a_text_stays(browser, address, services):  # noqa: F811
    flow.add_issue(services, SAMPLES[-1])
    with at_work(browser, address, "王芳", DESK, cut=True) as page:
        page.goto(f"{address}/console/issues/{ISSUE}")
        page.locator(AREA).focus()
        keys, pinyin = page.context.new_cdp_session(page), {"text": "ri'kan", "selectionStart": 6}
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
