"""Who approves what, and what becomes of an issue that somebody returns."""

import json

import pytest

from bot import delivering, flow
from bot.config import Config
from bot.delivery import Deed, State, people_among
from bot.errors import ArticleError
from bot.services import Services
from tests.conftest import SAMPLES, write_config
from tests.test_cli import fails, rikan
from tests.test_push import ISSUE, edit

__all__ = ["rikan"]
WANG, LI = "editor:王芳", "editor:李明"


@pytest.fixture
def approval() -> str:
    return "two"


@pytest.fixture
def config(config: Config, approval: str) -> Config:
    schedule = config.schedule.model_copy(update={"approval": approval})
    return config.model_copy(update={"schedule": schedule})


@pytest.fixture
def services(services: Services) -> Services:
    flow.add_issue(services, SAMPLES[-1])
    flow.push_issue(services, ISSUE)
    return services


def state(services: Services) -> State:
    return services.ledger.delivery(ISSUE).state


# Approved.


def test_as_many_different_people_approve_as_are_to(services, clock):
    first = delivering.approve_issue(services, ISSUE, WANG)
    assert (first.delivery.state, first.lacking) == (State.DRAFTED, 1)
    assert delivering.approve_issue(services, ISSUE, WANG).lacking == 1
    clock.forward(minutes=1)
    second = delivering.approve_issue(services, ISSUE, LI)
    assert (second.delivery.state, second.lacking) == (State.APPROVED, 0)
    assert second.by == (WANG, LI)
    steps = [step for step in services.ledger.timeline(ISSUE) if step.what == Deed.APPROVED]
    assert [(step.who, step.detail) for step in steps] == [(WANG, "1 / 2 人"), (LI, "")]


@pytest.mark.parametrize(
    ("by", "people"),
    [
        (["editor:王芳", "editor:李明"], 2),
        (["console:王芳", "console:李明"], 2),
        (["editor:王芳", "console:李明"], 1),
        (["console:李明", "editor:王芳"], 1),
        (["editor:王芳", "editor:李明", "console:赵强"], 2),
        (["cli:ann", "editor:王芳"], 2),
        ([], 0),
    ],
)
def test_an_account_that_is_bound_to_nobody_may_be_somebody_who_approved_in_the_chat(
    services, by, people
):
    for who in by:
        approved = delivering.approve_issue(services, ISSUE, who)
        assert approved.lacking == max(0, 2 - people_among(approved.by))
    assert people_among(by) == people
    assert (state(services) is State.APPROVED) is (people >= 2)
    if people < 2:
        with pytest.raises(ArticleError, match="批准"):
            flow.publish_issue(services, ISSUE, approvals=2)


@pytest.mark.parametrize("approval", ["none", "one"])
def test_one_person_is_enough_where_no_second_is_wanted(services):
    assert delivering.approve_issue(services, ISSUE, WANG).delivery.state is State.APPROVED


def test_a_correction_is_to_be_approved_by_everybody_anew(services):
    for who in (WANG, LI):
        delivering.approve_issue(services, ISSUE, who)
    edit(services)
    assert flow.push_issue(services, ISSUE).delivery.state is State.DRAFTED
    assert delivering.approve_issue(services, ISSUE, WANG).by == (WANG,)


def test_what_too_few_have_approved_is_not_handed_over(services, sandbox):
    delivering.approve_issue(services, ISSUE, WANG)
    with pytest.raises(ArticleError, match="要 2 个人批准，现在有 1 个"):
        flow.publish_issue(services, ISSUE, approvals=2)
    assert "freepublish/submit" not in sandbox.changes
    delivering.approve_issue(services, ISSUE, LI)
    assert flow.publish_issue(services, ISSUE, approvals=2).state is State.PUBLISHING


def test_an_approval_that_was_noted_before_a_crash_is_completed_by_the_next(services):
    fingerprint = services.ledger.delivery(ISSUE).fingerprint
    for who in (WANG, LI):
        services.approvals.approve(ISSUE, fingerprint, who)
    assert delivering.approve_issue(services, ISSUE, LI).delivery.state is State.APPROVED


# Returned.


@pytest.mark.parametrize("before", [State.DRAFTED, State.PREVIEWED, State.APPROVED])
def test_a_returned_issue_is_not_published_and_keeps_its_reason(services, sandbox, before):
    if before is State.PREVIEWED:
        delivering.preview_issue(services, ISSUE, ["ann_editor"])
    if before is State.APPROVED:
        for who in (WANG, LI):
            delivering.approve_issue(services, ISSUE, who)
    assert state(services) is before
    delivering.return_issue(services, ISSUE, "第二节\n  有误", WANG)
    calls = sandbox.changes
    for _ in range(2):
        with pytest.raises(ArticleError, match="已退回（第二节 有误），没有发布"):
            flow.publish_issue(services, ISSUE)
    delivery = services.ledger.delivery(ISSUE)
    assert (delivery.state, delivery.problem) == (State.RETURNED, "第二节 有误")
    assert delivering.approved_by(services, delivery) == ()
    assert sandbox.changes == calls


def test_pushing_a_returned_issue_unchanged_leaves_it_and_a_correction_lifts_it(services):
    delivering.return_issue(services, ISSUE, "第二节有误", WANG)
    left = flow.push_issue(services, ISSUE).delivery
    assert (left.state, left.problem) == (State.RETURNED, "第二节有误")
    edit(services)
    corrected = flow.push_issue(services, ISSUE).delivery
    assert (corrected.state, corrected.problem) == (State.DRAFTED, "")


def test_people_may_lift_a_return_by_approving_all_the_same(services):
    delivering.return_issue(services, ISSUE, "第二节有误", WANG)
    assert delivering.approve_issue(services, ISSUE, LI).delivery.state is State.RETURNED
    lifted = delivering.approve_issue(services, ISSUE, WANG).delivery
    assert (lifted.state, lifted.problem) == (State.APPROVED, "")


def test_a_returned_draft_may_be_looked_at_on_a_phone_and_stays_returned(services):
    delivering.return_issue(services, ISSUE, "第二节有误", WANG)
    assert delivering.preview_issue(services, ISSUE, ["ann_editor"]).sent == ("ann_editor",)
    assert state(services) is State.RETURNED


def test_returning_twice_for_the_same_reason_is_one_step(services):
    for _ in range(2):
        delivering.return_issue(services, ISSUE, "第二节有误", WANG)
    steps = [step.what for step in services.ledger.timeline(ISSUE)]
    assert steps.count(Deed.RETURNED) == 1


def test_what_has_no_draft_or_no_reason_cannot_be_returned(services):
    with pytest.raises(ArticleError, match="原因"):
        delivering.return_issue(services, ISSUE, " \n ", WANG)
    flow.publish_issue(services, ISSUE)
    with pytest.raises(ArticleError):
        delivering.return_issue(services, ISSUE, "太晚了", WANG)


# At the command line.


def test_return_and_approve_at_the_command_line(rikan, tmp_path, sandbox):
    path = write_config(tmp_path, sandbox.url)
    with path.open("a", encoding="utf-8") as settings:
        settings.write('[schedule]\napproval = "two"\n')
    rikan("add", SAMPLES[-1])
    rikan("push", ISSUE)
    assert "还需要 1 个人" in rikan("approve", ISSUE).stdout
    approved = json.loads(rikan("approve", ISSUE, "--json").stdout)
    assert (approved["state"], len(approved["approved_by"])) == ("drafted", 1)
    assert "已退回" in rikan("return", ISSUE, "第二节", "有误").stdout
    told = rikan("status", ISSUE).stdout
    assert "已退回" in told
    assert "注意 第二节 有误" in told
    assert "rikan approve" in fails(rikan, "publish", ISSUE)
    assert "什么也不做：已退回" in rikan("push", ISSUE, "--dry-run").stdout
