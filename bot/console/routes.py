"""All routes of the console: a page's module adds its own when it is loaded."""

from bot.console import (
    account_pages,
    acts,
    admin_pages,
    archive_page,
    delivery_pages,
    export_pages,
    health_page,
    issue_text,
    looks,
    menu_page,
    people_page,
    readers,
    schedule_page,
    settings_page,
    signing,
    today,
    versions_page,
    wording_page,
)
from bot.console.frame import console

PAGES = (
    today,
    acts,
    issue_text,
    looks,
    versions_page,
    delivery_pages,
    archive_page,
    export_pages,
    readers,
    settings_page,
    health_page,
    schedule_page,
    menu_page,
    wording_page,
    people_page,
    account_pages,
    admin_pages,
    signing,
)

__all__ = ["PAGES", "console"]
