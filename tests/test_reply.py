"""What followers read: right, within the platform's limits, never a dead end."""

import tomllib
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery import Entry, State
from bot.dialogue import Hit, Query, Wish
from bot.errors import ConfigError
from bot.reply.compose import Composer
from bot.reply.pieces import TEXT_BYTES, days_name, marked, size
from bot.reply.wording import (
    BESIDE_A_LIST,
    EXAMPLES,
    LONGEST,
    SENTENCES,
    Wording,
    longest,
)
from bot.resources import directory

DAY = date(2026, 6, 13)
URL = "https://mp.weixin.qq.com/s/x"
SHIPPED = directory("templates") / "reply" / "wording.toml"
NAMES = {
    "newsletter": "新质生产力每日动态",
    "organisation": "工作委员会",
    "website": "https://gyznsw.cn",
}
WORDING = Wording.load(SHIPPED, None, NAMES)
composer = Composer(WORDING, DAY)
ANY = Query(Wish.DAY, "六月", (date(2026, 6, 1), DAY))


def entry(number: int = 0, url: str = URL, headline: str = "头条") -> Entry:
    day = DAY - timedelta(days=number)
    name = f"日报 | {day.month}月{day.day}日"
    return Entry(day.isoformat(), day, name, headline, State.PUBLISHED, url, "https://p/c.jpg")


def hit(number: int = 0, step: int = 1, sentence: str = "有一句话。", section: str = "一节") -> Hit:
    day = DAY - timedelta(days=number)
    return Hit(day.isoformat(), day, "日报", section, sentence, URL, step, "https://p/c.jpg")


def words(text: str) -> Query:
    return Query(Wish.WORDS, text, words=text)


def test_the_newest_issue_is_a_card_with_its_cover():
    reply = composer.newest(entry())
    assert reply.kind == "news"
    assert reply.card is not None
    assert (reply.card.url, reply.card.picture) == (URL, "https://p/c.jpg")
    assert [each.issue_id for each in reply.hits] == ["2026-06-13"]


def test_an_issue_without_an_address_is_a_text():
    reply = composer.newest(entry(url=""))
    assert (reply.kind, reply.card) == ("text", None)
    assert "头条" in reply.text


def test_before_the_first_publication_followers_are_told_so():
    assert "还没有发布过" in composer.newest(None).text
    assert "还没有发布过" in composer.contents([]).text


def test_one_issue_of_a_day_is_its_card_and_several_are_a_numbered_list():
    assert composer.issues_of_days(ANY, [entry()], None, None).kind == "news"
    reply = composer.issues_of_days(ANY, [entry(0), entry(1)], None, None)
    assert reply.kind == "text"
    assert "6月1日至6月13日共 2 期" in reply.text
    assert f'2. 6月12日｜<a href="{URL}">头条</a>' in reply.text


def test_a_day_without_an_issue_leads_to_the_nearest_and_to_the_newest():
    day = Query(Wish.DAY, "", (DAY, DAY))
    reply = composer.issues_of_days(day, [], entry(2), entry(0, headline="新头条"))
    assert reply.kind == "none"
    assert "6月13日没有找到已发布的内容" in reply.text
    assert f'6月11日｜<a href="{URL}">头条</a>' in reply.text
    assert "新头条" in reply.text


def test_a_day_to_come_is_told_to_be_one():
    day = Query(Wish.DAY, "明天", (DAY + timedelta(days=1),) * 2)
    assert "6月14日还没有到" in composer.issues_of_days(day, [], entry(), entry()).text


def test_a_day_of_another_year_has_its_year():
    last_year = (date(2025, 1, 1), date(2025, 12, 31))
    assert days_name(last_year, DAY) == "2025年1月1日至12月31日"
    assert days_name((date(2025, 12, 31), DAY), DAY) == "2025年12月31日至6月13日"


def test_one_clear_hit_is_a_card_with_the_sentence_that_says_why():
    reply = composer.hits(words("句话"), [hit()])
    assert reply.kind == "news"
    assert reply.card is not None
    assert reply.card.description == "一节｜有一【句话】。"
    assert (reply.card.title, reply.card.url, reply.card.picture) == (
        "日报",
        URL,
        "https://p/c.jpg",
    )


def test_hits_are_linked_titles_with_date_and_sentence():
    reply = composer.hits(words("句话"), [hit(0), hit(1)])
    assert "“句话”，找到 2 期" in reply.text
    assert f'2. <a href="{URL}">一节</a>\n6月12日｜有一【句话】。' in reply.text


def test_more_hits_than_fit_are_counted_and_a_tap_asks_for_more():
    reply = composer.hits(words("“词”"), [hit(number) for number in range(8)])
    assert "“词”，找到 8 期，先看最相关的 5 期" in reply.text
    assert reply.text.count(URL) == reply.shown == 5
    assert "还有 3 期" in reply.text
    assert '<a href="weixin://bizmsgmenu?msgmenucontent=更多&msgmenuid=1">更多</a>' in reply.text


def test_more_goes_on_where_the_list_stopped():
    reply = composer.hits(words("词"), [hit(number) for number in range(8)], start=5)
    assert "“词”，第 6 至 8 期" in reply.text
    assert "\n8. " in reply.text
    assert "bizmsgmenu" not in reply.text
    assert reply.shown == 8


@pytest.mark.parametrize("step", [3, 4])
def test_what_is_only_similar_is_called_so_and_is_no_card(step):
    reply = composer.hits(words("词"), [hit(step=step)])
    assert reply.kind == "text"
    assert "相近" in reply.text


def test_what_is_found_on_other_days_than_asked_for_is_told_to_be():
    query = Query(Wish.WORDS, "昨天 词", (DAY, DAY), "词")
    assert (
        "6月13日没有写到“词”，别的日子找到 1 期"
        in composer.hits(query, [hit()], elsewhere=True).text
    )


def test_nothing_found_is_said_and_leads_to_the_newest():
    reply = composer.nothing(words("量子"), None, entry())
    assert reply.kind == "none"
    assert "没有找到与“量子”有关的内容" in reply.text
    assert "头条" in reply.text


def test_help_and_greeting_name_what_can_be_asked():
    welcome = composer.welcome(entry(), ["数据要素", "算力"])
    for reply in (composer.help(entry()), welcome):
        assert all(word in reply.text for word in ("最新", "目录", "6月9日", "数据要素", "头条"))
    assert "谢谢关注" in welcome.text
    assert 'msgmenucontent=算力&msgmenuid=1">算力</a>' in welcome.text


@pytest.mark.parametrize(
    ("kind", "said"),
    [("image", "图片"), ("voice", "语音"), ("shortvideo", "视频"), ("location", "位置"), ("link", "链接"), ("x", "文字")],
)  # fmt: skip
def test_every_kind_of_message_has_its_hint(kind, said):
    reply = composer.hint(kind)
    assert reply.kind == "help"
    assert said in reply.text


@pytest.mark.parametrize(
    ("sentence", "asked", "shown"),
    [
        ("用 gpt 和 GPT", "GPT", "用 【gpt】 和 GPT"),
        ("数据要素与数据", "数据要素 数据", "【数据要素】与数据"),
        ("一句话", "别的", "一句话"),
        ("一句话", "“句话” -一", "一【句话】"),
    ],
)
def test_the_words_asked_for_are_marked_in_the_sentence(sentence, asked, shown):
    assert marked(sentence, asked) == shown


# Whatever is said and found.

TEXT = st.text(max_size=300)
ADDRESS = st.sampled_from(["", URL, "https://a/" + "x" * 900, 'https://a/"><b>'])


@given(st.text(max_size=400), st.lists(st.tuples(TEXT, ADDRESS), max_size=12), st.integers(0, 11))
def test_any_words_and_any_text_keep_within_the_limit(said, found, start):
    hits = [Hit("2026-06-13", DAY, text, text, text, url, 1, "") for text, url in found] or [hit()]
    entries = [entry(n, url, text) for n, (text, url) in enumerate(found)]
    start = min(start, len(hits) - 1)
    replies = [
        composer.hits(words(said), hits),
        composer.hits(words(said), hits, start=start),
        composer.contents(entries),
        composer.more_issues(words(said), entries, start),
        composer.nothing(words(said), entry(headline=said), entry(1, headline="字" * 300)),
        composer.welcome(entry(headline=said), [said] * 3),
        composer.no_such_day(words(said), None),
    ]
    for reply in replies:
        assert reply.text
        if not reply.card:
            assert len(reply.text.encode("utf-8", "surrogatepass")) <= TEXT_BYTES


@given(st.integers(0, LONGEST // len("{organisation}")), st.integers(1, 12))
def test_whatever_editors_write_themselves_every_reply_keeps_within_the_limit(repeated, found):
    own = dict.fromkeys(SENTENCES, "{organisation}" * repeated + "字")
    ours = Composer(replace(WORDING, sentences=own, names={"organisation": "委员会" * 12}), DAY)
    entries, hits = [entry(n) for n in range(found)], [hit(n) for n in range(found)]
    replies = [
        *(ours.sentence(name) for name in ("thanks", "about", "busy")),
        ours.no_such_number(9, 3),
        ours.newest(None),
        ours.contents(entries),
        ours.hits(words("词"), hits),
        ours.welcome(entry(), ["词"]),
        ours.nothing(words("词"), entry(1), entry()),
    ]
    for reply in replies:
        assert reply.text
        assert size(reply.text) <= TEXT_BYTES


@pytest.mark.parametrize("name", sorted(BESIDE_A_LIST))
def test_the_longest_sentence_beside_a_list_leaves_room_for_it(name):
    own = {**WORDING.sentences, name: "字" * (longest(name) // 3)}
    ours = Composer(replace(WORDING, sentences=own), DAY)
    hits = [hit(number, step) for number, step in enumerate((1, 1, 1, 3, 3, 3, 3))]
    for some, start in ((hits, 0), (hits, 1), (hits[3:], 0)):
        assert ours.hits(words("词"), some, start=start).shown > start
    assert ours.hits(words("词"), hits, elsewhere=True).shown
    assert ours.contents([entry(number) for number in range(9)]).shown


@given(st.lists(TEXT, min_size=2, max_size=12))
def test_a_list_shows_at_least_one_and_never_skips(texts):
    hits = [hit(number, 1, text, text) for number, text in enumerate(texts)]
    start = 0
    while start < len(hits):
        reply = composer.hits(words("词"), hits, start=start)
        assert start < reply.shown <= start + 5
        start = reply.shown


@given(st.text(max_size=100))
def test_a_followers_own_words_cannot_become_markup(said):
    for reply in (
        composer.nothing(words(f"<a href='x'>{said}"), None, None),
        composer.no_such_day(words(f"<b>{said}"), None),
    ):
        assert "<" not in reply.text


@given(st.text(max_size=100))
def test_an_issues_own_words_cannot_become_markup(text):
    hits = [hit(sentence=f"<b>{text}", section=f"<i>{text}")] * 2
    assert composer.hits(words("词"), hits).text.count("<") == 4  # the links' own


# The sentences.


def test_the_shipped_sentences_are_all_used_and_all_there():
    plain = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    assert plain.keys() - {EXAMPLES} == SENTENCES.keys()


def test_editors_may_have_their_own_words_for_some(tmp_path: Path):
    own = tmp_path / "own.toml"
    own.write_text('thanks = "{newsletter}谢谢你"\nexamples = ["芯片"]\n', encoding="utf-8")
    wording = Wording.load(SHIPPED, own, NAMES)
    assert wording.say("thanks") == "新质生产力每日动态谢谢你"
    assert wording.examples == ("芯片",)
    assert "目录" in wording.say("help")


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        ('thank = "谢谢"', "thank 没有用处"),
        ('thanks = "{said}谢谢"', "填不了 {said}"),
        ('thanks = "{谢谢"', "填不了"),
        ("thanks = 3", "应是一句话"),
        ('thanks = ""', "应是一句话"),
        (f'thanks = "{"谢" * 400}"', "应是一句话"),
        ('examples = "算力"', "应是几个词"),
        ("thanks = 谢谢", "读不了"),
    ],
)
def test_a_mistake_in_their_own_words_is_told_when_the_process_starts(tmp_path, toml, told):
    own = tmp_path / "own.toml"
    own.write_text(toml, encoding="utf-8")
    with pytest.raises(ConfigError, match=told):
        Wording.load(SHIPPED, own, NAMES)


def test_words_that_are_not_there_are_told_to_be_missing(tmp_path):
    with pytest.raises(ConfigError, match="读不了"):
        Wording.load(SHIPPED, tmp_path / "none.toml", NAMES)
