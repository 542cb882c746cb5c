"""The article in the dark, held against what WeChat's own library does in a browser."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render.colour import Colour, colours_in, contrast, over, read_colour
from bot.render.dark import (
    DARK_INK,
    DARK_PAGE,
    LEAST_DIFFERENCE,
    NEARLY_WHITE,
    dark_ground,
    dark_ink,
    darkened,
    recoloured,
)
from bot.render.markup import read_markup, written

RECORDED = json.loads((Path(__file__).parent / "dark-mode.json").read_text("utf-8"))
channel = st.integers(0, 255)
colours = st.builds(Colour, channel, channel, channel, st.sampled_from([1.0, 0.9, 0.5, 0.2]))
opaque = st.builds(Colour, channel, channel, channel, st.just(1.0))


def colour(text: str) -> Colour:
    found = read_colour(text)
    assert found is not None
    return found


def scenes(html: str) -> list[tuple[str, str]]:
    """(text, ground) as seen in the dark, of every element."""
    return [
        (over(each.scene.dark_ground, each.scene.dark_ink).css, each.scene.dark_ground.css)
        for each in recoloured(read_markup(html))
    ]


@pytest.mark.parametrize(("ink", "ground", "expected"), RECORDED["inks"])
def test_text_becomes_what_the_official_library_makes_of_it(ink, ground, expected):
    assert dark_ink(colour(ink), colour(ground))[:3] == colour(expected)[:3]


@pytest.mark.parametrize(("ground", "behind", "expected"), RECORDED["grounds"])
def test_a_background_becomes_what_the_official_library_makes_of_it(ground, behind, expected):
    assert dark_ground(colour(ground), colour(behind))[:3] == colour(expected)[:3]


@pytest.mark.parametrize("fragment", RECORDED["fragments"])
def test_nested_elements_are_seen_as_in_the_official_library(fragment):
    assert scenes(fragment["html"]) == [tuple(pair) for pair in fragment["seen"]]


def test_white_turns_black_and_a_bright_ground_is_dimmed():
    assert dark_ground(colour("#fff")) == DARK_PAGE
    assert dark_ground(colour("#ffeb3b")).brightness == pytest.approx(190, abs=1)


def test_dark_text_on_the_page_turns_light():
    assert dark_ink(colour("#333"), DARK_PAGE).brightness > 120


@given(opaque)
def test_text_on_the_page_is_told_from_it(ink):
    moved = dark_ink(ink, DARK_PAGE)
    assert moved.brightness - DARK_PAGE.brightness >= LEAST_DIFFERENCE - 2
    assert moved.brightness <= DARK_INK.brightness + 2 or ink.brightness >= NEARLY_WHITE


@given(colours, opaque)
def test_every_colour_stays_a_colour(ink, ground):
    for found in (dark_ink(ink, ground), dark_ground(ink, ground)):
        assert all(0 <= each <= 255 for each in found[:3])
        assert found.alpha == pytest.approx(ink.alpha)
        assert colour(found.css) == pytest.approx(found, abs=0.5)


def test_contrast_is_that_of_wcag():
    assert contrast(colour("#000"), colour("#fff")) == 21
    assert contrast(colour("#767676"), colour("white")) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("3px solid #1b3a6b", ["#1b3a6b"]),
        ("1px solid rgba(0, 0, 0, .5)", ["rgba(0, 0, 0, .5)"]),
        ("2px dotted tomato", ["tomato"]),
        ("url(red.png) no-repeat", []),
        ("inherit", []),
        ("transparent", []),
    ],
)
def test_colours_are_found_within_a_value(value, found):
    assert colours_in(value) == [read_colour(each) for each in found]


def test_the_darkened_article_has_the_same_words_and_new_colours():
    light = '<section style="background:#fff;border-left:3px solid #1b3a6b"><p>一 &lt; 二<br>&amp;</p><img src="a.png"></section>'
    dark = darkened(light)
    assert read_markup(dark).text == read_markup(light).text
    assert "background:#191919" in dark
    assert "#1b3a6b" not in dark
    assert '<img src="a.png">' in dark


def test_text_that_inherits_is_recoloured_for_a_new_background():
    dark = darkened('<section style="color:#333"><p style="background:#f9fbff">字</p></section>')
    paragraph = next(next(read_markup(dark).elements).elements)
    ground, ink = colour(paragraph.style["background"]), colour(paragraph.style["color"])
    assert contrast(ink, ground) > 4.5


def test_text_on_a_picture_keeps_its_colour():
    dark = darkened('<section style="background:url(https://mmbiz.qpic.cn/x)"><p>字</p></section>')
    assert "color:#191919" in dark


def test_a_drawing_and_what_must_not_be_darkened_stay_as_they_are():
    html = '<svg><path fill="#000"></path></svg><p data-no-dark="" style="color:#000">字</p>'
    assert darkened(html) == html


@given(st.recursive(st.text("字a<&> ", max_size=5), lambda inner: st.lists(inner, max_size=3)))
def test_written_markup_is_read_back_the_same(tree):
    def build(part) -> str:
        if isinstance(part, str):
            return part.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return f'<p style="color:red">{"".join(map(build, part))}</p>'

    html = build(tree)
    assert written(read_markup(html)) == html
