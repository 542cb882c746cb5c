"""What editors want different about their issues' looks, and the pictures they gave for it."""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, insert, select

from bot.archive.database import reading, writing
from bot.archive.sources import write_whole
from bot.archive.tables import covers
from bot.errors import ArchiveError, Overtaken, reason_of
from bot.model import Look

OF_ARTICLE = ("theme", "author", "digest", "source_url")
DIGEST = re.compile("[0-9a-f]{64}")


def mark_of(look: Look) -> str:
    """Names just this look: whoever changes it says which one they saw."""
    picture = hashlib.sha256(look.picture).hexdigest() if look.picture else ""
    article = [getattr(look, name) for name in OF_ARTICLE]
    parts = [look.headline, look.layout, look.palette, picture, *article]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


class Covers:
    """The looks of archived issues. Every method is one transaction.

    `folder` keeps the pictures by the SHA-256 of what is in them: the same file is kept once.
    """

    def __init__(self, engine: Engine, folder: Path, now: Callable[[], datetime]) -> None:
        self.folder = folder
        self._engine = engine
        self._now = now

    def look(self, issue_id: str) -> Look:
        """What the editor wants for that issue; an empty Look where nothing was said."""
        with reading(self._engine) as connection:
            return self._look(connection, issue_id)

    def _look(self, connection: Connection, issue_id: str) -> Look:
        row = connection.execute(select(covers).where(covers.c.issue_id == issue_id)).one_or_none()
        if row is None:
            return Look()
        picture = self._read(issue_id, row.picture) if row.picture else b""
        article = {name: getattr(row, name) for name in OF_ARTICLE}
        return Look(row.headline, row.layout, row.palette, picture, **article)

    def choose(self, issue_id: str, look: Look, *, since: str = "") -> None:
        """Keep what the editor wants for an archived issue, instead of what was wanted before.

        An empty Look forgets it. `since` is the mark of the look that the editor saw: Overtaken where
        another has taken its place. Raises ArchiveError.
        """
        digest = self.keep(look.picture) if look.picture else ""
        with writing(self._engine) as connection:
            if since and mark_of(self._look(connection, issue_id)) != since:
                raise Overtaken(f"{issue_id} 的外观刚被别人改过，没有保存。请看过再保存一次")
            connection.execute(delete(covers).where(covers.c.issue_id == issue_id))
            if look != Look():
                connection.execute(
                    insert(covers).values(
                        issue_id=issue_id,
                        headline=look.headline,
                        layout=look.layout,
                        palette=look.palette,
                        picture=digest,
                        changed_at=self._now(),
                        **{name: getattr(look, name) for name in OF_ARTICLE},
                    )
                )

    def keep(self, picture: bytes) -> str:
        """Keep a picture by itself; the name under which `picture` has it. Raises ArchiveError."""
        digest = hashlib.sha256(picture).hexdigest()
        try:
            if not (self.folder / digest).exists():
                write_whole(self.folder / digest, picture)
        except OSError as error:
            raise ArchiveError(
                f"存不了封面图片（{reason_of(error)}）。请检查 {self.folder} 的权限和磁盘空间"
            ) from error
        return digest

    def picture(self, digest: str) -> bytes:
        """The picture that was kept under that name; nothing where there is none. Raises ArchiveError."""
        if not DIGEST.fullmatch(digest) or not (self.folder / digest).exists():
            return b""
        return self._read("这一期", digest)

    def _read(self, issue_id: str, digest: str) -> bytes:
        try:
            return (self.folder / digest).read_bytes()
        except OSError as error:
            raise ArchiveError(
                f"{issue_id} 的封面图片不在 {self.folder} 里（{reason_of(error)}）。"
                f"请从备份里恢复，或运行 rikan cover {issue_id} --picture 文件 重新指定"
            ) from error
