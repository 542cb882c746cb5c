"""The sentence that is shown of a section that was found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.archive.snippet import LONGEST, found_sentence
from bot.archive.terms import read_question, term
from tests.shelf import folding


def sentence(body: str, words: str) -> str:
    terms = [term(word) for word in read_question(folding.fold(words)).words]
    return found_sentence("标题", body, folding.fold(body), terms)


def test_the_sentence_with_most_of_the_words_is_shown():
    body = "数据很多。数据要素与數據中心，还有 AI。要素也多！\n最后一段。"
    assert sentence(body, "数据 AI") == "数据要素与數據中心，还有 AI。"


def test_a_long_sentence_is_cut_at_its_commas_around_the_words():
    body = "开头，" * 20 + "低空经济提速发展，" + "结尾，" * 30 + "完。"
    shown = sentence(body, "低空经济")
    assert "低空经济提速发展" in shown
    assert shown.startswith("…开头，")
    assert shown.endswith("结尾…")


@given(
    st.text(alphabet="甲乙丙丁，。、；\n “”", max_size=300),
    st.text(alphabet="甲乙丙丁", min_size=1, max_size=4),
)
def test_a_shown_sentence_is_short_and_shows_the_word_if_the_body_has_it(body, word):
    shown = sentence(body, word)
    assert shown
    assert len(shown) <= LONGEST
    assert (word in shown) or (word not in body)


@pytest.mark.parametrize("body", ["人。" * 20_000, "人" * 20_000, "人工智能" * 5_000])
def test_a_body_that_says_one_word_only_has_a_sentence_as_well(body):
    assert len(sentence(body, "人")) <= LONGEST
