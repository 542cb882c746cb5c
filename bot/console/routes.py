"""All routes of the console: a page's module adds its own when it is loaded."""

from bot.console import (
    account_pages,
    acts,
    admin_pages,
    delivery_pages,
    signing,
    today,
)
from bot.console.frame import console

PAGES = (today, acts, delivery_pages, account_pages, admin_pages, signing)

__all__ = ["PAGES", "console"]
