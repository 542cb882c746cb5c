"""A TOML text with some of its values changed, and everything else as it was."""

import tomllib
from collections.abc import Mapping
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AbstractTable, Item

from bot.errors import ConfigError

Plain = Mapping[str, Any]  # keys and values as a TOML file has them; None: not there


def rewritten(text: str, section: str, values: Plain) -> str:
    """The same TOML, in which these keys of the section say something else. Raises ConfigError.

    Comments, order and everything else stay as they are, and that is looked at before it is believed.
    """
    try:
        before = tomllib.loads(text)
        for edit in (_edited, _replaced):
            after = edit(tomlkit.parse(text), section, values)
            if _holds(after, _expected(before, section, values)):
                return after
    except (ValueError, TOMLKitError, TypeError, LookupError, AttributeError) as error:
        raise ConfigError(f"设置文件改不了（{type(error).__name__}）。请由管理员手工修改") from None
    raise ConfigError("设置文件的写法特别，不能自动修改。请由管理员手工修改")


def _edited(document: tomlkit.TOMLDocument, section: str, values: Plain) -> str:
    table: Any = document
    if section:
        if section not in document:
            document[section] = tomlkit.table()
        table = document[section]
    for key, value in values.items():
        if value is None:
            table.pop(key, None)
        else:
            table[key] = _item(value)
    return tomlkit.dumps(document)


def _replaced(document: tomlkit.TOMLDocument, section: str, values: Plain) -> str:
    """For a section that is written in pieces (`[[menu.buttons]]`): one new piece at the end."""
    kept: Any = document.unwrap()[section] | values
    table = tomlkit.table()
    for key, value in kept.items():
        if value is not None:
            table[key] = _item(value)
    del document[section]
    document[section] = table
    return tomlkit.dumps(document)


def _item(value: Any, *, inside: bool = False) -> Item | Any:
    """Lists of tables are written a line each, in place: a header of its own would end the section."""
    if isinstance(value, Mapping):
        inline: AbstractTable = tomlkit.inline_table()
        for key, each in value.items():
            inline[key] = _item(each, inside=True)
        return inline
    if isinstance(value, list):
        array = tomlkit.array()
        for each in value:
            array.append(_item(each, inside=True))
        return array.multiline(not inside and any(isinstance(each, Mapping) for each in value))
    long = isinstance(value, str) and "\n" in value
    return tomlkit.string(value, multiline=True) if long else tomlkit.item(value)


def _expected(before: Plain, section: str, values: Plain) -> Plain:
    table = {**(before.get(section, {}) if section else before), **values}
    table = {key: value for key, value in table.items() if value is not None}
    return {**before, section: table} if section else table


def _holds(text: str, expected: Plain) -> bool:
    try:
        return tomllib.loads(text) == expected
    except ValueError:
        return False
