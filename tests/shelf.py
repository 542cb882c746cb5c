"""An archive's rows and index without the archive, on a real SQLite, and what to fill it with."""

import json
import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, insert, select

from bot.archive.database import open_engine
from bot.archive.indexing import Unit as Section
from bot.archive.indexing import add_to_index, take_from_index
from bot.archive.numbering import section_number
from bot.archive.search import Found, Search
from bot.archive.synonyms import Synonyms
from bot.archive.tables import deliveries, issues, sections
from bot.archive.upgrade import upgrade
from bot.archive.words import Folding
from bot.delivery import State

TESTS = Path(__file__).parent
folding = Folding.load(TESTS.parent / "assets" / "words" / "fold.txt")
TODAY = date(2026, 6, 14)
NOW = datetime(2026, 6, 14, tzinfo=UTC)
ACCOUNT = "wx"
Unit = tuple[str, str]
Days = tuple[date, date]


@contextmanager
def on_shelf(url: str, synonyms: Synonyms | None = None) -> Iterator["Shelf"]:
    """A shelf in a new database, or in one whose earlier shelves are gone: nothing is committed."""
    engine = open_engine(url)
    upgrade(engine)
    with engine.execution_options(writes=True).connect() as connection:
        yield Shelf(connection, synonyms)
    engine.dispose()


class Shelf:
    """Issues put in, taken out and found again."""

    def __init__(self, connection: Connection, synonyms: Synonyms | None = None) -> None:
        self.connection = connection
        self.search = Search(folding, synonyms)

    def put(self, day: date, units: list[Unit], *, published: bool = True, edition: int = 1) -> str:
        issue_id = day.isoformat() + (f"-{edition}" if edition > 1 else "")
        texts = dict.fromkeys(("name", "headline", "structure", "source_name", "source_digest"), "")
        row = {"id": issue_id, "day": day, "edition": edition, "added_at": NOW} | texts
        self.connection.execute(insert(issues).values(row))
        state = State.PUBLISHED if published else State.DRAFTED
        self.connection.execute(
            insert(deliveries).values(
                issue_id=issue_id, account=ACCOUNT, state=state, updated_at=NOW
            )
        )
        first = section_number(day, edition, 0)
        rows = [
            {
                "id": first + position,
                "issue_id": issue_id,
                "position": position,
                "heading": heading,
                "body": body,
                "folded_heading": folding.fold(heading),
                "folded_body": folding.fold(body),
            }
            for position, (heading, body) in enumerate(units)
        ]
        self.connection.execute(insert(sections), rows)
        added = [Section(first + position, *unit) for position, unit in enumerate(units)]
        add_to_index(self.connection, folding, added)
        self.search.forget_counts()
        return issue_id

    def take_out(self, issue_id: str) -> None:
        of_issue = sections.c.issue_id == issue_id
        rows = self.connection.execute(select(sections).where(of_issue)).all()
        gone = [Section(row.id, row.heading, row.body) for row in rows]
        take_from_index(self.connection, folding, gone)
        self.connection.execute(sections.delete().where(of_issue))
        self.search.forget_counts()

    def find(
        self, words: str, *, by: str | None = None, days: Days | None = None, limit: int = 10
    ) -> list[Found]:
        return self.search.find(
            self.connection, words, today=TODAY, published_by=by, days=days, limit=limit
        )

    def ids(self, words: str, days: Days | None = None) -> list[str]:
        return [found.issue_id for found in self.find(words, days=days)]


def samples() -> Iterator[tuple[date, list[Unit]]]:
    for path in sorted((TESTS / "issues" / "structure").glob("*.json")):
        issue = json.loads(path.read_text("utf-8"))
        parts = [part for each in issue["sections"] for part in (each, *each["subsections"])]
        units = [(part["title"], "\n".join(part["paragraphs"])) for part in parts]
        yield date.fromisoformat(issue["date"]), [("摘要", issue["summary"]), *units]


def shuffled(issues_wanted: int) -> Iterator[tuple[date, list[Unit]]]:
    """Older issues whose clauses are the samples', in another order."""
    chance = random.Random(7)
    bodies = [unit for _, units in samples() for unit in units]
    clauses = [clause for _, body in bodies for clause in re.findall(r"[^，。；\n]+[，。；]", body)]
    headings = [part for heading, _ in bodies for part in re.split("[：，]", heading)]
    for number in range(issues_wanted):
        units = [
            ("，".join(chance.sample(headings, 2)), "".join(chance.sample(clauses, 6)))
            for _ in range(10)
        ]
        yield date(2026, 3, 31) - timedelta(days=number), units
