"""A year of mornings: editors, a platform and a machine as they are, and what has to come of it.

The model knows nothing of how `bot.schedule` decides. What has to be told, and when, stands in
`EXPECTED`, a table by the minute of the day; which days are days of publication in `HOLIDAYS` and
`MADE_UP`, the State Council's own words for 2026.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache

from bot.delivery import State, Way
from bot.schedule.due import LOOK, Act, Due, Standing, Today, due, may_publish, watched_days
from bot.schedule.plan import Plan, plan_of
from bot.timetable import ScheduleSettings

YEAR = 2026
MIDNIGHT = datetime(YEAR, 1, 1, tzinfo=UTC) - timedelta(hours=8)  # in Shanghai, the year begins
DAY = 24 * 60  # minutes
DRAFT, PREVIEW, MISSING, REMIND, PUBLISH, GIVE_UP = 390, 400, 410, 435, 450, 720
FOREVER = 9 * DAY
STRETCHES = (
    ("01-01", "01-03"),
    ("02-15", "02-23"),
    ("04-04", "04-06"),
    ("05-01", "05-05"),
    ("06-19", "06-21"),
    ("09-25", "09-27"),
    ("10-01", "10-07"),
)
MADE_UP = {f"{YEAR}-{day}" for day in ("01-04", "02-14", "02-28", "05-09", "09-20", "10-10")}
# However long a job waits in the queue, and its next try after that.
ENOUGH = 10 + 4 + 5


@cache
def is_workday(day: date) -> bool:
    """As the State Council has told."""
    if day.isoformat() in MADE_UP:
        return True
    resting = any(start <= day.isoformat()[5:] <= end for start, end in STRETCHES)
    return day.weekday() < 5 and not resting


@dataclass
class Paper:
    """An issue, its draft, and what the platform has of it."""

    name: str
    day: int
    way: Way
    version: int = 1
    drafted: int = 0
    state: State = State.RECEIVED
    since: int = 0
    problem: str = ""
    attempt: str = ""
    previewed: int = 0
    approvals: dict[int, set[str]] = field(default_factory=dict)
    said: set[str] = field(default_factory=set)  # about its ID, which may be a day's too
    handed: list[int] = field(default_factory=list)  # the minutes at which the platform accepted it
    verdict: tuple[int, bool] | None = None  # when the platform has decided, and how
    able: int = 0  # minutes for which nothing has stood in the way

    def move(self, state: State, now: int, problem: str = "") -> None:
        self.state, self.since, self.problem = state, now, problem

    @property
    def approved(self) -> int:
        return len(self.approvals.get(self.drafted, ()))

    @property
    def in_the_box(self) -> bool:
        return self.state in (State.DRAFTED, State.PREVIEWED, State.APPROVED)

    @property
    def good(self) -> bool:
        return self.in_the_box and self.drafted == self.version

    def standing(self) -> Standing:
        return Standing(
            self.name,
            self.state,
            ready=self.drafted == self.version,
            approved=self.approved,
            returned=self.state is State.RETURNED,
            problem=self.problem,
            said=frozenset(self.said),
            previewed=self.previewed == self.drafted,
            busy_since=moment(self.since),
            way=self.way,
            content=str(self.drafted),
            attempt=self.attempt,
        )


def moment(minute: int) -> datetime:
    return MIDNIGHT + timedelta(minutes=minute)


@cache
def day_of(number: int) -> date:
    return date(YEAR, 1, 1) + timedelta(days=number)


Fits = Callable[[Paper, int, int, bool], bool]  # of an issue, now, how many must approve, on a day


def lacking(paper: Paper, _: int, needed: int, on: bool) -> bool:
    return on and paper.good and paper.approved < needed


def objected(paper: Paper, _: int, __: int, on: bool) -> bool:
    return on and paper.state is State.RETURNED and paper.drafted == paper.version


def waits_for_a_person(paper: Paper, _: int, needed: int, on: bool) -> bool:
    return on and paper.good and paper.approved >= needed and paper.way is Way.DRAFT


def unpublished(paper: Paper, now: int, needed: int, on: bool) -> bool:
    trying = on and paper.good and paper.approved >= needed and paper.way is not Way.DRAFT
    return trying and bool(paper.problem) and now % DAY >= PUBLISH + 10


def undrafted(paper: Paper, now: int, _: int, __: bool) -> bool:
    outdated = paper.state is State.RECEIVED or (paper.in_the_box and not paper.good)
    return outdated and bool(paper.problem) and now % DAY >= DRAFT + 10


def stalled(paper: Paper, now: int, _: int, __: bool) -> bool:
    return paper.state is State.DRAFTING and now - paper.since >= 15


def unheard_of(paper: Paper, now: int, _: int, __: bool) -> bool:
    patience = 45 if paper.way is Way.MASS else 15
    return paper.state is State.PUBLISHING and now - paper.since >= patience


def unsent(paper: Paper, _: int, __: int, on: bool) -> bool:
    ended = (State.PUBLISHING, State.PUBLISHED, State.FAILED, State.SKIPPED, State.WITHDRAWN)
    return on and paper.state not in ended


# What is told of an issue: from which minute of its day until (and not at) which, and when it fits.
EXPECTED: tuple[tuple[str, int, int, Fits], ...] = (
    ("ready", PREVIEW, PUBLISH, lambda p, _, needed, on: on and p.good and needed == 0),
    ("ready", PREVIEW, REMIND, lacking),
    ("remind", REMIND, PUBLISH, lacking),
    ("unapproved", PUBLISH, GIVE_UP, lacking),
    ("press", PUBLISH, GIVE_UP, waits_for_a_person),
    ("not_a_day", PREVIEW, GIVE_UP, lambda p, _, __, on: not on and p.good),
    ("returned", PUBLISH, GIVE_UP, objected),
    ("not_drafted", DRAFT, GIVE_UP, undrafted),
    ("not_published", PUBLISH, GIVE_UP, unpublished),
    ("stuck", DRAFT, GIVE_UP, stalled),
    ("stuck", DRAFT, FOREVER, unheard_of),
    ("missed", GIVE_UP, FOREVER, unsent),
    ("failed", DRAFT, FOREVER, lambda p, *_: p.state is State.FAILED),
    ("published", DRAFT, FOREVER, lambda p, *_: p.state is State.PUBLISHED),
)
ABSENT = (
    ("missing", MISSING, PUBLISH),
    ("missing_late", PUBLISH, GIVE_UP),
    ("missed_day", GIVE_UP, FOREVER),
)
# Told anew of another draft, and of another handing over.
OF_DRAFT = {"ready", "remind", "unapproved", "press", "not_a_day", "returned"}


class Year:
    """One run. Every random choice comes from `seed`; `counts` is what happened, by name."""

    def __init__(self, seed: int, approval: str = "one", way: Way = Way.PUBLISH) -> None:
        self.chance = random.Random(seed)
        self.plan: Plan = plan_of(ScheduleSettings(enabled=True, approval=approval))  # type: ignore[arg-type]
        self.way = way
        self.papers: dict[int, list[Paper]] = {}
        self.said: dict[str, set[str]] = {}  # notices, by what they are about
        self.told: set[tuple[str, str, object]] = set()  # what has been told, by the model's marks
        self.jobs: dict[tuple[Act, str], int] = {}
        self.counts: Counter[str] = Counter()
        self.dark = marked([*self._stretches(60, (2, 90)), *self._stretches(8, (240, 5 * DAY))])
        self.down = marked(self._stretches(100, (3, 120)))
        self.deeds: dict[int, list[tuple[str, str]]] = {}
        for number in range(365):
            self._foresee(number)

    def _stretches(self, times: int, lengths: tuple[int, int]) -> list[tuple[int, int]]:
        """Outages begin in the mornings more often than not: that is where they hurt."""
        found = []
        for _ in range(times):
            day, length = self.chance.randrange(365), self.chance.randint(*lengths)
            begin = day * DAY + self.chance.choice(
                (self.chance.randrange(DAY), self.chance.randrange(360, 730))
            )
            found.append((begin, begin + length))
        return found

    def _foresee(self, number: int) -> None:
        """What people will do about that day."""
        chance, day = self.chance, number * DAY
        for edition in range(chance.choices((0, 1, 2), (4, 92, 4))[0]):
            if not is_workday(day_of(number)) and chance.random() < 0.9:
                continue
            name = day_of(number).isoformat() + (f"-{edition + 1}" if edition else "")
            usual = chance.random() < 0.85
            arrives = day - chance.randrange(600) if usual else day + chance.randrange(380, 900)
            self._will(max(0, arrives), "arrive", name)
            for who in ("ann", "bob", "ann"):
                self._will(day + int(chance.triangular(392, 800, 410)), f"approve {who}", name)
            for deed, how_often in (
                ("correct", 0.15),
                ("return", 0.06),
                ("skip", 0.02),
                ("retry", 0.5),
            ):
                if chance.random() < how_often:
                    self._will(day + int(chance.triangular(380, 760, 420)), deed, name)
            self._will(day + chance.randrange(452, 900), "press", name)

    def _will(self, minute: int, deed: str, name: str) -> None:
        self.deeds.setdefault(minute, []).append((deed, name))

    # A year goes by.

    def run(self) -> "Year":
        for minute in self._minutes():
            for deed, name in self.deeds.pop(minute, ()):
                self._act(deed, name, minute)
            self._decide_on_the_platform(minute)
            if not self.dark[minute]:
                self._work(minute)
                self._tick(minute, self._watched(minute))
                self._require_progress(minute)
        for paper in self._all():
            self._require_explained(paper)
        return self

    def _minutes(self) -> Iterator[int]:
        """Every minute of a morning on which something may happen, else every fifth or tenth."""
        for minute in range(365 * DAY):
            lively = 385 <= minute % DAY < 740 and (minute % 5 == 0 or self._is_lively(minute))
            if lively or minute % 10 == 0 or minute in self.deeds:
                yield minute

    def _is_lively(self, now: int) -> bool:
        ended = (State.PUBLISHED, State.FAILED, State.SKIPPED)
        unsettled = any(each.state not in ended for each in self.papers.get(now // DAY, ()))
        return unsettled or bool(self.dark[now - 1])

    def _watched(self, now: int) -> list[int]:
        """Days before this one change seldom: they are looked at every half hour, and after an outage."""
        days = [
            (day - day_of(0)).days for day in watched_days(moment(now), self.plan, since=day_of(0))
        ]
        return days if now % 30 == 0 or self.dark[now - 1] else days[-1:]

    def _all(self) -> Iterator[Paper]:
        return (paper for papers in self.papers.values() for paper in papers)

    def _paper(self, name: str) -> Paper | None:
        number = (date.fromisoformat(name[:10]) - date(YEAR, 1, 1)).days
        return next((each for each in self.papers.get(number, ()) if each.name == name), None)

    def _act(self, deed: str, name: str, now: int) -> None:
        """An editor does something, where it can be done."""
        if deed == "arrive":
            number = (date.fromisoformat(name[:10]) - date(YEAR, 1, 1)).days
            said = self.said.setdefault(name, set())
            self.papers.setdefault(number, []).append(
                Paper(name, number, self.way, since=now, said=said)
            )
            self.counts["issues"] += 1
            return
        if not (paper := self._paper(name)):
            return
        boxed = paper.in_the_box or paper.state is State.RETURNED
        if deed.startswith("approve") and boxed and paper.drafted == paper.version:
            paper.approvals.setdefault(paper.drafted, set()).add(deed)
            enough = paper.approved >= max(1, self.plan.approvals)
            paper.move(State.APPROVED if enough else State.DRAFTED, now)
        elif deed == "correct" and (boxed or paper.state in (State.RECEIVED, State.FAILED)):
            paper.version += 1
            self.counts["corrections"] += 1
        elif deed == "return" and paper.good:
            paper.approvals.clear()
            paper.move(State.RETURNED, now, "第二段数字不对")
            self.counts["returned"] += 1
        elif deed == "skip" and (boxed or paper.state is State.RECEIVED):
            paper.move(State.SKIPPED, now)
            self.counts["skipped"] += 1
        elif deed == "press" and paper.way is Way.DRAFT and boxed and paper.verdict is None:
            paper.verdict = (now, True)  # seen at the next look
            paper.handed.append(now)

    # The platform, and the worker.

    def _decide_on_the_platform(self, now: int) -> None:
        for paper in self.papers.get(now // DAY, ()):
            if paper.state is State.PUBLISHING and paper.attempt and self.chance.random() < 0.3:
                self._hear(paper, now)  # the event comes; else a look finds it

    def _hear(self, paper: Paper, now: int) -> None:
        if paper.verdict and paper.verdict[0] <= now:
            paper.move(State.PUBLISHED if paper.verdict[1] else State.FAILED, now)

    def _work(self, now: int) -> None:
        for (act, name), at in sorted(self.jobs.items(), key=lambda job: job[1]):
            if at <= now and (paper := self._paper(name)):
                del self.jobs[act, name]
                self._job(act, paper, now)

    def _job(self, act: Act, paper: Paper, now: int) -> None:
        up = not self.down[now]
        if act is Act.DRAFT:
            self._draft(paper, now, up=up)
        elif act is Act.PREVIEW and paper.good:
            paper.previewed = paper.drafted
        elif act is Act.PUBLISH and paper.way is Way.DRAFT:
            if up and paper.verdict and paper.in_the_box:
                self._hear(paper, now)
        elif act is Act.PUBLISH and paper.state is State.PUBLISHING and paper.attempt:
            if up:
                self._hear(paper, now)
        elif act is Act.PUBLISH and self._may(paper, now):
            self._hand_over(paper, now, up=up)

    def _may(self, paper: Paper, now: int) -> bool:
        return may_publish(moment(now), self.plan, day_of(paper.day), paper.standing())

    def _draft(self, paper: Paper, now: int, *, up: bool) -> None:
        if paper.state in (State.PUBLISHING, State.PUBLISHED, State.SKIPPED):
            return
        if not up:
            before = State.DRAFTED if paper.drafted else State.RECEIVED
            keeps = paper.state in (State.RETURNED, State.FAILED)
            paper.move(paper.state if keeps else before, now, paper.problem if keeps else "连不上")
        elif self.chance.random() < 0.02:
            paper.move(State.DRAFTING, now)  # the worker died
            self.counts["deaths"] += 1
        else:
            paper.drafted, paper.attempt, paper.verdict = paper.version, "", None
            paper.move(State.DRAFTED, now)

    def _hand_over(self, paper: Paper, now: int, *, up: bool) -> None:
        self._require_right(paper, now)
        unsure = paper.state is State.PUBLISHING
        if not up:
            if not unsure:
                paper.move(paper.state, now, "连不上")
            return
        died = self.chance.random() < 0.04
        if unsure and paper.verdict:
            paper.attempt = "found"  # among the published ones, or by its draft that is gone
        elif unsure and now - paper.since <= 10:
            return
        elif not died or self.chance.random() < 0.5:
            paper.handed.append(now)
            paper.verdict = (now + self.chance.randrange(4), self.chance.random() > 0.03)
        paper.attempt = paper.attempt if died else f"{paper.name}/{now}"
        paper.move(State.PUBLISHING, now)
        self.counts["deaths"] += died

    # What has to be so.

    def _tick(self, now: int, numbers: list[int]) -> None:
        hoped = self._hoped_for(now, numbers)
        told = set()
        for number in numbers:
            day, papers = day_of(number), self.papers.get(number, ())
            said = self.said.setdefault(day.isoformat(), set())
            today = Today(day, tuple(each.standing() for each in papers), frozenset(said))
            decided = due(moment(now), self.plan, today)
            for each in decided:
                told |= self._carry_out(each, now)
            if self.chance.random() < 0.3:  # another scheduler, which has read the same
                for each in decided:
                    self._ask(each, now)
        assert told == hoped, (moment(now).isoformat(), told ^ hoped)
        self.told |= told

    def _carry_out(self, each: Due, now: int) -> set[tuple[str, str, object]]:
        paper, said = self._paper(each.about), self.said.setdefault(each.about, set())
        if each.act is not Act.SAY:
            self._ask(each, now)
            return set()
        assert each.key not in said
        said.add(each.key)
        self.counts[f"told: {each.kind}"] += 1
        return {(each.about, str(each.kind), mark(each.kind, paper) if paper else None)}

    def _ask(self, each: Due, now: int) -> None:
        """Have a job done a little later; asked again while it waits, once."""
        if each.act is not Act.SAY and (each.act, each.about) not in self.jobs:
            self.jobs[each.act, each.about] = now + self.chance.randrange(4)
            self.counts["looks" if each.kind == LOOK else f"asked to {each.act}"] += 1

    def _hoped_for(self, now: int, numbers: list[int]) -> set[tuple[str, str, object]]:
        """What the table wants told at this minute, and has not been."""
        hoped: set[tuple[str, str, object]] = set()
        for number in [] if is_night(now) else numbers:
            minute, on = now - number * DAY, is_workday(day_of(number))
            papers = self.papers.get(number, [])
            if on and not papers:
                hoped |= {
                    (day_of(number).isoformat(), kind, None)
                    for kind, start, end in ABSENT
                    if start <= minute < end
                }
            for paper in papers:
                hoped |= {
                    (paper.name, kind, mark(kind, paper))
                    for kind, start, end, fits in EXPECTED
                    if start <= minute < end
                    and fits(paper, now, self.plan.approvals, on)
                    and (kind != "missed" or paper.way is not Way.DRAFT or minute >= GIVE_UP + 10)
                }
        if self._first_of_nagging(now):
            hoped.add((day_of(now // DAY).isoformat(), "no_calendar", None))
        return hoped - self.told

    def _first_of_nagging(self, now: int) -> bool:
        """In the year's last Mondays, as nobody here has the next year's calendar."""
        day = day_of(now // DAY)
        return day.weekday() == 0 and day >= date(YEAR, 12, 15) and PREVIEW <= now % DAY < 22 * 60

    def _require_right(self, paper: Paper, now: int) -> None:
        minute = now - paper.day * DAY
        assert PUBLISH <= minute < GIVE_UP, (paper, now)
        if paper.state is not State.PUBLISHING:
            assert is_workday(day_of(paper.day)), paper
            assert paper.good, paper
            assert paper.approved >= self.plan.approvals, paper

    def _require_progress(self, now: int) -> None:
        """What nothing stands in the way of is out soon."""
        for paper in self.papers.get(now // DAY, ()):
            minute, wanted = now % DAY, is_workday(day_of(paper.day))
            free = wanted and PUBLISH <= minute < GIVE_UP and not self.down[now]
            fit = (
                paper.good and paper.approved >= self.plan.approvals and paper.way is not Way.DRAFT
            )
            paper.able = paper.able + 1 if free and fit else 0
            assert paper.able <= ENOUGH, (paper, moment(now).isoformat())

    def _require_explained(self, paper: Paper) -> None:
        assert len(paper.handed) <= 1 or "failed" in told_of(paper), paper
        week = range(paper.day * DAY + GIVE_UP, (paper.day + 8) * DAY)
        awake = week[-1] < 365 * DAY and any(not is_night(m) and not self.dark[m] for m in week)
        if not awake or not is_workday(day_of(paper.day)):
            return
        self.counts[f"ended as {paper.state}"] += 1
        explained = {"missed", "failed", "published", "stuck"} & told_of(paper)
        assert explained or paper.state is State.SKIPPED, paper
        assert (paper.state is State.PUBLISHED) == ("published" in told_of(paper)), paper


def mark(kind: str, paper: Paper) -> object:
    """What a notice is told once about."""
    if kind in OF_DRAFT:
        return paper.drafted
    if kind == "stuck":
        return paper.attempt or paper.state
    return paper.attempt if kind == "failed" else None


def told_of(paper: Paper) -> set[str]:
    return {key.partition(":")[0] for key in paper.said}


def is_night(minute: int) -> bool:
    """Quiet hours."""
    return minute % DAY >= 22 * 60 or minute % DAY < 6 * 60


def marked(stretches: list[tuple[int, int]]) -> bytearray:
    """The year's minutes: 1 where one of the stretches is."""
    minutes = bytearray(365 * DAY)
    for start, end in stretches:
        minutes[start:end] = b"\1" * len(minutes[start:end])
    return minutes
