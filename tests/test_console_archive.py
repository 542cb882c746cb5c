"""The archive in the console: leafing, filters, the search with its reasons, and what is taken along."""

import re
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from bot import flow
from bot.archive.accounts import Role
from bot.archive.reasons import Reason, Sign
from bot.console.archive_page import ON_A_PAGE, marked
from bot.console.archive_page_words import sentence_of
from bot.ingest.file import read_issue
from bot.services import Services
from bot.web import create_app
from tests.conftest import ISSUES, SAMPLES, write_config
from tests.console import KEY, Person, signed_in

ISSUE = "2026-06-13"
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def config_path(tmp_path: Path) -> Path:
    return write_config(tmp_path, web=f'secret_key = "{KEY}"')


@pytest.fixture
def app(services: Services):
    return create_app(services)


@pytest.fixture
def wang(app, services) -> Person:
    return signed_in(app, services, "王芳", Role.EDITOR)


@pytest.fixture
def shelf(services: Services) -> Services:
    """The five samples; that of 9 June is published."""
    for path in SAMPLES:
        flow.add_issue(services, path)
    flow.note_published(services, "2026-06-09", "https://mp.weixin.qq.com/s/x")
    return services


def fill(services: Services, count: int) -> None:
    """Older issues, one a day, and a second edition of each tenth."""
    issue, _ = read_issue(SAMPLES[0])
    for number in range(count):
        day = date(2026, 3, 31) - timedelta(days=number)
        services.archive.add(replace(issue, date=day), "a.txt", "0" * 64)
        if number % 10 == 0:
            services.archive.add(replace(issue, date=day, edition=2), "a.txt", "0" * 64)


def listed(page: str) -> list[str]:
    return re.findall(r'aria-label="(\S+) 导出"', page)


# Leafing.


def test_all_issues_are_listed_by_month_also_unpublished_ones(wang, shelf):
    page = wang.get("/archive").text
    assert listed(page) == ["2026-06-13", "2026-06-11", "2026-06-09", "2026-04-20", "2026-04-16"]
    assert page.index("2026年6月</h2>") < page.index("2026年4月</h2>")
    assert "已收稿" in page
    assert 'aria-current="page"' in page


def test_each_issue_leads_to_its_pages_and_only_a_published_one_to_the_public(wang, shelf):
    page = wang.get("/archive").text
    for below in ("", "/delivery", "/export"):
        assert f'href="/console/issues/{ISSUE}{below}"' in page
    assert 'href="/issues/2026-06-09"' in page
    assert f'href="/issues/{ISSUE}"' not in page


def test_pages_join_without_a_gap_and_without_a_repeat(wang, shelf):
    fill(shelf, 90)
    found, address = [], "/archive"
    while address:
        page = wang.get(address).text
        found += listed(page)
        assert len(listed(page)) <= ON_A_PAGE
        further = re.search(r'href="/console(/archive\?before=[^"]+)"', page)
        address = further[1] if further else ""
    assert found == [entry.issue_id for entry in shelf.archive.entries()]


def test_a_month_and_a_state_narrow_the_list(wang, shelf):
    assert listed(wang.get("/archive?month=2026-04").text) == ["2026-04-20", "2026-04-16"]
    assert listed(wang.get("/archive?state=published").text) == ["2026-06-09"]
    page = wang.get("/archive?month=2026-04&state=published").text
    assert listed(page) == []
    assert "没有这样的期次" in page
    assert '<option value="2026-04" selected>' in page


def test_further_pages_keep_the_filters(wang, shelf):
    fill(shelf, 60)
    page = wang.get("/archive?state=open").text
    [address] = re.findall(r'href="/console(/archive\?before=[^"]+)"', page)
    assert "state=open" in address
    assert not set(listed(wang.get(address.replace("&amp;", "&")).text)) & set(listed(page))


def test_an_empty_archive_says_where_to_begin(wang):
    assert "放入第一份报告" in wang.get("/archive").text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.text(max_size=30), st.text(max_size=12))
def test_whatever_is_asked_there_is_a_page(wang, shelf, words, other):
    query = {"q": words, "month": other, "state": other, "before": other}
    answer = wang.get("/archive", query_string=query)
    assert answer.status_code == (400 if "\0" in words + other else 200)


def test_markup_is_shown_as_text(wang, shelf):
    page = wang.get("/archive", query_string={"q": SCRIPT}).text
    assert SCRIPT not in page
    assert "&lt;script&gt;" in page


# The search.


def test_words_find_issues_that_followers_cannot_see_yet(wang, shelf):
    page = wang.get("/archive?q=数据要素×大赛").text
    assert ISSUE in listed(page)
    assert "<mark>数据要素" in page


def test_what_was_found_in_the_summary_goes_by_the_issues_headline(wang, shelf):
    page = wang.get("/archive?q=低空经济").text
    assert ISSUE in listed(page)
    assert ">摘要</a>" not in page
    assert ">国家数据局推动行业高质量数据集建设" in page


def test_the_reason_says_where_and_by_which_words(wang, shelf):
    page = wang.get("/archive?q=低空经济").text
    assert re.search(r'class="why">(标题|正文)里有“低空经济”', page)


def test_another_name_is_told_with_what_was_asked(wang, shelf):
    page = wang.get("/archive?q=人工智能 基站").text + wang.get("/archive?q=大语言模型").text
    assert "也就是“" in page


def test_what_is_only_alike_says_so(wang, shelf):
    assert "相近结果：" in wang.get("/archive?q=上海数据出海赛道报名截止时间").text


def test_a_day_in_words_lists_that_day(wang, shelf):
    assert listed(wang.get("/archive?q=6月9日").text) == ["2026-06-09"]


def test_a_search_keeps_to_the_month_and_the_state(wang, shelf):
    found = listed(wang.get("/archive?q=数据&state=published").text)
    assert found == ["2026-06-09"]
    found = listed(wang.get("/archive?q=新质生产力&month=2026-04").text)
    assert found
    assert all(each.startswith("2026-04") for each in found)


def test_nothing_found_says_what_to_try(wang, shelf):
    assert "换个短一些的词" in wang.get("/archive?q=足球世界杯").text


def test_a_synonym_that_is_removed_does_not_count_here_any_more_either(wang, shelf):
    sayings = shelf.readers.sayings
    sayings.add("数局 = 国家数据局", "console:王芳")
    shelf.archive.search("数局", date(2026, 6, 13), published_only=True)
    assert "也就是“" in wang.get("/archive?q=数局").text
    (saying,) = sayings.all()
    sayings.remove(saying.id, "console:王芳")
    assert "也就是“" not in wang.get("/archive?q=数局").text


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (Reason(1, (Sign("低空", True), Sign("5G", False))), "标题里有“低空”，正文里有“5G”"),
        (Reason(1, (Sign("AI", False, "人工智能"),)), "正文里有“AI”（也就是“人工智能”）"),
        (Reason(3, (Sign("马斯克", True),)), "拆开或改一个字后，标题里有“马斯克”"),
        (Reason(4, (Sign("世界", False), Sign("杯", False))), "相近结果：正文里有“世界”“杯”"),
    ],
)
def test_a_reason_is_a_short_sentence(reason, said):
    assert sentence_of(reason) == said


@given(st.text(max_size=30), st.integers(0, 30), st.integers(1, 5))
def test_marking_changes_no_word(text, start, length):
    places = [(start, min(len(text), start + length))] if start < len(text) else []
    shown = marked(text, places)
    assert re.sub("</?mark>", "", shown) == str(marked(text, []))


def test_a_page_asks_the_database_as_often_for_many_issues_as_for_few(wang, shelf):
    def asked(path: str) -> int:
        count = []
        listen = (shelf.archive.engine, "before_cursor_execute", lambda *_: count.append(1))
        event.listen(*listen)
        wang.get(path)
        event.remove(*listen)
        return len(count)

    few = asked("/archive")
    fill(shelf, 60)
    assert asked("/archive") == few < 10


# Taking along.


def name_in(answer) -> str:
    found = re.search(r"filename\*=UTF-8''(\S+)", answer.headers["Content-Disposition"])
    assert found
    return unquote(found[1])


@pytest.mark.parametrize("form", ["md", "html", "pdf"])
def test_an_issue_is_downloaded_under_its_name(wang, shelf, form):
    answer = wang.get(f"/issues/{ISSUE}/export/{form}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert name_in(answer).startswith(f"{ISSUE} 国家数据局")
    assert name_in(answer).endswith(f".{form}")
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_issues_pages_lead_to_its_export_which_says_what_readers_cannot_see_yet(wang, shelf):
    assert f'href="/console/issues/{ISSUE}/export"' in wang.get(f"/issues/{ISSUE}/delivery").text
    page = wang.get(f"/issues/{ISSUE}/export").text
    assert 'aria-current="page">导出' in page
    assert "这一期现在是“已收稿”，读者看不到" in page
    assert "读者看不到" not in wang.get("/issues/2026-06-09/export").text


def test_the_long_picture_is_shown_with_its_size(wang, services):
    flow.add_issue(services, ISSUES / "torture.md")
    page = wang.get("/issues/2026-06-20/long-picture").text
    sources = re.findall(r'<img src="/console([^"]+)"', page)
    assert len(sources) == 2
    assert re.search(r"1080 × [\d,]+ 像素，[\d.]+ [KM]B", page)
    answer = wang.get(sources[1])
    assert answer.mimetype == "image/png"
    assert wang.get("/issues/2026-06-20/long-picture/9.png").status_code == 404


def test_what_is_not_there_is_not_exported(wang, shelf):
    for issue_id in ("2020-01-01", "x", "..%2f..", "2026-06-13-9"):
        for below in ("export", "export/md", "long-picture", "long-picture/1.png"):
            assert wang.get(f"/issues/{issue_id}/{below}").status_code == 404


def test_an_unknown_form_is_not_found(wang, shelf):
    assert wang.get(f"/issues/{ISSUE}/export/exe").status_code == 404


def test_nobody_takes_anything_along_without_signing_in(app, shelf):
    for path in ("/archive", "/archive/all.zip", "/issues/x/export", f"/issues/{ISSUE}/export/md"):
        answer = Person(app).get(path)
        assert answer.status_code == 303
        assert "/sign-in" in answer.location


def test_the_whole_archive_is_downloaded_by_one_at_a_time(wang, shelf):
    answer = wang.get("/archive/all.zip", buffered=False)
    assert wang.get("/archive/all.zip").status_code == 503  # nothing was read of the first yet
    data = b"".join(answer.response)
    answer.close()
    assert "index.csv" in zipfile.ZipFile(BytesIO(data)).namelist()
    assert name_in(answer).endswith("2026-06-13.zip")
    again = wang.get("/archive/all.zip", buffered=True)
    assert again.status_code == 200


def test_a_download_that_is_given_up_gives_its_turn_back(wang, shelf):
    wang.browser.head("/console/archive/all.zip").close()
    wang.get("/archive/all.zip", buffered=False).close()  # before anything was sent
    answer = wang.get("/archive/all.zip", buffered=False)
    next(iter(answer.response))
    answer.close()
    assert wang.get("/archive/all.zip", buffered=True).status_code == 200
