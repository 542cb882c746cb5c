"""The console's pages, each as four people see it: at a desk and on a phone, in light and in dark."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page

from bot.archive.accounts import Role
from bot.console.links import invitation_address
from bot.services import Services

DESK, PHONE = (1280, 812), (375, 812)
GAP = 24
GROUND = "#8a8f94"  # neither page's own, so that both end where they end
NAME, PASSWORD = "王芳", "每天早上七点半的新闻"
ISSUE, PUBLISHED = "2026-06-13", "2026-06-11"
# name of the picture: the page
PAGES = {
    "console-today": f"/console/?day={ISSUE}",
    "console-text": f"/console/issues/{ISSUE}",
    "console-looks": f"/console/issues/{ISSUE}/looks",
    "console-versions": f"/console/issues/{ISSUE}/versions",
    "console-delivery": f"/console/issues/{PUBLISHED}/delivery",
    "console-deliveries": "/console/delivery",
    "console-archive": "/console/archive",
    "console-found": "/console/archive?q=%E6%95%B0%E6%8D%AE%E8%A6%81%E7%B4%A0",
    "console-export": f"/console/issues/{PUBLISHED}/export",
    "console-readers": "/console/readers?days=30",
    "console-settings": "/console/settings",
    "console-health": "/console/settings/health",
    "console-schedule": "/console/settings/schedule",
    "console-menu": "/console/settings/menu",
    "console-wording": "/console/settings/wording",
    "console-people": "/console/settings/people",
    "console-changes": "/console/settings/changes",
    "console-account": "/console/account",
    "console-accounts": "/console/accounts",
}
SIGN_IN = "/console/sign-in"


def take_console(browser: Browser, services: Services, folder: Path) -> None:
    """Every page, as a picture in the folder. The services' web process is running."""
    here = f"http://127.0.0.1:{services.config.web.port}"
    signed_in = sign_in(browser, services)
    for name, address in {"console-sign-in": SIGN_IN, **PAGES}.items():
        sheet = Image.new("RGB", (DESK[0] + PHONE[0] + 3 * GAP, 2 * DESK[1] + 3 * GAP), GROUND)
        for row, theme in enumerate(("light", "dark")):
            left = GAP
            for size in (DESK, PHONE):
                cookies = signed_in if address != SIGN_IN else []
                with page_of(browser, theme, size, cookies) as page:
                    page.goto(here + address)
                    page.wait_for_load_state("networkidle")
                    sheet.paste(screen(page), (left, GAP + row * (DESK[1] + GAP)))
                left += size[0] + GAP
        few = sheet.quantize(256, dither=Image.Dither.NONE)
        few.save(folder / f"{name}.png", optimize=True)


def sign_in(browser: Browser, services: Services) -> list[Any]:
    """The first admin comes by a link, and is in; the cookies."""
    token = services.accounts.invite(NAME, Role.ADMIN, "cli:operator", timedelta(hours=1))
    with page_of(browser, "light", DESK) as page:
        page.goto(invitation_address(services, token))
        for field in page.locator("input[type=password]").all():
            field.fill(PASSWORD)
        page.click("main button")
        page.locator("nav").first.wait_for()
        return page.context.cookies()


@contextmanager
def page_of(
    browser: Browser, theme: str, size: tuple[int, int], cookies: Sequence[Any] = ()
) -> Iterator[Page]:
    """A screen of that size, of somebody with those cookies."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=theme,  # type: ignore[arg-type]
    )
    context.add_cookies(list(cookies))
    yield context.new_page()
    context.close()


def screen(page: Page) -> Image.Image:
    """What it shows."""
    page.evaluate("document.fonts.ready")
    return Image.open(BytesIO(page.screenshot())).convert("RGB")
