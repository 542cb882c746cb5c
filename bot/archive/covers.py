"""What editors want different about their issues' covers, and the pictures they gave for it."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, delete, insert, select

from bot.archive.database import reading, writing
from bot.archive.sources import write_whole
from bot.archive.tables import covers
from bot.errors import ArchiveError, reason_of
from bot.model import Look


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
            row = connection.execute(
                select(covers).where(covers.c.issue_id == issue_id)
            ).one_or_none()
        if row is None:
            return Look()
        picture = self._read(issue_id, row.picture) if row.picture else b""
        return Look(row.headline, row.layout, row.palette, picture)

    def choose(self, issue_id: str, look: Look) -> None:
        """Keep what the editor wants for an archived issue, instead of what was wanted before.

        An empty Look forgets it. Raises ArchiveError.
        """
        digest = self._keep(look.picture) if look.picture else ""
        with writing(self._engine) as connection:
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
                    )
                )

    def _keep(self, picture: bytes) -> str:
        digest = hashlib.sha256(picture).hexdigest()
        try:
            if not (self.folder / digest).exists():
                write_whole(self.folder / digest, picture)
        except OSError as error:
            raise ArchiveError(
                f"存不了封面图片（{reason_of(error)}）。请检查 {self.folder} 的权限和磁盘空间"
            ) from error
        return digest

    def _read(self, issue_id: str, digest: str) -> bytes:
        try:
            return (self.folder / digest).read_bytes()
        except OSError as error:
            raise ArchiveError(
                f"{issue_id} 的封面图片不在 {self.folder} 里（{reason_of(error)}）。"
                f"请从备份里恢复，或运行 rikan cover {issue_id} --picture 文件 重新指定"
            ) from error
