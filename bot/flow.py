"""The first of the two stories, told from top to bottom; `answering` tells the second.

a report becomes a draft, then a published article      add_issue → push_issue → publish_issue
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from bot.delivery import READY, Deed, Delivery, Hand, State, Upload, Way, people_among
from bot.dialogue import Message
from bot.errors import ArticleError, IngestError
from bot.ingest.file import Source, read_issue
from bot.ingest.pictures import Gathered
from bot.model import Bundle, Cover, Issue, Look, Picture, Placed, Problem, Severity
from bot.publish.draft import (
    Desk,
    require_approved,
    require_pushed,
    require_room,
    require_same,
    require_wanted,
)
from bot.publish.images import BODY, COVER, held
from bot.publish.lookout import Lookout
from bot.publish.mass import Mailing
from bot.publish.outcome import settle
from bot.publish.recognise import is_in
from bot.publish.release import Counter
from bot.services import Services

Work = Callable[[Services], str]


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
    """Everything readers will see of an issue, made on this machine.

    `problems` tell of pictures that could not be had.
    """

    issue: Issue
    bundle: Bundle
    cover: Cover
    footer: Picture
    preview: str
    pictures: tuple[Picture, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Pushed:
    """An issue's delivery, and what its draft holds."""

    delivery: Delivery
    bundle: Bundle


# A report becomes a draft, then a published article.


def add_issue(
    services: Services,
    path: Path,
    *,
    replace_old: bool = False,
    new_edition: bool = False,
    over: Issue | None = None,
) -> Added:
    """Read a file into the archive. Errors in it keep it out; warnings are told.

    `over`: what it is to replace, and nothing else (Overtaken).
    """
    issue, source = read_issue(path)
    gathered = gather_pictures(services, issue, path.parent)
    problems = (*source.problems, *check_issue(services, issue, source), *gathered.problems)
    if errors := [problem for problem in problems if problem.severity is Severity.ERROR]:
        raise IngestError(f"{source.name} {errors[0].place}", errors[0].text, errors[0].remedy)
    issue = gathered.issue
    of_day = services.archive.entries((issue.date, issue.date))
    if new_edition:
        issue = as_new_edition(services, issue, [entry.issue_id for entry in of_day])
    with services.sources.keeping(path, source.digest):
        for picture in gathered.pictures:
            services.pictures.keep(picture)
        new = services.archive.add(
            issue, source.name, source.digest, replace=replace_old, over=over
        )
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
    return services.proofread(
        issue,
        source.name,
        contents=source.contents,
        tail=source.tail,
        website=services.config.newsletter.website,
        earlier=services.archive.paragraphs_before(issue.date),
    )


def gather_pictures(services: Services, issue: Issue, folder: Path) -> Gathered:
    """The pictures of a report in `folder`, and what keeps any of them from being had."""
    return services.album(folder).gather(issue) if issue.figures else Gathered(issue)


def kept_pictures(services: Services, issue: Issue) -> tuple[Picture, ...]:
    """The pictures of an archived issue."""
    return services.pictures.of(issue) if issue.figures else ()


def placed(pictures: Iterable[Picture], where: Callable[[Picture], str]) -> dict[str, Placed]:
    """From where an article shows each of its pictures."""
    return {each.name: Placed(where(each), each.width, each.height) for each in pictures}


def render_issue(services: Services, issue: Issue, folder: Path | None = None) -> Rendered:
    """Make the article, the cover and the footer; nothing is sent.

    `folder`: where the report is, for an issue that does not come from the archive.
    """
    if folder is None:
        gathered = Gathered(issue, kept_pictures(services, issue))
        look = services.covers.look(issue.id)
    else:
        gathered, look = gather_pictures(services, issue, folder), Look()
    cover = services.studio.cover(issue, look)
    issue = gathered.issue
    footer = services.studio.footer
    beside = placed(gathered.pictures, lambda picture: picture.name)
    bundle = services.studio.bundle(issue, cover, footer.name, beside, look)
    preview = services.studio.preview(issue, bundle)
    return Rendered(issue, bundle, cover, footer, preview, gathered.pictures, gathered.problems)


def cover_of(services: Services, issue: Issue) -> Cover:
    """The cover of an archived issue, as its editor wants it."""
    return services.studio.cover(issue, services.covers.look(issue.id))


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
        require_wanted(delivery)
        require_room(foreseen)
        require_sound(services, foreseen)
        known = doubt_draft(services, issue, delivery) if fresh else delivery
        return _settle_draft(services, issue, known)


def require_sound(services: Services, bundle: Bundle, *, sent: bool = False) -> None:
    """Raise ArticleError if something in the articles would be refused or lost.

    `sent`: they are as the platform will get them, with the addresses of their pictures.
    """
    articles, inspector = bundle.articles, services.inspector
    errors = [each for article in articles for each in inspector.errors(article, sent=sent)]
    if errors:
        others = f"（另有 {len(errors) - 1} 处）" if errors[1:] else ""
        raise ArticleError(f"{errors[0].place}：{errors[0].text}{others}。{errors[0].remedy}")


def foreseen_bundle(
    services: Services, issue: Issue, look: Look | None = None, *, drawn: bool = True
) -> Bundle:
    """What will be sent, made without the platform: its pictures may not be there yet.

    `look`: one that is not kept yet. `drawn`: with its cover, without which the fingerprint says nothing.
    """

    def known(picture: Picture) -> str:
        upload = services.ledger.upload(BODY, picture.digest)
        return upload.url if upload else picture.name

    look, footer = look or services.covers.look(issue.id), services.studio.footer
    cover = services.studio.cover(issue, look) if drawn else None
    pictures = placed(kept_pictures(services, issue), known)
    return services.studio.bundle(issue, cover, known(footer), pictures, look)


def doubt_draft(services: Services, issue: Issue, delivery: Delivery) -> Delivery:
    """The draft we know of is gone, or its cover is: an editor says so. One that is there is kept."""
    services.ledger.doubt_upload(COVER, cover_of(services, issue).wide.digest)
    if not delivery.media_id:
        return delivery
    there = is_in(services.platform, delivery.media_id)
    return replace(delivery, fingerprint="") if there else Delivery(issue.id)


def _settle_draft(services: Services, issue: Issue, delivery: Delivery) -> Pushed:
    platform, ledger = services.platform, services.ledger
    look, footer = services.covers.look(issue.id), services.studio.footer
    cover = services.studio.cover(issue, look)

    def taken(place: str, picture: Picture) -> Upload:
        ledger.renew(issue.id)  # many pictures take longer than a lease
        return held(platform, ledger, place, picture)

    footer_at = taken(BODY, footer)
    pictures = placed(kept_pictures(services, issue), lambda picture: taken(BODY, picture).url)
    thumb = taken(COVER, cover.wide)
    bundle = services.studio.bundle(issue, cover, footer_at.url, pictures, look)
    require_sound(services, bundle, sent=True)
    desk = Desk(platform, ledger, bundle, cover, thumb, services.now())
    return Pushed(desk.settle(delivery), bundle)


def publish_issue(
    services: Services, issue_id: str, way: Way | None = None, *, approvals: int = 0
) -> Delivery:
    """Hand the issue's draft over, once, or learn what became of it.

    `way`: None is what the settings say; what is under way goes on as it began. Where a person
    publishes in the console, nothing is handed over: the address is looked for. `approvals`: so many
    people must have approved just what is handed over.
    """
    issue = services.archive.issue(issue_id)
    with services.ledger.lease(issue_id) as delivery:
        chosen = way_of(services, delivery, way)
        waiting = delivery.media_id and delivery.state in (*READY, State.FAILED)
        if waiting and chosen is not Way.DRAFT:
            require_pushed(delivery, foreseen_bundle(services, issue))
            by = services.approvals.of(issue_id, delivery.fingerprint)
            require_approved(delivery, people_among(by), approvals)
        return _release(services, delivery, chosen)


def way_of(services: Services, delivery: Delivery, way: Way | None = None) -> Way:
    """How that delivery is, or would be, handed over."""
    if delivery.state is State.PUBLISHING:
        return Way(delivery.way or Way.PUBLISH)
    return way or Way(services.config.publish.mode)


def _release(services: Services, delivery: Delivery, way: Way) -> Delivery:
    platform, ledger = services.platform, services.ledger
    if way is Way.DRAFT:
        return Lookout(platform, ledger).release(delivery)
    if way is Way.MASS:
        reprint = services.config.publish.ignore_reprint
        return Mailing(platform, ledger, reprint).release(delivery)
    return Counter(platform, ledger, services.now()).release(delivery)


def note_published(services: Services, issue_id: str, url: str) -> Delivery:
    """An editor says that this issue has been published by hand, at `url` if known."""
    services.archive.issue(issue_id)
    with services.ledger.lease(issue_id) as delivery:
        way = delivery.way or Way.DRAFT
        address = url or delivery.url
        done = replace(delivery, state=State.PUBLISHED, url=address, way=way, problem="")
        services.ledger.record(done, Deed.BY_HAND, address)
        return done


def note_outcome(services: Services, message: Message) -> None:
    """Keep what the platform says became of a publication, and tell the issue's delivery."""
    if message.outcome is None:
        return
    ledger = services.ledger.by(Hand.EVENT)
    ledger.note_outcome(message.outcome)
    if issue_id := ledger.issue_of(message.outcome.publish_id):
        settle(ledger, ledger.delivery(issue_id))
