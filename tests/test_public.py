"""The archive that anybody may read: only what is published, light, and found by the followers' own search."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import flow
from bot.services import Services
from bot.web import create_app
from tests.conftest import SAMPLES

ATOM = {"a": "http://www.w3.org/2005/Atom", "s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
PUBLISHED = ("2026-06-11", "2026-06-09", "2026-04-20")


@pytest.fixture
def browser(services: Services) -> Iterator[FlaskClient]:
    for path in SAMPLES:
        flow.add_issue(services, path)
    for issue_id in PUBLISHED:
        flow.note_published(services, issue_id, "")
    with create_app(services).test_client() as client:
        yield client


def test_the_archive_lists_what_is_published_newest_first_by_month(browser):
    page = browser.get("/issues").text
    places = [page.index(f'href="/issues/{each}"') for each in PUBLISHED]
    assert places == sorted(places)
    assert page.index("2026年6月") < places[0] < page.index("2026年4月") < places[2]
    assert "2026-06-13" not in page


def test_words_are_looked_for_as_a_follower_would_and_marked(browser):
    page = browser.get("/issues", query_string={"q": "数据要素"}).text
    assert "<mark>数据要素</mark>" in page
    assert 'href="/issues/2026-06-11"' in page
    assert "2026-06-13" not in page


def test_a_date_finds_the_issue_of_that_day(browser):
    page = browser.get("/issues", query_string={"q": "6月9日"}).text
    assert 'href="/issues/2026-06-09"' in page
    assert 'href="/issues/2026-06-11"' not in page


def test_what_is_not_found_leads_to_the_newest(browser):
    page = browser.get("/issues", query_string={"q": "囍龘靐"}).text
    assert "没有找到“囍龘靐”" in page
    assert 'href="/issues/2026-06-11"' in page


def test_a_published_issue_is_dark_where_the_system_is(browser):
    page = browser.get("/issues/2026-06-11").text
    rules = page[page.index("<style>") : page.index("</style>")].partition(
        "(prefers-color-scheme:dark)"
    )
    body = page[page.index("<article>") :]
    assert "style=" not in body
    for name in set(re.findall(r'class="(s\d+)"', body)):
        assert f".{name}{{" in rules[0] + rules[2]
    assert re.search(r"\.s\d+\{[^}]*color:", rules[2])


def test_the_feed_names_the_published_issues(browser):
    feed = ET.fromstring(browser.get("/issues.atom").data)
    links = [each.get("href", "") for each in feed.findall("a:entry/a:link", ATOM)]
    assert [link.rpartition("/")[2] for link in links] == list(PUBLISHED)
    assert feed.findtext("a:updated", namespaces=ATOM) == "2026-06-11T00:00:00+08:00"


def test_search_engines_are_shown_the_published_issues_and_nothing_else(browser):
    found = ET.fromstring(browser.get("/sitemap.xml").data).findall("s:url/s:loc", ATOM)
    assert [str(each.text).rpartition("/")[2] for each in found] == ["issues", *PUBLISHED]
    robots = browser.get("/robots.txt").text
    assert "Disallow: /\n" in robots
    assert "Allow: /issues\n" in robots


def test_an_empty_archive_says_so(services):
    with create_app(services).test_client() as client:
        assert "还没有发布过的期次" in client.get("/issues").text
        ET.fromstring(client.get("/issues.atom").data)


def test_a_long_archive_is_read_page_by_page_and_no_edition_is_missed(services, monkeypatch):
    monkeypatch.setattr("bot.public.ON_A_PAGE", 2)
    added = [flow.add_issue(services, path).issue for path in SAMPLES]
    second = replace(added[1], edition=2)
    services.archive.add(second, "2.txt", "0" * 64)
    expected = sorted((each.id for each in (*added, second)), reverse=True)
    for issue_id in expected:
        flow.note_published(services, issue_id, "")
    seen, address = [], "/issues"
    with create_app(services).test_client() as client:
        while address:
            page = client.get(address).text
            seen += re.findall(r'href="/issues/([^"]+)"', page)
            address = page.partition('class="more" href="')[2].partition('"')[0]
    assert sorted(seen, reverse=True) == expected


@pytest.mark.parametrize("before", ["0001-01-01", "9999-12-31", "x", "2026-13-40", "１"])
def test_a_page_that_is_not_there_is_the_first(browser, before):
    assert browser.get("/issues", query_string={"before": before}).status_code in (200, 302)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
    | st.just("<script>alert(1)</script>")
)
def test_whatever_is_looked_for_the_page_stays_whole(browser, words):
    answer = browser.get("/issues", query_string={"q": words})
    assert answer.status_code == 200
    assert "<script" not in answer.text
    assert answer.text.count("</html>") == 1


def test_nothing_is_loaded_from_elsewhere_and_nothing_runs(browser):
    for address in ("/issues", "/issues?q=%E6%95%B0%E6%8D%AE"):
        answer = browser.get(address)
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "<script" not in answer.text
        assert len(answer.data) < 20_000
