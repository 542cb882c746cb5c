"""An editorial office: the same mornings in a test's own process, and with a fleet doing the work."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import Any

from sqlalchemy import text

from bot import delivering, flow
from bot.config import load_config
from bot.delivery import Delivery, Hand, Outcome, Step, Way
from bot.dialogue import Message
from bot.jobs.queue import ORDERED, PUBLISH, PUSH
from bot.publish.proof import Proofs
from bot.services import Services, now_in_shanghai, open_services
from tests.conftest import SAMPLES, Clock, Sandbox
from tests.fleet import Fleet, report_of

ISSUE = "2026-06-13"


def edit(services: Services) -> None:
    """Correct a number in the archived issue."""
    issue = services.archive.issue(ISSUE)
    plain = issue.structure()
    plain["summary"] = plain["summary"].replace("760", "761")
    services.archive.add(type(issue).from_record(plain), "edited.txt", "0" * 64, replace=True)


class Office:
    """All of it in this process, with a clock that goes when it is told to."""

    def __init__(self, services: Services, sandbox: Sandbox, clock: Clock) -> None:
        self._services = services
        self.sandbox = sandbox
        self._clock = clock
        self.worker = services.who

    @property
    def services(self) -> Services:
        """What an editor's command works with."""
        return self._services

    @property
    def delivery(self) -> Delivery:
        return self.services.ledger.delivery(ISSUE)

    @property
    def timeline(self) -> list[Step]:
        return self.services.ledger.timeline(ISSUE)

    @property
    def steps(self) -> list[str]:
        return [step.what for step in self.timeline]

    @property
    def calls(self) -> list[str]:
        """What the platform was asked, tokens aside."""
        asked = (entry["call"] for entry in self.sandbox.state["log"])
        return [call for call in asked if call != "stable_token"]

    # What the queue is asked for, where there is one.

    def push(self, issue_id: str = ISSUE) -> Delivery:
        return flow.push_issue(self.services, issue_id).delivery

    def publish(self) -> Delivery:
        return flow.publish_issue(self.services, ISSUE)

    def publish_as_ordered(self) -> Delivery:
        """As an editor's order has it: only if as many have approved as are to."""
        needed = self.services.config.schedule.approvals
        return flow.publish_issue(self.services, ISSUE, approvals=needed)

    # What a person does at the keyboard.

    def push_by_hand(self) -> Delivery:
        return flow.push_issue(self.services, ISSUE).delivery

    def push_fresh(self) -> Delivery:
        return flow.push_issue(self.services, ISSUE, fresh=True).delivery

    def send_to_all(self) -> Delivery:
        return flow.publish_issue(self.services, ISSUE, Way.MASS)

    def preview(self, *to: str) -> Proofs:
        return delivering.preview_issue(self.services, ISSUE, to)

    def approve(self, who: str = "") -> delivering.Approved:
        return delivering.approve_issue(self.services, ISSUE, who)

    def return_for(self, reason: str, who: str = "") -> Delivery:
        return delivering.return_issue(self.services, ISSUE, reason, who)

    def skip(self, *, undo: bool = False) -> Delivery:
        return delivering.skip_issue(self.services, ISSUE, undo=undo)

    def withdraw(self, *, by_hand: bool = False) -> Delivery:
        return delivering.withdraw_issue(self.services, ISSUE, by_hand=by_hand)

    def edit(self) -> None:
        edit(self.services)

    # What happens without anybody here.

    def hear(self, outcome: Outcome, *, mass: bool = False) -> None:
        """The platform tells what became of a publication, or of a message to all."""
        now = datetime.now(UTC)
        flow.note_outcome(self.services, Message("event", "o", "gh", now, "1", outcome=outcome))

    def now(self) -> datetime:
        return self._clock()

    def wait(self, **by: float) -> None:
        self._clock.forward(**by)


class FleetOffice(Office):
    """The same: jobs are done by whichever worker, events come to one web process or the other.

    Commands are given on one machine and on the other in turn.
    """

    def __init__(self, fleet: Fleet, desks: Sequence[Services], sandbox: Sandbox) -> None:
        super().__init__(desks[0], sandbox, Clock(now_in_shanghai()))
        self.worker = Hand.WORKER
        self._fleet = fleet
        self._desks = cycle(desks)

    @property
    def services(self) -> Services:
        return next(self._desks)

    def push(self, issue_id: str = ISSUE) -> Delivery:
        return self._done(PUSH, issue_id)

    def publish(self) -> Delivery:
        return self._done(PUBLISH, ISSUE)

    def publish_as_ordered(self) -> Delivery:
        return self._done(ORDERED, ISSUE)

    def _done(self, task: str, issue_id: str) -> Delivery:
        self._fleet.do(self.services.queue, task, issue_id)
        return self.services.ledger.delivery(issue_id)

    def hear(self, outcome: Outcome, *, mass: bool = False) -> None:
        self._fleet.hear(report_of(outcome, mass=mass))

    def wait(self, **by: float) -> None:
        """What is written down becomes so much older."""
        with self.services.archive.engine.begin() as connection:
            for older in OLDER:
                connection.execute(text(older), {"by": timedelta(**by)})


OLDER = (
    "UPDATE deliveries SET updated_at = updated_at - :by, leased_until = leased_until - :by",
    "UPDATE outcomes SET noted_at = noted_at - :by",
)


@contextmanager
def opened_by(
    fleet: Fleet, kind: str, mode: str, approval: str, webhook: str = ""
) -> Iterator[FleetOffice]:
    """A morning of a fleet's; what it left behind is cleared away at its end."""
    sandbox = fleet.begin(kind, mode, approval, webhook)
    with ExitStack() as stack:
        desks = [stack.enter_context(open_services(load_config(path, {}))) for path in fleet.paths]
        try:
            yield FleetOffice(fleet, desks, sandbox)
        finally:
            fleet.clear(desks[0])


def opened_in(place: str, given: Callable[[str], Any]) -> Iterator[Office]:
    """The office of that place; `given` gives the fixtures that it is made of."""
    if place == "here":
        flow.add_issue(given("services"), SAMPLES[-1])
        yield Office(given("services"), given("sandbox"), given("clock"))
        return
    with opened_by(given("fleet"), given("account_kind"), given("mode"), given("approval")) as far:
        yield far
