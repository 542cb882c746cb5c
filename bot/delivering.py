"""What editors do to a delivery beside pushing and publishing it, and what can be said of it beforehand."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.delivery import Deed, Delivery, State, Step, Way, people_among
from bot.errors import ArticleError
from bot.flow import foreseen_bundle, way_of
from bot.publish import plan
from bot.publish.draft import require_pushed
from bot.publish.proof import Proofs, require_ready, send_proofs
from bot.publish.recall import Recall, require_published
from bot.services import Services

LONGEST_REASON = 200  # characters
UNSURE = "有账号没有和微信里的编辑绑定，可能是同一个人批准了两次，只算一个人。请管理员在“账号”里绑定，再批准一次"


@dataclass(frozen=True, slots=True)
class Standing:
    """How far an issue has come, and by which steps, oldest first."""

    delivery: Delivery
    timeline: tuple[Step, ...]


def standing(services: Services, issue_id: str) -> Standing:
    """Where that issue stands. Nothing is asked of the platform."""
    services.archive.issue(issue_id)
    ledger = services.ledger
    return Standing(ledger.delivery(issue_id), tuple(ledger.timeline(issue_id)))


def preview_issue(services: Services, issue_id: str, to: Sequence[str]) -> Proofs:
    """Send the issue's draft to these phones. PlatformDenied where the account may not."""
    issue = services.archive.issue(issue_id)
    with services.ledger.lease(issue_id) as delivery:
        require_ready(delivery)
        require_pushed(delivery, foreseen_bundle(services, issue))
        return send_proofs(services.platform, services.ledger, delivery, to)


@dataclass(frozen=True, slots=True)
class Approved:
    """An issue's delivery after an approval: by whom its content was approved, and how many are to."""

    delivery: Delivery
    by: tuple[str, ...]
    needed: int

    @property
    def lacking(self) -> int:
        """How many more people have to approve."""
        return max(0, self.needed - people_among(self.by))

    @property
    def unsure(self) -> bool:
        """Whether two of them may be one person, and are not counted twice."""
        return people_among(self.by) < len(self.by)


def approve_issue(services: Services, issue_id: str, who: str = "", *, seen: str = "") -> Approved:
    """Somebody (`who`, else whoever is at work) has looked at the draft: it may be published.

    It may once as many people as the settings ask for have said so. A later correction takes that back.
    `seen` is the fingerprint of what they looked at, where it is known; of anything else the approval is
    refused. Raises ArticleError.
    """
    issue = services.archive.issue(issue_id)
    ledger = services.ledger.by(who or services.who)
    with ledger.lease(issue_id) as delivery:
        require_seen(delivery, seen)
        require_ready(delivery)
        require_pushed(delivery, foreseen_bundle(services, issue))
        before = services.approvals.of(issue_id, delivery.fingerprint)
        by = services.approvals.approve(issue_id, delivery.fingerprint, ledger.who)
        approved = Approved(delivery, by, max(1, services.config.schedule.approvals))
        if approved.lacking == 0 and delivery.state is not State.APPROVED:
            done = replace(delivery, state=State.APPROVED, problem="")
            ledger.record(done, Deed.APPROVED)
            return replace(approved, delivery=done)
        if len(by) > len(before):
            ledger.record(delivery, Deed.APPROVED, f"{people_among(by)} / {approved.needed} 人")
        return approved


def require_seen(delivery: Delivery, seen: str) -> None:
    """Raise ArticleError unless that is what the draft holds, if anything is known to have been seen."""
    if seen and seen != delivery.fingerprint:
        raise ArticleError("草稿刚刚改过，你看的是改之前的。请再看一遍，然后再按")


def approved_by(services: Services, delivery: Delivery) -> tuple[str, ...]:
    """Who has approved what the draft holds."""
    return services.approvals.of(delivery.issue_id, delivery.fingerprint)


def return_issue(services: Services, issue_id: str, reason: str, who: str = "") -> Delivery:
    """Somebody does not want the draft published as it is. Whatever was approved is no longer.

    It is lifted by a correction that is pushed, or by an approval.
    """
    services.archive.issue(issue_id)
    ledger = services.ledger.by(who or services.who)
    with ledger.lease(issue_id) as delivery:
        require_ready(delivery)
        told = " ".join(reason.split())[:LONGEST_REASON]
        if not told:
            raise ArticleError(f"退回 {issue_id} 要写明原因。请写上哪里不对，再退回一次")
        services.approvals.clear(issue_id)
        if (delivery.state, delivery.problem) == (State.RETURNED, told):
            return delivery
        returned = replace(delivery, state=State.RETURNED, problem=told)
        ledger.record(returned, Deed.RETURNED, told)
        return returned


def skip_issue(services: Services, issue_id: str, *, undo: bool = False) -> Delivery:
    """Leave an issue out, or (`undo`) no longer. A draft stays in the box either way."""
    services.archive.issue(issue_id)
    with services.ledger.lease(issue_id) as delivery:
        if (delivery.state is State.SKIPPED) is not undo:
            return delivery
        after = replace(delivery, state=_state_after(delivery, undo=undo), problem="")
        services.ledger.record(after, Deed.RESUMED if undo else Deed.SKIPPED)
        return after


def _state_after(delivery: Delivery, *, undo: bool) -> State:
    if not undo:
        return State.SKIPPED
    return State.DRAFTED if delivery.media_id else State.RECEIVED


def withdraw_issue(services: Services, issue_id: str, *, by_hand: bool = False) -> Delivery:
    """Take a published issue back, for good; `by_hand`: it is gone already."""
    services.archive.issue(issue_id)
    with services.ledger.lease(issue_id) as delivery:
        if not by_hand:
            return Recall(services.platform, services.ledger).withdraw(delivery)
        require_published(delivery)
        return Recall(services.platform, services.ledger).note(delivery)


# What each would do: read from our own notes, nothing is sent or written.


def plan_push(services: Services, issue_id: str, *, fresh: bool = False) -> str:
    """What `push_issue` would do now."""
    issue = services.archive.issue(issue_id)
    delivery = services.ledger.delivery(issue_id)
    return plan.push(delivery, foreseen_bundle(services, issue), fresh=fresh)


def plan_publish(services: Services, issue_id: str, way: Way | None = None) -> str:
    """What `publish_issue` would do now."""
    issue = services.archive.issue(issue_id)
    delivery = services.ledger.delivery(issue_id)
    bundle = foreseen_bundle(services, issue)
    return plan.publish(delivery, bundle, way_of(services, delivery, way))


def plan_for(services: Services, issue_id: str, deed: str) -> str:
    """What previewing, approving, returning, skipping, resuming or withdrawing would do now."""
    issue = services.archive.issue(issue_id)
    delivery = services.ledger.delivery(issue_id)
    try:
        if deed in (Deed.PREVIEW, Deed.APPROVED, Deed.RETURNED):
            require_ready(delivery)
        if deed in (Deed.PREVIEW, Deed.APPROVED):
            require_pushed(delivery, foreseen_bundle(services, issue))
        if deed == Deed.WITHDRAW:
            require_published(delivery)
    except ArticleError as error:
        return f"做不成：{error}"
    return plan.deed(delivery, deed)
