"""The settings changed from the console: only these few, never a secret, and never half of them.

    compare → write beside → read as every process would → note who → put in place

The operator's file stays the operator's: its comments, its order, its mode and owner. What it was before is
kept beside it. Nothing else holds settings, so nobody has to ask which of two places counts.
"""

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.archive.changes import Changes, Difference
from bot.errors import ArchiveError, ConfigError, reason_of
from bot.rewriting import Plain, rewritten

LOCK = "settings.lock"
RANDOM = "????????"  # what tempfile adds to a name
PREVIOUS = ".previous"  # beside the file: what it was before the last change


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
    in which everybody who changes settings waits for the others, `words` says a value in the record.

    Raises ChangedMeanwhile; ConfigError for values that nobody could use and for a file that cannot be
    written; ArchiveError for what cannot be recorded. Then all is as it was.
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
                _put_and_note(beside, place.path, changes, who, differences)
        return differences


def _put_and_note(
    beside: Path, path: Path, changes: Changes, who: str, differences: Sequence[Difference]
) -> None:
    """Both or neither: the record, or the disk, may fail at the very end, once the file is in place."""
    new = not path.exists()
    try:
        with changes.noted(who, differences):
            _put(beside, path)
    except (ArchiveError, OSError):
        if not beside.exists():  # it has been put there
            _take_back(path.resolve(), new=new)
        raise


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


def _text_of(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", newline="") as file:  # lines end as they did
            return file.read()
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
        for left in real.parent.glob(f".{real.name}.{RANDOM}"):  # by a crash; it holds secrets
            left.unlink()
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
    try:
        os.link(real, link)
    except OSError:  # shared folders and USB sticks know no second names
        shutil.copy2(real, link)
    link.replace(real.with_name(real.name + PREVIOUS))


def _take_back(real: Path, *, new: bool) -> None:
    if new:
        real.unlink(missing_ok=True)
    else:
        real.with_name(real.name + PREVIOUS).replace(real)


def told(differences: Sequence[Difference]) -> str:
    """What a page says after saving."""
    return f"已保存 {len(differences)} 处改动" if differences else "没有变化"
