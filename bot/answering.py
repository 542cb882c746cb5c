"""The second of the two stories: a follower's message gets an answer.

    message → query → what the archive holds → reply

The reception (`webhook`) sees to it that each message is answered once and in time.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from importlib import import_module
from itertools import islice
from typing import Any, Protocol

from bot import flow
from bot.delivery import Entry
from bot.dialogue import SILENCE, Answer, Hit, Listed, Message, Query, Reply, Wish
from bot.query.parse import parse_query
from bot.reply.compose import SIMILAR, Composer
from bot.services import Services

PUBLISHED_EVENTS = frozenset({"publishjobfinish", "freepublishjobfinish", "masssendjobfinish"})
# What a follower may not be remembered after; the others are the platform's "delete my data".
FAREWELLS = frozenset(
    {"unsubscribe", "user_authorization_revoke", "user_authorization_cancellation"}
)
# Events that a follower waits for an answer to.
ASKING = frozenset({"subscribe", "click"})
# Issues in a list, those on further pages included.
MOST_HITS = 15
MOST_ISSUES = 60
EXAMPLES = 3
REMEMBERED = 4000  # answers, of a few kilobytes each

Last = Callable[[], Listed | None]


def asks(message: Message) -> bool:
    """Whether a follower waits for an answer."""
    return message.kind != "event" or message.event in ASKING


class Editing(Protocol):
    """What editors write, which is no follower's business: `bot.editing`."""

    def concerns(self, message: Message) -> bool: ...
    def reply(self, message: Message) -> Reply | None: ...
    def farewell(self, openid: str) -> None: ...


class Answerer:
    """Answers followers from the archive, and the same words from memory until it changes."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._remembered = Remembered(REMEMBERED)

    def answer(self, message: Message, last: Last) -> Answer:
        """The answer to whatever the platform pushed; `last` is the list that 更多 refers to."""
        if message.kind == "event":
            return self._answer_event(message, last)
        if (reply := self._editing.reply(message)) is not None:
            return Answer(reply)  # without a query: what editors order is nothing that was asked
        if message.text or message.kind == "text":
            return self.words(message.text, last)
        return Answer(self._composer().hint(message.kind))

    def known(self, message: Message) -> Answer | None:
        """The answer to words that were answered before, if it is still the same."""
        if message.kind == "event" or not message.text or self._editing.concerns(message):
            return None
        return self._remembered.get(self._mark(message.text))

    @cached_property
    def _editing(self) -> Editing:
        # `rikan ask` asks as a follower, and must not wait for what editors' orders need.
        editing: Editing = import_module("bot.editing").Editing(self._services)
        return editing

    def words(self, text: str, last: Last = lambda: None) -> Answer:
        """The answer to a follower's words. Only published issues are found."""
        mark, today = self._mark(text), self._today()
        if answer := self._remembered.get(mark):
            return answer
        query = parse_query(text, today)
        if query.wish in (Wish.MORE, Wish.NUMBER):
            return self._going_on(query, last())
        reply = self._reply(query, today)
        answer = Answer(reply, query, _list_of(query, today, reply))
        self._remembered.put(mark, answer)
        return answer

    def _answer_event(self, message: Message, last: Last) -> Answer:
        if message.event in PUBLISHED_EVENTS:
            flow.note_outcome(self._services, message)
        if message.event in FAREWELLS:
            self._editing.farewell(message.sender)
            self._services.conversations.forget(message.sender)
        if message.event == "subscribe":
            return Answer(self._composer().welcome(self._newest(), self._examples()))
        if message.event == "click" and message.event_key:
            return self.words(message.event_key, last)
        return Answer(SILENCE)

    def _reply(self, query: Query, today: date) -> Reply:
        composer = self._composer(today)
        match query.wish:
            case Wish.LATEST:
                reply = composer.newest(self._newest())
            case Wish.CONTENTS:
                reply = composer.contents(self._entries())
            case Wish.DAY:
                reply = self._days(query, composer)
            case Wish.NO_DAY:
                reply = composer.no_such_day(query, self._newest())
            case Wish.WORDS:
                reply = self._look_for(query, composer)
            case Wish.ABOUT | Wish.THANKS:
                reply = composer.sentence(query.wish.value)
            case _:
                reply = composer.help(self._newest())
        return reply

    def _days(self, query: Query, composer: Composer) -> Reply:
        entries = self._entries(query.days)
        nearest = None if entries or not query.days else self._nearest(query.days)
        return composer.issues_of_days(query, entries, nearest, self._newest())

    def _look_for(self, query: Query, composer: Composer) -> Reply:
        hits = self._hits(query, composer.today)
        elsewhere = bool(query.days and not hits)
        if elsewhere:
            hits = self._hits(replace(query, days=None), composer.today)
        if hits:
            return composer.hits(query, hits, elsewhere=elsewhere)
        nearest = self._nearest(query.days) if query.days else None
        return composer.nothing(query, nearest, self._newest())

    def _hits(self, query: Query, today: date) -> Sequence[Hit]:
        hits = self._services.archive.search(
            query.words, today, published_only=True, days=query.days, limit=MOST_HITS
        )
        # On some days only what says the words counts: what is merely alike is looked for anywhere.
        return [] if query.days and hits and hits[0].step > SIMILAR else hits

    def _going_on(self, query: Query, last: Listed | None) -> Answer:
        composer = self._composer()
        if last is None:
            return Answer(composer.sentence("no_list"), query)
        reply = (
            self._chosen(query, last, composer)
            if query.wish is Wish.NUMBER
            else self._more(last, composer)
        )
        further = replace(last, shown=reply.shown) if reply.shown else None
        return Answer(reply, query, further)

    def _more(self, last: Listed, composer: Composer) -> Reply:
        start = last.shown
        if last.query.wish is Wish.WORDS:
            hits = self._hits_of(last)
            return composer.hits(last.query, hits, start=start) if hits[start:] else _end(composer)
        entries = self._entries(last.query.days)
        left = entries[start:]
        return composer.more_issues(last.query, entries, start) if left else _end(composer)

    def _chosen(self, query: Query, last: Listed, composer: Composer) -> Reply:
        if query.number > len(last.ids):
            return composer.no_such_number(query.number, len(last.ids))
        wanted = last.ids[query.number - 1]
        if last.query.wish is Wish.WORDS:
            for hit in self._hits_of(last):
                if hit.issue_id == wanted:
                    return composer.hit(last.query, hit, (hit,))
        day = date.fromisoformat(wanted[:10])
        entries = [each for each in self._entries((day, day)) if each.issue_id == wanted]
        return composer.newest(next(iter(entries), self._newest()))

    def _hits_of(self, last: Listed) -> Sequence[Hit]:
        """What was listed, found again."""
        hits = self._hits(last.query, last.day)
        return hits or self._hits(replace(last.query, days=None), last.day)

    def _examples(self) -> list[str]:
        """Words of which something is found."""
        found = (
            word
            for word in self._services.wording.examples
            if self._services.archive.search(word, self._today(), published_only=True, limit=1)
        )
        return list(islice(found, EXAMPLES))

    def _entries(self, days: tuple[date, date] | None = None) -> list[Entry]:
        return self._services.archive.entries(days, published_only=True, limit=MOST_ISSUES)

    def _nearest(self, days: tuple[date, date]) -> Entry | None:
        return self._services.archive.nearest(days[1])

    def _newest(self) -> Entry | None:
        return next(iter(self._services.archive.entries(published_only=True, limit=1)), None)

    def _composer(self, today: date | None = None) -> Composer:
        return Composer(self._services.wording, today or self._today())

    def _today(self) -> date:
        return self._services.now().date()

    def _mark(self, text: str) -> tuple[Any, ...]:
        return text, self._today(), self._services.revision.now()


class Remembered:
    """The answers given last, so many at most. Threads share it."""

    def __init__(self, most: int) -> None:
        self._answers: OrderedDict[tuple[Any, ...], Answer] = OrderedDict()
        self._most = most
        self._turn = threading.Lock()

    def get(self, mark: tuple[Any, ...]) -> Answer | None:
        """The answer under that mark."""
        with self._turn:
            if answer := self._answers.get(mark):
                self._answers.move_to_end(mark)
            return answer

    def put(self, mark: tuple[Any, ...], answer: Answer) -> None:
        """Remember an answer, and forget the one that was not asked for longest."""
        with self._turn:
            self._answers[mark] = answer
            if len(self._answers) > self._most:
                self._answers.popitem(last=False)


def _end(composer: Composer) -> Reply:
    return composer.sentence("no_more")


def _list_of(query: Query, today: date, reply: Reply) -> Listed | None:
    ids = tuple(hit.issue_id for hit in reply.hits)
    return Listed(query, today, ids, reply.shown) if reply.shown else None
