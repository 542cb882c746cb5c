"""What becomes of an issue on its way to its readers. Frozen values, like those of `bot.model`."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class State(StrEnum):
    """How far an issue has come. A state that ends in -ing is written before the call it names."""

    RECEIVED = "received"
    DRAFTING = "drafting"
    DRAFTED = "drafted"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    FAILED = "failed"


STATE_NAMES = {
    State.RECEIVED: "已收稿",
    State.DRAFTING: "正在建草稿",
    State.DRAFTED: "草稿已就绪",
    State.PUBLISHING: "正在发布",
    State.PUBLISHED: "已发布",
    State.FAILED: "发布未成功",
}


@dataclass(frozen=True, slots=True)
class Delivery:
    """One issue on its way to its readers, as last recorded.

    `fingerprint` names the content that `media_id` holds; `url` is the published article's
    address, `cover_url` the platform's address of its cover; `problem` is for the editor.
    """

    issue_id: str
    state: State = State.RECEIVED
    media_id: str = ""
    fingerprint: str = ""
    publish_id: str = ""
    url: str = ""
    cover_url: str = ""
    problem: str = ""
    recorded_at: datetime | None = field(default=None, compare=False)  # null before the first time


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
    """What became of a publication. `status` is the platform's publish_status: 0 is success."""

    publish_id: str
    status: int
    url: str
