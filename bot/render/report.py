"""What an editor should know of a rendered article before it is sent."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.model import CHARACTER_LIMIT, Article, Severity
from bot.render.lint.article import WHOLE, lint
from bot.render.lint.finding import Finding, gathered
from bot.render.lint.place import shown
from bot.render.lint.spot import spots_of
from bot.render.markup import bare, read_markup

UNANSWERED = Finding(
    Severity.WARNING,
    WHOLE,
    "公众平台的文章检查没有回答，只做了本机的检查",
    "请稍后再运行一次，或把设置 lint.online 改为 false",
    "platform-silent",
)


class Remark(Protocol):
    """What the platform's own check says of an element, given as HTML."""

    @property
    def rule(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def excerpt(self) -> str: ...


# An article's HTML in; None where there was no answer.
Ask = Callable[[str], Sequence[Remark] | None]


@dataclass(frozen=True, slots=True)
class Report:
    """`characters` as the platform counts them, `visible` as a reader does (no white space)."""

    characters: int
    visible: int
    limit: int
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What stops a push."""
        return tuple(each for each in self.findings if each.severity is Severity.ERROR)


def inspect(article: Article, *, sent: bool = False, verdict: Sequence[Finding] = ()) -> Report:
    """Measure an article and say what the platform would refuse, drop or show badly.

    `sent`: the article as the platform will get it, with its pictures uploaded. `verdict`: what somebody
    else found in it.
    """
    findings = gathered([*lint(article.html, sent=sent), *verdict])
    visible = visible_characters(article.html)
    return Report(article.characters, visible, CHARACTER_LIMIT, findings)


def visible_characters(html: str) -> int:
    """How many a reader sees; white space is none."""
    return len(bare(read_markup(html).text))


class Inspector:
    """Looks articles over; where `ask` is given, the platform is asked too."""

    def __init__(self, ask: Ask | None = None) -> None:
        self._ask = ask

    def report(self, article: Article) -> Report:
        """All there is to say. An answer that does not come is told, and stops nothing."""
        remarks = self._ask(article.html) if self._ask else ()
        if remarks is None:
            return inspect(article, verdict=[UNANSWERED])
        return inspect(article, verdict=[_finding(article, each) for each in remarks])

    @staticmethod
    def errors(article: Article, *, sent: bool = False) -> tuple[Finding, ...]:
        """What must keep the article from being sent; nobody is asked."""
        return inspect(article, sent=sent).errors


def _finding(article: Article, remark: Remark) -> Finding:
    remedy = "请按提示修改主题，或在报告里换一种写法"
    place = _place(article, remark.excerpt)
    return Finding(Severity.WARNING, place, remark.text, remedy, f"platform-{remark.rule}")


def _place(article: Article, excerpt: str) -> str:
    words = bare(read_markup(excerpt).text)
    if not words:
        return WHOLE
    same = (spot for spot in spots_of(article.html) if bare(spot.element.text) == words)
    spot = max(same, key=lambda each: each.depth, default=None)
    return str(spot.place) if spot else f"“{shown(words)}”"
