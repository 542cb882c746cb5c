"""The third of the stories, told from top to bottom: every minute, what is due is done.

    tick → the inbox is taken in → each watched day is looked at → jobs are asked for, editors are told

What is due is decided from what is written down (`bot.schedule`), so that a tick may be lost, may come
late, and may come twice or from two machines at once. Nothing is handed over in here: that is a job's.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import TypeVar

from bot import delivering, flow, telling
from bot.archive.standings import Progress
from bot.archive.ticks import Waking
from bot.counting.due import want_count
from bot.delivery import IN_THE_BOX, READY, Delivery, State, Way, is_under_way, people_among
from bot.errors import ArchiveBusy, ArchiveError, ArticleError, RikanError
from bot.jobs.queue import LOOK, PREVIEW, PUSH, RELEASE
from bot.receiving import Received, Refused, receive
from bot.safekeeping import back_up_daily, want_backup
from bot.schedule import due as deciding
from bot.schedule.due import Act, Due, Standing, Today, may_publish, watched_days
from bot.schedule.plan import Plan, local, plan_of
from bot.schedule.told import Told
from bot.services import Services
from bot.tidying import tidy_daily

# A day does not lack its report while that may be lying in the inbox, half written.
LACKING = (Told.MISSING, Told.MISSING_LATE)
# Where the draft may hold what the archive does not say any more.
COMPARED = (*IN_THE_BOX, State.FAILED)
BROKEN = "排版时程序出错。请运行 rikan render {} 查看，并把日志发给维护者"
TASKS = {Act.DRAFT: PUSH, Act.PREVIEW: PREVIEW, Act.PUBLISH: RELEASE}
T = TypeVar("T")

log = logging.getLogger(__name__)


def tick(services: Services) -> None:
    """Do what is due now. Where `schedule.enabled` is false, only what waits to be told is told, and tidied."""
    plan = plan_of(services.config.schedule)
    waking = services.ticks.note(local(services.now()), idle=not plan.enabled)
    if plan.enabled:
        received = _by_itself("the inbox", lambda: take_in(services)) or Received()
        for today in look_at_days(services, plan, waking):
            do_what_is_due(services, plan, today, arriving=received.arriving)
    _by_itself("telling", lambda: telling.tell_waiting(services))
    if _by_itself("tidying", lambda: tidy_daily(services)):
        _by_itself("what was asked", services.readers.asking.count_anew)
    _by_itself("the backup", lambda: want_backup(services))
    _by_itself("the figures", lambda: want_count(services))


def take_in(services: Services) -> Received:
    """Read the inbox. Editors are told of a file that is set aside, and of a folder that cannot be used: once a day."""
    day = local(services.now()).date().isoformat()

    def tell(file: Refused) -> None:
        about, kind = (file.late, "late_change") if file.late else (day, "bad_file")
        telling.say(services, about, kind, file.mark, file=file.name, problem=file.sentence)

    received = receive(services, tell)
    if received.trouble:
        telling.say(services, day, "inbox", problem=received.trouble)
    return received


def take_backup(services: Services, day: str) -> str:
    """The day's backup, unless it is there: the file's name. Raises ArchiveError, told to editors once that day."""
    try:
        taken = back_up_daily(services)
    except ArchiveBusy:
        raise
    except ArchiveError as error:
        telling.say(services, day, "no_backup", problem=str(error))
        raise
    return taken.path.name if taken else day


def look_at_days(services: Services, plan: Plan, waking: Waking) -> Iterator[Today]:
    """The days of which something may be due, with their issues."""
    found = services.standings.of(watched_days(services.now(), plan, waking.first_day))
    issues = [each.delivery.issue_id for of_day in found.values() for each in of_day]
    said = services.notices.said([*(day.isoformat() for day in found), *issues])
    for day, of_day in found.items():
        in_time = services.now() < plan.window(day)[1]
        standings = tuple(stand(services, each, said, in_time=in_time) for each in of_day)
        about_day = said.get(day.isoformat(), frozenset())
        yield Today(day, standings, about_day, waking.awake_since)


def stand(
    services: Services,
    progress: Progress,
    said: Mapping[str, frozenset[str]],
    *,
    in_time: bool = True,
) -> Standing:
    """Where an issue stands, for the decision. One that cannot even be set has a draft to be made.

    `in_time`: something may yet be done about it, so that its draft is worth being compared.
    """
    delivery = progress.delivery
    ready, problem = compared(services, delivery) if in_time else (False, delivery.problem)
    return Standing(
        issue_id=delivery.issue_id,
        state=delivery.state,
        ready=ready,
        approved=people_among(services.approvals.of(delivery.issue_id, delivery.fingerprint)),
        returned=delivery.state is State.RETURNED,
        problem=problem,
        said=said.get(delivery.issue_id, frozenset()),
        previewed=progress.shown or not phones(services),
        busy_since=progress.since,
        way=flow.way_of(services, delivery),
        content=delivery.fingerprint,
        attempt=delivery.publish_id,
        changed_at=progress.changed_at,
    )


def compared(services: Services, delivery: Delivery) -> tuple[bool, str]:
    """Whether the draft is what the archive, the cover and the settings say now, and what is wrong."""
    if delivery.state not in COMPARED:
        return False, delivery.problem
    try:
        issue = services.archive.issue(delivery.issue_id)
        foreseen = flow.foreseen_bundle(services, issue)
    except RikanError as error:
        return False, str(error)
    except Exception:
        log.exception("%s cannot be set", delivery.issue_id)
        return False, BROKEN.format(delivery.issue_id)
    return delivery.fingerprint == foreseen.fingerprint, delivery.problem


def phones(services: Services) -> tuple[str, ...]:
    """Those that get a preview: the bound editors', and the ones in the settings."""
    both = (*services.editors.openids(), *services.config.schedule.preview_to)
    return tuple(dict.fromkeys(both))


def do_what_is_due(services: Services, plan: Plan, today: Today, *, arriving: bool) -> None:
    """Ask for the jobs, decide on the notices. What fails of one keeps no other from being done."""
    for each in deciding.due(services.now(), plan, today):
        if not (arriving and each.kind in LACKING):
            _by_itself(each.about, lambda due=each: _do(services, due))  # type: ignore[misc]


def _do(services: Services, due: Due) -> None:
    if due.act is Act.SAY:
        done = telling.say(services, due.about, due.kind, due.mark)
    else:
        task = LOOK if due.kind == deciding.LOOK else TASKS[due.act]
        done = services.queue.want(task, due.about)
    if done:
        log.info("due: %s %s %s", due.about, due.act, due.kind)


def _by_itself(about: str, work: Callable[[], T]) -> T | None:
    try:
        return work()
    except RikanError as error:
        log.warning("%s: %s", about, error)
    except Exception:
        # Whatever broke, the next tick tries it again; others must not wait for that.
        log.exception("%s failed", about)
    return None


# What the jobs do, which may have waited in the queue.


def release_issue(services: Services, issue_id: str) -> Delivery:
    """Hand the issue over if that is due still: past the time nothing goes out by itself."""
    now, plan = services.now(), plan_of(services.config.schedule)
    progress = progress_of(services, issue_id)
    if not may_publish(now, plan, progress.day, stand(services, progress, {})):
        return progress.delivery
    return flow.publish_issue(services, issue_id, approvals=plan.approvals)


def look_at_issue(services: Services, issue_id: str) -> Delivery:
    """Learn what has become of an issue, without handing anything over."""
    delivery = services.ledger.delivery(issue_id)
    by_hand = flow.way_of(services, delivery) is Way.DRAFT and delivery.state in READY
    if by_hand or is_under_way(delivery):
        return flow.publish_issue(services, issue_id)
    return delivery


def preview_issue(services: Services, issue_id: str) -> Delivery:
    """Send the draft to all phones that get one, once. Where the account may not, the notices bring a link."""
    progress, to = progress_of(services, issue_id), phones(services)
    if progress.shown or not to:
        return progress.delivery
    return delivering.preview_issue(services, issue_id, to).delivery


def progress_of(services: Services, issue_id: str) -> Progress:
    """How far that issue has come. Raises ArticleError where there is none."""
    day = date.fromisoformat(issue_id[:10])
    for each in services.standings.of([day])[day]:
        if each.delivery.issue_id == issue_id:
            return each
    raise ArticleError(f"存档中没有 {issue_id}。运行 rikan list 查看已有的各期")
