"""What editors call the settings, and the sentences: for pages, for the record, for what is wrong."""

import re
import tomllib
from functools import cache
from typing import Any

from bot.resources import directory


@cache
def known() -> dict[str, Any]:
    """All names, by section: templates/console/settings.toml."""
    path = directory("templates") / "console" / "settings.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def names_in(section: str) -> dict[str, str]:
    """The names of a section's settings."""
    return {key: str(name) for key, name in known()[section].items()}


def name_of(what: str) -> str:
    """Of `schedule.publish_at`: `时间表：发布`. What has no name is called by its key."""
    section, _, key = what.partition(".")
    if section == "wording":
        return f"回复：{known()['sentences'].get(key, {}).get('name', key)}"
    name = str(known().get(section, {}).get(key, what))
    return f"时间表：{name}" if section == "schedule" else name


def short_name_of(what: str) -> str:
    """The same on the page of its section."""
    return name_of(what).rpartition("：")[2]


def in_editors_words(problem: str, section: str) -> str:
    """A sentence about the settings file, with the editors' names for its keys."""
    names = names_in(section)
    keys = "|".join(sorted(names, key=len, reverse=True))
    return re.sub(
        rf"(?:{section}\.)?\b({keys})\b", lambda key: f"“{names[key[1]]}”", problem, flags=re.ASCII
    )
