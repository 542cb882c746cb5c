"""Followers' words find the sections that answer them, alike on both databases."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from bot.archive import texts
from bot.archive.candidates import count
from bot.archive.tables import deliveries
from bot.archive.terms import read_words, term
from bot.delivery import State
from tests.shelf import ACCOUNT, Shelf, on_shelf, samples, shuffled


@pytest.fixture(scope="module")
def empty(new_database: Callable[[], str]) -> str:
    return new_database()


@pytest.fixture
def shelf(empty: str) -> Iterator[Shelf]:
    with on_shelf(empty) as shelf:
        yield shelf


@pytest.fixture(scope="module")
def archive(new_database: Callable[[], str]) -> Iterator[Shelf]:
    """The five samples, and forty issues made of their clauses."""
    with on_shelf(new_database()) as shelf:
        for day, units in (*shuffled(40), *samples()):
            shelf.put(day, units)
        yield shelf


@pytest.fixture(scope="module")
def library(new_database: Callable[[], str]) -> Iterator[Shelf]:
    """The five samples alone."""
    with on_shelf(new_database()) as shelf:
        for day, units in samples():
            shelf.put(day, units)
        yield shelf


@pytest.mark.parametrize(
    ("words", "step"),
    [
        ("借款国平台", 1),
        ("借款國平臺", 1),
        ("全球债务问题", 1),
        ("５Ｇ 基站", 1),
        ("基站5G", 1),
        ("evtol", 1),
        ("EVTO", 1),
        ("有没有借款国平台的文章", 2),
        ("借款国平台是什么？", 2),
        ("请问最近的广交会怎么样", 2),
        ("怎么看美联储与IMF", 2),
        ("广交会人形机器人", 3),
        ("机器人广交会", 3),
        ("双足人行机器人", 3),
        ("借宽国平台", 3),
        ("新质生产利", 3),
        ("广交会机器人飞行器", 3),
        ("生产力新质企业占比和汽车", 4),
        ("广交会有哪些新进展吗", 2),
    ],
)
def test_words_are_found_at_the_step_that_they_need(library, words, step):
    found = library.find(words)
    assert found
    assert {hit.step for hit in found} == {step}


def test_two_latin_words_glued_together_come_apart(shelf):
    wanted = shelf.put(date(2026, 6, 1), [("打包", "用 Python 做 wheel 文件。")])
    shelf.put(date(2026, 6, 2), [("别的", "Python。")])
    assert [(hit.issue_id, hit.step) for hit in shelf.find("Pythonwheel")] == [(wanted, 3)]


@pytest.mark.parametrize(
    ("written", "text_found"),
    [
        ("中国现待林业科雪院", "在中国现代林业科学院成立。"),
        ("中国现代代林业科雪院", "在中国现代林业科学院成立。"),
        ("中国待林业科雪院", "在中国现代林业科学院成立。"),
        ("推动数居要素市厂化配制", "推动数据要素市场化配置改革。"),
    ],
)
def test_a_long_phrase_is_found_with_several_slips(shelf, written, text_found):
    wanted = shelf.put(date(2026, 6, 1), [("标题", text_found)])
    shelf.put(date(2026, 6, 2), [("中国", "中国现代化。林业局与科学院。数据市场。")])
    assert shelf.ids(written)[0] == wanted


def test_one_word_of_a_long_phrase_is_not_the_phrase(shelf):
    shelf.put(date(2026, 6, 1), [("科技", "人工智能发展很快。")])
    assert shelf.find("人工智能写诗比赛报名") == []


def test_every_heading_finds_its_own_issue_first(library):
    for day, units in samples():
        for heading, _ in units[1:]:
            assert library.ids(heading[:40])[0] == day.isoformat(), heading


@pytest.mark.parametrize(
    "change",
    [
        lambda words: "有没有" + words + "的文章",
        lambda words: words[:2] + "囧" + words[3:],
        lambda words: "".join(
            chr(ord(sign) + 0xFEE0) if sign.isascii() else sign for sign in words
        ),
    ],
)
def test_a_phrase_is_found_in_another_form(library, change):
    for day, units in samples():
        for _, body in units[1:]:
            for phrase in re.findall(r"[一-鿿]{7}", body)[:2]:
                assert day.isoformat() in library.ids(change(phrase)), change(phrase)


def test_two_words_glued_together_in_the_wrong_order_are_found(shelf):
    wanted = shelf.put(date(2026, 6, 1), [("火箭回收", "马斯克表示，猎鹰成功着陆。")])
    shelf.put(date(2026, 6, 2), [("马斯克收购", "一家公司。"), ("别的", "火箭发射。")])
    assert [(hit.issue_id, hit.step) for hit in shelf.find("马斯克火箭")] == [(wanted, 3)]


@pytest.mark.parametrize(
    "words",
    [
        "量子纠缠态制备",
        "足球世界杯",
        "qwertyuiop",
        "qwertyuiop asdf",
        "奶茶加盟店",
        "囧",
        "🎉",
        "GPT99",
    ],
)
def test_what_nobody_wrote_about_finds_nothing(archive, words):
    assert archive.find(words) == []


@pytest.mark.parametrize("words", ["", " ", "，。！", '""', "-", "-数据", "🎉🎉", "\0", "“”"])
def test_a_message_without_words_finds_nothing(archive, words):
    assert archive.find(words) == []


@pytest.mark.parametrize(
    "words",
    [
        '"',
        '数据"',
        "数据*",
        "*",
        "NEAR(数据 要素)",
        "数据 AND",
        "AND OR NOT",
        "NOT 数据",
        "^数据",
        "title:数据",
        "{title} : 数据",
        "section_index",
        "数据\0要素",
        "🎉数据",
        "(数据",
        "') OR 1=1 --",
        "%_",
        "数" * 5000,
        "的 " * 100,
    ],
)
def test_words_are_never_read_as_operators(archive, words):
    assert all(hit.step for hit in archive.find(words, by=ACCOUNT))


@settings(max_examples=150, deadline=None)
@given(
    words=st.text(
        alphabet=st.sampled_from('数据人工智能的AI5G "“”-*()^:+.#NOTAND\0🎉，'), max_size=30
    )
)
def test_any_mixture_of_signs_is_answered(library, words):
    assert len(library.find(words)) <= 5


def test_quoted_words_are_one_phrase_and_excluded_ones_keep_sections_away(shelf):
    together = shelf.put(date(2026, 6, 1), [("甲", "大型 AI 模型发布。")])
    apart = shelf.put(date(2026, 6, 2), [("乙", "模型很大，AI 也是。")])
    assert shelf.ids("AI 模型") == [apart, together] or shelf.ids("AI 模型") == [together, apart]
    assert shelf.ids('"AI 模型"') == [together]
    assert shelf.ids("“ai模型”") == [together]
    assert shelf.ids("模型 -发布") == [apart]
    assert shelf.ids('模型 -"很大，AI"') == [together]
    assert shelf.ids("AI-模型") == shelf.ids("AI 模型")


@pytest.mark.parametrize(
    ("words", "text_found"),
    [
        ("GPT4", "GPT-4 发布"),
        ("GPT-4", "GPT4发布"),
        ("GPT4", "GPT 4 发布"),
        ("c++", "用C++写成"),
        ("C#", "C#语言"),
        (".net", "ASP.NET平台"),
        ("3.1%", "增速为 3.1%。"),
        ("车", "汽车"),
        ("车", "车企"),
        ("第139届广交会", "第 139 届广交会"),
    ],
)
def test_latin_words_and_numbers_are_found_as_written_or_otherwise(shelf, words, text_found):
    wanted = shelf.put(date(2026, 6, 1), [("标题", text_found)])
    shelf.put(date(2026, 6, 2), [("无关", "GPT5、4G、c语言、internet 与 31 个。")])
    assert shelf.ids(words) == [wanted]


def test_a_latin_word_is_a_whole_word_unless_nothing_has_it(shelf):
    process = shelf.put(date(2026, 6, 1), [("流程", "the process")])
    assert shelf.ids("ces") == []
    assert shelf.ids("proc") == [process]
    exact = shelf.put(date(2026, 6, 2), [("展会", "proc 展")])
    assert shelf.ids("proc") == [exact]


def test_the_heading_counts_for_more_than_the_body(shelf):
    heading = shelf.put(date(2026, 6, 1), [("低空经济提速", "各地出台政策。")])
    body = shelf.put(date(2026, 6, 2), [("各地政策", "低空经济提速。")])
    assert shelf.ids("低空经济") == [heading, body]


def test_of_equal_sections_the_newest_issue_comes_first(shelf):
    unit = ("低空经济", "各地出台政策。")
    days = [date(2020, 1, 1), date(2026, 6, 2), date(2026, 6, 1), date(2015, 5, 5)]
    for day in days:
        shelf.put(day, [unit])
    shelf.put(date(2026, 6, 2), [unit], edition=2)
    assert shelf.ids("低空经济") == [
        "2026-06-02-2",
        "2026-06-02",
        "2026-06-01",
        "2020-01-01",
        "2015-05-05",
    ]


def test_each_issue_is_named_once_with_its_best_section(shelf):
    shelf.put(date(2026, 6, 1), [("其他", "也提到数据要素。"), ("数据要素", "数据要素大赛。")])
    (hit,) = shelf.find("数据要素")
    assert (hit.heading, hit.sentence) == ("数据要素", "数据要素大赛。")


def test_no_more_issues_are_named_than_asked_for(archive):
    assert len(archive.find("数据", limit=3)) == 3
    assert len(archive.find("数据")) == 10


def test_followers_find_only_what_their_account_has_published(shelf):
    published = shelf.put(date(2026, 6, 1), [("低空经济", "甲。")])
    draft = shelf.put(date(2026, 6, 2), [("低空经济", "乙。")], published=False)
    assert [hit.issue_id for hit in shelf.find("低空经济", by=ACCOUNT)] == [published]
    assert shelf.find("低空经济", by="another") == []
    assert shelf.ids("低空经济") == [draft, published]


def test_an_issue_is_found_as_soon_as_it_is_published(shelf):
    issue_id = shelf.put(date(2026, 6, 1), [("算力", "算力基建。")], published=False)
    assert shelf.find("算力", by=ACCOUNT) == []
    of_issue = deliveries.c.issue_id == issue_id
    shelf.connection.execute(update(deliveries).where(of_issue).values(state=State.PUBLISHED))
    assert [found.issue_id for found in shelf.find("算力", by=ACCOUNT)] == [issue_id]
    assert shelf.find("算力", by="another") == []


def test_what_is_kept_in_memory_has_an_end_and_changes_no_answer(shelf, monkeypatch):
    monkeypatch.setattr(texts, "MOST_CHARACTERS", 50)
    for number in range(30):
        shelf.put(date(2026, 5, 1) + timedelta(days=number), [("算力", f"算力基建之{number}。")])
    assert shelf.find("算力") == shelf.find("算力") != []
    kept = texts.texts_now(shelf.connection, None, None).kept
    assert texts.texts_now(shelf.connection, None, kept).kept is kept
    kept.characters = 50
    assert texts.texts_now(shelf.connection, None, kept).kept is not kept


def test_only_what_was_said_on_some_days_is_found_if_so_wanted(shelf):
    days = [date(2026, 5, 31), date(2026, 6, 1), date(2026, 6, 2), date(2026, 6, 3)]
    ids = [shelf.put(day, [("低空经济", "甲。")] * 200, edition=10) for day in days]
    assert shelf.ids("低空经济", days=(days[1], days[2])) == [ids[2], ids[1]]


def test_many_unpublished_issues_do_not_hide_a_published_one(shelf):
    published = shelf.put(date(2026, 1, 1), [("低空经济", "甲。")])
    many = [("低空经济", "乙。")] * 60
    for number in range(12):
        shelf.put(date(2026, 2, 1) + timedelta(days=number), many, published=False)
    assert [hit.issue_id for hit in shelf.find("低空经济", by=ACCOUNT)] == [published]


def test_an_old_heading_is_found_among_many_newer_mentions(shelf):
    old = shelf.put(date(2026, 1, 1), [("低空经济", "甲。")])
    mentions = [("其他", "低空经济。" + "别的内容。" * 100)] * 60
    for number in range(12):
        shelf.put(date(2026, 2, 1) + timedelta(days=number), mentions)
    assert shelf.ids("低空经济")[0] == old


def test_an_issue_taken_out_leaves_nothing_behind(shelf):
    kept = shelf.put(date(2026, 6, 1), [("低空经济", "甲。")])
    gone = shelf.put(date(2026, 6, 2), [("ＡＩ與低空經濟", "C++ 和 5G，第 139 届。"), ("标题", "")])
    shelf.take_out(gone)
    assert shelf.ids("低空经济") == [kept]
    for word in ("低空", "ai", "c++", "139", "标题", "届"):
        assert count(shelf.connection, term(*read_words(word))) == (word == "低空")
    assert shelf.put(date(2026, 6, 3), [("AI", "又来。")]) in shelf.ids("AI")


def test_a_new_word_is_known_as_soon_as_it_is_there(shelf):
    shelf.put(date(2026, 6, 1), [("低空经济", "甲。")])
    assert shelf.ids("马斯克火箭") == []
    wanted = shelf.put(date(2026, 6, 2), [("火箭", "马斯克。")])
    assert shelf.ids("马斯克火箭") == [wanted]


def test_a_heading_with_only_subsections_is_found_and_shown(shelf):
    shelf.put(date(2026, 6, 1), [("全球资本市场", ""), ("美股", "上涨。")])
    (hit,) = shelf.find("资本市场")
    assert (hit.heading, hit.sentence) == ("全球资本市场", "全球资本市场")


def test_a_find_in_the_heading_alone_shows_how_the_body_begins(shelf):
    shelf.put(date(2026, 6, 1), [("全球资本市场", "美股上涨。港股下跌。")])
    assert shelf.find("资本市场")[0].sentence == "美股上涨。"
