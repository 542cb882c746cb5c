"""What becomes of an issue on its way to its readers. Frozen values, like those of `bot.model`."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class State(StrEnum):
    """How far an issue has come. A state that ends in -ing is written before the call it names."""

    RECEIVED = "received"
    DRAFTING = "drafting"
    DRAFTED = "drafted"
    PREVIEWED = "previewed"
    APPROVED = "approved"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    FAILED = "failed"
    SKIPPED = "skipped"
    WITHDRAWN = "withdrawn"
    RETURNED = "returned"


STATE_NAMES = {
    State.RECEIVED: "已收稿",
    State.DRAFTING: "正在建草稿",
    State.DRAFTED: "草稿已就绪",
    State.PREVIEWED: "已发预览",
    State.APPROVED: "已批准",
    State.PUBLISHING: "正在发布",
    State.PUBLISHED: "已发布",
    State.FAILED: "发布未成功",
    State.SKIPPED: "已跳过",
    State.WITHDRAWN: "已撤回",
    State.RETURNED: "已退回",
}
# The draft is in the box, and holds what the issue said when it was recorded.
READY = (State.DRAFTED, State.PREVIEWED, State.APPROVED)
# Just so, but an editor may not want it published as it is.
IN_THE_BOX = (*READY, State.RETURNED)


class Hand(StrEnum):
    """Who may move a delivery on."""

    PERSON = "person"  # at the command line, or an editor in the chat
    WORKER = "worker"  # a job
    EVENT = "event"  # the platform, through the webhook


def hand_of(who: str) -> Hand:
    """`worker` and `event` are themselves; any other name (`cli:ann`, `editor:王芳`) is a person's."""
    return Hand(who) if who in (Hand.WORKER, Hand.EVENT) else Hand.PERSON


def people_among(by: Sequence[str]) -> int:
    """How many people these are at the least, each named once.

    Two accounts of the console are two people, and so are two editors in the chat. An account that is
    bound to no editor may be any of those in the chat.
    """
    kinds = Counter(who.partition(":")[0] for who in by)
    return len(by) - min(kinds["editor"], kinds["console"])


_P = frozenset({Hand.PERSON})
_W = frozenset({Hand.PERSON, Hand.WORKER})
_A = frozenset(Hand)

# From where to where, and by whose hand. Drawn in docs/delivery.md; the ledger writes nothing else.
COURSE: dict[State, dict[State, frozenset[Hand]]] = {
    State.RECEIVED: {State.DRAFTING: _W, State.PUBLISHED: _P, State.SKIPPED: _P},
    State.DRAFTING: {State.DRAFTED: _W, State.RECEIVED: _W, State.PUBLISHED: _P},
    State.DRAFTED: {
        State.DRAFTING: _W,
        State.PREVIEWED: _W,
        State.APPROVED: _P,
        State.PUBLISHING: _W,
        State.PUBLISHED: _A,
        State.SKIPPED: _P,
        State.RETURNED: _P,
    },
    State.PREVIEWED: {
        State.DRAFTING: _W,
        State.APPROVED: _P,
        State.PUBLISHING: _W,
        State.PUBLISHED: _A,
        State.SKIPPED: _P,
        State.RETURNED: _P,
    },
    State.APPROVED: {
        State.DRAFTING: _W,
        State.PUBLISHING: _W,
        State.PUBLISHED: _A,
        State.SKIPPED: _P,
        State.RETURNED: _P,
    },
    State.RETURNED: {
        State.DRAFTING: _W,
        State.APPROVED: _P,
        State.PUBLISHED: _A,
        State.SKIPPED: _P,
    },
    State.PUBLISHING: {
        State.PUBLISHED: _A,
        State.FAILED: _A,
        State.WITHDRAWN: _A,
        State.DRAFTED: _W,
        State.PREVIEWED: _W,
        State.APPROVED: _W,
    },
    State.PUBLISHED: {State.WITHDRAWN: _A, State.FAILED: _A},
    State.FAILED: {
        State.DRAFTING: _W,
        State.PUBLISHING: _W,
        State.PUBLISHED: _A,
        State.SKIPPED: _P,
    },
    State.SKIPPED: {State.RECEIVED: _P, State.DRAFTED: _P, State.PUBLISHED: _P},
    State.WITHDRAWN: {State.DRAFTING: _P, State.PUBLISHED: _P},
}


def may_go(before: State, after: State, who: str) -> bool:
    """Whether `who` may record that step; to stay where one is is nobody's privilege."""
    return before is after or hand_of(who) in COURSE[before].get(after, frozenset())


class Way(StrEnum):
    """How an issue reaches its readers."""

    DRAFT = "draft"  # a person presses 发表 in the console
    PUBLISH = "publish"  # freepublish: a permanent address, no message to followers
    MASS = "mass"  # a message to all followers


@dataclass(frozen=True, slots=True)
class Delivery:
    """One issue on its way to its readers, as last recorded.

    `fingerprint` names the content that `media_id` holds, `checked` the one that was read back and
    compared; `findings` are what the platform kept differently, a sentence a line. `publish_id`
    is the platform's number of the job (of a message to all: its msg_id), `way` how it was handed
    over. `url` is the published article's address, `cover_url` the platform's address of its
    cover; `problem` is for the editor.
    """

    issue_id: str
    state: State = State.RECEIVED
    media_id: str = ""
    fingerprint: str = ""
    publish_id: str = ""
    url: str = ""
    cover_url: str = ""
    problem: str = ""
    way: str = ""
    article_id: str = ""
    msg_data_id: str = ""
    checked: str = ""
    findings: str = ""
    recorded_at: datetime | None = field(default=None, compare=False)  # null before the first time


def is_under_way(delivery: Delivery) -> bool:
    """Whether the platform is known to be at it: it has given its number."""
    return delivery.state is State.PUBLISHING and bool(delivery.publish_id)


class Deed(StrEnum):
    """What is written into a delivery's record. An infinitive is about to happen, a participle has."""

    ADD = "add"
    ADDED = "added"
    ADOPTED = "adopted"
    UPDATE = "update"
    UPDATED = "updated"
    REPLACE = "replace"
    LEFT = "left"
    CHECKED = "checked"
    LOST = "lost"
    CLEARED = "cleared"
    PREVIEW = "preview"
    PREVIEWED = "previewed"
    APPROVED = "approved"
    RETURNED = "returned"
    ASKED = "asked"
    SKIPPED = "skipped"
    RESUMED = "resumed"
    SUBMIT = "submit"
    SUBMITTED = "submitted"
    SEND = "send"
    SENT = "sent"
    OUTCOME = "outcome"
    FOUND = "found"
    BY_HAND = "by_hand"
    WITHDRAW = "withdraw"
    WITHDRAWN = "withdrawn"
    STUCK = "stuck"
    NOTED = "noted"


DEED_NAMES = {
    Deed.ADD: "开始新建草稿",
    Deed.ADDED: "草稿已建好",
    Deed.ADOPTED: "在草稿箱里认出了上次的草稿",
    Deed.UPDATE: "开始更新草稿",
    Deed.UPDATED: "草稿已更新",
    Deed.REPLACE: "文章篇数变了，开始换一份草稿",
    Deed.LEFT: "平台没有接受，一切照旧",
    Deed.CHECKED: "读回草稿核对",
    Deed.LOST: "草稿已不在草稿箱",
    Deed.CLEARED: "问题已解决",
    Deed.PREVIEW: "开始发送预览",
    Deed.PREVIEWED: "预览已发到手机",
    Deed.APPROVED: "批准发布",
    Deed.RETURNED: "退回",
    Deed.ASKED: "要求",
    Deed.SKIPPED: "跳过这一期",
    Deed.RESUMED: "不再跳过",
    Deed.SUBMIT: "开始提交发布",
    Deed.SUBMITTED: "已提交发布",
    Deed.SEND: "开始群发",
    Deed.SENT: "已提交群发",
    Deed.OUTCOME: "平台告知结果",
    Deed.FOUND: "找到已发布的文章",
    Deed.BY_HAND: "手动发布，在此记下",
    Deed.WITHDRAW: "开始撤回",
    Deed.WITHDRAWN: "已撤回",
    Deed.STUCK: "没有做成",
    Deed.NOTED: "已记录",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a delivery's record: when, by whom (`cli:ann`, `editor:王芳`, `worker`), what, from where to where."""

    at: datetime
    who: str
    what: str
    before: State
    after: State
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Upload:
    """A picture the platform holds: its permanent `media_id` (covers only) and its address."""

    url: str
    media_id: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """An archived issue in a list: what it is called, how far it has come, where readers find it."""

    issue_id: str
    day: date
    name: str
    headline: str
    state: State
    url: str
    cover_url: str
    problem: str = ""


STILL_AT_IT = 1  # publish_status: neither published nor refused yet


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a publication, or of a message to all.

    `status` is the platform's publish_status: 0 is success; of a message to all, the number of its
    err(…), 3 where it only says that it failed.
    """

    publish_id: str
    status: int
    url: str
    article_id: str = field(default="", compare=False)
