"""The archive: every issue as the editors wrote it, and how far it has come."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    Row,
    Select,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from bot.archive.database import reading, writing
from bot.archive.indexing import Unit, add_to_index, take_from_index
from bot.archive.numbering import MOST_EDITIONS, MOST_SECTIONS, section_number
from bot.archive.revision import KeptSince
from bot.archive.search import Found, Search
from bot.archive.synonyms import Synonyms
from bot.archive.tables import deliveries, issues, sections
from bot.archive.versions import Version, keep_version, read_versions, structure_of
from bot.archive.words import Folding
from bot.delivery import Entry, State
from bot.dialogue import Hit
from bot.errors import ArchiveError, Overtaken
from bot.model import Issue

SUMMARY = "摘要"
NEWEST_FIRST = (issues.c.day.desc(), issues.c.edition.desc())


class Archive:
    """Issues and their deliveries to one `account`. Every method is one transaction.

    `pages` is where the issues' own public pages are; a published issue without an address of
    its own on the platform is found there.
    """

    def __init__(
        self,
        engine: Engine,
        search: Search,
        account: str,
        now: Callable[[], datetime],
        pages: str = "",
    ) -> None:
        self.engine = engine
        self.account = account
        self._pages = pages
        self._search = search
        self._now = now
        self._seen: KeptSince[Entry] = KeptSince()

    @property
    def folding(self) -> Folding:
        """How text is folded before it is indexed or looked for."""
        return self._search.folding

    @property
    def synonyms(self) -> Synonyms:
        """What followers may call otherwise, as the files say: what is added in the console may go again."""
        return self._search.of_files

    def add(
        self,
        issue: Issue,
        source_name: str,
        source_digest: str,
        *,
        replace: bool = False,
        over: Issue | None = None,
    ) -> bool:
        """Keep `issue`; False if just this is kept already.

        Raises ArchiveError if another issue of that ID is kept, unless it is to be replaced; Overtaken
        if that is not the one that it is to be written `over`.
        """
        structure = structure_of(issue)
        with writing(self.engine) as connection:
            kept = connection.execute(
                select(issues.c.structure).where(issues.c.id == issue.id)
            ).scalar()
            if kept == structure:
                return False
            if kept is not None and not replace:
                raise ArchiveError(
                    f"{issue.id} 已在存档中，内容不同。要替换请加 --replace，要作为当天的另一期请加 --new-edition"
                )
            if over and kept != structure_of(over):
                raise Overtaken(f"{issue.id} 刚刚由别人改过，没有覆盖")
            self._write(connection, issue, structure, source_name, source_digest, new=kept is None)
        return True

    def _write(
        self,
        connection: Connection,
        issue: Issue,
        structure: str,
        name: str,
        digest: str,
        *,
        new: bool,
    ) -> None:
        values = {
            "day": issue.date,
            "edition": issue.edition,
            "name": issue.name,
            "headline": issue.headline,
            "structure": structure,
            "source_name": name,
            "source_digest": digest,
            "added_at": self._now(),
        }
        if new:
            connection.execute(insert(issues).values(id=issue.id, **values))
        else:
            keep_version(connection, issue.id, self._now())
            connection.execute(update(issues).where(issues.c.id == issue.id).values(**values))
            self._unindex(connection, issue.id)
        self._index(connection, issue)

    def _index(self, connection: Connection, issue: Issue) -> None:
        fold, found_in = self.folding.fold, list(enumerate(units(issue)))
        rows = [
            {
                "id": newest_highest(issue, position),
                "issue_id": issue.id,
                "position": position,
                "heading": heading,
                "body": body,
                "folded_heading": fold(heading),
                "folded_body": fold(body),
            }
            for position, (heading, body) in found_in
        ]
        connection.execute(insert(sections), rows)
        added = [Unit(newest_highest(issue, place), *unit) for place, unit in found_in]
        add_to_index(connection, self.folding, added)
        self._search.forget_counts()

    def _unindex(self, connection: Connection, issue_id: str) -> None:
        of_issue = sections.c.issue_id == issue_id
        kept = select(sections.c.id, sections.c.heading, sections.c.body).where(of_issue)
        gone = [Unit(*row) for row in connection.execute(kept)]
        take_from_index(connection, self.folding, gone)
        connection.execute(delete(sections).where(of_issue))

    def issue(self, issue_id: str) -> Issue:
        """The issue of that ID. Raises ArchiveError if there is none."""
        with reading(self.engine) as connection:
            row = connection.execute(select(issues).where(issues.c.id == issue_id)).one_or_none()
        if row is None:
            raise ArchiveError(f"存档中没有 {issue_id}。运行 rikan list 查看已有的各期")
        return Issue.from_record(json.loads(row.structure), row.edition)

    def versions(self, issue_id: str) -> Sequence[Version]:
        """What that issue was before it was replaced, newest first."""
        with reading(self.engine) as connection:
            return read_versions(connection, issue_id)

    def paragraphs_before(self, day: date, last: int = 30) -> Iterator[tuple[date, str]]:
        """The paragraphs of the `last` issues before `day`, each with the day of its own."""
        query = select(issues.c.day, issues.c.structure).where(issues.c.day < day)
        with reading(self.engine) as connection:
            rows = connection.execute(query.order_by(*NEWEST_FIRST).limit(last)).all()
        for row in rows:
            for section in Issue.from_record(json.loads(row.structure)).sections:
                for part in (section, *section.subsections):
                    yield from ((row.day, paragraph) for paragraph in part.paragraphs)

    def entries(
        self,
        days: tuple[date, date] | None = None,
        *,
        published_only: bool = False,
        limit: int | None = None,
    ) -> list[Entry]:
        """The issues of `days` (inclusive; None: all), newest first."""
        query = self._entries(published_only=published_only).limit(limit)
        if days:
            query = query.where(issues.c.day.between(*days))
        with reading(self.engine) as connection:
            return [self._entry(row) for row in connection.execute(query.order_by(*NEWEST_FIRST))]

    def nearest(self, day: date) -> Entry | None:
        """The published issue closest to `day`; of two equally close, the later."""
        published = self._entries(published_only=True).limit(1)
        after = published.where(issues.c.day >= day).order_by(issues.c.day)
        before = published.where(issues.c.day < day).order_by(issues.c.day.desc())
        with reading(self.engine) as connection:
            around = [row for query in (after, before) for row in connection.execute(query)]
        return min(map(self._entry, around), key=lambda entry: abs(entry.day - day), default=None)

    def search(
        self,
        words: str,
        today: date,
        *,
        published_only: bool,
        days: tuple[date, date] | None = None,
        limit: int = 10,
    ) -> list[Hit]:
        """The issues (of `days`, inclusive) that say `words`, best first, one hit each."""
        with reading(self.engine) as connection:
            found = self._search.find(
                connection,
                words,
                today=today,
                published_by=self.account if published_only else None,
                days=days,
                limit=limit,
            )
            entries = self._seen.at(connection)
            if unseen := [hit.issue_id for hit in found if hit.issue_id not in entries]:
                rows = connection.execute(self._chosen, {"ids": unseen})
                entries.update((row.id, self._entry(row)) for row in rows)
        return [_hit(entries[hit.issue_id], hit) for hit in found]

    @cached_property
    def _chosen(self) -> Select[Any]:
        # Put together once: that takes longer than to look up ten rows.
        return self._entries().where(issues.c.id.in_(bindparam("ids", expanding=True)))

    def _entries(self, *, published_only: bool = False) -> Select[Any]:
        own = (deliveries.c.issue_id == issues.c.id) & (deliveries.c.account == self.account)
        query = select(
            issues.c.id,
            issues.c.day,
            issues.c.name,
            issues.c.headline,
            deliveries.c.state,
            deliveries.c.url,
            deliveries.c.cover_url,
            deliveries.c.problem,
        )
        query = query.select_from(issues.outerjoin(deliveries, own))
        if not published_only:
            return query
        # Said like this, SQLite goes through the issues in the order asked for and stops at the
        # limit; otherwise it collects all deliveries first.
        return query.where(func.coalesce(deliveries.c.state, "") == State.PUBLISHED)

    def _entry(self, row: Row[Any]) -> Entry:
        state = State(row.state or State.RECEIVED)
        own_page = f"{self._pages}/{row.id}" if self._pages and state is State.PUBLISHED else ""
        return Entry(
            issue_id=row.id,
            day=row.day,
            name=row.name,
            headline=row.headline,
            state=state,
            url=row.url or own_page,
            cover_url=row.cover_url or "",
            problem=row.problem or "",
        )


def newest_highest(issue: Issue, position: int) -> int:
    """A section's number. Where very many match, the search looks at the highest first.

    Raises ArchiveError for an issue of more parts than a day holds.
    """
    if position >= MOST_SECTIONS:
        raise ArchiveError(f"{issue.id} 的小节超过 {MOST_SECTIONS} 个，不像一期日报。请拆成几期")
    if issue.edition > MOST_EDITIONS:
        raise ArchiveError(f"{issue.date} 已有 {MOST_EDITIONS} 期。请用 --replace 替换其中一期")
    return section_number(issue.date, issue.edition, position)


def units(issue: Issue) -> Iterator[tuple[str, str]]:
    """What is searched in, as (heading, body): the summary, each section, each sub-section.

    A section that has only sub-sections is told by their headings.
    """
    yield SUMMARY, issue.summary
    for section in issue.sections:
        for part in (section, *section.subsections):
            below = "；".join(each.title for each in part.subsections)
            yield part.title, "\n".join(part.paragraphs) or below


def _hit(entry: Entry, found: Found) -> Hit:
    return Hit(
        issue_id=entry.issue_id,
        day=entry.day,
        title=entry.name,
        section=found.heading,
        sentence=found.sentence,
        url=entry.url,
        step=found.step,
        picture=entry.cover_url,
    )
