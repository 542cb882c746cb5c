"""The files that only replaced issues came from: which of them may go, and when."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, func, select

from bot.archive.database import reading
from bot.archive.sources import Sources
from bot.archive.tables import issues, versions
from bot.errors import ArchiveError, reason_of

# A file that was put there this lately may belong to an issue that is just being added.
SETTLING = timedelta(days=1)


def superseded(engine: Engine, before: datetime) -> Iterator[str]:
    """The digests of the sources that no issue has any more, replaced before then for the last time."""
    current = select(issues.c.source_digest)
    query = (
        select(versions.c.source_digest)
        .where(versions.c.source_digest.not_in(current))
        .group_by(versions.c.source_digest)
        .having(func.max(versions.c.replaced_at) < before)
    )
    with reading(engine) as connection:
        found = list(connection.execute(query).scalars())
    yield from found


def clear_sources(
    sources: Sources, engine: Engine, before: datetime, now: datetime, *, dry_run: bool = False
) -> tuple[int, int]:
    """Delete the superseded sources; how many files and bytes. What they said stays, as versions.

    Raises ArchiveError.
    """
    files = size = 0
    for digest in superseded(engine, before):
        path = sources.path(digest)
        try:
            if bytes_kept := _settled(path, now):
                files, size = files + 1, size + bytes_kept
                if not dry_run:
                    path.unlink()
        except FileNotFoundError:
            continue  # cleared away before, or by somebody else
        except OSError as error:
            raise ArchiveError(
                f"删不了旧的原件（{reason_of(error)}）。请检查 {sources.folder} 的权限"
            ) from error
    return files, size


def _settled(path: Path, now: datetime) -> int:
    """Its size in bytes; 0 for one that is left alone for now."""
    status = path.stat()
    return status.st_size if now.timestamp() - status.st_mtime > SETTLING.total_seconds() else 0
