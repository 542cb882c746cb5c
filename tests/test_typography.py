"""Quotes, the space beside Latin letters, figures: never a word changed."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render.typography import meet, pair_quotes, split_figures

MIXED = st.text(alphabet="中文字A1b.%，。 \u2009\"'“”‘’（）\n", max_size=60)


@pytest.mark.parametrize(
    ("written", "set_as"),
    [
        ("展现”智造”新版图", "展现“智造”新版图"),
        ('"流动黄金"', "“流动黄金”"),
        ("“已经”对的", "“已经”对的"),
        ("”反“了", "“反”了"),
        ("“里面“还有”一层”", "“里面“还有”一层”"),
        ("只有一个”的不动", "只有一个”的不动"),
        ("'单引号'里的don't不动", "‘单引号’里的don't不动"),
    ],
)
def test_quotes_are_turned_to_their_side(written, set_as):
    assert pair_quotes(written) == set_as


@given(MIXED)
def test_turning_quotes_changes_nothing_else(text):
    turned = pair_quotes(text)
    assert len(turned) == len(text)
    assert re.sub("[\"“”'‘’]", "", turned) == re.sub("[\"“”'‘’]", "", text)
    assert pair_quotes(turned) == turned


@pytest.mark.parametrize(
    ("latin", "set_as"),
    [
        ("written", "到 2028 年，AI与5G占10%的。"),
        ("thin", "到\u20092028\u2009年，AI\u2009与\u20095G\u2009占\u200910%\u2009的。"),
        ("close", "到2028年，AI与5G占10%的。"),
    ],
)
def test_the_space_beside_latin_letters_is_as_the_theme_wants_it(latin, set_as):
    assert meet("到 2028 年，AI与5G占10%的。", latin) == set_as


def test_the_space_is_set_where_a_bold_word_meets_a_plain_one():
    assert meet("5G", "thin", "建设") == "\u20095G"
    assert meet("，5G", "thin", "建设") == "，5G"


@given(MIXED, st.sampled_from(["written", "thin", "close"]), MIXED)
def test_setting_the_space_changes_no_word(text, latin, before):
    once = meet(text, latin, before)
    assert re.sub(r"\s", "", once) == re.sub(r"\s", "", text)
    assert meet(once, latin, before) == once


def test_figures_worth_noticing_are_sums_and_shares():
    text = "第139届有875家，占10.5%，484万个，3 万亿元，GB-12%，2026年6月"
    assert [piece for piece, is_figure in split_figures(text) if is_figure] == [
        "10.5%",
        "484万个",
        "3 万亿元",
    ]


@given(MIXED)
def test_noticing_figures_loses_nothing(text):
    assert "".join(piece for piece, _ in split_figures(text)) == text
