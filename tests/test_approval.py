"""Who approves what, and what becomes of an issue that somebody returns."""

import json

import pytest

from bot import delivering
from bot.config import Config
from bot.delivery import Deed, State, people_among
from bot.errors import ArticleError
from tests.conftest import SAMPLES, write_config
from tests.office import ISSUE, Office
from tests.test_cli import fails, rikan

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
def office(office: Office) -> Office:
    """Where an issue has been pushed."""
    office.push()
    return office


# Approved.


def test_as_many_different_people_approve_as_are_to(office):
    first = office.approve(WANG)
    assert (first.delivery.state, first.lacking) == (State.DRAFTED, 1)
    assert office.approve(WANG).lacking == 1
    office.wait(minutes=1)
    second = office.approve(LI)
    assert (second.delivery.state, second.lacking) == (State.APPROVED, 0)
    assert second.by == (WANG, LI)
    steps = [step for step in office.timeline if step.what == Deed.APPROVED]
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
    office, by, people
):
    for who in by:
        approved = office.approve(who)
        assert approved.lacking == max(0, 2 - people_among(approved.by))
    assert people_among(by) == people
    assert (office.delivery.state is State.APPROVED) is (people >= 2)
    if people < 2:
        with pytest.raises(ArticleError, match="批准"):
            office.publish_as_ordered()


@pytest.mark.parametrize("approval", ["none", "one"])
def test_one_person_is_enough_where_no_second_is_wanted(approval, office):
    assert office.approve(WANG).delivery.state is State.APPROVED


def test_a_correction_is_to_be_approved_by_everybody_anew(office):
    for who in (WANG, LI):
        office.approve(who)
    office.edit()
    assert office.push().state is State.DRAFTED
    assert office.approve(WANG).by == (WANG,)


def test_what_too_few_have_approved_is_not_handed_over(office):
    office.approve(WANG)
    with pytest.raises(ArticleError, match="要 2 个人批准，现在有 1 个"):
        office.publish_as_ordered()
    assert "freepublish/submit" not in office.sandbox.changes
    office.approve(LI)
    assert office.publish_as_ordered().state is State.PUBLISHING


def test_an_approval_that_was_noted_before_a_crash_is_completed_by_the_next(office):
    fingerprint = office.delivery.fingerprint
    for who in (WANG, LI):
        office.services.approvals.approve(ISSUE, fingerprint, who)
    assert office.approve(LI).delivery.state is State.APPROVED


# Returned.


@pytest.mark.parametrize("before", [State.DRAFTED, State.PREVIEWED, State.APPROVED])
def test_a_returned_issue_is_not_published_and_keeps_its_reason(office, before):
    if before is State.PREVIEWED:
        office.preview("ann_editor")
    if before is State.APPROVED:
        for who in (WANG, LI):
            office.approve(who)
    assert office.delivery.state is before
    office.return_for("第二节\n  有误", WANG)
    calls = office.sandbox.changes
    for _ in range(2):
        with pytest.raises(ArticleError, match="已退回（第二节 有误），没有发布"):
            office.publish()
    delivery = office.delivery
    assert (delivery.state, delivery.problem) == (State.RETURNED, "第二节 有误")
    assert delivering.approved_by(office.services, delivery) == ()
    assert office.sandbox.changes == calls


def test_pushing_a_returned_issue_unchanged_leaves_it_and_a_correction_lifts_it(office):
    office.return_for("第二节有误", WANG)
    left = office.push()
    assert (left.state, left.problem) == (State.RETURNED, "第二节有误")
    office.edit()
    corrected = office.push()
    assert (corrected.state, corrected.problem) == (State.DRAFTED, "")


def test_people_may_lift_a_return_by_approving_all_the_same(office):
    office.return_for("第二节有误", WANG)
    assert office.approve(LI).delivery.state is State.RETURNED
    lifted = office.approve(WANG).delivery
    assert (lifted.state, lifted.problem) == (State.APPROVED, "")


def test_a_returned_draft_may_be_looked_at_on_a_phone_and_stays_returned(office):
    office.return_for("第二节有误", WANG)
    assert office.preview("ann_editor").sent == ("ann_editor",)
    assert office.delivery.state is State.RETURNED


def test_returning_twice_for_the_same_reason_is_one_step(office):
    for _ in range(2):
        office.return_for("第二节有误", WANG)
    steps = [step.what for step in office.timeline]
    assert steps.count(Deed.RETURNED) == 1


def test_what_has_no_draft_or_no_reason_cannot_be_returned(office):
    with pytest.raises(ArticleError, match="原因"):
        office.return_for(" \n ", WANG)
    office.publish()
    with pytest.raises(ArticleError):
        office.return_for("太晚了", WANG)


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
