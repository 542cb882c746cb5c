"""An archive's rows and index without the archive, on a real SQLite, and what to fill it with."""

import json
import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, create_engine, insert, select, text

from bot.archive.search import Found, Search
from bot.archive.tables import deliveries, issues, metadata, sections
from bot.archive.words import Folding
from bot.delivery import State

TESTS = Path(__file__).parent
folding = Folding.load(TESTS.parent / "assets" / "words" / "fold.txt")
TODAY = date(2026, 6, 14)
NOW = datetime(2026, 6, 14, tzinfo=UTC)
ACCOUNT = "wx"
Unit = tuple[str, str]


@contextmanager
def in_memory() -> Iterator[Connection]:
    """A database of the test's own."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


class Shelf:
    """Issues put in, taken out and found again."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.search = Search(folding)
        metadata.create_all(connection)
        connection.execute(
            text(
                "CREATE VIRTUAL TABLE section_index"
                " USING fts5(title, body, content='', tokenize='ascii')"
            )
        )

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
        for position, (heading, body) in enumerate(units):
            added = self.connection.execute(
                insert(sections).values(
                    issue_id=issue_id,
                    position=position,
                    heading=heading,
                    body=body,
                    folded_heading=folding.fold(heading),
                    folded_body=folding.fold(body),
                )
            )
            assert added.inserted_primary_key
            self.search.index(self.connection, added.inserted_primary_key[0], heading, body)
        return issue_id

    def take_out(self, issue_id: str) -> None:
        of_issue = sections.c.issue_id == issue_id
        for row in self.connection.execute(select(sections).where(of_issue)).all():
            self.search.forget(self.connection, row.id, row.heading, row.body)
        self.connection.execute(sections.delete().where(of_issue))

    def find(self, words: str, *, by: str | None = None, limit: int = 10) -> list[Found]:
        return self.search.find(self.connection, words, today=TODAY, published_by=by, limit=limit)

    def ids(self, words: str) -> list[str]:
        return [found.issue_id for found in self.find(words)]


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
