"""What is said between the account and a follower. Frozen values, like those of `model`."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.delivery import Outcome


@dataclass(frozen=True, slots=True)
class Message:
    """What the platform pushed: a follower's words, or an event (`event` is lower case)."""

    kind: str
    sender: str
    recipient: str
    sent_at: datetime
    id: str = ""
    text: str = ""
    event: str = ""
    event_key: str = ""
    outcome: Outcome | None = None


class Wish(StrEnum):
    """What a follower asks for."""

    WORDS = "words"
    DAY = "day"
    LATEST = "latest"
    CONTENTS = "contents"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Query:
    """A follower's message, understood. `days` is the inclusive range of a WISH.DAY."""

    wish: Wish
    text: str = ""
    days: tuple[date, date] | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A section that answers a query, with the sentence that says why.

    `step` is the search step that found it: 1 all words, 2 without question words,
    3 with one slip forgiven, 4 similar only. 0 means that nothing was searched for.
    """

    issue_id: str
    day: date
    title: str
    section: str
    sentence: str
    url: str
    step: int = 0


@dataclass(frozen=True, slots=True)
class Card:
    """A news reply: one picture with a title, leading to the article."""

    title: str
    description: str
    picture: str
    url: str


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a follower. `kind` is news, text, none, help or silence (nothing is sent)."""

    kind: str
    text: str = ""
    card: Card | None = None
    hits: tuple[Hit, ...] = ()
