"""The menu below the chat: checked before anything is sent, and sent only where it differs."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from bot.cli.main import main
from bot.config import load_config
from bot.sandbox.menu import check_button
from bot.settings import ButtonSettings
from bot.wechat.menu import NEEDS, problems, same, written
from tests.account import calls

MENU = """
[[menu.buttons]]
name = "最新一期"
type = "click"
key = "最新"

[[menu.buttons]]
name = "往期"
[[menu.buttons.sub]]
name = "本周"
type = "click"
key = "本周"
[[menu.buttons.sub]]
name = "网站"
type = "view"
url = "https://gyznsw.cn"
"""
SHOWN = "最新一期  click 最新\n往期 › 本周  click 本周\n往期 › 网站  view https://gyznsw.cn\n"


def rikan(path: Path, *words: str) -> Result:
    return CliRunner().invoke(main, [*words, "--config", str(path)])


@pytest.fixture
def menu_path(config_path: Path) -> Path:
    config_path.write_text(config_path.read_text(encoding="utf-8") + MENU, encoding="utf-8")
    return config_path


def test_a_menu_is_pushed_once_however_often_it_is_asked_for(menu_path, sandbox):
    first, second = rikan(menu_path, "menu", "push"), rikan(menu_path, "menu", "push")
    assert first.output.startswith(SHOWN)
    assert "菜单已更新" in first.output
    assert "没有改动" in second.output
    assert sandbox.changes == ["menu/create"]


def test_a_trial_calls_nobody(menu_path, sandbox):
    assert rikan(menu_path, "menu", "push", "--dry-run").output == SHOWN
    assert sandbox.state["log"] == []


def test_what_the_platform_has_is_shown_with_whether_it_is_as_wanted(menu_path):
    before = rikan(menu_path, "menu", "show")
    assert "还没有用接口设过菜单" in before.stdout
    assert "rikan menu push" in before.stderr
    rikan(menu_path, "menu", "push")
    assert rikan(menu_path, "menu", "show").output == SHOWN
    plain = json.loads(rikan(menu_path, "menu", "show", "--json").stdout)
    assert plain["as_configured"] is True


def test_a_changed_menu_is_pushed_again(menu_path, sandbox):
    rikan(menu_path, "menu", "push")
    text = menu_path.read_text(encoding="utf-8").replace("本周", "上周")
    menu_path.write_text(text, encoding="utf-8")
    assert "菜单已更新" in rikan(menu_path, "menu", "push").output
    assert calls(sandbox, "menu/create") == 2


def test_a_menu_that_the_platform_would_refuse_is_not_sent(menu_path, sandbox):
    text = menu_path.read_text(encoding="utf-8").replace("最新一期", "最新的这一期报告")
    menu_path.write_text(text, encoding="utf-8")
    refused = rikan(menu_path, "menu", "push")
    assert refused.exit_code == 1
    assert "24 字节，最多 16 字节" in refused.stderr
    assert sandbox.state["log"] == []


def test_without_a_menu_in_the_settings_the_remedy_is_told(config_path):
    assert "[menu]" in rikan(config_path, "menu", "push").stderr


class TestAnAccountThatMayNot:
    @pytest.fixture
    def account_kind(self) -> str:
        return "unverified"

    def test_it_is_told_where_to_set_the_menu_by_hand(self, menu_path):
        refused = rikan(menu_path, "menu", "push")
        assert refused.exit_code == 1
        assert "自定义菜单" in refused.stderr


def test_an_unknown_setting_of_a_button_is_an_error(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text('[menu]\nbuttons = [{ nam = "最新" }]', encoding="utf-8")
    assert "nam" in rikan(path, "menu", "push", "--dry-run").stderr


@pytest.mark.parametrize(
    ("button", "problem"),
    [
        ({"name": "最新", "type": "click"}, "缺少 key"),
        ({"name": "最新", "type": "tap", "key": "最新"}, "type 不对"),
        ({"name": "网站", "type": "view", "url": "gyznsw.cn"}, "不是完整的网址"),
        ({"name": "网站", "type": "view", "url": "https://" + "a" * 1020}, "超过 1024 字节"),
        ({"name": "最新", "type": "click", "key": "k" * 129}, "最多 128 字节"),
        ({"name": " ", "type": "click", "key": "k"}, "没有 name"),
        (
            {"name": "往期", "type": "click", "sub": [{"name": "a", "type": "click", "key": "k"}]},
            "只能留一样",
        ),
        ({"name": "往期", "sub": [{"name": "a", "type": "click", "key": "k"}] * 6}, "最多 5 个"),
        ({"name": "往期", "sub": [{"name": "a", "sub": [{"name": "b"}]}]}, "不能再有按钮"),
    ],
)
def test_each_fault_of_a_button_is_named(button, problem):
    assert any(problem in found for found in problems([ButtonSettings(**button)]))


def test_four_buttons_are_one_too_many():
    button = ButtonSettings(name="最新", type="click", key="最新")
    assert problems([button] * 3) == []
    assert "最多 3 个" in problems([button] * 4)[0]


BUTTONS = st.builds(
    ButtonSettings,
    name=st.text("最新一期abc ", max_size=8),
    type=st.sampled_from([*NEEDS, "tap", ""]),
    key=st.sampled_from(["", "最新", "k" * 129]),
    url=st.sampled_from(["", "https://gyznsw.cn", "gyznsw.cn"]),
    appid=st.sampled_from(["", "wx1"]),
    pagepath=st.sampled_from(["", "index"]),
    article_id=st.sampled_from(["", "a1"]),
)


@given(BUTTONS)
def test_what_is_found_to_be_fine_the_platform_takes(button):
    if not problems([button]):
        check_button(written([button])[0])


def test_an_empty_part_makes_no_difference():
    ours = [{"name": "往期", "sub_button": [{"name": "a", "type": "click", "key": "k"}]}]
    theirs = [
        {
            "name": "往期",
            "sub_button": [{"type": "click", "name": "a", "key": "k", "sub_button": []}],
        }
    ]
    assert same(ours, theirs)
    assert not same(ours, [{"name": "往期", "sub_button": []}])


def test_the_menu_of_the_example_is_one_that_the_platform_takes(tmp_path):
    example = (Path(__file__).parents[1] / "config.example.toml").read_text(encoding="utf-8")
    comment = example[example.index("# buttons = [") : example.index("\nbuttons = []")]
    path = tmp_path / "config.toml"
    path.write_text("[menu]\n" + comment.replace("# ", ""), encoding="utf-8")
    assert problems(load_config(path, {}).menu.buttons) == []
