"""One order of an editor's about an issue: what is done at once, and what the queue is asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from importlib import import_module

from bot import delivering
from bot.delivery import IN_THE_BOX, READY, Deed, Delivery, Entry, State, Way, people_among
from bot.dialogue import Reply
from bot.errors import StartError
from bot.flow import foreseen_bundle, way_of
from bot.model import Issue, Look
from bot.query.orders import Command, Order
from bot.reply.editor import AT_ONCE, Editorial, Situation
from bot.reply.pieces import day_name, tapped
from bot.schedule.plan import moment, plan_of
from bot.services import Services
from bot.spoken import ENDED, Spoken
from bot.telling import preview_link

WITH_DRAFT = (*IN_THE_BOX, State.FAILED)
MAY_PREVIEW = "preview"  # as the account's findings name it


@dataclass(frozen=True, slots=True)
class Turn:
    """What one editor may have done. `name` is the editor's."""

    services: Services
    name: str
    words: Editorial

    def carry_out(self, order: Order) -> Reply:
        """Do it, and say what comes next. Raises RikanError."""
        if order.command is Command.HELP:
            return self.words.sentence("help", editor=self.name)
        if order.unread:
            return self.words.sentence("no_such_day", said=order.unread)
        if order.command is Command.RETURN and not order.text:
            return self.words.sentence("reason_missing")
        entry = self._issues.meant(order)
        if entry is None:
            return self._no_issue(order)
        return _ACTS[order.command](self, order, self._situation(entry))

    # What it is about.

    @property
    def _issues(self) -> Spoken:
        return Spoken(self.services.archive.entries, self.words.today)

    def _no_issue(self, order: Order) -> Reply:
        if order.day or order.issue_id:
            day = day_name(order.day, self.words.today) if order.day else order.issue_id
            return self.words.sentence("no_such_issue", day=day)
        newest = next(iter(self.services.archive.entries(limit=1)), None)
        return self.words.nothing_today(newest, self._issues.waiting())

    def _situation(self, entry: Entry) -> Situation:
        services, delivery = self.services, self.services.ledger.delivery(entry.issue_id)
        fresh = delivery.state in WITH_DRAFT and self._is_fresh(delivery)
        return Situation(
            entry,
            delivery,
            fresh=fresh,
            by=delivering.approved_by(services, delivery) if fresh else (),
            needed=services.config.schedule.approvals,
            by_hand=way_of(services, delivery) is Way.DRAFT,
            automatic=self._automatic(entry.day),
            link=preview_link(services, entry.issue_id),
        )

    def _is_fresh(self, delivery: Delivery) -> bool:
        issue = self.services.archive.issue(delivery.issue_id)
        return delivery.fingerprint == foreseen_bundle(self.services, issue).fingerprint

    def _automatic(self, day: date) -> str:
        """When that day's issues are published by themselves; empty where they are not, or no more."""
        plan, now = plan_of(self.services.config.schedule), self.services.now()
        if not plan.enabled or not plan.publishes_on(day) or now >= moment(day, plan.give_up_at):
            return ""
        if now >= moment(day, plan.publish_at):
            return AT_ONCE
        clock = f"{plan.publish_at:%H:%M}"
        return clock if day == self.words.today else f"{day_name(day, self.words.today)} {clock}"

    # What is done about it.

    def status(self, _order: Order, at: Situation) -> Reply:
        """Where it stands."""
        return self.words.status(at, self._issues.waiting(besides=at.entry.issue_id))

    def preview(self, _order: Order, at: Situation) -> Reply:
        """The link now, the draft itself soon on the editor's phone."""
        if at.delivery.state in IN_THE_BOX and at.fresh:
            return self.words.looked_at(at, *self._to_phone(at))
        if at.delivery.state is State.RECEIVED or at.delivery.state in WITH_DRAFT:
            trouble = self._ask("PUSH", at, "预览")
            told = trouble or self.words.say("draft_asked", preview=self.words.tap(at, "preview"))
            return self.words.looked_at(at, told, onward=False)
        return self.words.looked_at(at)

    def _to_phone(self, at: Situation) -> list[str]:
        known = self.services.usage.recall()
        if known and MAY_PREVIEW not in known[1].get("may", ()):
            return []  # the link does without
        trouble = self._ask("PROOF", at, "预览", who=self.name)
        return [trouble or self.words.say("to_your_phone")]

    def approve(self, _order: Order, at: Situation) -> Reply:
        """It may be published, as far as this editor goes."""
        if at.delivery.state not in IN_THE_BOX or not at.fresh:
            return self._not_ready(at)
        approved = delivering.approve_issue(self.services, at.entry.issue_id, self._who)
        now = replace(at, delivery=approved.delivery, by=approved.by, needed=approved.needed)
        if not approved.lacking:
            return self.words.did("approved", now)
        return self.words.did("approved_partly", now, *self.words.unsure(now))

    def send_back(self, order: Order, at: Situation) -> Reply:
        """It is not to be published as it is."""
        if at.delivery.state not in IN_THE_BOX:
            return self.words.did("not_now", at)
        issue_id, reason = at.entry.issue_id, order.text
        delivery = delivering.return_issue(self.services, issue_id, reason, self._who)
        now = replace(at, delivery=delivery, by=())
        return self.words.did("returned", now, problem=delivery.problem)

    def publish(self, _order: Order, at: Situation) -> Reply:
        """It is to be published now, not when its time comes."""
        state, way = at.delivery.state, way_of(self.services, at.delivery)
        if state in (State.PUBLISHED, State.PUBLISHING):
            return self.words.did("already", at)
        if state not in (*READY, State.FAILED) or not at.fresh:
            return self._not_ready(at)
        if way is Way.DRAFT:
            return self._handed_over(at, "address_asked", onward="")
        if at.lacking:
            return self.words.did("not_approved", at, needed=at.needed, count=people_among(at.by))
        name = "mass_asked" if way is Way.MASS else "publish_asked"
        return self._handed_over(at, name, onward="next_publishing")

    def _handed_over(self, at: Situation, name: str, onward: str) -> Reply:
        trouble = self._ask("ORDERED", at, "发布")
        if trouble:
            return self.words.alone(trouble)
        following = [self.words.say(onward)] if onward else []
        return self.words.did(name, at, *following, onward=False)

    def _not_ready(self, at: Situation) -> Reply:
        """There is no draft of what the archive says now: it is made, where that is what is missing."""
        state = at.delivery.state
        drafted = state in WITH_DRAFT
        if state is not State.RECEIVED and (at.fresh or not drafted):
            return self.words.did("not_now", at)
        if trouble := self._ask("PUSH", at, "推送"):
            return self.words.alone(trouble)
        name = "changed_asked" if drafted else "not_drafted_asked"
        return self.words.did(name, at, self.words.link(at), onward=False)

    # The cover.

    def cover(self, order: Order, at: Situation) -> Reply:
        """Which layout the cover has, or is to have."""
        issue, look = self._cover_of(at)
        names = list(self.services.studio.layouts)
        if not (order.number or order.automatic):
            return self._tell_cover("cover", at, issue, look)
        if order.number > len(names):
            return self._tell_cover("no_such_layout", at, issue, look)
        layout = names[order.number - 1] if order.number else ""
        changed = replace(look, layout=layout)
        return self._restyled(at, issue, changed, "cover_chosen", f"封面 {layout or '自动'}")

    def headline(self, order: Order, at: Situation) -> Reply:
        """What the cover says in large letters, or is to say; the article keeps its own title."""
        issue, look = self._cover_of(at)
        if not (order.text or order.automatic):
            return self._tell_cover("headline", at, issue, look)
        changed = replace(look, headline=order.text)
        return self._restyled(at, issue, changed, "headline_chosen", f"标题 {order.text or '自动'}")

    def _cover_of(self, at: Situation) -> tuple[Issue, Look]:
        issue_id = at.entry.issue_id
        return self.services.archive.issue(issue_id), self.services.covers.look(issue_id)

    def _restyled(self, at: Situation, issue: Issue, look: Look, name: str, deed: str) -> Reply:
        if at.delivery.state in (*ENDED, State.PUBLISHING, State.DRAFTING):
            return self.words.did("not_now", at)
        # What cannot be drawn is refused here and now.
        self.services.studio.cover(issue, look)
        self.services.covers.choose(issue.id, look)
        return self._tell_cover(name, at, issue, look, self._updated(at, deed))

    def _updated(self, at: Situation, deed: str) -> str:
        """See to it that the draft is brought up to date; what is told of that."""
        if at.delivery.state not in WITH_DRAFT:
            self._remark(at, deed)
            return self.words.say("no_draft_yet")
        if self._is_fresh(at.delivery):
            return self.words.say("as_drafted")
        trouble = self._ask("PUSH", at, deed)
        return trouble or self.words.say("updating", approve=self.words.tap(at, "approve"))

    def _tell_cover(self, name: str, at: Situation, issue: Issue, look: Look, *more: str) -> Reply:
        studio = self.services.studio
        choice, by_headline = studio.choice(issue, look), name.startswith("headline")
        layouts = [f"{n} {each.title}" for n, each in enumerate(studio.layouts.values(), 1)]
        problems = [
            self.words.say("problem", problem=p) for p in studio.cover_problems(issue, look)
        ]
        return self.words.did(
            name,
            at,
            *more,
            *problems,
            self.words.link(at),
            onward=False,
            layout=choice.layout.title,
            why=choice.headline.reason if by_headline else choice.layout_reason,
            headline=choice.headline.text,
            layouts="，".join(layouts),
            example=tapped("封面2"),
        )

    # Who does it.

    @property
    def _who(self) -> str:
        return f"editor:{self.name}"

    def _remark(self, at: Situation, deed: str) -> None:
        self.services.ledger.by(self._who).remark(at.entry.issue_id, Deed.ASKED, deed)

    def _ask(self, task: str, at: Situation, deed: str, who: str = "") -> str:
        """Ask the queue; what is told where it cannot be asked, else nothing.

        `task` is its name in `bot.jobs.queue`, which is loaded with the queue itself.
        """
        try:
            queue = self.services.queue
            self._remark(at, deed)
            queue.ask(getattr(import_module("bot.jobs.queue"), task), at.entry.issue_id, who=who)
        except StartError as error:
            return self.words.say("queue_down", issue=self.words.name(at.entry), problem=error)
        return ""


_ACTS: Mapping[Command, Callable[[Turn, Order, Situation], Reply]] = {
    Command.STATUS: Turn.status,
    Command.PREVIEW: Turn.preview,
    Command.APPROVE: Turn.approve,
    Command.RETURN: Turn.send_back,
    Command.PUBLISH: Turn.publish,
    Command.COVER: Turn.cover,
    Command.HEADLINE: Turn.headline,
}
