"""The console's pages, each as four people see it: at a desk and on a phone, in light and in dark."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

from PIL import Image
from playwright.sync_api import Browser, Page

from bot.archive.accounts import Role
from bot.console.links import invitation_address
from bot.services import Services
from docs.images import office

DESK, PHONE = (1280, 812), (375, 812)
GAP = 24
GROUND = "#8a8f94"  # neither page's own, so that both end where they end
NAME, PASSWORD = "王芳", "每天早上七点半的新闻"
ISSUE, PUBLISHED = "2026-06-13", "2026-06-11"
# Name of the picture: the page. Between the groups something is done.
BY_HAND = {
    "console-today": f"/console/?day={ISSUE}",
    "console-new": "/console/issues/new?day=2026-06-15",
}
SCHEDULED = {
    "console-deliveries": "/console/delivery",
    "console-looks": f"/console/issues/{ISSUE}/looks",
    "console-delivery": f"/console/issues/{PUBLISHED}/delivery",
    "console-archive": "/console/archive",
    "console-found": f"/console/archive?q={quote('数据要素')}",
    "console-export": f"/console/issues/{PUBLISHED}/export",
    "console-long-picture": f"/console/issues/{PUBLISHED}/long-picture",
    "console-sure": f"/console/issues/{PUBLISHED}/withdraw",
    "console-readers": "/console/readers?days=30",
    "console-settings": "/console/settings",
    "console-health": "/console/settings/health",
    "console-schedule": "/console/settings/schedule",
    "console-menu": "/console/settings/menu",
    "console-menu-push": "/console/settings/menu/push",
    "console-wording": "/console/settings/wording",
    "console-sentence": "/console/settings/wording/welcome",
    "console-people": "/console/settings/people",
    "console-changes": "/console/settings/changes",
    "console-account": "/console/account",
    "console-second-factor": "/console/account/second-factor",
    "console-accounts": "/console/accounts",
}
CORRECTED = {
    "console-text": f"/console/issues/{ISSUE}",
    "console-versions": f"/console/issues/{ISSUE}/versions",
    "console-version": f"/console/issues/{ISSUE}/versions/2",
}
# What everybody may see.
PUBLIC = {"public-issues": "/issues", "public-issue": f"/issues/{PUBLISHED}"}
SIGN_IN = "/console/sign-in"


def take_console(browser: Browser, services: Services, folder: Path) -> None:
    """Every page, as a picture in the folder. The services' web process is running."""
    here = f"http://127.0.0.1:{services.config.web.port}"
    token = services.accounts.invite("李明", Role.APPROVER, "cli:operator", timedelta(hours=1))
    invitation = invitation_address(services, token).removeprefix(here)
    outside = {"console-sign-in": SIGN_IN, "console-invitation": invitation, **PUBLIC}
    take_pages(browser, services, folder, outside, [])
    cookies = sign_in(browser, services)
    take_pages(browser, services, folder, BY_HAND, cookies)
    with page_of(browser, "light", DESK, cookies) as page:
        office.set_schedule(page, here)
    take_pages(browser, services, folder, SCHEDULED, cookies)
    office.correct(services, ISSUE, f"console:{NAME}")
    take_pages(browser, services, folder, CORRECTED, cookies)


def take_pages(
    browser: Browser, services: Services, folder: Path, pages: Mapping[str, str], cookies: list[Any]
) -> None:
    """Each page on a sheet of four."""
    here, work = f"http://127.0.0.1:{services.config.web.port}", services.config.paths.data.parent
    for name, address in pages.items():
        sheet = Image.new("RGB", (DESK[0] + PHONE[0] + 3 * GAP, 2 * DESK[1] + 3 * GAP), GROUND)
        for row, theme in enumerate(("light", "dark")):
            left = GAP
            for size in (DESK, PHONE):
                with page_of(browser, theme, size, cookies) as page:
                    page.goto(here + address)
                    page.wait_for_load_state("networkidle")
                    office.rename_folder(page, work)
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
        locale="zh-CN",
    )
    context.add_cookies(list(cookies))
    yield context.new_page()
    context.close()


def screen(page: Page) -> Image.Image:
    """What it shows."""
    page.evaluate("document.fonts.ready")
    return Image.open(BytesIO(page.screenshot())).convert("RGB")
