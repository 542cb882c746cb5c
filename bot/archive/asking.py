"""What followers asked, counted: by word, by day, by hour, and what found nothing.

The days that are over are counted once a night, each of the pages' spans as one row: of two hundred
thousand questions a page then reads one row and the questions of today. A row holds words and
numbers, and not who asked. On SQLite it is in the file of what followers sent; it can be made anew,
and is in no backup.
"""

import json
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Self

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    func,
    literal_column,
    select,
)

from bot.archive.conversations import messages, open_beside
from bot.archive.database import noting, writing
from bot.archive.statement import Statement

metadata = MetaData()

question_counts = Table(
    "question_counts",
    metadata,
    Column("account", String(128), primary_key=True),
    Column("days", Integer, primary_key=True),  # as many before `counted_on`
    Column("counted_on", Date, nullable=False),
    Column("counts", Text, nullable=False),  # JSON
)
WRITE = """
    INSERT INTO question_counts (account, days, counted_on, counts)
    VALUES (:account, :days, :counted_on, :counts)
    ON CONFLICT (account, days)
    DO UPDATE SET counted_on = excluded.counted_on, counts = excluded.counts
"""
SPANS = (7, 30, 90)  # days, today among them
SIMILAR = 3  # search steps from here on found something alike, not the words themselves
MOST_WORDS = 500  # kept of a span; fewer are shown
HOUR = 3_600_000  # milliseconds


@dataclass(frozen=True, slots=True)
class Asked:
    """`words` and `missed` by how often; `hours` of the day in the clock's zone, `daily` by ISO day.

    `searched` are the questions that looked for words, `lost` those of them that found nothing, or
    only something alike.
    """

    questions: int = 0
    searched: int = 0
    lost: int = 0
    words: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    hours: Counter[int] = field(default_factory=Counter)
    daily: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: Self) -> "Asked":
        return Asked(
            self.questions + other.questions,
            self.searched + other.searched,
            self.lost + other.lost,
            self.words + other.words,
            self.missed + other.missed,
            self.hours + other.hours,
            self.daily + other.daily,
        )

    def written(self) -> str:
        """As it is kept: the words asked most."""
        plain = {name: getattr(self, name) for name in self.__slots__}
        for name in ("words", "missed"):
            plain[name] = dict(plain[name].most_common(MOST_WORDS))
        return json.dumps(plain, ensure_ascii=False)

    @classmethod
    def read(cls, text: str) -> Self:
        """The other way."""
        plain = json.loads(text)
        return cls(
            plain["questions"],
            plain["searched"],
            plain["lost"],
            Counter(plain["words"]),
            Counter(plain["missed"]),
            Counter({int(hour): times for hour, times in plain["hours"].items()}),
            Counter(plain["daily"]),
        )


def open_asking(archive: Engine, folder: Path, closing: ExitStack) -> Engine:
    """Where messages are kept; the counts beside them."""
    engine = open_beside(archive, folder, closing)
    with writing(engine) as connection:
        metadata.create_all(connection)
    return engine


class Asking:
    """One account's."""

    def __init__(self, engine: Engine, account: str, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._account = account
        self._now = now
        self._write = Statement(engine, WRITE)

    def counted(self, days: int) -> Asked:
        """What was asked in so many days, today among them. Raises ArchiveError."""
        today = self._midnight()
        before = self._kept(days, today.date()) if days in SPANS else None
        if before is None:
            before = self._count_before(days, today)
        return before + self._count(today, None)

    def count_anew(self) -> bool:
        """Count the days that are over, if that was not done today; whether it was done now."""
        today = self._midnight()
        open_spans = [days for days in SPANS if self._kept(days, today.date()) is None]
        for days in open_spans:
            self._count_before(days, today)
        return bool(open_spans)

    def _midnight(self) -> datetime:
        return self._now().replace(hour=0, minute=0, second=0, microsecond=0)

    def _kept(self, days: int, today: date) -> Asked | None:
        of = question_counts.c
        mine = (of.account == self._account) & (of.days == days) & (of.counted_on == today)
        with noting(self._engine) as connection:
            kept = connection.execute(select(of.counts).where(mine)).scalar()
        return Asked.read(kept) if kept else None

    def _count_before(self, days: int, today: datetime) -> Asked:
        counted = self._count(today - timedelta(days=days - 1), today)
        if days in SPANS:
            self._write.run(
                account=self._account,
                days=days,
                counted_on=today.date().isoformat(),
                counts=counted.written(),
            )
        return counted

    def _count(self, since: datetime, until: datetime | None) -> Asked:
        of = messages.c
        mine = (of.account == self._account) & of.words.is_not(None) & (of.at >= _ms(since))
        if until:
            mine &= of.at < _ms(until)
        # Shanghai has no summer time: the hours since 1970 are those of its clock.
        ahead = int((since.utcoffset() or timedelta()) / timedelta(milliseconds=1))
        # Written out: PostgreSQL would take two placeholders for two different groups.
        hour = literal_column(f"(at + {ahead}) / {HOUR}", Integer).label("hour")
        by_hour = select(hour, func.count()).where(mine).group_by(hour)
        lost = literal_column(f"coalesce(hits, 0) = 0 OR coalesce(step, 0) >= {SIMILAR}", Boolean)
        by_words = (
            select(of.words, lost.label("lost"), func.count())
            .where(mine, of.wish == "words")
            .group_by(of.words, lost)
        )
        with noting(self._engine) as connection:
            hours = connection.execute(by_hour).all()
            words = connection.execute(by_words).all()
        return _sum(
            [(int(at), n) for at, n in hours], [(said, bool(no), n) for said, no, n in words]
        )


def _sum(hours: Iterable[tuple[int, int]], words: Iterable[tuple[str, bool, int]]) -> Asked:
    asked, missed = Counter[str](), Counter[str]()
    by_hour, daily = Counter[int](), Counter[str]()
    for at, times in hours:
        days, hour = divmod(at, 24)
        by_hour[hour] += times
        daily[(date(1970, 1, 1) + timedelta(days=days)).isoformat()] += times
    for said, lost, times in words:
        asked[alike(said)] += times
        if lost:
            missed[alike(said)] += times
    return Asked(by_hour.total(), asked.total(), missed.total(), asked, missed, by_hour, daily)


def alike(words: str) -> str:
    """Full width and upper case do not make another question."""
    return unicodedata.normalize("NFKC", words).lower().strip("?!。. ")


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
