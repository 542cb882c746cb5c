"""An issue's words are changed by hand: told from top to bottom, like the stories of `flow`.

write → look over → keep, as a version of the same issue, or tell who was quicker
"""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from bot import flow
from bot.archive.versions import Version
from bot.delivery import Deed, State, Step
from bot.errors import ArchiveError, IngestError, Overtaken, RikanError
from bot.ingest.file import read_text
from bot.ingest.markdown import write_markdown
from bot.ingest.mending import Mend, mend_for
from bot.ingest.reference import read_reference
from bot.ingest.whereabouts import line_of, places_in
from bot.model import CHARACTER_LIMIT, Issue, Picture, Problem, Section, Severity
from bot.render.report import inspect
from bot.services import Services

# Readers have these, or are about to: a correction reaches only whoever searches.
HANDED_OVER = (State.PUBLISHING, State.PUBLISHED)
SUMMARY_TO_WRITE = "（在这里写摘要）"
TO_WRITE = (SUMMARY_TO_WRITE, "（第一条的标题）", "（在这里写正文）", "（来源）")
TEXT_NAME = "{}.md"
SOON = timedelta(minutes=1)  # after a version was kept, the record says by whom


@dataclass(frozen=True, slots=True)
class Note:
    """A problem where it belongs: on which line of the text, from 0, and how it can be mended."""

    problem: Problem
    line: int
    mend: Mend | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A text as its readers would see it. `preview` is a page, empty for a text that is no issue."""

    notes: tuple[Note, ...]
    preview: str = ""
    characters: int = 0
    measures: tuple[str, ...] = ()

    @property
    def limit(self) -> int:
        """How many characters the platform takes."""
        return CHARACTER_LIMIT


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a text. `handed_over`: readers have what it was before, and keep that."""

    issue: Issue
    new: bool
    handed_over: bool


def text_of(issue: Issue) -> str:
    """What an editor changes: the canonical Markdown."""
    return write_markdown(issue)


def blank(services: Services, day: date, edition: int = 1) -> Issue:
    """An issue to be written, headed like the newest one."""
    newest = services.archive.entries(limit=1)
    settings = services.config.newsletter
    before = services.archive.issue(newest[0].issue_id) if newest else None
    summary, title, words, source = TO_WRITE
    return Issue(
        title=before.title if before else settings.title,
        organisation=before.organisation if before else settings.organisation,
        partners=before.partners if before else settings.partners,
        date=day,
        summary=summary,
        sections=(Section("1", title, (words,)),),
        references=(read_reference(f"{source} | 标题 | {day}", ""),),
        edition=edition,
    )


# Looking over, at every pause of the keyboard.


def look_over(services: Services, text: str, standing: Issue) -> Seen:
    """How the text would look and what is to be said of it, in the place of `standing`.

    Nothing is kept, nobody is asked, and nothing is fetched.
    """
    try:
        issue = read(text, standing)
    except IngestError as error:
        return Seen((_note_of(error),))
    try:
        return _set(services, text, issue, standing)
    except RikanError as error:
        problem = Problem(Severity.ERROR, "全文", str(error), "")
        return Seen(_noted(text, (problem, *_proofread(services, issue))))


def read(text: str, standing: Issue) -> Issue:
    """The issue that the text is. IngestError for one that is none, or would be another day's."""
    issue = read_text(text, TEXT_NAME.format(standing.id))
    if issue.id != standing.id:
        raise IngestError(
            "日期",
            f"写的是 {issue.id}，会变成另一期",
            f"请改回 {standing.id}；要写别的日子，请从“今日”新建",
        )
    return issue


def _note_of(error: IngestError) -> Note:
    problem = Problem(Severity.ERROR, error.place, error.problem, error.remedy)
    return Note(problem, line_of(error.place, {}), mend_for(problem))


def _set(services: Services, text: str, issue: Issue, standing: Issue) -> Seen:
    """Without a cover: drawing one for each key would be too slow."""
    look, footer = services.covers.look(standing.id), services.studio.footer
    pictures = flow.placed(pictures_known(services, issue), lambda picture: picture.name)
    bundle = services.studio.bundle(issue, None, footer.name, pictures, look)
    found = [each for article in bundle.articles for each in inspect(article).findings]
    return Seen(
        _noted(text, (*_proofread(services, issue), *found)),
        services.studio.preview(issue, bundle),
        bundle.characters,
        bundle.measures,
    )


def pictures_known(services: Services, issue: Issue) -> Iterator[Picture]:
    """Those of its pictures that are kept; others are had when it is saved."""
    for name in dict.fromkeys(figure.address for figure in issue.figures):
        if picture := services.pictures.read(name):
            yield picture


def _proofread(services: Services, issue: Issue) -> tuple[Problem, ...]:
    earlier = services.archive.paragraphs_before(issue.date)
    website = services.config.newsletter.website
    return services.proofread(issue, earlier=earlier, website=website)


def _noted(text: str, problems: Sequence[Problem]) -> tuple[Note, ...]:
    """From top to bottom; what is an error first on its line."""
    places = places_in(text)
    notes = [Note(each, line_of(each.place, places), mend_for(each)) for each in problems]
    return tuple(sorted(notes, key=lambda note: (note.line, note.problem.severity)))


# Keeping.


def save(
    services: Services, text: str, standing: Issue, *, over: Issue | None, what: str = "改了文字"
) -> Saved:
    """Keep the text as a version of that issue; as a new issue where it is written `over` nothing.

    `what` was done, as the record says it. IngestError for what is no issue, Overtaken where the archive
    holds something else by now: then nothing has changed.
    """
    issue = read(text, standing)
    _require_written(text, text_of(over) if over else "")
    with tempfile.TemporaryDirectory(prefix="rikan-text-") as folder:
        path = Path(folder) / TEXT_NAME.format(issue.id)
        path.write_text(text, encoding="utf-8")
        added = _added(services, path, over)
    if added.new:
        services.ledger.remark(issue.id, Deed.NOTED, what if over else "新建了这一期")
    late = services.ledger.delivery(issue.id).state in HANDED_OVER
    return Saved(added.issue, added.new, late)


def _added(services: Services, path: Path, over: Issue | None) -> flow.Added:
    try:
        return flow.add_issue(services, path, replace_old=over is not None, over=over)
    except ArchiveError as error:
        if over is None and kept(services, path.stem):
            raise Overtaken(f"{path.stem} 刚刚由别人新建，没有覆盖") from error
        raise


def _require_written(text: str, before: str) -> None:
    """Raise IngestError where a blank page's words are left; a report may have the same of its own."""
    blanks = [words for words in TO_WRITE if words not in before]
    for row, line in enumerate(text.split("\n"), start=1):
        left = next((words for words in blanks if words in line), None)
        if left:
            raise IngestError(f"第 {row} 行", f"还没有写：{left}", "请写上自己的内容，或删去这一处")


def restore(services: Services, version: Version, *, over: Issue) -> Saved:
    """Make an issue again what it was: as a new version, so that this can be undone, too."""
    return save(services, text_of(version.issue), over, over=over, what="恢复了旧版本")


def by_whom(steps: Sequence[Step], added: datetime, until: datetime | None = None) -> str:
    """Who put there what was `added` then, and replaced at `until`; empty where the record names nobody."""
    last = min(until or added + SOON, added + SOON)
    noted = (each.who for each in steps if each.what == Deed.NOTED and added <= each.at < last)
    return next(noted, "")


def kept(services: Services, issue_id: str) -> Issue | None:
    """What the archive holds under that ID; None if nothing."""
    try:
        return services.archive.issue(issue_id)
    except ArchiveError:
        return None
