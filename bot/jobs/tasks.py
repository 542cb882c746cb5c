"""The work itself: open the services, make one call, say whether to try again."""

from collections.abc import Callable
from importlib import import_module

from rq import Retry, get_current_job

from bot import delivering, flow, scheduling
from bot.config import find_config, load_config
from bot.delivery import Delivery, Hand, State, is_under_way
from bot.errors import (
    ArchiveBusy,
    DeliveryBusy,
    PlatformBusy,
    PlatformUnclear,
    RikanError,
)
from bot.jobs.queue import FOLLOW, FOLLOW_PAUSES
from bot.services import Services, open_services

# After these the next try may go better; and after an unclear answer it looks first.
WORTH_ANOTHER_TRY = (PlatformBusy, PlatformUnclear, DeliveryBusy, ArchiveBusy)


def push_issue(issue_id: str) -> str:
    """See to it that the platform holds this issue's draft."""
    return _once(lambda services: flow.push_issue(services, issue_id).delivery.state)


def publish_issue(issue_id: str) -> str:
    """See to it that this issue's draft is handed over; what becomes of it is seen to by another job."""
    return _handed_over(lambda services: flow.publish_issue(services, issue_id))


def publish_approved(issue_id: str) -> str:
    """The same for an editor who ordered it: only if by then as many have approved as are to."""

    def publish(services: Services) -> Delivery:
        needed = services.config.schedule.approvals
        return flow.publish_issue(services, issue_id, approvals=needed)

    return _handed_over(publish)


def release_issue(issue_id: str) -> str:
    """The same when the schedule wants it: only if it does so still when this begins."""
    return _handed_over(lambda services: scheduling.release_issue(services, issue_id))


def look_at_issue(issue_id: str) -> str:
    """Learn what has become of it, without handing anything over."""
    return _once(lambda services: scheduling.look_at_issue(services, issue_id).state)


def preview_issue(issue_id: str) -> str:
    """The draft on the phones of all editors, if the account may."""
    return _once(lambda services: scheduling.preview_issue(services, issue_id).state)


def tick() -> None:
    """Do what is due. There is no second try: the next tick is one."""
    _once(scheduling.tick)


def back_up(day: str) -> str:
    """That day's backup, unless it is there."""
    return _once(lambda services: scheduling.take_backup(services, day))


def count_readers(day: str) -> str:
    """What the platform has counted of the readers, as of that day."""

    def count(services: Services) -> str:
        told = import_module("bot.counting.round").count_readers(services)
        return str(told.problem or day)

    return _once(count)


def send_proof(issue_id: str, name: str) -> str:
    """The draft on that editor's own phone, if the account may and the editor is still one."""

    def send(services: Services) -> str:
        to = [editor.openid for editor in services.editors.all() if editor.name == name]
        return "、".join(delivering.preview_issue(services, issue_id, to).sent) if to else ""

    return _once(send)


def follow_issue(issue_id: str) -> str | Retry:
    """Ask what became of a publication, should its event not have come; less and less often.

    What nobody knows to have been accepted would be handed over once more: not here, at any hour.
    """

    def follow(services: Services) -> State:
        delivery = services.ledger.delivery(issue_id)
        if not is_under_way(delivery):
            return delivery.state
        return flow.publish_issue(services, issue_id).state

    state = _once(follow)
    if state == State.PUBLISHING:
        return Retry(max=len(FOLLOW_PAUSES), interval=FOLLOW_PAUSES)
    return state


def _handed_over(publish: Callable[[Services], Delivery]) -> str:
    def work(services: Services) -> State:
        delivery = publish(services)
        if is_under_way(delivery):
            services.queue.ask(FOLLOW, delivery.issue_id, FOLLOW_PAUSES, later=True)
        return delivery.state

    return _once(work)


def _once(work: Callable[[Services], object]) -> str:
    try:
        with open_services(load_config(find_config(None)), who=Hand.WORKER) as services:
            return str(work(services))
    except WORTH_ANOTHER_TRY:
        raise
    except RikanError:
        # Its sentence is in the ledger, where `rikan status` shows it; trying again would not help.
        if job := get_current_job():
            job.retries_left = 0
        raise
