"""The settings changed from the console: only these few, never a secret, and never half of them.

    compare → write beside → read as every process would → note who → put in place

The operator's file stays the operator's: its comments, its order, its mode and owner. What it was before is
kept beside it. Nothing else holds settings, so nobody has to ask which of two places counts.
"""

import fcntl
import hashlib
import json
import os
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AbstractTable, Item

from bot.archive.changes import Changes, Difference
from bot.errors import ConfigError, reason_of

LOCK = "settings.lock"
PREVIOUS = ".previous"  # beside the file: what it was before the last change
Plain = Mapping[str, Any]  # keys and values as a TOML file has them; None: not there


class ChangedMeanwhile(ConfigError):
    """Somebody else has changed the same since it was looked at: nothing was written."""

    def __init__(self) -> None:
        super().__init__("有人刚刚改过这里，没有保存。请看看现在的值，再保存一次就用你的")


@dataclass(frozen=True, slots=True)
class Place:
    """A file and the section in it (empty: no section) whose keys may be changed; `name` is what the record says.

    `check` reads a file as every process would, and raises ConfigError for one that nobody could use.
    """

    path: Path
    section: str
    check: Callable[[Path], object]
    name: str


def mark_of(values: Plain) -> str:
    """By what a page knows again that nothing was changed since it was shown."""
    text = json.dumps(values, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def why_closed(path: Path) -> str:
    """Why this process cannot change that file, ready to be shown; empty where it can."""
    real = path.resolve()
    try:
        owner = real.stat().st_uid if real.exists() else os.geteuid()
    except OSError as error:
        return f"看不到 {path}（{reason_of(error)}）"
    if not os.access(real.parent, os.W_OK | os.X_OK) or os.path.ismount(real):
        return f"{real.parent} 对网页进程是只读的"
    if real.exists() and not os.access(real, os.W_OK):
        return f"网页进程没有改 {path} 的权限"
    if owner != os.geteuid() and os.geteuid() != 0:
        return f"{path} 属于别的用户，改了会换掉所有者"
    return ""


def settle(
    place: Place,
    wanted: Plain,
    seen: str,
    present: Callable[[], Plain],
    changes: Changes,
    who: str,
    *,
    lock: Path,
    words: Callable[[Any], str] | None = None,
) -> list[Difference]:
    """Have these keys say what is wanted; what was different. None takes a key away.

    `present` reads the values that a page shows, `seen` is their mark as they were shown, `lock` the folder
    in which everybody who changes settings waits for the others, `words` says a value in the record. Raises ChangedMeanwhile; ConfigError for
    values that nobody could use and for a file that cannot be written. Then all is as it was.
    """
    say = words or in_words
    with alone(lock):
        before = present()
        if mark_of(before) != seen:
            raise ChangedMeanwhile
        new = {key: value for key, value in wanted.items() if value != before.get(key)}
        differences = [
            Difference(f"{place.name}.{key}", say(before.get(key)), say(value))
            for key, value in new.items()
        ]
        if new:
            text = rewritten(_text_of(place.path), place.section, new)
            with written_beside(place.path, text) as beside:
                _require_usable(place, beside)
                with changes.noted(who, differences):
                    _put(beside, place.path)
        return differences


def in_words(value: object) -> str:
    """A value for the record."""
    if isinstance(value, list):
        return "、".join(map(str, value))
    return "" if value is None else str(value)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Be the only one, of all processes and threads of this machine, who changes settings."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / LOCK).open("w")
    except OSError as error:
        raise ConfigError(
            f"写不了 {folder / LOCK}（{reason_of(error)}）。请检查数据目录的权限"
        ) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


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


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        reason = reason_of(error) if isinstance(error, OSError) else "不是 UTF-8 文本"
        raise ConfigError(f"读不了 {path}（{reason}）。请检查文件") from None


@contextmanager
def written_beside(path: Path, text: str) -> Iterator[Path]:
    """A file beside that one, with its mode and owner; gone at the end unless it was put in its place."""
    real = path.resolve()
    if reason := why_closed(path):
        raise ConfigError(f"没有保存：{reason}。请由管理员手工修改")
    try:
        handle, name = tempfile.mkstemp(dir=real.parent, prefix=f".{real.name}.")
    except OSError as error:
        raise ConfigError(f"写不了 {real.parent}（{reason_of(error)}）。请检查权限和磁盘") from None
    beside = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        _dress(beside, real)
        yield beside
    except OSError as error:
        raise ConfigError(f"写不了 {path}（{reason_of(error)}）。请检查权限和磁盘") from None
    finally:
        beside.unlink(missing_ok=True)


def _dress(beside: Path, real: Path) -> None:
    if real.exists():
        like = real.stat()
        if (like.st_uid, like.st_gid) != (beside.stat().st_uid, beside.stat().st_gid):
            os.chown(beside, like.st_uid, like.st_gid)
        beside.chmod(like.st_mode & 0o7777)


def _require_usable(place: Place, beside: Path) -> None:
    try:
        place.check(beside)
    except ConfigError as error:
        raise ConfigError(str(error).replace(str(beside), place.path.name)) from None


def _put(beside: Path, path: Path) -> None:
    """In one step; whoever reads finds the one or the other."""
    real = path.resolve()
    if real.exists():
        _keep(real)
    beside.replace(real)
    folder = os.open(real.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _keep(real: Path) -> None:
    # Another name for the same file: neither copied nor moved, so there is no moment without it.
    link = real.with_name(f".{real.name}.kept")
    link.unlink(missing_ok=True)
    os.link(real, link)
    link.replace(real.with_name(real.name + PREVIOUS))


def told(differences: Sequence[Difference]) -> str:
    """What a page says after saving."""
    return f"已保存 {len(differences)} 处改动" if differences else "没有变化"
