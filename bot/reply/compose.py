"""What was found in, what the follower reads out. Every text keeps within the platform's limits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from bot.delivery import Entry
from bot.dialogue import Card, Hit, Query, Reply
from bot.reply.pieces import (
    TEXT_BYTES,
    cut,
    day_name,
    days_name,
    fitting,
    linked,
    marked,
    plain,
    short,
    size,
    tapped,
)
from bot.reply.wording import Wording

LISTED = 5  # issues in one answer; more than a screenful is not read
SIMILAR = 3  # search steps from here on found something alike, not the words themselves
# Characters that a phone shows, or that leave room for the others of a list.
TITLE, DESCRIPTION, HEADLINE, SECTION, SENTENCE, SAID = 64, 100, 60, 50, 90, 30
T = TypeVar("T")
GAP = "\n\n"


@dataclass(frozen=True, slots=True)
class Composer:
    """Puts answers into words on a day."""

    wording: Wording
    today: date

    def newest(self, newest: Entry | None) -> Reply:
        """The newest issue as a card."""
        return self._card_of(newest) if newest else self._unpublished()

    def issues_of_days(
        self, query: Query, entries: Sequence[Entry], nearest: Entry | None, newest: Entry | None
    ) -> Reply:
        """The issues of a day or of some days; where there is none, the nearest and the newest."""
        if len(entries) == 1:
            return self._card_of(entries[0])
        days = self._days(query)
        if entries:
            return self._entries(self._say("days_found", days=days, count=len(entries)), entries)
        if nearest is None:
            return self._unpublished()
        to_come = query.days is not None and query.days[0] > self.today
        told = self._say("days_to_come" if to_come else "days_nothing", days=days)
        return Reply("none", self._text(told, *self._ways_on(nearest, newest), self._say("or_try")))

    def contents(self, entries: Sequence[Entry], start: int = 0) -> Reply:
        """The issues as a list, from the one at `start` of all there are."""
        if not entries:
            return self._unpublished()
        return self._entries(self._say("contents"), entries, start, self._say("contents_hint"))

    def more_issues(self, query: Query, entries: Sequence[Entry], start: int) -> Reply:
        """More of a list of issues."""
        return self._entries("", entries, start, said=query)

    def hits(
        self, query: Query, hits: Sequence[Hit], *, start: int = 0, elsewhere: bool = False
    ) -> Reply:
        """The issues that say the words, from the one at `start`; `elsewhere`: not on the days asked for."""
        if len(hits) == 1 and hits[0].step < SIMILAR and hits[0].url and not elsewhere:
            return self.hit(query, hits[0], hits)
        blocks = [
            self._wordings_of(hit, start + n, query) for n, hit in enumerate(_page(hits, start), 1)
        ]

        def opening(shown: int) -> str:
            return self._opening(query, hits, start, shown, elsewhere=elsewhere)

        reply = self._list(opening, blocks, len(hits) - start)
        return Reply("text", reply.text, hits=tuple(hits), shown=start + reply.shown)

    def hit(self, query: Query, hit: Hit, hits: Sequence[Hit]) -> Reply:
        """One issue as a card, with the sentence that says why."""
        sentence = marked(hit.sentence.rstrip("；，"), query.words)
        description = short(f"{hit.section}｜{sentence}" if sentence else hit.section, DESCRIPTION)
        return self._card(hit.title, description, hit.picture, hit.url, hits)

    def nothing(self, query: Query, nearest: Entry | None, newest: Entry | None) -> Reply:
        """Nothing says the words: that, and where to go on."""
        told = self._say("nothing_found", said=self._said(query))
        return Reply("none", self._text(told, *self._ways_on(nearest, newest)))

    def no_such_day(self, query: Query, newest: Entry | None) -> Reply:
        """A date that no calendar has."""
        told = self._say("no_such_day", said=self._said(query))
        return Reply("none", self._text(told, *self._ways_on(None, newest)))

    def no_such_number(self, number: int, count: int) -> Reply:
        """A number that the last list does not have."""
        return Reply("help", self._text(self._say("no_such_number", number=number, count=count)))

    def help(self, newest: Entry | None) -> Reply:
        """What can be asked."""
        return Reply("help", self._text(self._say("help"), *self._ways_on(None, newest)))

    def welcome(self, newest: Entry | None, examples: Sequence[str]) -> Reply:
        """The greeting of a new follower."""
        words = "、".join(tapped(word) for word in examples)
        tried = [self._say("examples_below", examples=words)] if words else []
        told = self._say("welcome") + GAP + self._say("help")
        return Reply("text", self._text(told, *tried, *self._ways_on(None, newest)))

    def sentence(self, name: str) -> Reply:
        """One of the sentences by itself."""
        return Reply("help", self._text(self._say(name)))

    def hint(self, kind: str) -> Reply:
        """What to do instead of sending that kind of message."""
        known = "hint_video" if kind == "shortvideo" else f"hint_{kind}"
        return self.sentence(known if known in self.wording.sentences else "hint_other")

    def _say(self, name: str, **values: object) -> str:
        return self.wording.say(name, **values)

    def _unpublished(self) -> Reply:
        return Reply("none", self._text(self._say("nothing_published")))

    def _ways_on(self, nearest: Entry | None, newest: Entry | None) -> list[str]:
        told = [f"{self._say('nearest_below')}\n{self._line(nearest)}"] if nearest else []
        if newest and newest != nearest:
            told.append(f"{self._say('newest_below')}\n{self._line(newest)}")
        return told

    def _text(self, told: str, *more: str) -> str:
        return _within((told, *(f"\n{each}" for each in more)))

    def _opening(
        self, query: Query, hits: Sequence[Hit], start: int, shown: int, *, elsewhere: bool
    ) -> str:
        said, count = self._said(query), len(hits)
        if start:
            return self._say("going_on", said=said, first=start + 1, last=start + shown)
        if hits[0].step >= SIMILAR:
            return self._say("similar", said=said)
        if elsewhere:
            words, days = plain(short(query.words, SAID)), self._days(query)
            return self._say("found_elsewhere", said=said, words=words, days=days, count=count)
        if shown < count:
            return self._say("found_some", said=said, count=count, shown=shown)
        return self._say("found", said=said, count=count)

    def _wordings_of(self, hit: Hit, number: int, query: Query) -> tuple[str, ...]:
        sentence = short(marked(hit.sentence.rstrip("；，"), query.words), SENTENCE)
        section, day = short(hit.section, SECTION), day_name(hit.day, self.today)
        told = f"\n{day}｜{plain(sentence)}"
        return tuple(f"\n{number}. {linked(section, url)}{told}" for url in (hit.url, ""))

    def _entries(
        self,
        opening: str,
        entries: Sequence[Entry],
        start: int = 0,
        closing: str = "",
        said: Query | None = None,
    ) -> Reply:
        blocks = [
            tuple(f"\n{start + n}. {line}" for line in self._lines(entry))
            for n, entry in enumerate(_page(entries, start), 1)
        ]

        def opened(shown: int) -> str:
            if said is None:
                return opening
            last = start + shown
            return self._say("going_on", said=self._said(said), first=start + 1, last=last)

        reply = self._list(opened, blocks, len(entries) - start, closing)
        hits = tuple(_hit_of(entry) for entry in entries)
        return Reply("text", reply.text, hits=hits, shown=start + reply.shown)

    def _list(
        self,
        opening: Callable[[int], str],
        blocks: Sequence[tuple[str, ...]],
        left: int,
        closing: str = "",
    ) -> Reply:
        """A list of as many blocks as fit, between an opening that counts them and a way to the rest."""

        def more(shown: int) -> str:
            tap = tapped(self._say("more"))
            return self._say("more_below", left=left - shown, more=tap)

        room = TEXT_BYTES - max(size(opening(n)) for n in range(LISTED + 1))
        shown = fitting(blocks, room - size(more(0)) - size(closing) - len(GAP) * 2)
        ends = [more(len(shown))] if len(shown) < left else []
        ends += [closing] if closing else []
        text = _within((opening(len(shown)), *shown, *(f"\n{end}" for end in ends)))
        return Reply("text", text, shown=len(shown))

    def _card_of(self, entry: Entry) -> Reply:
        headline = short(entry.headline, DESCRIPTION)
        return self._card(entry.name, headline, entry.cover_url, entry.url, (_hit_of(entry),))

    def _card(
        self, title: str, description: str, picture: str, url: str, hits: Sequence[Hit]
    ) -> Reply:
        title = short(title, TITLE)
        text = "\n".join(part for part in (title, description, url) if part)
        card = Card(title, description, picture, url) if url else None
        return Reply("news" if card else "text", plain(text), card, tuple(hits))

    def _lines(self, entry: Entry) -> tuple[str, str]:
        day, headline = day_name(entry.day, self.today), short(entry.headline, HEADLINE)
        linked_line, plain_line = (f"{day}｜{linked(headline, url)}" for url in (entry.url, ""))
        return linked_line, plain_line

    def _line(self, entry: Entry) -> str:
        return self._lines(entry)[0]

    def _said(self, query: Query) -> str:
        return plain(short(query.text.strip('“”"'), SAID))

    def _days(self, query: Query) -> str:
        return days_name(query.days, self.today) if query.days else ""


def _within(parts: Sequence[str]) -> str:
    """As many as fit, the first of them in any case: editors' own sentences may be long once filled in."""
    first, *further = parts
    wordings = [(cut(first, TEXT_BYTES - 1),), *((each,) for each in further)]
    return "\n".join(fitting(wordings, TEXT_BYTES))


def _page(found: Sequence[T], start: int) -> Sequence[T]:
    return found[start : start + LISTED]


def _hit_of(entry: Entry) -> Hit:
    return Hit(
        entry.issue_id, entry.day, entry.name, entry.headline, "", entry.url, 0, entry.cover_url
    )
