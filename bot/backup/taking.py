"""A backup is taken: the rows as of one moment, then the files that they name.

Nobody waits for it. A file is kept before the row that names it and stays, so files that are read after the
rows lack none of theirs.
"""

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from sqlalchemy import Engine

from bot import __version__
from bot.archive.database import reading, schema_of
from bot.backup import rows
from bot.backup.manifest import FOLDERS, FOLLOWERS, MEMBER, NAME, TABLES, WORDING, Manifest, Member
from bot.errors import ArchiveError, reason_of

CHUNK = 1024 * 1024  # bytes
PART = ".part"
PACKED_ALREADY = ("pictures/", "covers/")
PICTURE = re.compile(r"[0-9a-f]{16}\.(?:jpg|png)")


@dataclass(frozen=True, slots=True)
class Taken:
    """A backup that was written; `lost` are the files that issues name and that are not there any more."""

    path: Path
    manifest: Manifest
    lost: tuple[str, ...]


def take(
    archive: Engine, data: Path, target: Path, now: datetime, *, followers: Engine | None = None
) -> Taken:
    """Write a backup of the archive and of the files in `data` to `target`, which must not be there yet.

    `followers`: where their messages are, if these are to be in it. Raises ArchiveError; then nothing is left.
    """
    schema = schema_of(archive)
    if not schema:
        raise ArchiveError("数据库还是空的，没有可备份的。请先运行 rikan add 存入报告")
    with _whole(target) as part, ZipFile(part, "w", ZIP_DEFLATED) as packed:
        members, named = _pack_tables(packed, archive, TABLES, rows.ARCHIVE)
        if followers is not None:
            members |= _pack_tables(packed, followers, FOLLOWERS, rows.FOLLOWERS)[0]
        members |= _pack_files(packed, data)
        manifest = Manifest(now, __version__, schema, members)
        packed.writestr(NAME, manifest.written())
    return Taken(target, manifest, tuple(sorted(named - set(members))))


@contextmanager
def _whole(target: Path) -> Iterator[Path]:
    """A file beside `target`, for its owner's eyes only, that becomes it once it is whole and on the disk."""
    if target.exists():
        raise ArchiveError(f"{target} 已经存在，没有改动。请换一个文件名")
    part = None
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-", suffix=PART)
        os.close(handle)
        part = Path(name)
        yield part
        _settle(part)
        part.replace(target)
        _settle(target.parent)
    except OSError as error:
        raise ArchiveError(
            f"写不了备份 {target}（{reason_of(error)}）。请检查目录的权限和磁盘空间"
        ) from error
    finally:
        if part:
            part.unlink(missing_ok=True)


def _settle(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _pack_tables(
    packed: ZipFile, engine: Engine, folder: str, names: Iterable[str]
) -> tuple[dict[str, Member], set[str]]:
    """The tables as they are at one moment, and the files that their rows name."""
    members, named = dict[str, Member](), set[str]()
    with reading(engine) as connection:
        for table in rows.there(connection, tuple(names)):
            name = f"{folder}/{table.name}.jsonl"
            lines = _lines(rows.dump(connection, table), table.name, named)
            members[name] = _pack(packed, name, lines)
    return members, named


def _lines(dumped: Iterable[rows.Row], table: str, named: set[str]) -> Iterator[bytes]:
    for row in dumped:
        named.update(_files_of(table, row))
        yield json.dumps(row, ensure_ascii=False).encode() + b"\n"


def _files_of(table: str, row: rows.Row) -> Iterator[str]:
    if table == "issues":
        yield f"sources/{row['source_digest']}"
        yield from (f"pictures/{name}" for name in PICTURE.findall(row["structure"]))
    if table == "covers" and row["picture"]:
        yield f"covers/{row['picture']}"


def _pack_files(packed: ZipFile, data: Path) -> dict[str, Member]:
    members = _pack_file(packed, WORDING, data / WORDING)
    for folder in FOLDERS:
        for path in sorted((data / folder).glob("*")):
            name = f"{folder}/{path.name}"
            if MEMBER.fullmatch(name) and path.is_file():
                members |= _pack_file(packed, name, path)
    return members


def _pack_file(packed: ZipFile, name: str, path: Path) -> dict[str, Member]:
    try:
        with path.open("rb") as file:
            return {name: _pack(packed, name, iter(lambda: file.read(CHUNK), b""))}
    except FileNotFoundError:
        return {}  # of a replaced issue, whose time is up; or nobody has sentences of their own


def _pack(packed: ZipFile, name: str, parts: Iterable[bytes]) -> Member:
    digest, size, count = hashlib.sha256(), 0, 0
    info = ZipInfo(name)
    # Pictures are as small as they get.
    info.compress_type = ZIP_STORED if name.startswith(PACKED_ALREADY) else ZIP_DEFLATED
    with packed.open(info, "w", force_zip64=True) as member:
        for part in parts:
            member.write(part)
            digest.update(part)
            size += len(part)
            count += 1
    return Member(size, digest.hexdigest(), count if name.endswith(".jsonl") else 0)
