"""People at the console in a browser, for the tests: one with a thumb, one with nothing but the keys."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.conftest import PATIENCE
from tests.console import PASSWORD

PHONE, DESK = 375, 1280
MOST_TABS = 400
# Of what is asked while nobody is there, or nobody is signed in, as the browser and htmx say it.
CUT = ("Failed to load resource", "Failed to fetch", "Framing ")


@dataclass
class Hands:
    """Somebody before a page. `keys`: works with the keyboard alone."""

    page: Page
    keys: bool = False

    def press(self, what: Locator, key: str = "Enter") -> None:
        """A button, a link, a summary."""
        if self.keys:
            self.reach(what)
            self.page.keyboard.press(key)
        else:
            what.click()

    def reach(self, what: Locator) -> None:
        """With Tab, as often as it takes."""
        what.wait_for(state="attached")
        for _ in range(MOST_TABS):
            if what.evaluate("each => each === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"cannot be reached with Tab: {what}")

    def tick(self, box: Locator) -> None:
        """A box that is not ticked yet."""
        if not box.is_checked():
            self.press(box, "Space")

    def choose(self, name: str, value: str) -> None:
        """One of a group: Tab leads to the chosen one, the arrows to the others."""
        wanted = self.page.locator(f"[name={name}][value='{value}']")
        if not self.keys:
            wanted.check()
            return
        self.reach(self.page.locator(f"[name={name}]:checked"))
        for _ in range(self.page.locator(f"[name={name}]").count()):
            if wanted.is_checked():
                return
            self.page.keyboard.press("ArrowRight")
        raise AssertionError(f"the arrows do not lead to {value}")

    def fill(self, field: Locator, words: str) -> None:
        """Instead of whatever stands there."""
        if self.keys:
            self.reach(field)
            self.page.keyboard.press("ControlOrMeta+a")
            self.page.keyboard.insert_text(words)
        else:
            field.fill(words)

    def hand_in(self, field: Locator, path: Path) -> None:
        """A file."""
        if not self.keys:
            field.set_input_files(path)
            return
        with self.page.expect_file_chooser() as chosen:
            self.press(field)
        chosen.value.set_files(path)

    def write(self, after: str, words: str) -> None:
        """In the editor, behind some words that stand there."""
        area = self.page.locator("textarea[name=text]")
        if self.keys:
            self.reach(area)
        at = area.evaluate(
            "(area, words) => { const at = area.value.indexOf(words) + words.length; "
            "area.focus(); area.setSelectionRange(at, at); return at }",
            after,
        )
        assert at > len(after)
        self.page.keyboard.insert_text(words)

    def show(self, name: str) -> None:
        """On a phone the text and its preview are two tabs."""
        button = self.page.locator(".switch").get_by_role("button", name=name)
        if button.is_visible():
            self.press(button)

    def button(self, name: str) -> None:
        self.press(self.page.get_by_role("button", name=name, exact=True))

    def link(self, name: str) -> None:
        self.press(self.page.get_by_role("link", name=name, exact=True).first)

    def sign_in(self, name: str) -> None:
        """On the page for that."""
        self.fill(self.page.get_by_label("名字"), name)
        self.fill(self.page.get_by_label("密码"), PASSWORD)
        self.button("登录")

    def reads(self, words: str) -> None:
        """A heading says so, and nothing sticks out to the side."""
        expect(self.page.get_by_role("heading", name=words)).to_be_visible()
        fits(self.page)


@contextmanager
def at_work(
    browser: Browser, address: str, name: str, width: int, *, keys: bool = False, cut: bool = False
) -> Iterator[Page]:
    """Somebody at the console; what a page complains of, or loads from elsewhere, fails the test.

    `cut`: the network may be gone in between, or the server refuse.
    """
    with opened(browser, width, address) as (context, wrong):
        page = context.new_page()
        page.goto(f"{address}/console/")
        Hands(page, keys).sign_in(name)
        expect(page.get_by_role("navigation").first).to_be_visible()
        yield page
    unexpected = [each for each in wrong if not (cut and any(words in each for words in CUT))]
    assert not unexpected, unexpected


@contextmanager
def opened(
    browser: Browser, width: int, *addresses: str
) -> Iterator[tuple[BrowserContext, list[str]]]:
    """A browser of somebody's own, and what its pages complain of; they load from `addresses` alone."""
    on_phone, wrong = width == PHONE, list[str]()
    size = {"width": width, "height": 812 if on_phone else 900}
    known = (*addresses, "data:", "about:")
    with closing(browser.new_context(viewport=size, has_touch=on_phone)) as context:  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        context.on("weberror", lambda each: wrong.append(str(each.error)))
        context.on(
            "console", lambda each: wrong.append(each.text) if each.type == "error" else None
        )
        context.on(
            "request", lambda each: None if each.url.startswith(known) else wrong.append(each.url)
        )
        yield context, wrong


def fits(page: Page) -> None:
    """Nothing sticks out to the side."""
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= page.evaluate("window.innerWidth")
