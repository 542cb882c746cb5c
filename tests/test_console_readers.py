"""The page of the readers: what they asked, what they read, and a synonym where nothing was found."""

from datetime import date, timedelta

import pytest
from flask import Flask

from bot import flow
from bot.answering import Answerer
from bot.archive.accounts import Role
from bot.archive.readership import Followers
from bot.archive.tables import deliveries
from bot.config import Config, load_config
from bot.console.readers import USUAL
from bot.dialogue import Answer, Message, Query, Reply, Wish
from bot.services import Services
from bot.web import create_app
from bot.wechat.statistics import Counted
from tests.conftest import SAMPLES, write_config
from tests.console import KEY, Person, signed_in

ISSUE = "2026-06-13"
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def more() -> str:
    """Further settings."""
    return ""


@pytest.fixture
def config(tmp_path, more: str) -> Config:
    path = write_config(tmp_path, web=f'secret_key = "{KEY}"')
    with path.open("a", encoding="utf-8") as file:
        file.write(more)
    return load_config(path, {})


@pytest.fixture
def app(services: Services) -> Flask:
    return create_app(services)


@pytest.fixture
def wang(app, services) -> Person:
    return signed_in(app, services, "王芳", Role.EDITOR)


@pytest.fixture
def published(services: Services) -> str:
    issue_id = flow.add_issue(services, SAMPLES[-1]).issue.id
    flow.note_published(services, issue_id, "https://mp.weixin.qq.com/s/x")
    return issue_id


def ask(services: Services, words: str, number: int = 1) -> None:
    """A follower asks, and nothing is found."""
    answer = Answer(Reply("text", "没有"), Query(Wish.WORDS, words, None, words))
    sender = f"oFollower{number:019}"
    message = Message("text", sender, "gh", services.now(), f"{words}{number}", text=words)
    services.conversations.note(message, f"{words}{number}"[:40], answer, 1.0)
    services.conversations.flush()


def test_an_empty_page_says_what_to_do(wang):
    page = wang.get("/readers").text
    assert "读者就会来问" in page
    assert "每天 8:30 以后取一次" in page
    assert "发布一期" in page
    assert page.count("—") >= 3


@pytest.mark.parametrize("more", ["[followers]\nkeep_days = 0\n"])
def test_where_questions_are_not_kept_it_says_so(wang):
    assert "followers.keep_days" in wang.get("/readers").text


def test_what_was_asked_and_not_found_stands_first_and_nobodys_name_with_it(wang, services):
    for number in range(1200):
        services.conversations.note(
            Message("text", f"o{number:027}", "gh", services.now(), str(number), text="飞的"),
            f"s{number}",
            Answer(Reply("text", "没有"), Query(Wish.WORDS, "飞的", None, "飞的")),
            1.0,
        )
    services.conversations.flush()
    page = wang.get("/readers").text
    assert "1,200 次" in page
    assert "100%" in page
    assert "加同义词" in page
    assert f"o{1:027}" not in page
    assert services.conversations.follower(f"o{1:027}") not in page


def test_words_of_followers_are_text(wang, services):
    ask(services, SCRIPT)
    ask(services, '" autofocus onfocus="alert(1)')
    page = wang.get("/readers").text
    assert SCRIPT not in page
    assert "&lt;script&gt;" in page
    assert 'onfocus="' not in page


@pytest.mark.parametrize("days", ["7", "30", "90", "", "x", "-1", "100000", SCRIPT])
def test_any_span_can_be_asked_for(wang, published, days):
    answer = wang.get("/readers", query_string={"days": days})
    assert answer.status_code == 200
    chosen = days if days in ("7", "30", "90") else str(USUAL)
    assert f'days={chosen}" aria-current="page"' in answer.text


def test_an_issue_has_its_readers_and_leads_to_its_delivery(wang, services, published):
    kept = services.readers.readership
    assert "还没有数字" in wang.get("/readers").text
    kept.note_articles(date(2026, 6, 13), {ISSUE: [Counted(date(2026, 6, 13), 12345, 67, 8)]})
    page = wang.get("/readers").text
    assert "阅读 12,345，分享 67" in page
    assert f'href="/console/issues/{ISSUE}/delivery"' in page


def test_a_withdrawn_issue_is_not_among_those_that_are_read(wang, services, published):
    with services.archive.engine.begin() as connection:
        connection.execute(deliveries.update().values(state="withdrawn"))
    assert "没有发布过" in wang.get("/readers").text


def test_who_came_and_went_is_drawn_and_stands_in_a_table(wang, services):
    days = [services.now().date() - timedelta(days=n) for n in (2, 1)]
    services.readers.readership.note_followers(days, [Followers(day, 1500, 3) for day in days])
    page = wang.get("/readers").text
    assert "+2,994" in page
    assert 'class="down"' in page
    assert page.count("<td>1,500</td><td>3</td>") == 2


def test_a_problem_with_the_platform_is_told_once(wang, services):
    services.readers.readership.note_round("平台繁忙。请过一会儿再试")
    assert wang.get("/readers").text.count("平台繁忙") == 1


def test_a_synonym_is_added_beside_what_found_nothing_and_counts_at_once(wang, services, published):
    answers = Answerer(services)
    before = answers.words("数局").reply
    assert not [hit for hit in before.hits if hit.step == 1]
    ask(services, "数局")
    assert 'value="数局"' in wang.get("/readers").text
    for _ in range(2):  # a double click
        answer = wang.post(
            "/readers/synonyms", "/readers", one="数局", other="国家数据局", days="7"
        )
    assert answer.location == "/console/readers?days=7#missed"
    page = wang.follow(answer)
    assert "已经有了“数局 = 国家数据局”。现在问“数局”，找得到 1 期" in page
    assert "已有同义词" in page
    (saying,) = services.readers.sayings.all()
    assert saying.added_by == "console:王芳"
    assert answers.words("数局").reply.hits[0].step == 1


def test_a_synonym_is_removed_by_whoever_may_add_one(app, wang, services, published):
    wang.post("/readers/synonyms", "/readers", one="数局", other="国家数据局")
    (saying,) = services.readers.sayings.all()
    li = signed_in(app, services, "李明", Role.EDITOR)
    for told in ("删去了“数局 = 国家数据局”", "已经删去了"):
        assert told in li.follow(li.post(f"/readers/synonyms/{saying.id}/remove", "/readers"))
    assert services.readers.sayings.all() == []


@pytest.mark.parametrize(("one", "other"), [("", "甲乙"), ("甲", "乙丙"), (SCRIPT, "甲乙")])
def test_a_bad_synonym_is_refused_with_the_remedy(wang, services, one, other):
    page = wang.follow(wang.post("/readers/synonyms", "/readers", one=one, other=other))
    assert 'class="flash trouble"' in page
    assert "请" in page
    assert SCRIPT not in page
    assert services.readers.sayings.all() == []


def test_a_synonym_without_the_forms_token_or_an_account_is_none(app, wang, services):
    form = {"one": "数局", "other": "国家数据局"}
    assert wang.browser.post("/console/readers/synonyms", data=form).status_code == 400
    stranger = Person(app)
    assert stranger.get("/readers").status_code == 303
    assert stranger.browser.post("/console/readers/synonyms", data=form).status_code in (303, 400)
    assert services.readers.sayings.all() == []


def test_of_very_many_questions_a_page_is_light(wang, services):
    for number in range(300):
        ask(services, f"问题{number}", number)
    services.readers.asking.count_anew()
    assert len(wang.get("/readers?days=90").data) < 100_000
