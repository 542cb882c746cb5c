"""What is so of a day's issue, read together for the pages."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise, takewhile

from bot import delivering
from bot.console.step import Stand
from bot.delivery import IN_THE_BOX, Deed, Delivery, Entry, Hand, State, Step
from bot.errors import RikanError
from bot.flow import foreseen_bundle, way_of
from bot.model import CHARACTER_LIMIT, Issue, Problem
from bot.schedule.plan import moment, plan_of
from bot.services import Services

WITH_DRAFT = (*IN_THE_BOX, State.FAILED)
# An issue in one of these waits for nobody.
ENDED = (State.PUBLISHED, State.SKIPPED, State.WITHDRAWN)
# What a button has asked the queue for, as the record names it.
ASKED_FOR = {"push": "推送", "preview": "预览", "publish": "发布", "look": "查看"}
# Seconds the worker takes as a rule: 2. After a minute nobody may be there.
SOON, FORGOTTEN = timedelta(minutes=1), timedelta(minutes=10)
# With one of these the draft is another than it was.
OTHER_DRAFT = (Deed.ADD, Deed.ADDED, Deed.ADOPTED, Deed.UPDATE, Deed.UPDATED, Deed.REPLACE)


@dataclass(frozen=True, slots=True)
class Case:
    """An issue, and all that a page says of it.

    `size` is the number of characters that its longest article has; 0 where it cannot be set, for
    the reason in `trouble`.
    """

    entry: Entry
    delivery: Delivery
    timeline: tuple[Step, ...]
    stand: Stand
    problems: tuple[Problem, ...] = ()
    size: int = 0
    trouble: str = ""

    @property
    def limit(self) -> int:
        """How many characters the platform takes."""
        return CHARACTER_LIMIT


def entry_of(services: Services, issue_id: str) -> Entry | None:
    """That issue, as it stands in a list; None if there is none."""
    try:
        day = date.fromisoformat(issue_id[: len("2026-06-13")])
    except ValueError:
        return None
    of_day = services.archive.entries((day, day))
    return next((each for each in of_day if each.issue_id == issue_id), None)


def entry_at_hand(entries: Sequence[Entry]) -> Entry | None:
    """Of a day's editions the newest that is not finished, else the newest."""
    unfinished = (each for each in entries if each.state not in ENDED)
    return next(unfinished, next(iter(entries), None))


def empty_stand(services: Services, day: date) -> Stand:
    """Of a day that has no issue."""
    plan, now = plan_of(services.config.schedule), services.now()
    over = day < now.date() or (plan.enabled and now >= moment(day, plan.give_up_at))
    return Stand(expected=plan.publishes_on(day), over=over)


def read_case(services: Services, entry: Entry, person: str) -> Case:
    """All of it, for whoever looks. Nothing is asked of the platform."""
    standing = delivering.standing(services, entry.issue_id)
    delivery, now = standing.delivery, services.now()
    case = _set(services, Case(entry, delivery, standing.timeline, Stand()))
    fresh = case.stand.fresh
    by = delivering.approved_by(services, delivery) if fresh else ()
    waits = waiting_since(standing.timeline, delivery, now)
    stand = Stand(
        state=delivery.state,
        asked=waits is not None,
        silent=waits is not None and now - waits >= SOON,
        fresh=fresh,
        by=by,
        needed=services.config.schedule.approvals,
        mine=person in by,
        way=way_of(services, delivery),
        automatic=automatic(services, entry.day),
    )
    return replace(case, stand=stand)


def _set(services: Services, case: Case) -> Case:
    """How the issue would be set now, and what its proofs say."""
    issue = services.archive.issue(case.entry.issue_id)
    found = problems_in(services, issue)
    try:
        # Nobody asks of what has ended whether its draft is as new as its cover, which takes time to draw.
        bundle = foreseen_bundle(services, issue, drawn=case.delivery.state not in ENDED)
    except RikanError as error:
        return replace(case, problems=found, trouble=str(error))
    drafted = case.delivery.state in WITH_DRAFT
    fresh = drafted and case.delivery.fingerprint == bundle.fingerprint
    return replace(case, problems=found, size=bundle.characters, stand=Stand(fresh=fresh))


def problems_in(services: Services, issue: Issue) -> tuple[Problem, ...]:
    """What its proofs say of an archived issue, without the file that it came from."""
    earlier = services.archive.paragraphs_before(issue.date)
    website = services.config.newsletter.website
    return services.proofread(issue, earlier=earlier, website=website)


def waiting_since(timeline: Sequence[Step], delivery: Delivery, now: datetime) -> datetime | None:
    """Since when the worker has been asked for something, or is at it; None if it is not.

    Whatever it writes down is its answer; only that it begins with a preview, or is making a draft,
    is none yet. With a preview nobody waits for one that died over it.
    """
    for step in reversed(timeline):
        if step.what == Deed.PREVIEW and step.who == Hand.WORKER:
            return step.at if now - step.at < SOON else None
        if step.who in (Hand.WORKER, Hand.EVENT):
            at_it = delivery.state is State.DRAFTING and step.what != Deed.STUCK
            return step.at if at_it and now - step.at < FORGOTTEN else None
        if step.what == Deed.ASKED and step.detail in ASKED_FOR.values():
            return step.at if now - step.at < FORGOTTEN else None
    return None


def last_proof(timeline: Sequence[Step]) -> Step | None:
    """That this draft was sent to a phone, or why it was not; None where nobody has tried."""
    of_draft = takewhile(lambda each: each.what not in OTHER_DRAFT, reversed(timeline))
    for step, before in pairwise(of_draft):
        tried = before.what == Deed.PREVIEW or before.detail == ASKED_FOR["preview"]
        if step.what == Deed.PREVIEWED or (step.what == Deed.STUCK and tried):
            return step
    return None


def automatic(services: Services, day: date) -> str:
    """At what time that day's issue is published by itself; empty where it is not, or no more."""
    plan, now = plan_of(services.config.schedule), services.now()
    if not plan.enabled or not plan.publishes_on(day) or now >= moment(day, plan.give_up_at):
        return ""
    return "马上" if now >= moment(day, plan.publish_at) else f"{plan.publish_at:%H:%M}"


def next_day(services: Services, day: date) -> date | None:
    """The next day of publication after `day`, within a month; None where none is planned."""
    plan = plan_of(services.config.schedule)
    ahead = (day + timedelta(days=days) for days in range(1, 32))
    return next((each for each in ahead if plan.publishes_on(each)), None)


@dataclass(frozen=True, slots=True)
class Appointment:
    """What the scheduler does, and when (or from when on); `past`: it does not any more."""

    at: str
    what: str
    past: bool


def appointments(services: Services, day: date, *, done: bool) -> tuple[Appointment, ...]:
    """What happens by itself on that day; nothing where the schedule does not run or leaves it out.

    `done`: that day's issue has come to its end.
    """
    plan, now = plan_of(services.config.schedule), services.now()
    if not plan.enabled or not plan.publishes_on(day):
        return ()
    last = plan.give_up_at
    times = (
        (plan.draft_at, "起", "收到报告就推送成草稿", last),
        (plan.preview_at, "起", "把预览发到手机", last),
        (plan.remind_at, "", "还没批准就提醒", plan.remind_at),
        (plan.publish_at, "起", "批准过就发布", last),
        (last, "", "不再自动发布", last),
    )
    return tuple(
        Appointment(f"{clock:%H:%M}{since}", what, done or now >= moment(day, until))
        for clock, since, what, until in times
    )
