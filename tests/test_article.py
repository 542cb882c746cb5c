"""What readers see of an issue, kept as golden files; and what the platform would say of it."""

import json
import re

import pytest

from bot import flow
from bot.config import load_config
from bot.model import Article, Issue, Section
from bot.render.article import compact, digest, plain_address
from bot.render.report import inspect
from bot.services import open_services
from tests.conftest import ISSUES, write_config

DAYS = sorted(path.stem for path in ISSUES.glob("*.txt"))


def sample(day: str) -> Issue:
    return Issue.from_record(json.loads((ISSUES / "structure" / f"{day}.json").read_text("utf-8")))


@pytest.fixture
def rendered(tmp_path, clock):
    with open_services(load_config(write_config(tmp_path), {}), clock) as services:
        yield lambda issue: flow.render_issue(services, issue)


@pytest.mark.parametrize("day", DAYS)
def test_an_article_looks_like_this(rendered, golden, day):
    # One tag a line, so that a change can be read in the diff.
    golden(f"{day}.html", re.sub(r"(?<=>)(?=<)", "\n", rendered(sample(day)).bundle.articles[0].html) + "\n")


@pytest.mark.parametrize("day", DAYS)
def test_an_article_is_small_and_keeps_to_what_the_platform_takes(rendered, day):
    article = rendered(sample(day)).bundle.articles[0]
    report = inspect(article)
    assert report.findings == ()
    assert report.characters < 10_000
    assert not re.search(
        r"<(div|style|script|a)\b|\b(class|id|position)=|!important|font-family", article.html
    )
    assert set(re.findall(r'src="([^"]*)"', article.html)) == {"footer.png"}
    assert len(article.title) <= 32
    assert len(article.title.encode()) <= 64
    assert len(article.digest) <= 120


@pytest.mark.parametrize("day", DAYS)
def test_every_word_of_the_issue_is_in_the_article(rendered, day):
    issue = sample(day)
    html = rendered(issue).bundle.articles[0].html
    text = re.sub(r"<[^>]*>", "", html).replace("&amp;", "&").replace("&#39;", "'")
    words = [issue.organisation, issue.partners, issue.summary]
    for section in issue.sections:
        for part in (section, *section.subsections):
            words += [part.title, *part.paragraphs]
    words += [reference.text for reference in issue.references]
    assert [each for each in words if each not in text] == []


def test_markup_in_an_issue_is_text(rendered):
    issue = sample(DAYS[0])
    hostile = Section("1", '<script>alert("x")</script>', ('</section><img src=x onerror="y">',))
    html = rendered(Issue(**{**fields(issue), "sections": (hostile,)})).bundle.articles[0].html
    assert "<script" not in html
    assert html.count("<img") == 1


def fields(issue: Issue) -> dict:
    return {name: getattr(issue, name) for name in Issue.__slots__}


def test_the_mark_names_the_issue_and_changes_with_its_words(rendered):
    issue = sample(DAYS[0])
    first, again = rendered(issue).bundle.articles[0], rendered(issue).bundle.articles[0]
    other = rendered(Issue(**{**fields(issue), "summary": "别的"})).bundle.articles[0]
    assert first == again
    assert first.fingerprint != other.fingerprint
    assert f'data-rikan="2026-04-16:{first.fingerprint[:12]}"' in first.html


def test_a_digest_is_whole_sentences():
    long = "第一句话说的是今天最重要的事情，很长很长很长很长很长很长很长很长。" * 4
    assert digest(long).endswith("。")
    assert len(digest(long)) <= 120
    assert digest("很长的半句话，很长的半句话，很长的半句话；" * 9).endswith("句话…")
    assert digest("字" * 300) == "字" * 119 + "…"
    assert digest("短") == "短"


def test_addresses_are_shown_as_they_are_read():
    assert plain_address("https://www.zaobao.com.sg/finance/") == "www.zaobao.com.sg/finance"


def test_line_breaks_between_tags_do_not_count():
    assert compact("<p>\n  <b>字</b>\n</p>\n") == "<p><b>字</b></p>"


def test_a_link_and_too_many_characters_are_reported():
    html = (
        '<a href="https://example.com/x">x</a><a href="https://mp.weixin.qq.com/s/y">y</a>'
        + "字" * 20_000
    )
    report = inspect(Article("2026-01-01", "t", "", "", html, "", ""))
    assert report.visible == 20_002
    assert [("example.com" in each, "20,000" in each) for each in report.findings] == [
        (True, False),
        (False, True),
    ]
