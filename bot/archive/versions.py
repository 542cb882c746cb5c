"""What issues were before they were replaced: a correction can be looked at, and taken back."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select

from bot.archive.database import reading
from bot.archive.tables import issues, versions
from bot.errors import ArchiveError
from bot.model import Issue


@dataclass(frozen=True, slots=True)
class Version:
    """An issue as it was until `replaced_at`, and the file that it came from."""

    issue: Issue
    source_name: str
    source_digest: str
    added_at: datetime
    replaced_at: datetime


def structure_of(issue: Issue) -> str:
    """The whole issue as the archive keeps it."""
    return json.dumps(issue.record(), ensure_ascii=False)


def mark_of(issue: Issue) -> str:
    """Tells what an issue says from what it said before."""
    return hashlib.sha256(structure_of(issue).encode()).hexdigest()


def keep_version(connection: Connection, issue_id: str, now: datetime) -> None:
    """Keep what the archive holds of an issue, in the transaction that replaces it."""
    names = ("structure", "source_name", "source_digest", "added_at")
    row = connection.execute(
        select(*(issues.c[name] for name in names)).where(issues.c.id == issue_id)
    ).one()
    values = dict(zip(names, row, strict=True))
    connection.execute(insert(versions).values(issue_id=issue_id, replaced_at=now, **values))


def newest(engine: Engine, issue_id: str) -> tuple[str, datetime]:
    """From which file what the archive holds of an issue came, and when. Raises ArchiveError if it holds nothing."""
    query = select(issues.c.source_name, issues.c.added_at).where(issues.c.id == issue_id)
    with reading(engine) as connection:
        row = connection.execute(query).one_or_none()
    if row is None:
        raise ArchiveError(f"存档中没有 {issue_id}。请从“今日”重新打开")
    return row.source_name, row.added_at


def read_versions(connection: Connection, issue_id: str) -> Sequence[Version]:
    """What an issue was before, newest first; empty for one that was never replaced."""
    query = select(versions, issues.c.edition).join(issues, issues.c.id == versions.c.issue_id)
    query = query.where(versions.c.issue_id == issue_id).order_by(versions.c.id.desc())
    return [_version(row) for row in connection.execute(query)]


def _version(row: Row[Any]) -> Version:
    return Version(
        issue=Issue.from_record(json.loads(row.structure), row.edition),
        source_name=row.source_name,
        source_digest=row.source_digest,
        added_at=row.added_at,
        replaced_at=row.replaced_at,
    )
