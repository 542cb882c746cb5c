"""What nobody needs any more goes: followers' words, told notices, the files of replaced issues, old exports.

The queue clears up after itself: a job's result is kept for an hour, a failed one for a week.
"""

from dataclasses import dataclass
from datetime import timedelta

from bot.archive.retention import clear_sources
from bot.errors import ArchiveError, reason_of
from bot.export.printing import clear_exports, folder_for_exports
from bot.services import Services

DONE = "tidied"  # in the data folder: the last day on which it was done on this machine


@dataclass(frozen=True, slots=True)
class Tidied:
    """How much went, or would go."""

    messages: int
    notices: int
    sources: int
    source_bytes: int
    exports: int


def tidy(services: Services, *, dry_run: bool = False) -> Tidied:
    """Delete what the settings give up: `followers.keep_days`, `[retention]`. Raises ArchiveError."""
    kept = services.config.retention
    now = services.now()
    notices = services.notices.forget_before(
        now - timedelta(days=kept.notices_days), dry_run=dry_run
    )
    files, size = _clear_sources(services, dry_run=dry_run) if kept.sources_days else (0, 0)
    messages = services.conversations.let_go(dry_run=dry_run)
    exports = clear_exports(folder_for_exports(services.config.paths.data), now, dry_run=dry_run)
    return Tidied(messages, notices, files, size, exports)


def _clear_sources(services: Services, *, dry_run: bool) -> tuple[int, int]:
    now = services.now()
    before = now - timedelta(days=services.config.retention.sources_days)
    engine = services.archive.engine
    return clear_sources(services.sources, engine, before, now, dry_run=dry_run)


def tidy_daily(services: Services) -> Tidied | None:
    """The same, unless it was done today on this machine: for whoever comes by often. Raises ArchiveError."""
    marker, today = services.config.paths.data / DONE, services.now().date().isoformat()
    try:
        if marker.exists() and marker.read_text(encoding="utf-8") == today:
            return None
        marker.parent.mkdir(parents=True, exist_ok=True)
        # Before, not after: what goes wrong today goes wrong at every tick otherwise.
        marker.write_text(today, encoding="utf-8")
    except OSError as error:
        raise ArchiveError(
            f"写不了 {marker}（{reason_of(error)}）。请检查数据目录的权限和磁盘空间"
        ) from error
    return tidy(services)
