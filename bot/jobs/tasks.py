"""The work itself: open the services, make one call, say whether to try again."""

from rq import get_current_job

from bot import flow
from bot.config import find_config, load_config
from bot.errors import ArchiveBusy, DeliveryBusy, PlatformBusy, PlatformUnclear, RikanError
from bot.services import open_services

# After these the next try may go better; and after an unclear answer it looks first.
WORTH_ANOTHER_TRY = (PlatformBusy, PlatformUnclear, DeliveryBusy, ArchiveBusy)


def push_issue(issue_id: str) -> str:
    """See to it that the platform holds this issue's draft."""
    return _once(lambda services: flow.push_issue(services, issue_id).delivery.state)


def publish_issue(issue_id: str) -> str:
    """See to it that this issue's draft is handed over for publication."""
    return _once(lambda services: flow.publish_issue(services, issue_id).state)


def _once(work: "flow.Work") -> str:
    try:
        with open_services(load_config(find_config(None))) as services:
            return str(work(services))
    except WORTH_ANOTHER_TRY:
        raise
    except RikanError:
        # Its sentence is in the ledger, where `rikan list` shows it; trying again would not help.
        if job := get_current_job():
            job.retries_left = 0
        raise
