"""The editors' files as they came, by what is in them: the same file is kept once."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.errors import ArchiveError, reason_of


class Sources:
    """A folder of files named after their SHA-256."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, digest: str) -> Path:
        """Where the file with that digest is, if it is kept."""
        return self.folder / digest

    @contextmanager
    def keeping(self, path: Path, digest: str) -> Iterator[None]:
        """Keep a file, but not one that the archive then refuses. Raises ArchiveError."""
        new = not self.path(digest).exists()
        self.keep(path, digest)
        try:
            yield
        except ArchiveError:
            if new:
                self.path(digest).unlink(missing_ok=True)
            raise

    def keep(self, path: Path, digest: str) -> None:
        """Keep the file at `path`, which has that digest. Raises ArchiveError."""
        try:
            if self.path(digest).exists():
                self.path(digest).touch()  # wanted anew: whoever clears up leaves it alone
                return
            data = path.read_bytes()
            if hashlib.sha256(data).hexdigest() != digest:
                raise ArchiveError(f"{path.name} 在读的时候变了。请等它保存好再试")
            write_whole(self.path(digest), data)
        except OSError as error:
            raise ArchiveError(
                f"存不了 {path.name} 的原件（{reason_of(error)}）。请检查 {self.folder} 的权限和磁盘空间"
            ) from error


def write_whole(path: Path, data: bytes) -> None:
    """All of it or nothing: a file that carries a digest as its name is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())  # else a power cut may leave the name, and nothing in it
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
