"""The folder that editors drop reports into: what is whole and may be read, and where it goes afterwards.

It is looked at, not watched: a look a minute costs nothing, and what tells of changes (inotify) is silent
about shared folders and misses what came while nobody listened. Nothing is ever deleted or overwritten
in here.
"""

import fcntl
import json
import os
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.errors import IngestError, reason_of

TAKEN, ASIDE, NOTE = "已收", "有问题", ".问题.txt"
SETTLED = timedelta(seconds=20)  # unchanged for so long, a file is whole
EMPTY = timedelta(minutes=5)  # some programs make the file first and fill it when they get to it
ARRIVING = timedelta(minutes=5)  # what goes on growing for longer is waited for by nobody
MOST_TRIES = 3
LONGEST_NAME = 200  # bytes; file systems take 255, and a date and a number are put to it
PICTURES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".svg"})
# What programs write while they are at it, and what systems leave behind.
_UNFINISHED = (
    ".tmp",
    ".temp",
    ".part",
    ".partial",
    ".crdownload",
    ".download",
    ".swp",
    ".lock",
    "~",
)
_NOT_REPORTS = frozenset({"thumbs.db", "desktop.ini", "icon\r"})


class FolderError(IngestError):
    """The folder cannot be used: no fault of any file."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is remembered of a file between two looks: `since` it has not changed; `tries` to read it."""

    size: int
    changed: int  # nanoseconds
    first: datetime
    since: datetime
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Look:
    """What a look has found: files to be read, and whether others are on their way still."""

    ready: tuple[Path, ...] = ()
    arriving: bool = False


@dataclass
class Inbox:
    """The folder, and what is remembered of it in the file `memory`."""

    folder: Path
    memory: Path
    _seen: dict[str, Seen] = field(default_factory=dict)

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether nobody else is at it: two who move the same file would look for it twice."""
        try:
            self.memory.parent.mkdir(parents=True, exist_ok=True)
            lock = self.memory.with_suffix(".lock").open("w")
        except OSError as error:
            raise _trouble(self.memory.parent, error) from error
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True

    def look(self, now: datetime) -> Look:
        """What can be read by `now`. Raises FolderError for a folder that cannot be looked into."""
        before, self._seen = self._remembered(), {}
        ready, arriving = [], False
        for path in self._candidates():
            name = str(path.relative_to(self.folder))
            if (seen := _seen_again(path, before.get(name), now)) is None:
                continue
            self._seen[name] = seen
            if not _whole(path, seen, now):
                arriving |= now - seen.first < ARRIVING
            elif path.suffix.lower() not in PICTURES and seen.tries <= MOST_TRIES:
                ready.append(path)
        self._remember()
        return Look(tuple(ready), arriving)

    def begin(self, path: Path) -> int:
        """Note that a file is about to be read: how often it was before, and nothing came of it."""
        name = str(path.relative_to(self.folder))
        seen = self._seen[name]
        self._seen[name] = replace(seen, tries=seen.tries + 1)
        self._remember()
        return seen.tries

    def not_now(self, path: Path) -> None:
        """It was not the file's fault: this try does not count."""
        name = str(path.relative_to(self.folder))
        self._seen[name] = replace(self._seen[name], tries=0)
        self._remember()

    def take(self, path: Path, issue_id: str) -> Path:
        """Put a report that has been read to the others. Raises FolderError."""
        return self._move(path, self.folder / TAKEN / _cut(f"{issue_id} {path.name}"))

    def take_pictures(self, pictures: Iterable[Path], report: Path) -> None:
        """Put the pictures of a report that was taken beside it. Raises FolderError."""
        for path in pictures:
            if path.is_file():
                self._move(path, report.with_name(f"{report.stem} 图片") / path.name)

    def set_aside(self, path: Path, sentence: str) -> Path:
        """Put a file where it is in nobody's way, with what is wrong beside it. Raises FolderError.

        The sentence is there first: a crash leaves a sentence too many rather than a file without one.
        """
        target = self.folder / ASIDE / _cut(readable(path.name))
        for place in _numbered(target):
            note = place.with_name(f"{place.name}{NOTE}")
            if not _there(place) and _says(note, sentence):
                return self._move(path, place)
        raise AssertionError("there is always another number")

    def rename(self, path: Path) -> Path:
        """Give a file a name that can be printed and kept. Raises FolderError."""
        return self._move(path, path.with_name(_cut(readable(path.name))))

    def _move(self, path: Path, wanted: Path) -> Path:
        try:
            wanted.parent.mkdir(parents=True, exist_ok=True)
            place = next(each for each in _numbered(wanted) if not _there(each))
            path.rename(place)
        except FileNotFoundError:
            return wanted  # somebody has taken it away, which serves as well
        except OSError as error:
            raise _trouble(self.folder, error) from error
        return place

    def _candidates(self) -> list[Path]:
        found: list[Path] = []
        try:
            for path in sorted(self.folder.iterdir()):
                if path.is_dir() and not path.is_symlink():
                    found += _inside(path)
                elif _is_meant(path):
                    found.append(path)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise _trouble(self.folder, error) from error
        return found

    def _remembered(self) -> dict[str, Seen]:
        try:
            kept = json.loads(self.memory.read_text(encoding="utf-8"))
            return {name: _recalled(*values) for name, values in kept.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}  # then each file is waited for once more

    def _remember(self) -> None:
        plain = {
            name: (s.size, s.changed, s.first.timestamp(), s.since.timestamp(), s.tries)
            for name, s in self._seen.items()
        }
        written = self.memory.with_name(f"{self.memory.name}.new")
        try:
            self.memory.parent.mkdir(parents=True, exist_ok=True)
            written.write_text(json.dumps(plain), encoding="utf-8")
            written.replace(self.memory)
        except OSError as error:
            raise _trouble(self.memory.parent, error) from error


def _recalled(size: int, changed: int, first: float, since: float, tries: int) -> Seen:
    moments = [datetime.fromtimestamp(each, UTC) for each in (first, since)]
    return Seen(size, changed, moments[0], moments[1], tries)


def _seen_again(path: Path, before: Seen | None, now: datetime) -> Seen | None:
    """What is to be remembered of a file now; None if it has just been taken away."""
    try:
        status = path.lstat()
    except OSError:
        return None
    changed = max(status.st_mtime_ns, status.st_ctime_ns)
    if before and (before.size, before.changed) == (status.st_size, changed):
        # A clock that was set back must not make a file wait until it has caught up.
        return before if before.since <= now else replace(before, first=now, since=now)
    # It may have lain there for long before anybody looked; unless clocks disagree, its own says so.
    since = min(now, datetime.fromtimestamp(changed / 1e9, UTC))
    return Seen(status.st_size, changed, before.first if before else since, since)


def _whole(path: Path, seen: Seen, now: datetime) -> bool:
    wait = SETTLED if seen.size or path.is_symlink() else EMPTY
    return now - seen.since >= wait


def _inside(folder: Path) -> list[Path]:
    # A report may come in a folder of its own, with its pictures; not in one within that.
    if folder.name in (TAKEN, ASIDE) or folder.name.startswith("."):
        return []
    try:
        return [path for path in sorted(folder.iterdir()) if _is_meant(path) and not path.is_dir()]
    except OSError:
        return []  # nobody else's folder need be readable; a report in it will be missed


def _is_meant(path: Path) -> bool:
    """Whether it is a report, or could be: not what programs leave lying around."""
    name = path.name.lower()
    if name.startswith((".", "~", "$")) or name.endswith(_UNFINISHED) or name in _NOT_REPORTS:
        return False
    return path.is_file() or path.is_symlink()


def readable(name: str) -> str:
    """A name that can be printed, sent and kept: `?` is no letter of a file's name, `_` is."""
    plain = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    shown = "".join("_" if unicodedata.category(each)[0] == "C" else each for each in plain)
    return shown.replace("\ufffd", "_").strip() or "_"


def _cut(name: str) -> str:
    """A name that leaves room for a number; its extension stays."""
    stem, suffix = os.path.splitext(name)  # noqa: PTH122 - a name, not a path
    room = LONGEST_NAME - len(suffix.encode("utf-8", "surrogateescape"))
    if room < LONGEST_NAME // 2:
        stem, suffix, room = name, "", LONGEST_NAME
    kept = stem.encode("utf-8", "surrogateescape")[:room].decode("utf-8", "ignore")
    return f"{kept if len(kept) < len(stem) else stem}{suffix}"


def _numbered(wanted: Path) -> Iterator[Path]:
    yield wanted
    number = 1
    while True:
        number += 1
        yield wanted.with_name(f"{wanted.stem} ({number}){wanted.suffix}")


def _there(path: Path) -> bool:
    return path.exists() or path.is_symlink()


def _says(note: Path, sentence: str) -> bool:
    """Whether `note` says that sentence, now or since a try that was cut short. Raises FolderError."""
    try:
        note.parent.mkdir(parents=True, exist_ok=True)
        if not _there(note):
            note.write_text(f"{sentence}\n", encoding="utf-8")
        return note.read_text(encoding="utf-8") == f"{sentence}\n"
    except UnicodeDecodeError:
        return False
    except OSError as error:
        raise _trouble(note.parents[1], error) from error


def _trouble(folder: Path, error: OSError) -> FolderError:
    remedy = "请检查它的权限和磁盘空间"
    return FolderError(f"收件目录 {folder}", f"用不了（{reason_of(error)}）", remedy)
