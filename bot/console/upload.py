"""A report that was dropped on the page becomes an issue, as one from the inbox does."""

import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from bot.delivery import Deed
from bot.errors import IngestError
from bot.flow import Added
from bot.ingest.file import LARGEST_TYPESET, read_issue
from bot.ingest.inbox import readable
from bot.model import Problem, Severity
from bot.receiving import TooLate, add_or_correct, problems_of
from bot.services import Services

LONGEST_NAME, LONGEST_KIND = 180, 30  # bytes of a file's name and its ending; a system takes 255
CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file: the issue that it is now, or why it is none. `name` is the file's."""

    name: str
    added: Added | None
    problems: tuple[Problem, ...]


def take_in(services: Services, name: str, stream: IO[bytes]) -> Taken:
    """Keep the report, or tell all that is wrong with it; then the archive is as it was.

    Raises ArchiveError.
    """
    with tempfile.TemporaryDirectory(prefix="rikan-upload-") as folder:
        path = Path(folder) / file_name(name)
        _write(path, stream)
        try:
            issue, _ = read_issue(path)
            added = add_or_correct(services, issue, path)
        except IngestError as error:
            return Taken(path.name, None, _problems(services, path, error))
    if added.new:
        services.ledger.remark(added.issue.id, Deed.NOTED, f"收到 {path.name}")
    return Taken(path.name, added, added.problems)


def file_name(name: str) -> str:
    """The name of a file that somebody sent: never a way to another folder."""
    last = readable(PurePosixPath(name.replace("\\", "/")).name)
    plain = "".join(each if each.isprintable() else "_" for each in last).lstrip(".")
    path = PurePosixPath(plain or "报告")
    return f"{_cut(path.stem, LONGEST_NAME)}{_cut(path.suffix, LONGEST_KIND)}"


def _cut(text: str, most: int) -> str:
    return text.encode("utf-8", "ignore")[:most].decode("utf-8", "ignore")


def _write(path: Path, stream: IO[bytes]) -> None:
    # One byte more than the largest: the reader says so in its own words.
    left = LARGEST_TYPESET + 1
    with path.open("wb") as file:
        while left > 0 and (data := stream.read(min(CHUNK, left))):
            file.write(data)
            left -= len(data)


def _problems(services: Services, path: Path, error: IngestError) -> tuple[Problem, ...]:
    """The errors before the rest, and always the one that kept it out."""
    own = Problem(Severity.ERROR, error.place, error.problem, error.remedy)
    reviewed = None if isinstance(error, TooLate) else problems_of(services, path)
    found = reviewed.problems if reviewed else ()
    worst_first = sorted(found, key=lambda each: each.severity is not Severity.ERROR)
    known = worst_first and worst_first[0].severity is Severity.ERROR
    return tuple(worst_first) if known else (own, *worst_first)
