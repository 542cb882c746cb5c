"""The menu is changed on a phone, in a real browser: the picture follows the keys, and the account gets what was saved."""

from playwright.sync_api import Browser, expect

from bot.archive.accounts import Role
from bot.config import CONFIG_VARIABLE, load_config
from tests.browser_day import at_work, fits
from tests.console import make_account
from tests.test_console_way import (  # noqa: F401 - fixtures
    address,
    config_path,
    port,
    sandbox,
    services,
)


def test_a_menu_is_put_together_saved_and_sent(
    browser: Browser,
    address: str,  # noqa: F811
    services,  # noqa: F811
    sandbox,  # noqa: F811
    config_path,  # noqa: F811
    monkeypatch,
) -> None:
    monkeypatch.setenv(CONFIG_VARIABLE, str(config_path))
    make_account(services, "赵强", Role.ADMIN)
    with at_work(browser, address, "赵强", 375) as page:
        page.get_by_role("link", name="设置", exact=True).click()
        page.get_by_role("link", name="菜单").click()
        page.get_by_role("button", name="加一个按钮").click()
        page.get_by_role("textbox", name="名称").fill("往期的全部内容")
        phone = page.locator("#phone")
        expect(phone).to_contain_text("最多 16 字节")
        page.get_by_role("textbox", name="名称").fill("往期")
        page.get_by_label("点了以后").select_option(label="打开下级菜单")
        expect(page.get_by_role("textbox", name="发出的话")).to_have_count(0)
        page.get_by_role("button", name="在下级菜单里加一项").click()
        page.get_by_role("textbox", name="名称").last.fill("本周")
        page.get_by_role("textbox", name="发出的话").last.fill("本周")
        expect(phone.locator(".menu-bar li")).to_have_text("本周")
        expect(phone.get_by_role("alert")).to_have_count(0)
        fits(page)
        page.get_by_role("textbox", name="发出的话").last.press("Enter")
        expect(page.get_by_text("已保存 1 处改动")).to_be_visible()
        page.get_by_role("link", name="看看有什么不同…").click()
        expect(page.locator(".difference .new")).to_contain_text("往期 › 本周")
        page.get_by_role("button", name="更新公众号的菜单").click()
        expect(page.get_by_text("菜单已放到公众号上")).to_be_visible()
    [button] = load_config(config_path, {}).menu.buttons
    assert button.sub[0].key == "本周"
    assert sandbox.changes == ["menu/create"]
