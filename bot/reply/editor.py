"""What editors read when they steer a delivery from the chat, from `templates/reply/editor.toml`."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Self

from bot.delivery import IN_THE_BOX, STATE_NAMES, Delivery, Entry, State, people_among
from bot.dialogue import Reply
from bot.reply.pieces import TEXT_BYTES, cut, day_name, fitting, linked, plain, short, tapped

# Characters: a reason or a problem in full would leave no room for what to do about it.
HEADLINE, PROBLEM = 40, 200
MOST_WAITING = 5
AT_ONCE = "now"
# The others of what comes next are told by more than the state.
_NEXT = {
    State.RECEIVED: "next_received",
    State.DRAFTING: "next_drafting",
    State.RETURNED: "next_returned",
    State.PUBLISHING: "next_publishing",
    State.FAILED: "next_failed",
    State.SKIPPED: "next_skipped",
    State.WITHDRAWN: "next_withdrawn",
}
# Words that a tap sends, with the ID of the issue: an old message must not act on another one.
_TAPS = {"approve": "通过", "publish": "发布", "preview": "预览"}


@dataclass(frozen=True, slots=True)
class Situation:
    """Where an issue stands.

    `fresh`: its draft holds what the archive says. `by` has approved that, of `needed`. `by_hand`: a
    person publishes in the console. `automatic`: at what time it is published by itself, or AT_ONCE;
    empty where it is not. `link` leads to its preview.
    """

    entry: Entry
    delivery: Delivery
    fresh: bool = False
    by: tuple[str, ...] = ()
    needed: int = 0
    by_hand: bool = False
    automatic: str = ""
    link: str = ""

    @property
    def lacking(self) -> int:
        """How many more people have to approve."""
        return max(0, self.needed - people_among(self.by))

    @property
    def next(self) -> str:
        """The name of the sentence that says what to do, or what happens, next."""
        state = self.delivery.state
        if state is State.PUBLISHED:
            return ""
        if state in (*IN_THE_BOX, State.FAILED) and not self.fresh:
            return "next_changed"
        return _NEXT.get(state) or self._next_of_a_draft

    @property
    def _next_of_a_draft(self) -> str:
        if self.lacking:
            return "next_review_again" if self.by else "next_review"
        if self.by_hand:
            return "next_press"
        if self.automatic:
            return "next_any_moment" if self.automatic == AT_ONCE else "next_automatic"
        return "next_publish"


@dataclass(frozen=True, slots=True)
class Editorial:
    """The sentences by name, on a day. Every answer keeps within the platform's limits."""

    sentences: Mapping[str, str]
    today: date

    @classmethod
    def load(cls, path: Path, today: date) -> Self:
        """Read the shipped file."""
        return cls(tomllib.loads(path.read_text(encoding="utf-8")), today)

    def say(self, name: str, **values: object) -> str:
        """One sentence, filled in."""
        return self.sentences[name].strip().format_map(values)

    def sentence(self, name: str, **values: str) -> Reply:
        """One sentence as an answer; `values` are what somebody wrote."""
        given = {key: plain(short(value, PROBLEM)) for key, value in values.items()}
        return Reply("text", cut(self.say(name, **given), TEXT_BYTES))

    def bound(self, name: str, newsletter: str) -> Reply:
        """Somebody has become an editor."""
        taps = {"status": tapped("状态"), "help": tapped("帮助")}
        return Reply("text", self.say("bound", editor=plain(name), newsletter=newsletter, **taps))

    def status(self, at: Situation, waiting: Sequence[Entry] = ()) -> Reply:
        """Where an issue stands, and which others wait."""
        head = self.say("status", **self._named(at), state=STATE_NAMES[at.delivery.state])
        return self._answer(head, *self._particulars(at), *self.ways_on(at), *self._others(waiting))

    def nothing_today(self, newest: Entry | None, waiting: Sequence[Entry]) -> Reply:
        """There is no issue that an order without a date could mean."""
        if newest is None:
            return self.sentence("empty")
        day = day_name(self.today, self.today)
        state = STATE_NAMES[newest.state]
        latest = self.say("latest", issue=self.name(newest), state=state)
        return self._answer(self.say("none_today", day=day), latest, *self._others(waiting))

    def did(
        self, name: str, at: Situation, *more: str, onward: bool = True, **values: object
    ) -> Reply:
        """What was done about an issue, `more` of it, and (`onward`) what comes next."""
        written = {key: _written(value) for key, value in values.items()}
        given = {"state": STATE_NAMES[at.delivery.state], **self._named(at), **written}
        return self._answer(self.say(name, **given), *more, *(self.ways_on(at) if onward else ()))

    def looked_at(self, at: Situation, *more: str, onward: bool = True) -> Reply:
        """An issue's preview, `more` about it, and (`onward`) what comes next."""
        head = self.say("status", **self._named(at), state=STATE_NAMES[at.delivery.state])
        shown = self.link(at) or self.say("no_link")
        return self._answer(head, shown, *more, *(self.ways_on(at) if onward else ()))

    def alone(self, told: str) -> Reply:
        """A sentence that is put together already: an error's, say."""
        return self._answer(plain(told))

    def link(self, at: Situation) -> str:
        """The way to an issue's preview; empty where there is none."""
        if not at.link:
            return ""
        return self.say("preview", link=linked(self.say("open"), at.link))

    def ways_on(self, at: Situation) -> list[str]:
        """What comes next, if anything."""
        if not at.next:
            return []
        taps = {name: self.tap(at, name) for name in _TAPS}
        values = {"id": at.entry.issue_id, "lacking": at.lacking, "at": at.automatic, **taps}
        return [self.say(at.next, **values)]

    def tap(self, at: Situation, order: str) -> str:
        """The words of one of `_TAPS` for an issue."""
        return tapped(f"{_TAPS[order]}{at.entry.issue_id}")

    def name(self, entry: Entry) -> str:
        """`6月13日`, or with its edition."""
        day, edition = day_name(entry.day, self.today), entry.issue_id[11:]
        return f"{day}第 {edition} 版" if edition else day

    def _named(self, at: Situation) -> dict[str, str]:
        headline = plain(short(at.entry.headline, HEADLINE))
        return {"issue": self.name(at.entry), "headline": headline}

    def unsure(self, at: Situation) -> list[str]:
        """Why two names are one person's approval, where that is what keeps it waiting."""
        unsure = at.lacking and people_among(at.by) < len(at.by)
        return [self.say("unsure")] if unsure else []

    def _particulars(self, at: Situation) -> list[str]:
        told = []
        if at.by:
            names = "、".join(map(person, at.by))
            told.append(self.say("approvals", names=names, needed=max(1, at.needed)))
        told += self.unsure(at)
        problem = at.delivery.problem or "；".join(at.delivery.findings.splitlines())
        if problem:
            kind = "reason" if at.delivery.state is State.RETURNED else "problem"
            told.append(self.say(kind, problem=plain(short(problem, PROBLEM))))
        if at.entry.url:
            told.append(self.say("address", link=linked(self.say("open"), at.entry.url)))
        elif at.link:
            told.append(self.link(at))
        return told

    def _others(self, waiting: Sequence[Entry]) -> list[str]:
        if not waiting:
            return []
        named = [f"{self.name(each)}（{STATE_NAMES[each.state]}）" for each in waiting]
        more = "等" if named[MOST_WAITING:] else ""
        issues = "、".join(named[:MOST_WAITING]) + more
        return [self.say("waiting", issues=issues, example=waiting[0].issue_id)]

    def _answer(self, head: str, *lines: str) -> Reply:
        blocks = [(cut(head, TEXT_BYTES // 2),), *((line,) for line in lines if line)]
        return Reply("text", "\n".join(fitting(blocks, TEXT_BYTES)))


def _written(value: object) -> object:
    """A tap is markup of ours; whatever else is text is somebody's."""
    ours = isinstance(value, str) and value.startswith('<a href="weixin:')
    return plain(short(value, PROBLEM)) if isinstance(value, str) and not ours else value


def person(who: str) -> str:
    """`editor:王芳` and `cli:ann` as editors call them."""
    kind, _, name = who.partition(":")
    return plain(name) if kind == "editor" else f"{plain(name or kind)}（电脑）"
