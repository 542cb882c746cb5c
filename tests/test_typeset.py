"""Lines of Chinese: where they may break, how tight they are, how large they come out."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.render.phrase import CLOSING, OPENING, bonds, pieces
from bot.render.typeset import Setting, fit, spread, tidy

BOX = Setting(width=700, height=450, largest=160, smallest=80, lines=3)
WIDE_BOX = Setting(width=4000, height=450, largest=40, smallest=20)
TEXTS = st.lists(
    st.sampled_from(
        [*"国家数据局推动的和建设，。：！“”《》（）·—…", "AI4S", "3.1%", " ", "2025年"]
    ),
    min_size=1,
    max_size=30,
).map("".join)


def advance(character: str) -> float:
    return 0.55 if character.isascii() else 1.0


@settings(deadline=None)
@given(TEXTS)
def test_no_line_starts_with_a_closing_mark_or_ends_with_an_opening_one(text):
    lines = fit(text, advance, BOX).lines
    assert not any(line[0] in CLOSING + "！·…—%" for line in lines[1:])
    assert not any(line[-1] in OPENING for line in lines[:-1])


@settings(deadline=None)
@given(TEXTS)
def test_lines_stay_within_their_box(text):
    block = fit(text, advance, BOX)
    assert len(block.lines) <= BOX.lines
    assert all(spread(line, advance)[1] * block.size <= BOX.width for line in block.lines)
    assert block.size * (1 + (len(block.lines) - 1) * BOX.leading) <= BOX.height


@settings(deadline=None)
@given(TEXTS)
def test_nothing_is_lost_but_spaces_unless_an_ellipsis_says_so(text):
    shown = "".join(fit(text, advance, BOX).lines)
    assert shown.endswith("…") or shown.replace(" ", "") == tidy(text).replace(" ", "")


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_text_at_all_can_be_set(text):
    assert len(fit(text, advance, BOX).lines) <= BOX.lines


@pytest.mark.parametrize(
    "whole", ["3.1%", "140万亿", "2025年", "第139届", "417个", "AI4S", "GPT-6", "1,000", "——", "……"]
)
def test_numbers_words_and_dashes_are_never_cut(whole):
    parts = pieces(f"数据{whole}数据")
    assert any(whole in part for part in parts)


def test_hanzi_may_part_anywhere_else():
    assert pieces("数据要素") == ("数", "据", "要", "素")


def test_a_quoted_word_keeps_its_marks():
    assert pieces("在“智造”里") == ("在", "“智", "造”", "里")


def test_a_short_text_is_set_as_large_as_allowed():
    assert fit("数据", advance, BOX).size == BOX.largest


def test_the_last_line_is_never_one_character():
    for count in range(4, 24):
        assert len(fit("国" * count, advance, BOX).lines[-1]) > 1


def test_lines_are_balanced():
    lengths = [len(line) for line in fit("国" * 15, advance, BOX).lines]
    assert max(lengths) - min(lengths) <= 1


def test_a_line_ends_between_words_that_the_text_itself_teaches():
    corpus = "推动行业发展，推动数据流通。数据集建设，高质量数据。行业规范，高质量数据集。国家数据局。建设规范。"
    lines = fit("国家数据局推动行业高质量数据集建设", advance, BOX, bonds(corpus)).lines
    words = ("国家数据局", "推动", "行业", "高质量", "数据集", "建设")
    assert all(any(word in line for line in lines) for word in words)


def test_particles_do_not_begin_a_line():
    bond = bonds("天地人")
    assert bond("新的", 1) == 1
    assert bond("和新", 1) == 1
    assert bond("新，人", 2) == 0


def test_text_that_is_too_long_ends_in_an_ellipsis():
    block = fit("国家数据局推动建设" * 8, advance, BOX)
    assert block.lines[-1].endswith("…")
    assert block.size >= BOX.smallest


def test_an_endless_word_is_cut_rather_than_drawn_too_small():
    block = fit("x" * 200, advance, BOX)
    assert block.size >= BOX.smallest
    assert block.lines[-1].endswith("…")


def test_no_text_gives_one_empty_line():
    assert fit(" ", advance, BOX).lines == ("",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("AI 时代的 3 个问题", "AI时代的3个问题"),
        ("OpenAI  releases GPT", "OpenAI releases GPT"),
        ("“人工智能 +” 落地", "“人工智能+”落地"),
        ("\n数据\u3000要素\t", "数据要素"),
    ],
)
def test_typed_spaces_remain_between_latin_words_only(text, expected):
    assert tidy(text) == expected


def test_hanzi_and_latin_are_parted_by_a_thin_space():
    assert spread("用AI", advance)[1] == pytest.approx(2.1 + 0.13)


def test_a_year_and_its_unit_stand_close():
    assert spread("6月", advance)[1] == pytest.approx(1.55)


@pytest.mark.parametrize(
    ("line", "width"), [("“数”", 2), ("《数》", 2), ("数，据", 3), ("数。”", 2), ("数）》据", 3.5)]
)
def test_punctuation_gives_up_its_empty_half(line, width):
    assert spread(line, advance)[1] == pytest.approx(width)


@settings(deadline=None)
@given(TEXTS)
def test_characters_stand_in_reading_order(text):
    starts, _ = spread(tidy(text), advance)
    # A closing and an opening quote share one em box, but for what halves lose in floating point.
    assert all(left <= right + 1e-9 for left, right in pairwise(starts))


def test_one_line_shrinks_before_it_is_cut():
    assert fit("国" * 150, advance, WIDE_BOX).size == 26


@pytest.mark.parametrize(
    "whole", ["《民法典》", "2026年6月13日", "2021—2025年", "3.1个百分点", "十四五"]
)
def test_titles_dates_and_spans_are_never_cut(whole):
    assert any(whole in part for part in pieces(f"数据{whole}数据"))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("一季度基础设施投资亮眼回升向好", "季度"),
        ("多地抢滩布局科学智能生态体系建设", "生态"),
        ("霍尔木兹海峡航运恢复正常秩序", "霍尔木兹"),
        ("城市治理迈入精细化管理新阶段", "城市"),
    ],
)
def test_a_word_that_the_issue_says_once_is_not_torn(text, word):
    assert any(word in line for line in fit(text, advance, BOX, bonds(text)).lines)


def test_a_short_quotation_is_rather_left_whole():
    text = "高质量行业数据集成为“人工智能”底座"
    assert any("“人工智能”" in line for line in fit(text, advance, BOX, bonds(text)).lines)


@pytest.mark.parametrize("text", ["2026年6月13日", "6月1日"])
def test_a_date_has_no_gaps_at_all(text):
    assert spread(text, advance)[1] == pytest.approx(sum(map(advance, text)))


def test_a_gap_stands_on_either_side_of_a_latin_word_alike():
    starts, _ = spread("日AI日", advance)
    assert starts[1] - 1 == pytest.approx(starts[3] - starts[2] - 0.55)


def test_an_ellipsis_stands_between_words():
    text = "《数字中国发展报告（2025年）》发布，数字基础设施进入复盘与升级阶段"
    shown = "".join(fit(text, advance, BOX, bonds(text)).lines)
    assert shown.endswith(("设施…", "进入…", "复盘…"))
