"""A backup is opened and looked through, before anything else is touched."""

import hashlib
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from zipfile import BadZipFile, ZipFile, ZipInfo

from bot.archive.tables import SCHEMA
from bot.backup.manifest import DAMAGED, FOREIGN, NAME, Manifest
from bot.backup.taking import CHUNK
from bot.errors import ArchiveError, reason_of

LARGEST_LIST = 64 * 1024 * 1024  # bytes of the manifest; a file takes about 200
# What reading a zip that is not whole may raise, by the zlib in it or by its own tables.
BROKEN = (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)


@dataclass(frozen=True)
class Backup:
    """One that is open, and whose list was read."""

    packed: ZipFile
    manifest: Manifest

    def check(self) -> None:
        """Read all of it and compare. Raises ArchiveError."""
        for name, member in self.manifest.members.items():
            digest = hashlib.sha256()
            with self.open(name) as parts:
                for part in iter(lambda: parts.read(CHUNK), b""):
                    digest.update(part)
            if digest.hexdigest() != member.digest:
                raise ArchiveError(DAMAGED.format(f"{name} 的内容变了"))

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """That member, to be read. Raises ArchiveError where it cannot be."""
        with explained(), self.packed.open(name) as parts:
            yield parts

    def unpack(self, folder: Path) -> None:
        """Put the files there, each under its own folder. Raises ArchiveError."""
        for name in self.manifest.files:
            (folder / name).parent.mkdir(mode=0o700, exist_ok=True)
            with self.open(name) as parts, (folder / name).open("wb") as file:
                shutil.copyfileobj(parts, file, CHUNK)


@contextmanager
def open_backup(path: Path) -> Iterator[Backup]:
    """A backup of this or an earlier version. Raises ArchiveError for anything else."""
    try:
        packed = ZipFile(path)
    except BadZipFile:
        raise ArchiveError(f"{path} {FOREIGN}；如果是，就是没有传完整，请换一份") from None
    except OSError as error:
        raise ArchiveError(f"读不了 {path}（{reason_of(error)}）。请检查文件名和权限") from error
    with packed:
        with explained():
            manifest = _manifest(packed)
        _require_whole(packed, manifest)
        if manifest.schema > SCHEMA:
            raise ArchiveError(
                f"这份备份来自较新的 rikan {manifest.program}。请先安装那一版或更新的版本"
            )
        yield Backup(packed, manifest)


@contextmanager
def explained() -> Iterator[None]:
    """Around reading: a file that is not whole is told as such."""
    try:
        yield
    except (ArchiveError, OSError):
        raise
    except BROKEN as error:
        raise ArchiveError(DAMAGED.format("压缩包读不下去")) from error


def _manifest(packed: ZipFile) -> Manifest:
    listed = [each for each in packed.infolist() if each.filename == NAME]
    if len(listed) != 1 or listed[0].file_size > LARGEST_LIST:
        raise ArchiveError(FOREIGN)
    return Manifest.read(packed.read(listed[0]))


def _require_whole(packed: ZipFile, manifest: Manifest) -> None:
    """The members are those on the list, each once, of the sizes that it says."""
    found = [each for each in packed.infolist() if each.filename != NAME]
    sizes = {each.filename: each.file_size for each in found if _plain(each)}
    said = {name: member.size for name, member in manifest.members.items()}
    if len(found) != len(sizes) or sizes != said:
        raise ArchiveError(DAMAGED.format("内容与目录不符"))


def _plain(info: ZipInfo) -> bool:
    return not info.is_dir() and not info.flag_bits & 1  # not encrypted
