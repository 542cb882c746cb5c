"""What the platform ends with, on one machine as on two: a table of mornings, and what only two can do."""

from dataclasses import dataclass

import pytest
import requests

from bot import flow
from bot.config import Config
from bot.delivery import Outcome, State
from bot.errors import PlatformUnclear
from bot.jobs.queue import PUBLISH, PUSH
from tests.conftest import SAMPLES
from tests.fleet import Fleet, ask_often
from tests.machine import let_leases_end, until
from tests.office import ISSUE, Office, opened_by

HANDED_OVER = {"publish": "freepublish/submit", "mass": "message/mass/sendall"}
DRAFTED = "add added checked"


@dataclass(frozen=True, slots=True)
class Morning:
    """How issues are published, what happens one after the other, and the steps that are recorded.

    `lose` loses the answer to the next publication, `told` is the platform's event, `by-hand` a
    person's publication in its console.
    """

    mode: str
    happens: str
    steps: str
    end: State = State.PUBLISHED

    def __str__(self) -> str:
        return f"{self.mode}: {self.happens}"


MORNINGS = [
    Morning("publish", "push publish publish", f"{DRAFTED} submit submitted outcome"),
    Morning("publish", "push publish told told publish", f"{DRAFTED} submit submitted outcome"),
    Morning("publish", "push publish publish told", f"{DRAFTED} submit submitted outcome"),
    Morning("publish", "push lose publish publish told", f"{DRAFTED} submit stuck found"),
    Morning("publish", "push lose publish told publish publish", f"{DRAFTED} submit stuck found"),
    Morning(
        "publish",
        "push approve edit push publish told",
        f"{DRAFTED} approved update updated checked submit submitted outcome",
    ),
    Morning(
        "publish",
        "push publish told withdraw told",
        f"{DRAFTED} submit submitted outcome withdraw withdrawn",
        State.WITHDRAWN,
    ),
    Morning("mass", "push publish publish", f"{DRAFTED} send sent outcome"),
    Morning("mass", "push publish told told publish", f"{DRAFTED} send sent outcome"),
    Morning("mass", "push publish publish told", f"{DRAFTED} send sent outcome outcome"),
    Morning("mass", "push lose publish told publish publish", f"{DRAFTED} send stuck found"),
    Morning(
        "mass",
        "push edit push publish told withdraw told",
        f"{DRAFTED} update updated checked send sent outcome withdraw withdrawn",
        State.WITHDRAWN,
    ),
    Morning("draft", "push publish by-hand publish publish", f"{DRAFTED} found"),
]


@pytest.fixture
def mode(morning: Morning) -> str:
    return morning.mode


@pytest.fixture
def config(config: Config, mode: str) -> Config:
    return config.model_copy(update={"publish": config.publish.model_copy(update={"mode": mode})})


def live(office: Office, morning: Morning) -> None:
    """Let it all happen."""
    lost, mass = False, morning.mode == "mass"
    for each in morning.happens.split():
        if each == "lose":
            office.sandbox.fault(HANDED_OVER[morning.mode], "timeout_after", seconds=1.5)
            lost = True
        elif each == "publish" and lost:
            with pytest.raises(PlatformUnclear):
                office.publish()
            lost = False
        elif each == "told":
            office.hear(word_of(office, mass=mass), mass=mass)
        elif each == "by-hand":
            office.services.platform.submit(office.delivery.media_id)
        else:
            getattr(office, each)()


def word_of(office: Office, *, mass: bool) -> Outcome:
    """What the platform's event says of the only publication."""
    state = office.sandbox.state
    [job] = state["published"]
    number = state["mass"][0]["msg_id"] if mass else job["publish_id"]
    return Outcome(str(number), 0, job["url"])


@pytest.mark.parametrize("morning", MORNINGS, ids=str)
def test_a_morning_ends_with_one_publication_and_the_same_steps_wherever_it_is_worked(
    office, morning
):
    live(office, morning)
    state = office.sandbox.state
    assert office.delivery.state is morning.end
    assert state["drafts"] == []
    assert len(state["published"]) == 1
    assert len(state["mass"]) == (morning.mode == "mass")
    assert state["violations"] == []
    assert " ".join(office.steps) == morning.steps


# What only two machines can do.


@pytest.fixture
def two_machines(fleet: Fleet):
    with opened_by(fleet, "verified", "publish", "none") as office:
        yield office


@pytest.mark.parametrize("number", [0, 1], ids=["one", "two"])
def test_the_platform_tells_either_machine_by_itself(fleet, number):
    with opened_by(fleet, "verified", "publish", "none", fleet.webhooks[number]) as office:
        office.push()
        office.publish()
        until(lambda: office.delivery.state is State.PUBLISHED)
        until(lambda: office.sandbox.state["pushes"])
        [pushed] = office.sandbox.state["pushes"]
        assert (pushed["event"], pushed["status"]) == ("PUBLISHJOBFINISH", 200)
        assert "freepublish/get" not in office.calls  # nobody had to ask


def test_both_workers_are_at_work_at_once_and_each_issue_is_one_draft(fleet, two_machines):
    office, names = two_machines, set[str]()
    issues = [flow.add_issue(office.services, path).issue.id for path in SAMPLES]
    fleet.said_by_workers()
    office.sandbox.fault("draft/add", "timeout_after", seconds=0.5, times=2)
    for issue_id in issues:
        ask_often(fleet.queue_url, PUSH, issue_id, times=2)

    def all_are_drafted() -> bool:
        names.update(
            line["machine"] for line in fleet.said_by_workers() if line["event"] == "job started"
        )
        ledger = office.services.ledger
        return all(ledger.delivery(each).state is State.DRAFTED for each in issues)

    until(all_are_drafted)
    assert names == {"one", "two"}
    assert office.sandbox.changes.count("draft/add") == len(issues)
    assert len(office.sandbox.state["drafts"]) == len(issues)


def test_a_worker_that_dies_while_it_publishes_is_taken_over_by_the_other(fleet, two_machines):
    office = two_machines
    ask_often(fleet.queue_url, PUSH, ISSUE)
    until(lambda: office.delivery.state is State.DRAFTED)
    fleet.wait_until_idle(office.services)
    fleet.said_by_workers()
    office.sandbox.fault("freepublish/submit", "timeout_after", seconds=0.7)
    ask_often(fleet.queue_url, PUBLISH, ISSUE, times=1)
    until(lambda: "freepublish/submit" in office.sandbox.changes)
    with fleet.killed(fleet.busy_worker()):
        for _ in range(2):  # it is seen to be handed over, then what became of it
            let_leases_end(office.services.config)
            office.publish()
    assert office.delivery.state is State.PUBLISHED
    for webhook in fleet.webhooks:
        assert requests.get(webhook.replace("/wechat", f"/issues/{ISSUE}"), timeout=5).ok
    assert office.sandbox.changes.count("draft/add") == 1
    assert office.sandbox.changes.count("freepublish/submit") == 1
    assert len(office.sandbox.state["published"]) == 1
