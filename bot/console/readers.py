"""Readers: what they asked, what found nothing, when they come, what they read; and the synonyms that help."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Response, g, request

from bot.archive.accounts import Role
from bot.archive.asking import SIMILAR, SPANS, Asked, alike
from bot.archive.readership import Followers, Read, Round
from bot.archive.sayings import LONGEST, SIGN, Saying, line_of, require_fit
from bot.console.door import services, whose
from bot.console.frame import back_to, console, page, told
from bot.console.readers_charts import Bar, Chart
from bot.errors import ArticleError
from bot.reply.editor import person as name_of

USUAL = 30  # days
SHOWN = 12  # words of a list
SHOWN_ISSUES = 8
MOST_FOUND = 60  # issues that are looked for, to say how many a synonym finds


@dataclass(frozen=True, slots=True)
class Word:
    """Words that were asked, how often, and how wide their bar is (1 to 100); `known`: they have a synonym."""

    words: str
    times: int
    wide: int
    known: bool = False

    @property
    def name(self) -> str:
        """What a synonym would be of; empty for what is no name but a sentence."""
        return self.words if len(self.words) <= LONGEST else ""


@console.get("/readers")
@whose(Role.EDITOR)
def readers() -> str:
    """The page, of the last 7, 30 or 90 days."""
    days, today, of = _span(), services().now().date(), services().readers
    since = today - timedelta(days=days - 1)
    asked, sayings = of.asking.counted(days), of.sayings.all()
    reads, followers = of.readership.reads(since), of.readership.followers(since)
    return page(
        "console/readers.html",
        days=days,
        spans=SPANS,
        asked=asked,
        words=list(ranked(asked.words.most_common(SHOWN))),
        missed=list(ranked(asked.missed.most_common(SHOWN), names_in(sayings))),
        daily=daily_chart(asked, since, today),
        hourly=hourly_chart(asked),
        reads=reads,
        shown_reads=reads[:SHOWN_ISSUES],
        most_read=max((each.reads or 0 for each in reads), default=0),
        reading=reading_chart(reads),
        following=following_chart(followers),
        followers=followers,
        sayings=[(each, name_of(each.added_by)) for each in sayings],
        keeps=services().config.followers.keep_days,
        figures=figures_of(of.readership.last_round()),
        longest=LONGEST,
        number="{:,}".format,
    )


def _span() -> int:
    asked = request.values.get("days", "")
    return next((days for days in SPANS if str(days) == asked), USUAL)


def ranked(
    counted: Sequence[tuple[str, int]], known: frozenset[str] = frozenset()
) -> Iterator[Word]:
    """The words of a list, each as wide as it is frequent beside the first."""
    most = counted[0][1] if counted else 0
    for words, times in counted:
        yield Word(words, times, max(1, round(100 * times / most)), words in known)


def names_in(sayings: Sequence[Saying]) -> frozenset[str]:
    """The names that have been given a synonym here, as questions are compared."""
    return frozenset(alike(name) for each in sayings for name in each.line.split(SIGN))


def daily_chart(asked: Asked, since: date, today: date) -> Chart:
    """Questions by the day."""
    days = [since + timedelta(days=n) for n in range((today - since).days + 1)]
    bars = tuple(Bar(short(day), asked.daily[day.isoformat()]) for day in days)
    return Chart("每天的提问", "次", bars)


def hourly_chart(asked: Asked) -> Chart:
    """Questions by the hour of the day."""
    bars = tuple(Bar(f"{hour}点", asked.hours[hour]) for hour in range(24))
    return Chart("各个小时的提问", "次", bars, marks=(0, 6, 12, 18, 23))


def reading_chart(reads: Sequence[Read]) -> Chart:
    """Readers by the issue, oldest first."""
    bars = tuple(Bar(short(each.day), each.reads or 0) for each in reversed(reads))
    return Chart("各期的阅读", "人", bars)


def following_chart(followers: Sequence[Followers]) -> Chart:
    """Who came and went, by the day."""
    bars = tuple(Bar(short(each.day), each.gained, each.lost) for each in followers)
    return Chart("新关注", "人", bars)


def short(day: date) -> str:
    """`6月13日`."""
    return f"{day.month}月{day.day}日"


@dataclass(frozen=True, slots=True)
class Figures:
    """What there is to say of the platform's figures: since when they stand, or why they do not."""

    at: str
    problem: str


def figures_of(last: Round | None) -> Figures:
    """The same for all of them, told once."""
    if last is None:
        return Figures("", "还没有取过。后台每天 8:30 以后取一次，请明天再来看")
    at = f"{last.done_on.month}月{last.done_on.day}日" if last.done_on else ""
    return Figures(at, last.problem)


@console.post("/readers/synonyms")
@whose(Role.EDITOR)
def add_synonym() -> Response:
    """Another name of the same thing; the search knows it from the next question on."""
    one, other = (request.form.get(name, "") for name in ("one", "other"))
    try:
        line = line_of(one, other)
        require_fit(line, services().archive.folding.fold)
        new = services().readers.sayings.add(line, f"console:{g.account.name}")
    except ArticleError as error:
        told(str(error), "trouble")
    else:
        told(f"{'加上了' if new else '已经有了'}“{line}”。{found_by(line.split(SIGN)[0])}")
    return back_to("console.readers", days=_span(), _anchor="missed")


def found_by(name: str) -> str:
    """What followers find with it now."""
    today = services().now().date()
    hits = services().archive.search(name, today, published_only=True, limit=MOST_FOUND)
    found = sum(hit.step < SIMILAR for hit in hits)
    most = "至少 " if found == MOST_FOUND else ""
    if not found:
        return f"已发布的各期还没有写到，以后写到了，问“{name}”就找得到"
    return f"现在问“{name}”，找得到 {most}{found} 期"


@console.post("/readers/synonyms/<int:number>/remove")
@whose(Role.EDITOR)
def remove_synonym(number: int) -> Response:
    """It does not count any more; who added and who removed it is kept."""
    line = services().readers.sayings.remove(number, f"console:{g.account.name}")
    told(f"删去了“{line}”" if line else "这一条已经删去了")
    return back_to("console.readers", days=_span(), _anchor="sayings")
