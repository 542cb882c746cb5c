"""A theme is a file that a person may write; what is wrong in it is named."""

import shutil

import pytest

from bot.errors import ConfigError
from bot.render.theme import load_theme
from bot.resources import directory
from tests.galley import THEMES, issue_of, sample, write

FOLDER = directory("templates") / "article" / "themes"


def test_the_themes_are_these():
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(THEMES)
    assert [load_theme(FOLDER, name).label for name in THEMES] == ["庄重", "科技", "温润"]


def test_a_theme_of_ones_own_is_a_file_in_the_folder(tmp_path):
    shutil.copy(FOLDER / "warm.toml", tmp_path / "mine.toml")
    assert load_theme(tmp_path, "mine") == load_theme(FOLDER, "warm")


def test_an_unknown_theme_is_answered_with_the_known_ones():
    with pytest.raises(ConfigError, match=r"article\.theme.*sober、technology、warm"):
        load_theme(FOLDER, "gothic")


@pytest.mark.parametrize(
    ("line", "instead", "key"),
    [
        ('label = "庄重"', "", "label"),
        ('text = "#333"', 'text = "red;}"', "colours.text"),
        ('text = "#333"', 'text = "#33333"', "colours.text"),
        ('quiet = "#555"', "", "colours.quiet"),
        ("[sizes]", "[measures]", "measures"),
        ("small = 13", 'small = "13px"', "sizes.small"),
        ("small = 13", "small = true", "sizes.small"),
        ("small = 13", "small = 900", "sizes.small"),
        ("small = 13", "small = nan", "sizes.small"),
        ("small = 13", "small = 13\nlarge = 20", "sizes.large"),
        ('heading = "ruled"', 'heading = "gothic"', "ornaments.heading"),
        ('heading = "ruled"', 'heading = ["ruled"]', "ornaments.heading"),
        ("figures = false", "figures = 0", "ornaments.figures"),
    ],
)
def test_a_bad_theme_names_its_file_and_the_key(tmp_path, line, instead, key):
    path = tmp_path / "mine.toml"
    text = (FOLDER / "sober.toml").read_text("utf-8")
    assert line in text
    path.write_text(text.replace(line, instead), "utf-8")
    with pytest.raises(ConfigError) as raised:
        load_theme(tmp_path, "mine")
    assert f"{path} 里的 {key} 不对" in str(raised.value)


@pytest.mark.parametrize("content", [b"label = ", b"\xff\xfe\x00", b"label = 1"])
def test_a_file_that_is_no_theme_is_a_settings_error(tmp_path, content):
    (tmp_path / "mine.toml").write_bytes(content)
    with pytest.raises(ConfigError, match=r"mine\.toml"):
        load_theme(tmp_path, "mine")


def test_a_theme_may_set_figures_bold():
    issue = issue_of("占比10.5%，共484万个。")
    assert "<strong>10.5%</strong>" in write(issue, "technology").html
    assert "<strong>10.5%</strong>" not in write(issue, "sober").html


def test_a_theme_may_set_thin_spaces():
    issue = issue_of("到2028年")
    assert "到\u20092028\u2009年" in write(issue, "technology").html
    assert "到2028年" in write(issue, "sober").html


def test_the_bare_form_of_a_theme_has_no_ornaments():
    bare = load_theme(FOLDER, "technology").bare()
    assert bare.colours == load_theme(FOLDER, "technology").colours
    assert not bare.ornaments.figures
    assert bare.bare() == bare


@pytest.mark.parametrize("theme", THEMES)
def test_colours_are_written_in_their_shortest_form(theme):
    html = write(sample("2026-06-13"), theme).html
    assert "rgb" not in html
    assert "#333333" not in html
