"""What editors drop into the inbox becomes issues: told from top to bottom, like the stories of `flow`.

    look → read → keep, or set aside with the reason → put away

Each step may be the last before a crash: a file that was kept and not put away is found to be kept
at the next look, and put away then.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from bot import flow
from bot.delivery import STATE_NAMES, State
from bot.errors import ArchiveBusy, ArchiveError, DeliveryBusy, IngestError, RikanError
from bot.ingest.file import read_issue
from bot.ingest.inbox import MOST_TRIES, FolderError, Inbox, readable
from bot.model import Issue, Problem, Severity
from bot.services import Services

HANDED_OVER = (State.PUBLISHING, State.PUBLISHED)
Taken = tuple[Path, tuple[Path, ...]]  # where a report is now, and the pictures that it shows
_KEEP = "这里的文件可以留着，也可以删掉。"
_AGAIN = f"改好后把文件重新放进收件目录即可；{_KEEP}"

log = logging.getLogger(__name__)


class TooLate(IngestError):
    """A correction of what readers have already; `place` is the issue's ID."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that was set aside: `name` is how it may be printed, `mark` tells it from others.

    `late`: the issue that it would have corrected, if readers did not have that already.
    """

    name: str
    mark: str
    sentence: str
    late: str = ""


@dataclass
class Received:
    """What a look at the inbox came to: the issues' IDs, the files set aside, and the folder's own trouble.

    `arriving`: something is still being written, or somebody else is reading it.
    """

    issues: list[str] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    trouble: str = ""
    arriving: bool = False


def receive(services: Services, tell: Callable[[Refused], object] = lambda _: None) -> Received:
    """Read what is whole, and put it away. One file's trouble keeps no other waiting.

    `tell` is called of each file that is about to be set aside, and of the same file again where that
    was cut short.
    """
    inbox = Inbox(services.config.paths.inbox, services.config.paths.data / "inbox.json")
    received = Received()
    try:
        with inbox.alone() as alone:
            if alone:
                Reception(services, inbox, received, tell).open()
            else:
                received.arriving = True
    except FolderError as error:
        received.trouble = str(error)
    return received


@dataclass(frozen=True, slots=True)
class Reception:
    """One look at the inbox, and what it comes to."""

    services: Services
    inbox: Inbox
    received: Received
    tell: Callable[[Refused], object]

    def open(self) -> None:
        """Take in all that is whole. Raises FolderError."""
        look = self.inbox.look(self.services.now())
        self.received.arriving = look.arriving
        taken = [self._receive(path) for path in look.ready]
        # At the end: two reports may show the same picture.
        for report, shown in filter(None, taken):
            self.inbox.take_pictures(shown, report)

    def _receive(self, path: Path) -> Taken | None:
        try:
            return self._try(path)
        except (ArchiveBusy, DeliveryBusy):
            self.inbox.not_now(path)
        except ArchiveError as error:
            self.inbox.not_now(path)
            self.received.trouble = str(error)
        except FolderError:
            self.inbox.not_now(path)
            raise
        except Exception:
            # It is looked at again, and set aside when it has broken off too often.
            log.exception("%s cannot be read", path.name)
        return None

    def _try(self, path: Path) -> Taken | None:
        if path.name != readable(path.name):
            self.inbox.rename(path)
            return None
        tries = self.inbox.begin(path)
        if hopeless := _hopeless(path, tries):
            self._refuse(path, [hopeless])
            return None
        try:
            return self._keep(path)
        except FolderError:
            raise
        except TooLate as error:
            self._refuse(path, [str(error)], late=error.place)
        except IngestError as error:
            self._judge(path, tries, error)
        return None

    def _keep(self, path: Path) -> Taken:
        issue, _ = read_issue(path)
        shown = tuple(pictures_beside(path.parent, issue))
        added = add_or_correct(self.services, issue, path)
        taken = self.inbox.take(path, added.issue.id)
        self.received.issues.append(added.issue.id)
        log.info(
            "%s taken in as %s%s", path.name, added.issue.id, "" if added.new else ", unchanged"
        )
        return taken, shown

    def _judge(self, path: Path, tries: int, error: IngestError) -> None:
        found = problems_of(self.services, path)
        if found is not None and _has_pictures(found.issue) and self.received.arriving:
            self.inbox.not_now(path)
            return
        if found is not None and _has_pictures(found.issue, "https://") and tries < MOST_TRIES - 1:
            return
        self._refuse(path, found.lines(error) if found else [str(error)])

    def _refuse(self, path: Path, lines: list[str], late: str = "") -> None:
        name = readable(path.name)
        lines = [line.removeprefix(f"{path.name}：") for line in lines]
        body = "\n".join(f"{number}. {line}" for number, line in enumerate(lines, start=1))
        others = f"（另有 {len(lines) - 1} 处）" if lines[1:] else ""
        refused = Refused(name, _mark(path), f"{lines[0]}{others}", late)
        self.tell(refused)  # before it is out of sight: what breaks off in between is told again
        self.inbox.set_aside(
            path, f"{name} 没有收进存档。\n\n{body}\n\n{_KEEP if late else _AGAIN}"
        )
        self.received.refused.append(refused)


def _hopeless(path: Path, tries: int) -> str:
    """Why a file is not even read; empty for one that is."""
    if path.is_symlink():
        return f"{path.name}：这是链接，不是文件本身。请把文件本身放进收件目录"
    if tries >= MOST_TRIES:
        return f"{path.name}：读它时程序三次中断。请换一种格式（.docx 或 .txt）再试"
    return ""


def add_or_correct(services: Services, issue: Issue, path: Path) -> flow.Added:
    """Keep an issue; one that is there already is replaced unless readers have it.

    IngestError for a correction that comes too late. Nobody hands the issue over meanwhile.
    """
    of_day = services.archive.entries((issue.date, issue.date))
    if issue.id not in [entry.issue_id for entry in of_day]:
        return flow.add_issue(services, path)
    with services.ledger.lease(issue.id) as delivery:
        late = delivery.state in HANDED_OVER
        # Within, a failure would be written down as the delivery's: it is the file's.
        added = _outcome(lambda: flow.add_issue(services, path, replace_old=not late))
    if isinstance(added, flow.Added):
        return added
    if late and type(added) is ArchiveError and added.__cause__ is None:
        state = STATE_NAMES[delivery.state]
        remedy = (
            "公众号里的文章请到公众平台修改；要让读者搜到新内容，"
            "请管理员用 rikan add --replace 存入这份文件"
        )
        raise TooLate(issue.id, f"这一期{state}，内容不同的这一份来得太晚，没有采用", remedy)
    raise added


def _outcome(add: Callable[[], flow.Added]) -> flow.Added | RikanError:
    try:
        return add()
    except RikanError as error:
        return error


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A report that could be read, and all that is wrong with it."""

    issue: Issue
    problems: tuple[Problem, ...]

    def lines(self, error: IngestError) -> list[str]:
        """What an editor is told, the errors before the rest."""
        worst_first = sorted(self.problems, key=lambda each: each.severity is not Severity.ERROR)
        told = [str(each) for each in worst_first]
        known = worst_first and worst_first[0].severity is Severity.ERROR
        return told if known else [str(error), *told]


def problems_of(services: Services, path: Path) -> Reviewed | None:
    """All that is wrong with a report; None for a file that is not one."""
    try:
        issue, source = read_issue(path)
    except IngestError:
        return None
    found = flow.check_issue(services, issue, source)
    pictures = flow.gather_pictures(services, issue, path.parent).problems
    return Reviewed(issue, (*source.problems, *found, *pictures))


def _has_pictures(issue: Issue, beginning: str = "") -> bool:
    """What is missing may come yet: a picture that is being copied, or one on the web."""
    return any(figure.address.startswith(beginning) for figure in issue.figures)


def pictures_beside(folder: Path, issue: Issue) -> Iterator[Path]:
    """The files in a report's folder that it shows."""
    inside = folder.resolve()
    for address in dict.fromkeys(figure.address for figure in issue.figures):
        if "://" in address or address.lower().startswith("data:"):
            continue
        plain = unquote(address)
        for name in (address, plain, plain.replace("\\", "/")):
            path = folder / name
            if _is_file(path) and path.resolve().is_relative_to(inside):
                yield path
                break


def _is_file(path: Path) -> bool:
    try:
        return path.is_file() and not path.is_symlink()
    except (OSError, ValueError):
        return False


def _mark(path: Path) -> str:
    """Tells a file from others of its name: the same, dropped again, is told of again another day only."""
    status = path.lstat()
    text = f"{readable(path.name)} {status.st_size} {status.st_mtime_ns}"
    return hashlib.sha256(text.encode()).hexdigest()[:8]
