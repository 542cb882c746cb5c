"""Files that take a while to make are made once, by a process of its own, and kept while they are wanted."""

import hashlib
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.errors import ArchiveError, StartError, reason_of
from bot.model import Picture

KEPT = timedelta(days=7)  # since somebody last wanted it
MOST_KEPT = 60  # issues' files, of some megabytes each
MOST_WAITING = 2  # of the four threads of a web process, the one at work included
PATIENCE = 8  # seconds that somebody waits for another's; the web server in front gives up after 15
SECONDS = 30  # a long issue took one
PROGRAM = Path(__file__).with_name("press.py")
LONGEST_TOLD = 2000  # bytes of what the program said, for the log
BUSY = "正在生成别的文件。请过几秒再点一次"
FAILED = "这一期没能排成版。请先导出 HTML，并把 rikan doctor 的结果告诉管理员"


log = logging.getLogger(__name__)


class Printer:
    """Prints sheets by `template` with the fonts of that folder, and keeps what it made in `folder`."""

    def __init__(
        self, folder: Path, template: Path, fonts: Path, now: Callable[[], datetime]
    ) -> None:
        self._folder = folder
        self._template = template
        self._fonts = fonts
        self._now = now
        self._room = threading.BoundedSemaphore(MOST_WAITING)
        self._turn = threading.Lock()

    def print(self, sheet: Mapping[str, Any], pictures: Iterable[Picture]) -> list[Path]:
        """`issue.pdf`, or the pieces of a long picture in their order.

        Raises StartError where it cannot be made now, ArchiveError where it cannot be kept.
        """
        shown = list(pictures)
        place = self._folder / self._mark(sheet, shown)
        if not (made := self._made(place)):
            with self._one_at_a_time():
                if not (made := self._made(place)):
                    self._make(place, sheet, shown)
                    made = self._made(place)
        return made

    def _mark(self, sheet: Mapping[str, Any], pictures: Iterable[Picture]) -> str:
        """Another one as soon as anything would be printed otherwise."""
        known = json.dumps(sheet, ensure_ascii=False, sort_keys=True).encode()
        programs = (self._template.read_bytes(), PROGRAM.read_bytes())
        parts = [known, *programs, *(each.digest.encode() for each in pictures)]
        return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()

    def _made(self, place: Path) -> list[Path]:
        with suppress(OSError):
            moment = self._now().timestamp()
            os.utime(place, (moment, moment))
            return sorted(place.iterdir(), key=lambda path: (len(path.name), path.name))
        return []

    @contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        if not self._room.acquire(blocking=False):
            raise StartError(BUSY)
        try:
            if not self._turn.acquire(timeout=PATIENCE):
                raise StartError(BUSY)
            try:
                yield
            finally:
                self._turn.release()
        finally:
            self._room.release()

    def _make(self, place: Path, sheet: Mapping[str, Any], pictures: Iterable[Picture]) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._tidy()
            with tempfile.TemporaryDirectory(dir=self._folder, prefix=".") as name:
                self._write(Path(name), sheet, pictures)
                self._run(Path(name))
                done = Path(name) / "done"
                done.mkdir()
                for path in (*Path(name).glob("*.pdf"), *Path(name).glob("[0-9]*.png")):
                    path.rename(done / path.name)
                with suppress(OSError):  # another process made just the same
                    done.rename(place)
        except OSError as error:
            raise ArchiveError(
                f"写不了 {self._folder}（{reason_of(error)}）。请检查数据目录的权限和磁盘空间"
            ) from error
        if not self._made(place):
            raise StartError(FAILED)

    def _write(self, folder: Path, sheet: Mapping[str, Any], pictures: Iterable[Picture]) -> None:
        (folder / "sheet.json").write_text(json.dumps(sheet, ensure_ascii=False), encoding="utf-8")
        shutil.copyfile(self._template, folder / "issue.typ")
        for picture in pictures:
            (folder / f"shown-{picture.name}").write_bytes(picture.data)

    def _run(self, folder: Path) -> None:
        program = [sys.executable, "-P", str(PROGRAM), str(folder), str(self._fonts)]
        try:
            subprocess.run(  # noqa: S603 - our own program
                program, capture_output=True, timeout=SECONDS, check=True
            )
        except (OSError, subprocess.SubprocessError) as error:
            told = getattr(error, "stderr", b"") or b""
            log.warning(
                "cannot print: %s %s",
                type(error).__name__,
                told[-LONGEST_TOLD:].decode(errors="replace"),
            )
            raise StartError(FAILED) from error

    def _tidy(self) -> None:
        """Forget what nobody wanted for a week, and of the rest all but the newest."""
        clear_exports(self._folder, self._now())
        for path in _newest_first(self._folder)[MOST_KEPT - 1 :]:
            shutil.rmtree(path, ignore_errors=True)


def folder_for_exports(data: Path) -> Path:
    """Where what was printed is kept."""
    return data / "exports"


def clear_exports(folder: Path, now: datetime, *, dry_run: bool = False) -> int:
    """Delete what nobody wanted for a week, and what a crash left behind; how many issues' files those are."""
    before = (now - KEPT).timestamp()
    old = [path for path in _newest_first(folder) if _wanted_at(path) < before]
    for path in () if dry_run else old:
        shutil.rmtree(path, ignore_errors=True)
    return len(old)


def _newest_first(folder: Path) -> list[Path]:
    return sorted(folder.iterdir(), key=_wanted_at, reverse=True) if folder.is_dir() else []


def _wanted_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # another process has just finished
        return 0.0
