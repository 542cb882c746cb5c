"""An issue of 60,000 characters: one draft of several articles, complete."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot import flow
from bot.errors import ArticleError
from bot.ingest.file import read_issue
from bot.model import CHARACTER_LIMIT, Issue, Section
from bot.services import Services
from tests.conftest import SAMPLES

LONGEST = 60_000


def many_times(issue: Issue, times: int) -> Issue:
    """Every paragraph again and again, no two of them the same."""
    return replace(issue, sections=tuple(longer(each, times) for each in issue.sections))


def longer(section: Section, times: int) -> Section:
    own = tuple(
        f"{section.number}-{turn} {each}" for turn in range(times) for each in section.paragraphs
    )
    parts = tuple(longer(part, times) for part in section.subsections)
    return replace(section, paragraphs=own, subsections=parts)


def paragraphs(issue: Issue) -> Iterator[str]:
    for section in issue.sections:
        for part in (section, *section.subsections):
            yield from part.paragraphs


def said(html: str) -> str:
    return re.sub(r"\s", "", re.sub(r"<[^>]*>", "", html)).replace("&amp;", "&")


@pytest.fixture
def issue(services: Services) -> Issue:
    sample, _ = read_issue(SAMPLES[0])
    issue, times = sample, 2
    while sum(map(len, paragraphs(issue))) < LONGEST:
        issue, times = many_times(sample, times), times + 1
    services.archive.add(issue, "long.txt", "0" * 64)
    return issue


def test_it_becomes_one_draft_with_every_paragraph_in_order(services, sandbox, issue):
    pushed = flow.push_issue(services, issue.id)
    [draft] = sandbox.state["drafts"]
    articles = draft["articles"]
    assert 2 <= len(articles) <= 8
    assert sandbox.state["violations"] == []
    assert all(len(article["content"]) < CHARACTER_LIMIT for article in articles)
    whole = said("".join(article["content"] for article in articles))
    places = [whole.find(re.sub(r"\s", "", each)) for each in paragraphs(issue)]
    assert -1 not in places
    assert places == sorted(places)
    assert [article["title"][-3:] for article in articles[:2]] == ["（一）", "（二）"]
    assert "分成了" in pushed.bundle.measures[0]


def test_pushing_it_again_changes_nothing(services, sandbox, issue):
    flow.push_issue(services, issue.id)
    before = sandbox.changes
    flow.push_issue(services, issue.id)
    assert sandbox.changes == before


def test_what_eight_articles_cannot_hold_is_refused_before_anything_is_sent(
    services, sandbox, issue
):
    longer = many_times(issue, 3)
    services.archive.add(longer, "longer.txt", "1" * 64, replace=True)
    with pytest.raises(ArticleError, match="请拆成几期"):
        flow.push_issue(services, issue.id)
    assert sandbox.changes == []


def test_a_little_too_long_loses_what_it_can_spare_and_no_paragraph(services, sandbox, issue):
    sample, _ = read_issue(SAMPLES[0])
    little = many_times(sample, 7)
    services.archive.add(little, "little.txt", "2" * 64, replace=True)
    pushed = flow.push_issue(services, sample.id)
    assert pushed.bundle.measures[0].startswith("正文太长：省去了装饰")
    [article] = sandbox.state["drafts"][0]["articles"]
    assert all(re.sub(r"\s", "", each) in said(article["content"]) for each in paragraphs(little))
