"""What an admin and an editor have done before the pictures of the console are taken."""

from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Page

from bot import revising
from bot.services import Services
from bot.services.acting import acting

MENU = """
[menu]
buttons = [
  { name = "最新一期", type = "click", key = "最新" },
  { name = "往期", sub = [{ name = "本周", type = "click", key = "本周" }, { name = "目录", type = "click", key = "目录" }] },
  { name = "关于我们", type = "click", key = "关于" },
]
"""
EDITORS = ("李明", "赵敏")
AS_INSTALLED = "/srv/rikan"


def furnish(services: Services, settings: Path) -> None:
    """A menu in the settings, two editors in the chat, a third invited."""
    with settings.open("a", encoding="utf-8") as file:
        file.write(MENU)
    for name in EDITORS:
        services.editors.bind(f"o{name}", services.editors.invite(name, timedelta(hours=1)))
    services.editors.invite("陈静", timedelta(days=1))


def set_schedule(page: Page, here: str) -> None:
    """An admin turns the schedule on."""
    page.goto(f"{here}/console/settings/schedule")
    page.locator("input[name=enabled]").check()
    page.get_by_role("button", name="保存").click()
    page.locator(".flash").first.wait_for()


def correct(services: Services, issue_id: str, who: str) -> None:
    """An editor has saved a text in which a quote is the wrong way round."""
    issue = services.archive.issue(issue_id)
    text = revising.text_of(issue).replace("“", "”", 1)
    revising.save(acting(services, who), text, issue, over=issue)


def rename_folder(page: Page, folder: Path) -> None:
    """Show the paths of an installation in place of a folder that was made for the pictures."""
    page.evaluate(
        """([folder, installed]) => {
          const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
          while (walk.nextNode()) walk.currentNode.data = walk.currentNode.data.replaceAll(folder, installed)
        }""",
        [str(folder), AS_INSTALLED],
    )
