"""Markdown of any kind in, a report out: canonical Markdown, one of our dialects, a newsletter."""

import re
from dataclasses import replace
from datetime import date

from bot.errors import IngestError
from bot.ingest.canonical import read_markdown
from bot.ingest.matter import is_canonical, read_matter, with_head
from bot.ingest.newsletter import with_form
from bot.ingest.paragraphs import rewrapped
from bot.ingest.rich import read_rich
from bot.ingest.structure import Report, read_report
from bot.ingest.substance import has_lists, is_rich
from bot.ingest.text import read_blocks
from bot.model import Problem, Severity

# A daily has ten thousand characters; pictures within the text are not counted.
LONGEST = 120_000
_EMBEDDED = re.compile(r"data:image/[\w.+-]{1,20};base64,[\w+/=]+")


def read_markdown_file(text: str, name: str, *, today: date | None, named: bool) -> Report:
    """Read a Markdown text; `named` says that its file is, too, so that any form will do.

    With `today` it may lack a date. IngestError for what is no issue. What is only text, copied out
    of a typeset report, is read as text: a page's margin is no code.
    """
    length = len(text)
    if length > LONGEST and len(_EMBEDDED.sub("", text)) > LONGEST:
        problem = f"超过 {LONGEST // 10_000} 万字，不像一期日报"
        raise IngestError(name or "文件", problem, "请只保留一期的内容再试")
    if is_canonical(text):
        return Report(read_markdown(text))
    matter = read_matter(text.splitlines())
    rich = read_rich(text, matter.lines)
    blocks = with_head(matter, rewrapped(rich.blocks))
    if not named or not blocks:
        return replace(read_report(blocks, name), problems=rich.problems)
    newsletter = with_form(blocks, name, today)
    if newsletter.typeset and not (is_rich(text) or has_lists(text)):
        return read_report(read_blocks(text), name)
    report = read_report(newsletter.blocks, name, whole=not newsletter.typeset)
    problems = (*_without_date(report, undated=newsletter.undated), *rich.problems)
    return replace(report, undated=newsletter.undated, problems=problems)


def _without_date(report: Report, *, undated: bool) -> tuple[Problem, ...]:
    if not undated:
        return ()
    day = report.issue.date
    remedy = f"请在标题下面写上“{day.year} 年 {day.month} 月 {day.day} 日”"
    return (Problem(Severity.ERROR, "日期", "没有日期", remedy),)
