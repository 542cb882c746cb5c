"""What the platform counts is got once a day and kept; what followers ask is counted once a night."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, inspect, select

from bot import flow, scheduling
from bot.answering import Answerer
from bot.archive.asking import MOST_WORDS, SPANS, Asked, Asking, open_asking
from bot.archive.conversations import Conversations
from bot.archive.database import open_engine, reading
from bot.archive.readership import Followers, Kind, Publication, Read, Readership, Round
from bot.archive.sayings import LONGEST, Sayings, line_of, require_fit
from bot.archive.search import Search
from bot.archive.statistics_tables import article_reads, synonyms
from bot.archive.store import Archive
from bot.archive.synonyms import Synonyms
from bot.archive.tables import metadata
from bot.archive.upgrade import upgrade
from bot.backup.rows import ARCHIVE
from bot.cli.main import main
from bot.config import load_config
from bot.console.readers_charts import HEIGHT, Bar, Chart
from bot.counting import due
from bot.counting.due import is_due
from bot.counting.round import (
    ASKED_AFTER,
    BACKWARDS,
    DAY,
    count_readers,
    matched,
    wanted_articles,
    wanted_followers,
)
from bot.delivery import State
from bot.dialogue import Answer, Hit, Message, Query, Reply, Wish
from bot.errors import ArticleError
from bot.ingest.file import read_issue
from bot.jobs.queue import COUNT
from bot.resources import directory
from bot.sandbox.account import Account
from bot.sandbox.app import create_sandbox
from bot.sandbox.server import serve
from bot.services import SHANGHAI, Services, open_services
from bot.wechat.statistics import EARLIEST, MOST_DAYS, ArticleCount, Counted, Statistics
from tests.conftest import (
    AES_KEY,
    APPID,
    APPSECRET,
    SAMPLES,
    TOKEN,
    Clock,
    Sandbox,
    write_config,
)
from tests.shelf import folding

ISSUE = "2026-06-13"
ARTICLES, FOLLOWERS = "datacube/getarticletotaldetail", "datacube/getusersummary"


@pytest.fixture
def sandbox(account_kind: str, clock: Clock) -> Iterator[Sandbox]:
    """A platform whose days are those of the test."""
    account = Account(APPID, APPSECRET, TOKEN, AES_KEY, "secure", kind=account_kind)
    app = create_sandbox(account, templates=directory("templates"), now=lambda: clock().timestamp())
    server = serve(app, "127.0.0.1", 0)
    yield Sandbox(f"http://127.0.0.1:{server.port}")
    server.close()


@pytest.fixture
def published(services: Services) -> str:
    issue_id = flow.add_issue(services, SAMPLES[-1]).issue.id
    flow.push_issue(services, issue_id)
    flow.publish_issue(services, issue_id)
    assert flow.publish_issue(services, issue_id).state is State.PUBLISHED
    return issue_id


def calls(sandbox: Sandbox, call: str) -> int:
    return sum(each["call"] == call for each in sandbox.state["log"])


def reads_of(services: Services) -> Read:
    (read,) = services.readers.readership.reads(date(2026, 6, 1))
    return read


# The platform's figures.


def test_the_morning_after_its_publication_an_issues_readers_are_known(
    services, sandbox, clock, published
):
    clock.forward(days=1, hours=2)
    count = count_readers(services)
    assert (count.issues, count.problem) == (1, "")
    first = reads_of(services)
    assert first.reads
    assert first.shares == first.reads // 12
    assert first.favourites == first.reads // 30
    clock.forward(days=1)
    count_readers(services)
    assert (reads_of(services).reads or 0) > first.reads
    with reading(services.archive.engine) as connection:
        days = connection.execute(select(article_reads.c.day).order_by("day")).scalars().all()
    assert days == [date(2026, 6, 13), date(2026, 6, 14)]


def test_who_came_and_went_is_known_of_ninety_days_by_the_first_try(services, clock, published):
    clock.forward(days=1, hours=2)
    count_readers(services)
    kept = services.readers.readership.followers(date(2026, 1, 1))
    assert len(kept) == BACKWARDS.days
    assert kept[-1].day == date(2026, 6, 13)
    assert sum(each.gained for each in kept) > sum(each.lost for each in kept) > 0


def test_what_is_final_is_not_asked_for_again(services, sandbox, clock, published):
    clock.forward(days=1, hours=2)
    count_readers(services)
    all_articles, all_followers = calls(sandbox, ARTICLES), calls(sandbox, FOLLOWERS)
    assert all_followers == -(-BACKWARDS.days // MOST_DAYS)
    clock.forward(days=40)
    count_readers(services)
    assert calls(sandbox, ARTICLES) == all_articles + 1
    clock.forward(days=1)
    count_readers(services)
    assert calls(sandbox, ARTICLES) == all_articles + 1
    assert calls(sandbox, FOLLOWERS) <= all_followers + 6 + 1


def test_a_crash_between_two_answers_costs_one_question(services, sandbox, clock, published):
    clock.forward(days=1, hours=2)
    sandbox.fault(FOLLOWERS, "errcode", errcode=61503, times=1)
    assert "还没有准备好" in count_readers(services).problem
    assert reads_of(services).reads
    assert calls(sandbox, ARTICLES) == 1
    clock.forward(hours=1)
    assert not count_readers(services).problem
    assert calls(sandbox, ARTICLES) == 1


@pytest.mark.parametrize(
    ("errcode", "told"), [(61503, "晚些时候"), (48001, "数据"), (40164, "白名单"), (45009, "明天")]
)
def test_what_the_platform_refuses_is_kept_as_a_sentence(
    services, sandbox, clock, published, errcode, told
):
    clock.forward(days=1, hours=2)
    sandbox.fault(ARTICLES, "errcode", errcode=errcode, times=1)
    assert told in count_readers(services).problem
    last = services.readers.readership.last_round()
    assert last is not None
    assert told in last.problem
    assert last.done_on is None
    assert reads_of(services) == Read(
        ISSUE, date(2026, 6, 13), reads_of(services).headline, *[None] * 3
    )


@pytest.mark.parametrize("account_kind", ["unverified"])
def test_an_account_that_may_not_is_told_so_and_asks_for_nothing(services, sandbox, clock):
    clock.forward(days=1, hours=2)
    count = count_readers(services)
    assert "认证号才能" in count.problem
    assert (count.calls, calls(sandbox, ARTICLES), calls(sandbox, FOLLOWERS)) == (0, 0, 0)


def test_an_article_of_somebody_else_is_no_issues(services, sandbox, clock, published):
    clock.forward(days=1, hours=2)
    flow.note_published(services, published, "https://mp.weixin.qq.com/s?mid=99&idx=1")
    assert count_readers(services).issues == 0
    assert reads_of(services).reads is None


def test_it_is_asked_for_by_a_job_from_half_past_eight_on_and_once(
    tmp_path, sandbox, clock, queue_url
):
    path = write_config(tmp_path, sandbox.url, queue=f'url = "{queue_url}"')

    def asked() -> int:
        return sum(job.func_name == COUNT for job in services.queue.queue.jobs)

    with open_services(load_config(path, {}), clock) as services:
        scheduling.tick(services)
        assert asked() == 0
        clock.forward(hours=1)
        scheduling.tick(services)
        scheduling.tick(services)
        assert asked() == 1
        services.queue.queue.empty()
        count_readers(services)
        assert not due.want_count(services)
        clock.forward(days=1)
        assert due.want_count(services)


def test_after_a_failure_an_hour_passes():
    at = datetime(2026, 6, 13, 9, tzinfo=SHANGHAI)
    failed = Round(at, None, "平台繁忙。请过一会儿再试")
    assert not is_due(at + timedelta(minutes=59), failed)
    assert is_due(at + timedelta(hours=1), failed)
    assert not is_due(at + timedelta(hours=1), Round(at, at.date(), ""))
    assert not is_due(at.replace(hour=8, minute=29), None)


@given(
    st.lists(st.dates(date(2025, 10, 1), date(2026, 3, 1)), max_size=20),
    st.sets(st.integers(0, 160)),
)
def test_however_seldom_it_is_tried_each_article_is_asked_for_until_its_end(days, tried):
    known = [Publication(f"i{n}", "", "", "", frozenset([day])) for n, day in enumerate(days)]
    asked: dict[date, date] = {}
    for n in sorted(tried):
        today = date(2025, 10, 1) + n * DAY
        for day in wanted_articles(known, asked, today):
            assert EARLIEST <= day < today
            asked[day] = today
    end = date(2026, 12, 1)
    for day in wanted_articles(known, asked, end):
        asked[day] = end
    assert set(asked) == {day for day in days if day >= EARLIEST}
    assert wanted_articles(known, asked, end + DAY) == []
    assert all(on - day >= ASKED_AFTER[-1] * DAY for day, on in asked.items())


@given(st.sets(st.integers(0, 200), min_size=1))
def test_of_all_days_it_is_asked_who_came_and_went_and_never_of_today(tried):
    asked: dict[date, date] = {}
    for n in sorted(tried):
        today = date(2026, 1, 1) + n * DAY
        for first, last in wanted_followers(asked, today):
            assert first <= last < today
            assert (last - first).days < MOST_DAYS
            asked.update({first + k * DAY: today for k in range((last - first).days + 1)})
        missing = [k for k in range(1, BACKWARDS.days + 1) if today - k * DAY not in asked]
        assert missing == []


@pytest.mark.parametrize(
    ("url", "msg_data_id", "title", "same"),
    [
        ("https://mp.weixin.qq.com/s?__biz=B&mid=12003&idx=1&sn=x&chksm=a#rd", "", "", True),
        ("https://mp.weixin.qq.com/s?__biz=B&mid=12004&idx=1&sn=x", "", "日报", False),
        ("", "12003", "", True),
        ("https://mp.weixin.qq.com/s/AbC", "", "日报", True),
        ("https://mp.weixin.qq.com/s/AbC", "", "别的", False),
        ("", "", "", False),
    ],
)
def test_an_article_is_known_by_its_number_its_address_or_its_title(url, msg_data_id, title, same):
    address = "https://mp.weixin.qq.com/s?__biz=B&mid=12003&idx=1&sn=x&chksm=b&scene=1#wechat"
    article = ArticleCount("12003_1", "日报", address, (Counted(date(2026, 6, 13), 1, 0, 0),))
    issue = Publication(ISSUE, title, url, msg_data_id, frozenset())
    assert bool(matched([article], [issue])) is same
    assert not matched([replace(article, msg_id="12003_2")], [issue])


def test_two_editions_that_are_called_the_same_have_an_article_each():
    first, second = (ArticleCount(f"{number}_1", "日报", "", ()) for number in (11, 12))
    unknown = Publication(ISSUE, "日报", "https://mp.weixin.qq.com/s/AbC", "", frozenset())
    known = Publication(f"{ISSUE}-2", "日报", "", "12", frozenset())
    told = {ISSUE: first, f"{ISSUE}-2": second}
    assert matched([first, second], [unknown, known]) == told
    assert matched([second, first], [known, unknown]) == told
    assert matched([second], [unknown, known]) == {f"{ISSUE}-2": second}


def test_figures_that_the_platform_lowers_are_the_lower_ones(tmp_path, new_database, clock):
    path = write_config(tmp_path, database=f'url = "{new_database()}"')
    days = [date(2026, 6, 13), date(2026, 6, 14)]
    counted = [Counted(days[0], 100, 9, 4), Counted(days[1], 98, 8, 5)]
    with open_services(load_config(path, {}), clock) as services:
        flow.add_issue(services, SAMPLES[-1])
        flow.note_published(services, ISSUE, "")
        services.readers.readership.note_articles(days[0], {ISSUE: counted})
        read = reads_of(services)
    assert (read.reads, read.shares, read.favourites) == (98, 8, 5)


def test_figures_that_are_not_complete_are_kept_and_asked_for_again(
    services, sandbox, clock, published, monkeypatch
):
    clock.forward(days=40)
    whole = Statistics.articles
    monkeypatch.setattr(
        Statistics, "articles", lambda self, day: replace(whole(self, day), delayed=True)
    )
    count_readers(services)
    assert reads_of(services).reads
    monkeypatch.undo()
    clock.forward(days=1)
    count_readers(services)
    assert calls(sandbox, ARTICLES) == 2
    clock.forward(days=1)
    count_readers(services)
    assert calls(sandbox, ARTICLES) == 2


def test_figures_that_come_later_take_the_place_of_the_earlier(new_database, clock):
    engine = open_engine(new_database())
    upgrade(engine)
    kept = Readership(engine, "wx", clock)
    day = date(2026, 6, 12)
    kept.note_followers([day], [Followers(day, 3, 1)])
    clock.forward(days=1)
    kept.note_followers([day], [Followers(day, 4, 1)])
    assert kept.followers(day) == [Followers(day, 4, 1)]
    assert kept.asked(Kind.FOLLOWERS, day) == {day: date(2026, 6, 14)}
    assert Readership(engine, "another", clock).followers(day) == []
    engine.dispose()


def test_the_command_gets_and_tells_them(services, config_path, clock, published, monkeypatch):
    monkeypatch.setattr("bot.cli.readers.open_services", lambda found: open_services(found, clock))

    def said(*words: str) -> str:
        told = CliRunner().invoke(main, ["--config", str(config_path), "readers", *words])
        assert told.exit_code == 0
        return told.stdout

    clock.forward(days=1, hours=2)
    assert "还没有取过" in said()
    assert json.loads(said("--json"))["fetched_on"] is None
    assert "到前一天为止" in said("--fetch")
    (issue,) = json.loads(said("--json"))["issues"]
    assert issue["issue_id"] == ISSUE
    assert f"{issue['reads']:,}" in said()


def test_the_tables_are_as_the_migration_makes_them_and_are_backed_up(new_database):
    engine, made = open_engine(new_database()), open_engine("sqlite://")
    upgrade(engine)
    metadata.create_all(made)
    names = (
        "article_reads",
        "follower_changes",
        "statistics_asked",
        "statistics_rounds",
        "synonyms",
    )
    for name in names:
        columns = [
            [(each["name"], str(each["type"]), each["nullable"]) for each in found]
            for found in (inspect(engine).get_columns(name), inspect(made).get_columns(name))
        ]
        assert [name for name, *_ in columns[0]] == [name for name, *_ in columns[1]]
        assert [each[2] for each in columns[0]] == [each[2] for each in columns[1]]
    assert set(names) <= set(ARCHIVE)
    engine.dispose()


# What was asked.

QUERY = Query(Wish.WORDS, "算力", None, "算力")
HIT = Hit(ISSUE, date(2026, 6, 13), "日报", "一节", "一句", "https://a", 1, "https://p")


class Crowd:
    """Followers who ask."""

    def __init__(self, engine: Engine, beside: Engine, clock: Clock) -> None:
        self.clock = clock
        self.said = Conversations(beside, "wx", "secret", timedelta(days=180), clock)
        self.asking = Asking(beside, "wx", clock)
        self.number = 0

    def ask(self, words: str, step: int = 1, wish: Wish = Wish.WORDS) -> None:
        self.number += 1
        hits = (Hit(HIT.issue_id, HIT.day, HIT.title, HIT.section, "", "", step),) if step else ()
        answer = Answer(Reply("text", "好", None, hits), Query(wish, words, None, words))
        message = Message(
            "text", f"o{self.number}", "gh", self.clock(), str(self.number), text=words
        )
        self.said.note(message, f"s{self.number}", answer, 1.0)
        self.said.flush()


@pytest.fixture
def crowd(new_database: Callable[[], str], tmp_path, clock: Clock) -> Iterator[Crowd]:
    with ExitStack() as closing:
        engine = open_engine(new_database())
        closing.callback(engine.dispose)
        upgrade(engine)
        yield Crowd(engine, open_asking(engine, tmp_path, closing), clock)


def test_questions_are_counted_by_word_by_day_and_by_hour(crowd):
    crowd.ask("算力")
    crowd.ask("算力？", step=2)
    crowd.ask("ＡＩ芯片", step=0)
    crowd.ask("最新", wish=Wish.LATEST)
    crowd.clock.forward(days=1, hours=1)
    crowd.ask("ai芯片", step=3)
    found = crowd.asking.counted(7)
    assert (found.questions, found.searched, found.lost) == (5, 4, 2)
    assert found.words == {"算力": 2, "ai芯片": 2}
    assert found.missed == {"ai芯片": 2}
    assert found.hours == {7: 4, 8: 1}
    assert found.daily == {"2026-06-13": 4, "2026-06-14": 1}


def test_the_days_that_are_over_are_counted_once_and_today_is_added(crowd):
    crowd.ask("昨天的")
    crowd.clock.forward(days=1)
    assert crowd.asking.count_anew()
    assert not crowd.asking.count_anew()
    crowd.ask("今天的")
    for days in SPANS:
        assert crowd.asking.counted(days).words == {"昨天的": 1, "今天的": 1}


def test_a_question_leaves_a_span_when_its_days_are_over(crowd):
    crowd.ask("算力")
    crowd.clock.forward(days=6)
    assert crowd.asking.counted(7).questions == 1
    crowd.clock.forward(days=1)
    assert crowd.asking.counted(7).questions == 0
    assert crowd.asking.counted(30).questions == 1


def test_who_leaves_is_in_no_count_from_the_next_night_on(crowd):
    crowd.ask("我的名字是王芳")
    crowd.clock.forward(days=1)
    assert crowd.asking.counted(7).questions == 1
    crowd.said.forget("o1")
    crowd.clock.forward(days=1)
    assert crowd.asking.counted(7) == Asked()


counters = st.dictionaries(st.text(max_size=3), st.integers(1, 9), max_size=5)


@given(counters, counters, st.dictionaries(st.integers(0, 23), st.integers(1, 9)))
def test_what_is_kept_is_read_as_it_was(words, missed, hours):
    kept = Asked(1, 2, 3, Counter(words), Counter(missed), Counter(hours), Counter())
    assert Asked.read(kept.written()) == kept


def test_of_very_many_words_the_ones_asked_most_are_kept():
    many = Counter({f"w{n}": n + 1 for n in range(MOST_WORDS + 10)})
    kept = Asked.read(Asked(words=many).written())
    assert len(kept.words) == MOST_WORDS
    assert min(kept.words.values()) == 11


# Synonyms.


def test_a_synonym_counts_from_the_next_question_on_and_no_longer_once_it_is_removed(
    services, published
):
    answers, sayings = Answerer(services), services.readers.sayings

    def found(words: str) -> int:
        return sum(hit.step == 1 for hit in answers.words(words).reply.hits)

    assert found("数局") == 0
    assert sayings.add("数局 = 国家数据局", "console:王芳")
    assert not sayings.add("数局 = 国家数据局", "console:李明")
    assert found("数局") == 1
    (saying,) = sayings.all()
    assert (saying.added_by, saying.added_at) == ("console:王芳", services.now())
    assert sayings.remove(saying.id, "console:李明") == "数局 = 国家数据局"
    assert sayings.remove(saying.id, "console:李明") == ""
    assert found("数局") == 0
    with reading(services.archive.engine) as connection:
        (row,) = connection.execute(select(synonyms)).all()
    assert (row.added_by, row.removed_by) == ("console:王芳", "console:李明")


def test_another_process_knows_a_synonym_as_well(services, config, clock, published):
    with open_services(config, clock) as elsewhere:
        today = clock().date()
        elsewhere.archive.search("数局", today, published_only=True)
        services.readers.sayings.add("数局 = 国家数据局", "console:王芳")
        (hit,) = elsewhere.archive.search("数局", today, published_only=True)
    assert hit.step == 1


def test_synonyms_are_kept_alike_on_both_databases(new_database, clock):
    engine = open_engine(new_database())
    upgrade(engine)
    archive = Archive(engine, Search(folding), "wx", clock)
    archive.add(read_issue(SAMPLES[-1])[0], "a.txt", "x")
    day = clock().date()
    assert not [h for h in archive.search("数局", day, published_only=False) if h.step == 1]
    Sayings(engine, clock).add("数局 = 国家数据局", "console:王芳")
    assert [h for h in archive.search("数局", day, published_only=False) if h.step == 1]
    engine.dispose()


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ("", "甲乙", "都要写"),
        ("甲乙", " ", "都要写"),
        ("甲" * (LONGEST + 1), "乙丙", "太长"),
        ("甲=乙", "丙丁", "不能有"),
        ("甲乙", "丙 # 丁", "不能有"),
        ("甲\x00乙", "丙丁", "不能有"),
        ("甲", "乙丙", "一个字"),
        ("AI", "ai", "一样"),
        ("ＡＩ芯片", "ai芯片", "一样"),
        ("……", "乙丙", "文字或数字"),
        ("低空 旅游", "低空经济", "几个词"),
        ("AI眼镜", "智能眼镜", "几个词"),
    ],
)
def test_what_the_search_can_do_nothing_with_is_refused_with_the_remedy(one, other, told):
    with pytest.raises(ArticleError, match=told) as refused:
        require_fit(line_of(one, other), folding.fold)
    assert "。请" in str(refused.value)


@given(st.text(max_size=25), st.text(max_size=25))
def test_whatever_is_taken_is_read_by_the_search(one, other):
    try:
        line = line_of(one, other)
        require_fit(line, folding.fold)
    except ArticleError:
        return
    known = Synonyms().and_also([line], folding.fold)
    assert len(known.same) == 2
    assert "\n" not in line


def test_there_are_not_more_synonyms_than_can_be_looked_through(services, monkeypatch):
    monkeypatch.setattr("bot.archive.sayings.MOST", 2)
    sayings = services.readers.sayings
    for name in ("甲甲", "乙乙"):
        sayings.add(f"{name} = 另外", "console:王芳")
    with pytest.raises(ArticleError, match="先删去"):
        sayings.add("丙丙 = 另外", "console:王芳")
    sayings.remove(sayings.all()[0].id, "console:王芳")
    assert sayings.add("丙丙 = 另外", "console:王芳")


# Charts.


@given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 10**7)), max_size=100))
def test_every_bar_stands_inside_its_chart_and_is_as_high_as_its_number(numbers):
    bars = tuple(Bar(str(n), up, down) for n, (up, down) in enumerate(numbers))
    chart = Chart("一", "次", bars)
    for bar, drawn in chart.rectangles():
        assert bool(drawn) is bool(bar.value or bar.down)
        for each in drawn:
            assert 0 <= each.x <= chart.width - chart.thick
            assert each.y >= -0.02
            assert each.y + each.height <= HEIGHT + 0.02
    assert set(chart.axis) <= {bar.label for bar in bars}
    assert chart.told
