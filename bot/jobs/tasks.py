"""The work itself: open the services, make one call, say whether to try again."""

from rq import Retry, get_current_job

from bot import flow
from bot.config import find_config, load_config
from bot.delivery import Hand, State
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

    def publish(services: Services) -> State:
        state = flow.publish_issue(services, issue_id).state
        if state is State.PUBLISHING:
            services.queue.ask(FOLLOW, issue_id, FOLLOW_PAUSES, later=True)
        return state

    return _once(publish)


def follow_issue(issue_id: str) -> str | Retry:
    """Ask what became of a publication, should its event not have come; less and less often."""

    def follow(services: Services) -> State:
        delivery = services.ledger.delivery(issue_id)
        if delivery.state is not State.PUBLISHING:
            return delivery.state
        return flow.publish_issue(services, issue_id).state

    state = _once(follow)
    if state == State.PUBLISHING:
        return Retry(max=len(FOLLOW_PAUSES), interval=FOLLOW_PAUSES)
    return state


def _once(work: "flow.Work") -> str:
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
