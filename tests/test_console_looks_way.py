"""The page of an issue's looks in a real browser: what is typed is seen at once, and kept when it is saved."""

import re

from playwright.sync_api import Browser, Page, expect

from bot import flow
from bot.model import Look
from bot.services import Services
from tests.conftest import SAMPLES
from tests.test_console_way import (  # noqa: F401 - fixtures
    PATIENCE,
    address,
    at_work,
    browser,
    config_path,
    fits,
    port,
    sandbox,
    services,
)

ISSUE = "2026-06-13"


def choose(page: Page, name: str, value: str) -> None:
    page.locator(f"[name={name}][value={value}]").check()


def test_the_cover_follows_the_keys_and_the_article_turns_dark(
    browser: Browser,  # noqa: F811
    address: str,  # noqa: F811
    services: Services,  # noqa: F811
) -> None:
    flow.add_issue(services, SAMPLES[-1])
    with at_work(browser, address, "王芳", 375) as page:
        page.goto(f"{address}/console/issues/{ISSUE}/looks")
        page.get_by_label("封面标题").fill("数据成为新燃料")
        expect(page.locator("#why")).to_contain_text("数据成为新燃料", timeout=PATIENCE)
        expect(page.locator(".push img")).to_have_attribute("src", re.compile("^data:image/jpeg"))
        expect(page.get_by_text("还没有保存")).to_be_visible()
        choose(page, "theme", "warm")
        framed = page.locator("iframe.dark")
        expect(framed).to_have_attribute("src", re.compile("theme=warm"), timeout=PATIENCE)
        choose(page, "view", "article")
        choose(page, "tone", "dark")
        body = page.frame_locator("iframe.dark").locator("body")
        expect(body).to_have_css("background-color", "rgb(25, 25, 25)", timeout=PATIENCE)
        assert services.covers.look(ISSUE) == Look()
        page.get_by_role("button", name="保存外观").click()
        expect(page.get_by_text("已保存", exact=True)).to_be_visible(timeout=PATIENCE)
        for width in (375, 1280):
            page.set_viewport_size({"width": width, "height": 812})
            fits(page)
    assert services.covers.look(ISSUE) == Look("数据成为新燃料", theme="warm")
