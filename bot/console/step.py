"""The one next thing to do for an issue, decided from what is so. Pure: nothing is asked of anybody."""

from dataclasses import dataclass
from enum import StrEnum

from bot.delivery import IN_THE_BOX, READY, State, Way, people_among


class Kind(StrEnum):
    """What comes next. One that ends in -ING is somebody else's turn: the page looks again."""

    DROP = "drop"
    REST = "rest"
    MISSED = "missed"
    PUSH = "push"
    WORKING = "working"
    STALLED = "stalled"
    UPDATE = "update"
    REVIEW = "review"
    WAIT = "wait"
    PUBLISH = "publish"
    SCHEDULED = "scheduled"
    PRESS = "press"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    FAILED = "failed"
    RETURNED = "returned"
    SKIPPED = "skipped"
    WITHDRAWN = "withdrawn"


class Offer(StrEnum):
    """What a button does; the value is the last word of its address."""

    PUSH = "push"
    PREVIEW = "preview"
    APPROVE = "approve"
    RETURN = "return"
    PUBLISH = "publish"
    LOOK = "look"
    SKIP = "skip"
    RESUME = "resume"
    WITHDRAW = "withdraw"


# Where nothing is left to be looked at on a phone before readers have it.
STILL_TO_SEE = (Kind.PUSH, Kind.UPDATE, Kind.REVIEW, Kind.WAIT, Kind.PUBLISH, Kind.SCHEDULED)
# The page asks again by itself.
MOVING = (Kind.WORKING, Kind.PUBLISHING)


@dataclass(frozen=True, slots=True)
class Stand:
    """What is so of a day and its issue.

    `state` is None where there is no issue. `expected`: a day of publication; `over`: its time is past.
    `asked`: the queue was asked for something and has not answered; `silent`: for so long that
    nobody may be there. `fresh`: the draft holds what the archive says. `by` have approved that, of
    `needed`; `mine`: whoever looks is one of them. `automatic`: when it is published by itself.
    """

    state: State | None = None
    expected: bool = True
    over: bool = False
    asked: bool = False
    silent: bool = False
    fresh: bool = False
    by: tuple[str, ...] = ()
    needed: int = 1
    mine: bool = False
    way: Way = Way.PUBLISH
    automatic: str = ""

    @property
    def lacking(self) -> int:
        """How many more people have to approve."""
        return max(0, self.needed - people_among(self.by))

    @property
    def unsure(self) -> bool:
        """Whether it lacks somebody because two who have approved may be one person."""
        return self.lacking > max(0, self.needed - len(self.by))


@dataclass(frozen=True, slots=True)
class Step:
    """What comes next, and the buttons for it: the first is the one to press."""

    kind: Kind
    offers: tuple[Offer, ...] = ()


def next_step(at: Stand, *, approves: bool) -> Step:
    """What comes next for whoever looks. `approves`: that person may approve and publish."""
    if at.state is None:
        return Step(_without_issue(at))
    kind = _kind(at, approves=approves)
    return Step(kind, tuple(_offers(at, kind, approves=approves)))


def _without_issue(at: Stand) -> Kind:
    if not at.expected:
        return Kind.REST
    return Kind.MISSED if at.over else Kind.DROP


_ENDED = {
    State.PUBLISHED: Kind.PUBLISHED,
    State.SKIPPED: Kind.SKIPPED,
    State.WITHDRAWN: Kind.WITHDRAWN,
}

_ON_THE_WAY = {
    State.RECEIVED: Kind.PUSH,
    State.DRAFTING: Kind.PUSH,
    State.PUBLISHING: Kind.PUBLISHING,
}
_OBJECTED = {State.FAILED: Kind.FAILED, State.RETURNED: Kind.RETURNED}


def _kind(at: Stand, *, approves: bool) -> Kind:
    if at.state in _ENDED:
        return _ENDED[at.state]
    if at.asked:
        return Kind.STALLED if at.silent else Kind.WORKING
    if at.state in _ON_THE_WAY:
        return _ON_THE_WAY[at.state]
    return _of_a_draft(at, approves=approves) if at.fresh else Kind.UPDATE


def _of_a_draft(at: Stand, *, approves: bool) -> Kind:
    if at.state in _OBJECTED:
        return _OBJECTED[at.state]
    if at.lacking:
        return Kind.REVIEW if approves and not at.mine else Kind.WAIT
    if at.way is Way.DRAFT:
        return Kind.PRESS
    return Kind.SCHEDULED if at.automatic else Kind.PUBLISH


def _offers(at: Stand, kind: Kind, *, approves: bool) -> list[Offer]:
    """The buttons of that step, without what the person may not do."""
    may_publish = approves and not at.lacking and at.way is not Way.DRAFT
    by_kind = {
        Kind.PUSH: [Offer.PUSH],
        Kind.STALLED: _again(at),
        Kind.UPDATE: [Offer.PUSH],
        Kind.REVIEW: [Offer.APPROVE, Offer.PREVIEW],
        Kind.WAIT: [Offer.PREVIEW],
        Kind.PUBLISH: [Offer.PUBLISH, Offer.PREVIEW],
        Kind.SCHEDULED: [Offer.PUBLISH, Offer.PREVIEW],
        Kind.PRESS: [Offer.LOOK, Offer.PREVIEW],
        Kind.FAILED: [Offer.PUBLISH] if may_publish else [],
        Kind.RETURNED: [Offer.APPROVE] if approves and not at.mine else [],
        Kind.SKIPPED: [Offer.RESUME],
        Kind.WITHDRAWN: [Offer.PUSH],
    }
    offers = by_kind.get(kind, [])
    return [each for each in offers if approves or each is not Offer.PUBLISH]


def _again(at: Stand) -> list[Offer]:
    return [Offer.PUSH] if at.state in (State.RECEIVED, State.DRAFTING) or not at.fresh else []


def also(at: Stand, step: Step, *, approves: bool, admin: bool) -> tuple[Offer, ...]:
    """What else may be done, besides what comes next: for the page of a delivery."""
    more: list[Offer] = []
    if at.state in IN_THE_BOX and at.fresh:
        more.append(Offer.PREVIEW)
    if at.state in READY and approves:
        more += (
            [Offer.RETURN]
            if at.mine or step.kind is not Kind.REVIEW
            else [
                Offer.APPROVE,
                Offer.RETURN,
            ]
        )
    if at.state in (State.RECEIVED, *IN_THE_BOX, State.FAILED):
        more.append(Offer.SKIP)
    if at.state is State.PUBLISHED and admin:
        more.append(Offer.WITHDRAW)
    return tuple(each for each in dict.fromkeys(more) if each not in step.offers)
