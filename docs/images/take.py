"""Take the pictures of the documents: play the demo, then look at it with a browser.

Run by `make pictures`, from the top of the checkout. Needs Chromium and a Chinese font.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from bot.cli.cast import open_cast
from bot.cli.rehearsal import Rehearsal
from bot.config import Config
from bot.ingest.file import read_issue
from bot.jobs.queue import PUBLISH, PUSH
from bot.resources import directory
from bot.services import open_services
from bot.settings import ArticleSettings
from docs.images import console, covers, crowd, office

HERE = Path(__file__).parent
ISSUE = "2026-06-13"
PHONE = {"width": 375, "height": 812}
ASKED = "数据要素"
THEMES = ("sober", "technology", "warm")
# What the platform's own style sheet gives to an article, as far as a theme leans on it.
BESIDE_THEME = """<!doctype html><meta charset="utf-8"><style>
*{margin:0}article{padding:16px;font:17px/1.6 "PingFang SC","Noto Sans CJK SC",sans-serif}
article{letter-spacing:.034em;overflow-wrap:break-word}
td,th{padding:5px 10px;border:1px solid #ddd;word-break:break-all}th{background:#f7f7f7;border-top:2px solid #bbb}
</style>"""
THEME_HEIGHT = 1400
LARGEST = 400_000  # bytes
COLOURS = 256


def main() -> None:
    """Play the demo, take every picture."""
    with tempfile.TemporaryDirectory(prefix="rikan-") as work, open_cast(Path(work)) as cast:
        rehearsal, out = Rehearsal(*cast), Path(work) / "out"
        play(rehearsal, out)
        for name in ("cover.jpg", "footer.png"):
            shutil.copy(out / ISSUE / name, HERE / name)
        covers.main()
        with open_browser() as browser:
            take_phone(browser, rehearsal)
            take_editor(browser, rehearsal)
            take_archive(browser, rehearsal.services.config.web.port)
            take_themes(browser)
            take_desk(browser, rehearsal.phone)
            office.furnish(rehearsal.services, Path(work) / "config.toml")
            crowd.ask_for_a_month(rehearsal.services)
            console.take_console(browser, rehearsal.services, HERE)
            take_preview(browser, out / ISSUE / "preview.html")
    for picture in sorted(HERE.glob("*.[jp][pn]g")):
        size = picture.stat().st_size
        print(f"{picture.name:20}{size:>9,}")  # noqa: T201 - a command of its own
        if size > LARGEST:
            raise SystemExit(f"{picture.name} is larger than {LARGEST:,} bytes")


def play(rehearsal: Rehearsal, out: Path) -> None:
    """The demo's steps: five drafts, four of them published."""
    ids = [rehearsal.read(path) for path in sorted(directory("examples").glob("*.txt"))]
    for issue_id in ids:
        rehearsal.render(issue_id, out)
    rehearsal.ask_for(PUSH, ids)
    for issue_id in ids:
        rehearsal.wait_for_draft(issue_id)
    rehearsal.ask_for(PUBLISH, ids[:-1])
    for issue_id in ids[:-1]:
        rehearsal.wait_for_publication(issue_id)


def take_phone(browser: Browser, rehearsal: Rehearsal) -> None:
    """What fits on a phone: the chat, and the article in light and dark."""
    phone = rehearsal.phone
    with page_of(browser, "light") as page:
        page.goto(f"{phone}chat")
        page.fill("input[name=text]", ASKED)
        page.click(".say button")
        page.locator(".line:not(.mine)").wait_for()
        page.locator(".talk").evaluate("talk => { talk.scrollTop = 0 }")
        save(page, "chat")
    for theme in ("light", "dark"):
        with page_of(browser, theme) as page:
            page.goto(phone)
            page.locator(".card a.lead").first.click()
            page.locator(".article-body").wait_for()
            save(page, f"article-{theme}")


def take_editor(browser: Browser, rehearsal: Rehearsal) -> None:
    """An editor is bound, sees how far the issue is, and lets it be published."""
    code = rehearsal.services.editors.invite("王芳", timedelta(hours=1))
    with page_of(browser, "light") as page:
        page.goto(f"{rehearsal.phone}chat")
        for said in (f"绑定 {code}", f"状态 {ISSUE}", f"通过 {ISSUE}"):
            heard = page.locator(".line:not(.mine)").count()
            page.fill("input[name=text]", said)
            page.click(".say button")
            page.locator(".line:not(.mine)").nth(heard).wait_for()
        save(page, "editor")


def take_archive(browser: Browser, port: int) -> None:
    """The published issues, and what a word finds in them, for any browser."""
    for name, theme, words in (("archive", "light", ""), ("archive-found", "dark", ASKED)):
        with page_of(browser, theme) as page:
            page.goto(f"http://127.0.0.1:{port}/issues?q={words}")
            save(page, name)


def take_themes(browser: Browser) -> None:
    """The top of the same article in each theme."""
    issue, _ = read_issue(directory("examples") / f"{ISSUE}.txt")
    for theme in THEMES:
        config = Config(article=ArticleSettings(theme=theme))
        with open_services(config) as services, page_of(browser, "light") as page:
            cover = services.studio.cover(issue)
            article = services.studio.article(issue, cover, "")
            page.set_viewport_size({"width": PHONE["width"], "height": THEME_HEIGHT})
            page.set_content(f"{BESIDE_THEME}<article>{article.html}</article>")
            save(page, f"theme-{theme}")


def take_desk(browser: Browser, phone: str) -> None:
    """What a wide screen shows: the phone, and the calls beside it."""
    context = browser.new_context(viewport={"width": 1180, "height": 860}, device_scale_factor=2)
    page = context.new_page()
    page.goto(phone)
    page.wait_for_load_state("networkidle")
    save(page, "sandbox")
    context.close()


def take_preview(browser: Browser, page_file: Path) -> None:
    """The preview page as an editor's desk shows it."""
    context = browser.new_context(viewport={"width": 860, "height": 1180}, device_scale_factor=2)
    page = context.new_page()
    page.goto(page_file.resolve().as_uri())
    save(page, "preview")
    context.close()


@contextmanager
def open_browser() -> Iterator[Browser]:
    """The Chromium of this machine."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def page_of(browser: Browser, theme: str) -> Iterator[Page]:
    """A phone's screen."""
    context = browser.new_context(
        viewport=PHONE,  # type: ignore[arg-type]
        device_scale_factor=2,
        color_scheme=theme,  # type: ignore[arg-type]
        locale="zh-CN",
    )
    yield context.new_page()
    context.close()


def save(page: Page, name: str) -> None:
    """The screen as a PNG of few colours."""
    page.evaluate("document.fonts.ready")
    picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
    small = picture.quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(HERE / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
