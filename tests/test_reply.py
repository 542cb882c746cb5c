"""What followers read: right, within the platform's limits, never a dead end."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery import Entry, State
from bot.dialogue import Hit, Query, Wish
from bot.reply import compose

DAY = date(2026, 6, 13)
NEWSLETTER = "新质生产力每日动态"


def entry(
    number: int = 0, url: str = "https://mp.weixin.qq.com/s/x", headline: str = "头条"
) -> Entry:
    day = DAY - timedelta(days=number)
    return Entry(
        day.isoformat(),
        day,
        f"日报 | {day.month}月{day.day}日",
        headline,
        State.PUBLISHED,
        url,
        "https://p/c.jpg",
    )


def hit(number: int = 0, step: int = 1, sentence: str = "有一句话。", section: str = "一节") -> Hit:
    day = DAY - timedelta(days=number)
    return Hit(
        day.isoformat(), day, "日报", section, sentence, "https://mp.weixin.qq.com/s/x", step
    )


def words(text: str) -> Query:
    return Query(Wish.WORDS, text)


def test_the_newest_issue_is_a_card_with_its_cover():
    reply = compose.reply_with_newest(entry(), NEWSLETTER)
    assert reply.kind == "news"
    assert reply.card is not None
    assert (reply.card.url, reply.card.picture) == (
        "https://mp.weixin.qq.com/s/x",
        "https://p/c.jpg",
    )
    assert [each.issue_id for each in reply.hits] == ["2026-06-13"]


def test_an_issue_without_an_address_is_a_text():
    reply = compose.reply_with_newest(entry(url=""), NEWSLETTER)
    assert (reply.kind, reply.card) == ("text", None)
    assert "头条" in reply.text


def test_before_the_first_publication_followers_are_told_so():
    assert "还没有发布过" in compose.reply_with_newest(None, NEWSLETTER).text
    assert "还没有发布过" in compose.reply_with_contents([], NEWSLETTER).text


def test_one_issue_of_a_day_is_its_card_and_several_are_a_list():
    query = Query(Wish.DAY, "6月", (date(2026, 6, 1), DAY))
    assert compose.reply_with_days(query, [entry()], None, NEWSLETTER).kind == "news"
    reply = compose.reply_with_days(query, [entry(0), entry(1)], None, NEWSLETTER)
    assert reply.kind == "text"
    assert "6月1日至6月13日共 2 期" in reply.text


def test_a_day_without_an_issue_leads_to_the_nearest():
    reply = compose.reply_with_days(Query(Wish.DAY, "", (DAY, DAY)), [], entry(2), NEWSLETTER)
    assert reply.kind == "none"
    assert "6月13日没有找到已发布的内容" in reply.text
    assert '6月11日｜<a href="https://mp.weixin.qq.com/s/x">头条</a>' in reply.text


def test_hits_are_linked_titles_with_date_and_sentence():
    reply = compose.reply_with_hits(words("词"), [hit(0), hit(1)], entry())
    assert "“词”，找到 2 期" in reply.text
    assert '<a href="https://mp.weixin.qq.com/s/x">一节</a>\n6月12日｜有一句话。' in reply.text


def test_more_hits_than_fit_are_counted_and_the_best_are_shown():
    reply = compose.reply_with_hits(words("“词”"), [hit(number) for number in range(8)], None)
    assert "“词”，找到 8 期，先看最相关的 5 期" in reply.text
    assert reply.text.count("<a ") == 5
    assert len(reply.hits) == 8


@pytest.mark.parametrize("step", [3, 4])
def test_what_is_only_similar_is_called_so(step):
    assert "相近" in compose.reply_with_hits(words("词"), [hit(step=step)], None).text


def test_nothing_found_is_said_and_leads_to_the_newest():
    reply = compose.reply_with_hits(words("量子"), [], entry())
    assert reply.kind == "none"
    assert "没有找到与“量子”有关的内容" in reply.text
    assert "头条" in reply.text


def test_help_and_greeting_name_what_can_be_asked():
    for reply in (
        compose.reply_with_help(NEWSLETTER, entry()),
        compose.reply_to_newcomer(NEWSLETTER, entry()),
    ):
        assert all(word in reply.text for word in ("最新", "目录", "6月9日", "数据要素", "头条"))


@given(st.text(max_size=400), st.lists(st.text(max_size=300), max_size=12))
def test_any_words_and_any_text_keep_within_the_limit(said, sentences):
    hits = [hit(number, 1, sentence, sentence) for number, sentence in enumerate(sentences)]
    replies = [
        compose.reply_with_hits(words(said), hits, entry(headline="字" * 300)),
        compose.reply_with_contents(
            [entry(n, headline=text) for n, text in enumerate(sentences)], NEWSLETTER
        ),
    ]
    for reply in replies:
        assert reply.text
        assert len(reply.text.encode("utf-8", "surrogatepass")) <= 2000


@given(st.text(max_size=100))
def test_a_followers_own_words_cannot_become_markup(said):
    assert "<" not in compose.reply_with_hits(words(f"<a href='x'>{said}"), [], None).text


@given(st.text(max_size=100))
def test_an_issues_own_words_cannot_become_markup(text):
    reply = compose.reply_with_hits(
        words("词"), [hit(sentence=f"<b>{text}", section=f"<i>{text}")], None
    )
    assert reply.text.count("<") == 2  # the link's own
