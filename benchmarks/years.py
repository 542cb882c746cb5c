"""Eight years of a newsletter, invented: what an installation holds after 3,000 issues and 200,000 questions.

All but the issues is written as rows: to draw, push and publish each of them would take hours.
"""

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from itertools import islice
from typing import Any

from sqlalchemy import Engine, Table, insert, update

from bot import flow
from bot.archive.conversations import messages, open_beside
from bot.archive.database import writing
from bot.archive.statistics_tables import (
    article_reads,
    changes,
    follower_changes,
    statistics_rounds,
    synonyms,
)
from bot.archive.tables import covers, deliveries, editors, notices, steps, versions
from bot.archive.versions import structure_of
from bot.delivery import Deed, State
from bot.ingest.reference import read_reference
from bot.model import Issue, Section
from bot.services import SHANGHAI, Services
from tests.press import NEWEST, Press, Readers, Written

PARAGRAPHS = 3  # of each of ten sections: some 5,000 characters, like the samples
NOW = datetime.combine(NEWEST, time(7, 10), SHANGHAI)
QUESTION_DAYS = 120
DISTINCT = 20_000  # different words that followers asked
AT_ONCE = 10_000  # rows
# What the newest issues wait for; of the older ones most are out.
WAITING = {1: State.DRAFTED, 3: State.RETURNED, 6: State.FAILED, 9: State.RECEIVED}
COURSE = (
    ("worker", Deed.ADD, State.RECEIVED, State.DRAFTING),
    ("worker", Deed.ADDED, State.DRAFTING, State.DRAFTED),
    ("worker", Deed.CHECKED, State.DRAFTED, State.DRAFTED),
    ("worker", Deed.PREVIEWED, State.DRAFTED, State.PREVIEWED),
    ("editor:王芳", Deed.APPROVED, State.PREVIEWED, State.APPROVED),
    ("worker", Deed.SUBMIT, State.APPROVED, State.PUBLISHING),
    ("event", Deed.OUTCOME, State.PUBLISHING, State.PUBLISHED),
)
DRAFTED = 4  # of these steps lead to a draft that somebody has been shown
Row = dict[str, Any]


def fill(services: Services, issues: int, questions: int) -> None:
    """Write all of it into an empty archive."""
    chance = random.Random(9)
    sample = list(_issues(issues, chance))
    for _, issue in sample:
        services.archive.add(issue, f"{issue.id}.docx", sha256(issue.id.encode()).hexdigest())
    engine, account = services.archive.engine, services.archive.account
    days = [issue.date for _, issue in sample]
    _write(engine, deliveries, _deliveries(days, account))
    _write(engine, steps, _steps(days, account))
    _write(engine, versions, _versions(sample, chance))
    _write(engine, covers, _covers(services, days, chance))
    _write(engine, article_reads, _reads(days, account, chance))
    _write(engine, follower_changes, _followers(days, account, chance))
    _write(engine, notices, _notices(days, account))
    _write(engine, changes, _changes())
    _write(engine, synonyms, _synonyms(chance))
    _write(engine, editors, _editors(account))
    _write(engine, statistics_rounds, [_round(account)])
    beside = open_beside(engine, services.config.paths.data, services.closing)
    asked = [known.words for known in Readers([each[0] for each in sample[-300:]]).questions(400)]
    _write(beside, messages, _questions(asked, questions, account, chance))
    services.readers.asking.count_anew()
    _show_today(services)


def _write(engine: Engine, table: Table, rows: Iterable[Row]) -> None:
    left = iter(rows)
    while some := list(islice(left, AT_ONCE)):
        with writing(engine) as connection:
            connection.execute(insert(table), some)


def _issues(
    wanted: int, chance: random.Random
) -> Iterator[tuple[tuple[date, list[Written]], Issue]]:
    written = Press().issues(wanted * PARAGRAPHS)
    for age in reversed(range(wanted)):
        parts = [units for _, units in islice(written, PARAGRAPHS)]
        day = NEWEST - timedelta(days=age)
        yield (day, parts[0]), _issue(day, parts, chance)


def _issue(day: date, parts: list[list[Written]], chance: random.Random) -> Issue:
    sections = tuple(
        Section(str(number), units[0].heading, tuple(unit.body for unit in units))
        for number, units in enumerate(zip(*parts, strict=True), start=1)
    )
    sources = tuple(
        read_reference(f"国家数据局 | {each.title} | {day} | 核验", "https://example.cn/a")
        for each in sections
    )
    summary = "".join(chance.choice(parts[0]).body[:60] for _ in range(3))
    return Issue("新质生产力每日动态", "工作委员会", "", day, summary, sections, sources)


def _state(day: date) -> State:
    age = (NEWEST - day).days
    if age < max(WAITING):
        return WAITING.get(age, State.PREVIEWED if age == 0 else State.PUBLISHED)
    return {0: State.SKIPPED, 1: State.WITHDRAWN}.get(age % 97, State.PUBLISHED)


def _moment(day: date, minutes: int = 0) -> datetime:
    return datetime.combine(day, time(6, 30), SHANGHAI) + timedelta(minutes=minutes)


def _deliveries(days: list[date], account: str) -> Iterator[Row]:
    for day in days:
        state = _state(day)
        if state is not State.RECEIVED:
            out = state is State.PUBLISHED
            yield {
                "issue_id": day.isoformat(),
                "account": account,
                "state": state,
                "media_id": "" if out else f"draft-{day}",
                "fingerprint": sha256(day.isoformat().encode()).hexdigest(),
                "url": f"https://mp.weixin.qq.com/s/{day}" if out else "",
                "cover_url": "https://mmbiz.qpic.cn/cover" if out else "",
                "problem": "平台没有回答。请过几分钟再发布" if state is State.FAILED else "",
                "way": "publish",
                "updated_at": _moment(day, 60),
            }


def _steps(days: list[date], account: str) -> Iterator[Row]:
    for day in days:
        taken = COURSE if _state(day) is State.PUBLISHED else COURSE[:DRAFTED]
        for minutes, (who, what, before, after) in enumerate(taken):
            yield {
                "issue_id": day.isoformat(),
                "account": account,
                "at": _moment(day, minutes * 5),
                "who": who,
                "what": what,
                "before": before,
                "after": after,
                "detail": "",
            }


def _versions(sample: list[tuple[Any, Issue]], chance: random.Random) -> Iterator[Row]:
    """A third was corrected, some of them several times."""
    for _, issue in sample[::3]:
        for turn in range(chance.choice((1, 1, 2, 3, 8))):
            before = replace(issue, summary=f"{issue.summary}，原稿第 {turn} 稿")
            yield {
                "issue_id": issue.id,
                "structure": structure_of(before),
                "source_name": f"{issue.id}.docx",
                "source_digest": "0" * 64,
                "added_at": _moment(issue.date, turn * 2),
                "replaced_at": _moment(issue.date, turn * 2 + 2),
            }


def _covers(services: Services, days: list[date], chance: random.Random) -> Iterator[Row]:
    studio = services.studio
    for day in days[::3]:
        yield {
            "issue_id": day.isoformat(),
            "headline": "",
            "layout": chance.choice(list(studio.layouts)),
            "palette": chance.choice(list(studio.palettes)),
            "picture": "",
            "changed_at": _moment(day),
            "theme": chance.choice(list(studio.themes)),
            "author": "",
            "digest": "",
            "source_url": "",
        }


def _reads(days: list[date], account: str, chance: random.Random) -> Iterator[Row]:
    """The platform counts an article's readers for seven days."""
    for day in days:
        reads = chance.randint(200, 2000)
        for later in range(7):
            figures = {
                "reads": reads + later * 40,
                "shares": reads // 20,
                "favourites": reads // 50,
            }
            of = {"account": account, "issue_id": day.isoformat()}
            yield {**of, "day": day + timedelta(days=later), **figures}


def _followers(days: list[date], account: str, chance: random.Random) -> Iterator[Row]:
    for day in days:
        yield {
            "account": account,
            "day": day,
            "gained": chance.randint(0, 60),
            "lost": chance.randint(0, 20),
        }


def _notices(days: list[date], account: str) -> Iterator[Row]:
    for day in days:
        for kind in ("ready", "published"):
            told = {"at": _moment(day), "told_at": _moment(day, 1)}
            yield {
                "account": account,
                "about": day.isoformat(),
                "kind": kind,
                "text": "好了",
                **told,
            }


def _changes() -> Iterator[Row]:
    for number in range(1000):
        yield {
            "at": NOW - timedelta(days=1000 - number),
            "who": "console:赵强",
            "what": "schedule.publish_at",
            "before": "07:30",
            "after": "07:40",
        }


def _synonyms(chance: random.Random) -> Iterator[Row]:
    names = "".join(chance.sample("经济数据产业发展国际智能平台技术出口电价美元", 20))
    for number in range(100):
        line = f"{names[number % 17 : number % 17 + 3]}甲{number} = 丙丁{number}"
        yield {"line": line, "added_by": "console:王芳", "added_at": NOW}


def _editors(account: str) -> Iterator[Row]:
    for number, name in enumerate(("王芳", "李明", "赵强", "陈静")):
        yield {"account": account, "openid": f"o{number:027d}", "name": name, "bound_at": NOW}


def _round(account: str) -> Row:
    return {"account": account, "tried_at": NOW, "done_on": NEWEST, "problem": ""}


def _questions(asked: list[str], wanted: int, account: str, chance: random.Random) -> Iterator[Row]:
    """A few words are asked by everybody, most by few; one question in eight finds nothing."""
    words = [f"{chance.choice(asked)}{'' if n < len(asked) else n}" for n in range(DISTINCT)]
    fame = [1 / (place + 10) for place in range(len(words))]
    span = QUESTION_DAYS * 86_400_000
    newest = int(NOW.timestamp() * 1000)
    for number, said in enumerate(chance.choices(words, fame, k=wanted)):
        key = sha256(str(number).encode()).hexdigest()
        hits = 0 if chance.random() < 1 / 8 else chance.randint(1, 8)
        yield {
            "key": key[:32],
            "account": account,
            "follower": key[32:],
            "at": newest - span + span * number // wanted,
            "later": False,
            "words": said,
            "wish": "words" if chance.random() < 0.9 else "latest",
            "hits": hits,
            "step": chance.choice((1, 1, 1, 2, 3)) if hits else 0,
            "ms": 4.0,
        }


def _show_today(services: Services) -> None:
    """Today's draft holds what the issue says, so that it can be approved."""
    issue = services.archive.issue(NEWEST.isoformat())
    bundle = flow.foreseen_bundle(services, issue)
    with writing(services.archive.engine) as connection:
        connection.execute(
            update(deliveries)
            .where(deliveries.c.issue_id == issue.id)
            .values(fingerprint=bundle.fingerprint, updated_at=datetime.now(UTC))
        )
