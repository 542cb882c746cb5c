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
    NO_DAY = "no day"  # a date that no calendar has
    LATEST = "latest"
    CONTENTS = "contents"
    MORE = "more"
    NUMBER = "number"  # one of the last list
    ABOUT = "about"
    THANKS = "thanks"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Query:
    """A follower's message, understood.

    `text` is what was said. Of a WISH.WORDS, `words` is what to look for, quotes and exclusions as
    the archive reads them. `days` is the inclusive range of a WISH.DAY, or one to look within.
    """

    wish: Wish
    text: str = ""
    days: tuple[date, date] | None = None
    words: str = ""
    number: int = 0


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
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A news reply: one picture with a title, leading to the article."""

    title: str
    description: str
    picture: str
    url: str


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a follower. `kind` is news, text, none, help or silence (nothing is sent).

    `shown` is how many of `hits` a list names; what is left is for 更多.
    """

    kind: str
    text: str = ""
    card: Card | None = None
    hits: tuple[Hit, ...] = ()
    shown: int = 0


SILENCE = Reply("silence")


@dataclass(frozen=True, slots=True)
class Listed:
    """A list that a follower was given: 更多 goes on after `shown` of it, a number chooses.

    `day` is when it was asked for: the same words are read in the same way again. `ids` are the
    issues in the order of the list, the first of which has the number 1.
    """

    query: Query
    day: date
    ids: tuple[str, ...]
    shown: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is known of a message that has come in, under the name that all its tries share.

    `new`: this is the first try, and whoever reads this is to answer. Else `reply` is what the first
    try, made at `first`, was answered; or the answer will come `later` by itself. `replayed`: the
    envelope was another message's.
    """

    key: str
    first: datetime
    new: bool = False
    replayed: bool = False
    reply: Reply | None = None
    later: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """A reply, what was understood to give it, and the list it leaves behind. Equal to itself only."""

    reply: Reply
    query: Query | None = None
    listed: Listed | None = None
