"""What an editor should look at before an issue goes out: every proof of `bot.ingest.proof`, in turn."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from bot.ingest.day import day_in
from bot.ingest.proof.contents import check_contents
from bot.ingest.proof.ending import check_ending
from bot.ingest.proof.figures import check_figures
from bot.ingest.proof.leftovers import check_leftovers
from bot.ingest.proof.limits import check_limits
from bot.ingest.proof.passage import passages, warning
from bot.ingest.proof.punctuation import check_punctuation
from bot.ingest.proof.quotes import check_quotes
from bot.ingest.proof.references import check_references
from bot.ingest.proof.repeats import check_repeats
from bot.ingest.proof.sections import check_sections
from bot.model import Issue, Problem


def check(
    issue: Issue,
    source_name: str = "",
    *,
    contents: Sequence[str] = (),
    tail: Sequence[str] = (),
    website: str = "",
    earlier: Iterable[tuple[date, str]] = (),
) -> tuple[Problem, ...]:
    """Every problem of an issue. What it is compared with may be missing: then it is not.

    `source_name` is the file's, for its date; `contents` and `tail` are its contents list and its
    last page; `website` is the newsletter's; `earlier` are paragraphs of other days.
    """
    words = tuple(passages(issue))
    return (
        *_check_date(issue, source_name),
        *_check_summary(issue),
        *check_limits(issue),
        *check_figures(words),
        *check_contents(issue, contents),
        *check_sections(issue),
        *check_quotes(words),
        *check_punctuation(words),
        *check_leftovers(words),
        *check_repeats(words, earlier),
        *check_references(issue),
        *check_ending(tail, website),
    )


def _check_date(issue: Issue, name: str) -> Iterator[Problem]:
    found = day_in(name)
    if found and found[0] != issue.date:
        text = f"正文写的是 {issue.date}，文件名写的是 {found[0]}"
        yield warning("日期", text, "请核对哪一个是对的，再改正文或文件名")


def _check_summary(issue: Issue) -> Iterator[Problem]:
    if not issue.summary:
        yield warning("摘要", "没有摘要", "请在目录前面补一段摘要")
