"""What is due now: a pure decision about one day's issues. docs/schedule.md shows a morning.

What has been done and said is read from the issue's state and from the notices, never remembered:
so a tick may be lost, come twice, or come from several schedulers. Asking again is harmless, as a
step that was taken is no longer due.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from hashlib import sha256

from bot.delivery import IN_THE_BOX, READY, State, Way
from bot.schedule.plan import Morning, Plan, local
from bot.schedule.told import OF_ATTEMPT, OF_CONTENT, URGENT, Told, told_of_day

LOOK_BACK = timedelta(days=7)
# After a crash the next one at work has to wait for the end of the lease of the one before.
RESUME_AFTER = timedelta(minutes=5)
# The platform takes seconds; before a message goes to all, its administrator has half an hour to confirm.
STUCK_AFTER = timedelta(minutes=15)
MASS_STUCK_AFTER = timedelta(minutes=45)
OVERDUE_AFTER = timedelta(minutes=10)
LOOK_FOR = timedelta(days=1)  # for a person to publish what was given up
STEP, LONG_STEP = 10, 60  # minutes between tries of what has failed, and between looks
MARK = 8  # characters
LOOK = "look"  # the kind of a PUBLISH that hands nothing over and only learns what became of it


class Act(StrEnum):
    """What is to be done: the first three are jobs, the last is told to editors."""

    DRAFT = "draft"
    PREVIEW = "preview"
    PUBLISH = "publish"
    SAY = "say"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one issue stands.

    `ready`: the draft holds what the archive says now. `approved`: by how many people that content.
    `returned`: an editor objects to what the draft holds. `problem`: why the last try failed.
    `said`: the keys of the notices about it (`Due.key`). `previewed`: that content was sent to
    phones, or cannot be. `busy_since`: when its present state was recorded.
    `way`: how it is, or would be, handed over. `content` names what the draft holds (its
    fingerprint), `attempt` the last handing over (the platform's number of it, empty while unknown).
    `changed_at`: when the archive got what it says now; None is long ago.
    """

    issue_id: str
    state: State
    ready: bool
    approved: int
    returned: bool
    problem: str
    said: frozenset[str]
    previewed: bool
    busy_since: datetime | None
    way: Way = Way.PUBLISH
    content: str = ""
    attempt: str = ""
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Today:
    """A day, the issues that bear its date, and the keys of the notices about the day itself.

    `awake_since`: from when on ticks have come without a gap. Where it is known, what nobody got
    done since is told even if no try has left a reason.
    """

    day: date
    issues: tuple[Standing, ...]
    said: frozenset[str]
    awake_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to do `about` an issue (its ID) or a day (its ISO date).

    `kind` of a SAY is one of `Told`; `key` is that and which content or attempt is meant, and by it
    the notice is decided. `urgent`: said in quiet hours too.
    """

    act: Act
    about: str
    kind: str = ""
    urgent: bool = False
    mark: str = ""

    @property
    def key(self) -> str:
        """At most 24 characters."""
        return f"{self.kind}:{self.mark}" if self.mark else self.kind


def watched_days(now: datetime, plan: Plan, since: date | None = None) -> tuple[date, ...]:
    """The days whose issues are to be looked at, oldest first.

    `since`: the first day on which the plan was carried out. With it a week is looked back, so that
    after a long outage each missed day is told of; without it, yesterday only.
    """
    if not plan.enabled:
        return ()
    today = local(now).date()
    first = max(since, today - LOOK_BACK) if since else today - timedelta(days=1)
    days = (today - min(first, today)).days
    return tuple(today - timedelta(days=back) for back in range(days, -1, -1))


def due(now: datetime, plan: Plan, today: Today) -> tuple[Due, ...]:
    """What is to be done now about that day: jobs to ask for, and notices to decide."""
    if not plan.enabled or now < plan.window(today.day)[0]:
        return ()
    morning = Morning(now, plan, today.day)
    found = [*_of_day(morning, today)]
    for standing in today.issues:
        found += Case(morning, standing, today.awake_since).due()
    quiet = plan.is_quiet(now)
    return tuple(each for each in found if each.act is not Act.SAY or each.urgent or not quiet)


def may_publish(now: datetime, plan: Plan, day: date, standing: Standing) -> bool:
    """Whether that issue may be handed over now by itself.

    To be asked again when the job begins: it may have waited in the queue, or for its next try.
    """
    return plan.enabled and Case(Morning(now, plan, day), standing).may_publish()


def _of_day(morning: Morning, today: Today) -> Iterator[Due]:
    for kind in told_of_day(morning, lacking=not today.issues):
        nagging = kind is Told.NO_CALENDAR
        mark = str(morning.plan.year_without_calendar(today.day)) if nagging else ""
        said = Due(Act.SAY, today.day.isoformat(), kind, kind in URGENT and morning.open, mark)
        if said.key not in today.said:
            yield said


@dataclass(frozen=True, slots=True)
class Case:
    """One issue on a morning."""

    morning: Morning
    it: Standing
    awake_since: datetime | None = None

    def due(self) -> Iterator[Due]:
        """The job it needs, if any, and what is to be said of it."""
        if act := self._job():
            yield act
        for kind in self._kinds():
            said = self._notice(kind)
            if said.key not in self.it.said:
                yield said

    @property
    def _plan(self) -> Plan:
        return self.morning.plan

    @property
    def _good(self) -> bool:
        """The draft holds what it should, and nobody objects."""
        return self.it.state in READY and self.it.ready and not self.it.returned

    @property
    def _approved(self) -> bool:
        return self.it.approved >= self._plan.approvals

    @property
    def _age(self) -> timedelta:
        return self.morning.now - (self.it.busy_since or self.morning.now)

    @property
    def _trouble(self) -> bool:
        """The last try failed. An objection and a refusal are problems too, of what the draft held."""
        return bool(self.it.problem) and not self.it.returned and self.it.state is not State.FAILED

    def _worth_a_try(self, clock: time) -> bool:
        """At once, and once it has failed in steps."""
        return not self._trouble or self.morning.in_step(self.morning.at(clock), STEP)

    # What is to be done.

    def _job(self) -> Due | None:
        issue_id, plan = self.it.issue_id, self._plan
        if self._needs_draft():
            return Due(Act.DRAFT, issue_id) if self._worth_a_try(plan.draft_at) else None
        if self.may_publish():
            return Due(Act.PUBLISH, issue_id) if self._worth_a_try(plan.publish_at) else None
        if self._needs_preview() and self._worth_a_try(plan.preview_at):
            return Due(Act.PREVIEW, issue_id)
        return Due(Act.PUBLISH, issue_id, LOOK) if self._needs_look() else None

    def _needs_draft(self) -> bool:
        if not self.morning.open:
            return False
        if self.it.state is State.DRAFTING:
            return self.it.busy_since is None or self._age >= RESUME_AFTER
        # What the platform has taken away holds nothing: a person decides about that.
        failed = self.it.state is State.FAILED and bool(self.it.content)
        corrected = (failed or self.it.state in IN_THE_BOX) and not self.it.ready
        return self.it.state is State.RECEIVED or corrected

    def may_publish(self) -> bool:
        """Whether it may be handed over now; one that was broken off in that, once more."""
        in_time = self.morning.open and self.morning.past(self._plan.publish_at)
        if not in_time or self.it.way is Way.DRAFT:
            return False
        if self.it.state is State.PUBLISHING:
            return not self.it.attempt and self._age >= RESUME_AFTER
        return self._good and self.morning.expected and self._approved

    def _needs_preview(self) -> bool:
        unseen = not self.it.previewed and self.it.state is not State.APPROVED
        in_time = self.morning.open and self.morning.past(self._plan.preview_at)
        return self._good and unseen and in_time

    def _needs_look(self) -> bool:
        """Often at first, then every hour: the platform counts calls by the day."""
        if self.it.way is Way.DRAFT and self.it.state in READY:
            pause = STEP if self.morning.open else LONG_STEP
            in_step = self.morning.in_step(self.morning.at(self._plan.draft_at), pause)
            return in_step and self.morning.since_given_up < LOOK_FOR
        if self.it.state is not State.PUBLISHING or not self.it.attempt:
            return False
        pause = STEP if self._age < timedelta(minutes=LONG_STEP) else LONG_STEP
        return self._age >= RESUME_AFTER and self._age // timedelta(minutes=1) % pause == 0

    # What is to be said.

    def _notice(self, kind: Told) -> Due:
        marked = ""
        if kind in OF_CONTENT:
            marked = self.it.content
        elif kind in OF_ATTEMPT:
            marked = self.it.attempt or (self.it.state if kind is Told.STUCK else "")
        mark = sha256(marked.encode()).hexdigest()[:MARK] if marked else ""
        return Due(Act.SAY, self.it.issue_id, kind, kind in URGENT and self.morning.open, mark)

    def _kinds(self) -> Iterator[Told]:
        state = self.it.state
        if state is State.PUBLISHED:
            yield Told.PUBLISHED
        elif state is State.WITHDRAWN and Told.PUBLISHED in self.it.said:
            yield Told.WITHDRAWN
        elif state is State.FAILED:
            yield Told.FAILED
        elif state is State.PUBLISHING:
            if self._age >= (MASS_STUCK_AFTER if self.it.way is Way.MASS else STUCK_AFTER):
                yield Told.STUCK
        elif state in (State.RECEIVED, State.DRAFTING, *IN_THE_BOX):
            yield from self._kinds_before()

    def _kinds_before(self) -> Iterator[Told]:
        """While it has not been handed over."""
        if not self.morning.open:
            # What a person published in the last minutes is seen at the next look.
            unseen = OVERDUE_AFTER if self.it.way is Way.DRAFT else timedelta()
            if self.morning.expected and self.morning.since_given_up >= unseen:
                yield Told.MISSED
        elif self.it.state is State.DRAFTING:
            if self._age >= STUCK_AFTER:
                yield Told.STUCK
        elif self._needs_draft():
            if self._overdue(self._plan.draft_at):
                yield Told.NOT_DRAFTED
        elif self.it.returned:
            if self.morning.expected and self.morning.past(self._plan.publish_at):
                yield Told.RETURNED
        elif self.morning.past(self._plan.preview_at):
            yield from self._kinds_of_good()

    def _kinds_of_good(self) -> Iterator[Told]:
        late, near = map(self.morning.past, (self._plan.publish_at, self._plan.remind_at))
        if not self.morning.expected:
            yield Told.NOT_A_DAY
        elif not self._approved:
            yield Told.UNAPPROVED if late else Told.REMIND if near else Told.READY
        elif late and self.it.way is Way.DRAFT:
            yield Told.PRESS
        elif late and self._overdue(self._plan.publish_at):
            yield Told.NOT_PUBLISHED
        elif not late and self._plan.approvals == 0:
            yield Told.READY

    def _overdue(self, clock: time) -> bool:
        """Whether it has been tried long enough, or was to be tried, and nothing has come of it."""
        since = [self.morning.at(clock), self.it.changed_at]
        if not self._trouble:
            if self.awake_since is None:
                return False
            since += [self.awake_since, self.it.busy_since]
        return self.morning.now - max(each for each in since if each) >= OVERDUE_AFTER
