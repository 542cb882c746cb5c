"""The two stories, told from top to bottom.

a report becomes a draft, then a published article      add_issue → push_issue → publish_issue
a follower's message gets an answer                      answer
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from bot.delivery import Delivery, Entry, State
from bot.dialogue import Message, Query, Reply, Wish
from bot.errors import ArchiveError, ArticleError, IngestError
from bot.ingest.check import check
from bot.ingest.file import Source, read_issue
from bot.model import Bundle, Cover, Issue, Picture, Problem, Severity
from bot.publish.draft import Desk, require_room, require_same
from bot.publish.images import BODY, COVER, held
from bot.publish.release import Counter, settle
from bot.query.parse import parse_query
from bot.reply import compose
from bot.services import Services

Work = Callable[[Services], str]
PUBLISHED_EVENTS = frozenset({"publishjobfinish", "freepublishjobfinish"})
CONTENTS_LENGTH = 5


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a file: the issue, whether it is new to the archive, what to look at.

    `before` is how far the issue had come that this one replaced; None where it replaced none.
    """

    issue: Issue
    new: bool
    problems: tuple[Problem, ...]
    before: State | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """Everything readers will see of an issue, made on this machine."""

    issue: Issue
    bundle: Bundle
    cover: Cover
    footer: Picture
    preview: str


@dataclass(frozen=True, slots=True)
class Pushed:
    """An issue's delivery, and what its draft holds."""

    delivery: Delivery
    bundle: Bundle


# A report becomes a draft, then a published article.


def add_issue(
    services: Services, path: Path, *, replace_old: bool = False, new_edition: bool = False
) -> Added:
    """Read a file into the archive. Errors in it keep it out; warnings are told."""
    issue, source = read_issue(path)
    problems = check_issue(services, issue, source)
    if errors := [problem for problem in problems if problem.severity is Severity.ERROR]:
        raise IngestError(f"{source.name} {errors[0].place}", errors[0].text, errors[0].remedy)
    of_day = services.archive.entries((issue.date, issue.date))
    if new_edition:
        issue = as_new_edition(services, issue, [entry.issue_id for entry in of_day])
    services.sources.keep(path, source.digest)
    new = services.archive.add(issue, source.name, source.digest, replace=replace_old)
    before = next((e.state for e in of_day if new and e.issue_id == issue.id), None)
    return Added(issue, new, problems, before)


def as_new_edition(services: Services, issue: Issue, of_day: list[str]) -> Issue:
    """`issue` as the day's next edition; or as the one that says just the same already."""
    for kept in map(services.archive.issue, of_day):
        if kept.record() == issue.record():
            return kept
    return replace(issue, edition=len(of_day) + 1)


def check_issue(services: Services, issue: Issue, source: Source) -> tuple[Problem, ...]:
    """What an editor should look at, with the settings and the earlier issues to compare with."""
    return check(
        issue,
        source.name,
        contents=source.contents,
        tail=source.tail,
        website=services.config.newsletter.website,
        earlier=services.archive.paragraphs_before(issue.date),
    )


def render_issue(services: Services, issue: Issue) -> Rendered:
    """Make the article, the cover and the footer; nothing is sent."""
    cover, footer = services.studio.cover(issue), services.studio.footer
    bundle = services.studio.bundle(issue, cover, footer.name)
    return Rendered(issue, bundle, cover, footer, services.studio.preview(issue, bundle))


def push_issue(services: Services, issue_id: str, *, fresh: bool = False) -> Pushed:
    """See to it that the platform holds exactly one draft of this issue, and that it is up to date.

    `fresh`: the draft we know of is gone (an editor says so); make another.
    """
    issue = services.archive.issue(issue_id)
    with services.ledger.lease(issue_id) as delivery:
        foreseen = foreseen_bundle(services, issue)
        if delivery.state in (State.PUBLISHING, State.PUBLISHED):
            require_same(delivery, foreseen)
            return Pushed(delivery, foreseen)
        require_room(foreseen)
        gone = fresh and delivery.media_id
        known = forget_draft(services, issue) if gone else delivery
        return _settle_draft(services, issue, known)


def foreseen_bundle(services: Services, issue: Issue) -> Bundle:
    """What will be sent, made without the platform: its footer may not be there yet."""
    cover, footer = services.studio.cover(issue), services.studio.footer
    known = services.ledger.upload(BODY, footer.digest)
    return services.studio.bundle(issue, cover, known.url if known else footer.name)


def forget_draft(services: Services, issue: Issue) -> Delivery:
    """The draft we know of is gone, and its cover may be: an editor says so."""
    services.ledger.forget_upload(COVER, services.studio.cover(issue).wide.digest)
    return Delivery(issue.id)


def _settle_draft(services: Services, issue: Issue, delivery: Delivery) -> Pushed:
    platform, ledger = services.platform, services.ledger
    cover, footer = services.studio.cover(issue), services.studio.footer
    footer_at = held(platform, ledger, BODY, footer)
    thumb = held(platform, ledger, COVER, cover.wide)
    bundle = services.studio.bundle(issue, cover, footer_at.url)
    return Pushed(Desk(platform, ledger, bundle, cover, thumb).settle(delivery), bundle)


def publish_issue(services: Services, issue_id: str) -> Delivery:
    """Hand the issue's draft over for publication, once; the outcome comes as an event."""
    issue = services.archive.issue(issue_id)
    with services.ledger.lease(issue_id) as delivery:
        waiting = delivery.media_id and delivery.state in (State.DRAFTED, State.FAILED)
        if waiting and delivery.fingerprint != foreseen_bundle(services, issue).fingerprint:
            raise ArticleError(f"{issue_id} 的内容在推送之后改过。请先运行 rikan push {issue_id}")
        return Counter(services.platform, services.ledger, services.now()).release(delivery)


def note_published(services: Services, issue_id: str, url: str) -> Delivery:
    """An editor says that this issue has been published by hand, at `url` if known."""
    services.archive.issue(issue_id)
    with services.ledger.lease(issue_id) as delivery:
        done = replace(delivery, state=State.PUBLISHED, url=url or delivery.url, problem="")
        services.ledger.record(done)
        return done


# A follower's message gets an answer.


def answer(services: Services, message: Message) -> Reply:
    """The reply to whatever the platform pushed."""
    if message.kind == "event":
        return _answer_event(services, message)
    if message.text or message.kind == "text":
        return answer_words(services, message.text)
    return compose.reply_to_picture(services.config.newsletter.title)


def answer_words(services: Services, text: str) -> Reply:
    """The reply to a follower's words. Only published issues are found."""
    today = services.now().date()
    query = parse_query(text, today)
    archive, newsletter = services.archive, services.config.newsletter.title
    match query.wish:
        case Wish.LATEST:
            return compose.reply_with_newest(_newest(services), newsletter)
        case Wish.HELP:
            return compose.reply_with_help(newsletter, _newest(services))
        case Wish.CONTENTS:
            entries = archive.entries(published_only=True, limit=CONTENTS_LENGTH)
            return compose.reply_with_contents(entries, newsletter)
        case Wish.DAY:
            return _answer_days(services, query)
        case Wish.WORDS:
            hits = archive.search(query.text, today, published_only=True)
            return compose.reply_with_hits(query, hits, None if hits else _newest(services))


def _newest(services: Services) -> Entry | None:
    return next(iter(services.archive.entries(published_only=True, limit=1)), None)


def _answer_days(services: Services, query: Query) -> Reply:
    archive = services.archive
    if query.days is None:
        raise ArchiveError("没有日期可查。请发一个日期，如 6月9日")
    entries = archive.entries(query.days, published_only=True)
    nearest = None if entries else archive.nearest(query.days[1])
    return compose.reply_with_days(query, entries, nearest, services.config.newsletter.title)


def _answer_event(services: Services, message: Message) -> Reply:
    if message.event in PUBLISHED_EVENTS:
        note_outcome(services, message)
    if message.event == "subscribe":
        return compose.reply_to_newcomer(services.config.newsletter.title, _newest(services))
    if message.event == "click" and message.event_key:
        return answer_words(services, message.event_key)
    return Reply("silence")


def note_outcome(services: Services, message: Message) -> None:
    """Keep what the platform says became of a publication, and tell the issue's delivery."""
    if message.outcome is None:
        return
    ledger = services.ledger
    ledger.note_outcome(message.outcome)
    if issue_id := ledger.issue_of(message.outcome.publish_id):
        settle(ledger, ledger.delivery(issue_id))
