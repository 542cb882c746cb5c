"""An editor decides otherwise about one issue's cover: kept, shown with its reason, drawn everywhere."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image

from bot import flow
from bot.cli.main import main
from bot.config import load_config
from bot.errors import ArchiveError
from bot.model import Look
from bot.services import Services, open_services
from tests.conftest import SAMPLES, Clock, write_config

DAY = "2026-06-13"


@pytest.fixture
def config_file(tmp_path: Path) -> Path:
    return write_config(tmp_path)


@pytest.fixture
def services(config_file: Path, clock: Clock) -> Iterator[Services]:
    with open_services(load_config(config_file, {}), clock) as opened:
        flow.add_issue(opened, SAMPLES[-1])
        yield opened


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    Image.effect_noise((1200, 900), 80).convert("RGB").save(path)
    return path


def run(config_file: Path, *words: str, fails: bool = False) -> str:
    result = CliRunner().invoke(main, ["--config", str(config_file), "cover", *words])
    assert (result.exit_code != 0) is fails, result.output
    return result.output


def told(config_file: Path, *words: str) -> dict:
    return json.loads(run(config_file, DAY, *words, "--json"))


def drawn(services: Services) -> str:
    return flow.cover_of(services, services.archive.issue(DAY)).wide.digest


def test_an_issue_nobody_decided_about_has_no_look_of_its_own(services):
    assert services.covers.look(DAY) == Look()


def test_a_look_is_kept_with_its_picture_and_replaced_whole(services):
    services.covers.choose(DAY, Look("标题", "date", "paper", b"picture"))
    assert services.covers.look(DAY) == Look("标题", "date", "paper", b"picture")
    services.covers.choose(DAY, Look(palette="red"))
    assert services.covers.look(DAY) == Look(palette="red")


def test_the_same_picture_is_kept_once(services):
    for headline in ("甲", "乙"):
        services.covers.choose(DAY, Look(headline, picture=b"picture"))
    assert len(list(services.covers.folder.iterdir())) == 1


def test_an_empty_look_forgets_everything(services):
    services.covers.choose(DAY, Look("标题"))
    services.covers.choose(DAY, Look())
    assert services.covers.look(DAY) == Look()


def test_a_lost_picture_is_named_with_what_to_do(services):
    services.covers.choose(DAY, Look(picture=b"picture"))
    next(services.covers.folder.iterdir()).unlink()
    with pytest.raises(ArchiveError, match=f"封面图片不在.*rikan cover {DAY} --picture"):
        services.covers.look(DAY)


def test_a_folder_that_cannot_be_written_is_named(services):
    services.covers.folder.write_text("in the way")
    with pytest.raises(ArchiveError, match="存不了封面图片"):
        services.covers.choose(DAY, Look(picture=b"picture"))
    assert services.covers.look(DAY) == Look()


def test_a_look_outlives_a_correction_of_its_issue(services, tmp_path):
    services.covers.choose(DAY, Look("标题"))
    corrected = tmp_path / "corrected.txt"
    corrected.write_text(SAMPLES[-1].read_text(encoding="utf-8").replace("417", "418"), "utf-8")
    flow.add_issue(services, corrected, replace_old=True)
    assert services.covers.look(DAY) == Look("标题")


def test_the_command_tells_what_is_chosen_and_why(services, config_file):
    shown = run(config_file, DAY)
    for words in (
        "国家数据局推动行业高质量数据集建设",
        "第一节标题的第 1 个分句",
        "数字为主 figure",
        "星期六的颜色",
    ):
        assert words in shown


def test_an_editors_wishes_are_told_and_drawn(services, config_file, picture):
    before = drawn(services)
    found = told(config_file, "--headline", "数据要素迈入新阶段", "--layout", "date", "--palette", "paper", "--picture", str(picture))  # fmt: skip
    assert found["headline"] == {"text": "数据要素迈入新阶段", "reason": "编辑为本期指定"}
    assert (found["layout"]["name"], found["palette"]["name"]) == ("date", "paper")
    assert found["picture"] is True
    assert drawn(services) != before


def test_one_wish_leaves_the_others_alone_and_reset_takes_all_back(services, config_file):
    before = drawn(services)
    told(config_file, "--headline", "新标题")
    assert told(config_file, "--palette", "red")["headline"]["text"] == "新标题"
    assert told(config_file, "--headline", "")["palette"]["name"] == "red"
    told(config_file, "--reset")
    assert drawn(services) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--layout", "nope"], "没有叫 nope 的封面版式"),
        (["--palette", "nope"], "没有叫 nope 的封面颜色"),
        (["--picture", "config.toml"], "不是图片"),
        (["--picture", "none.jpg"], "读不了"),
    ],
)
def test_what_cannot_be_drawn_is_refused_and_changes_nothing(
    services, config_file, words, said, monkeypatch
):
    monkeypatch.chdir(config_file.parent)
    assert said in run(config_file, DAY, "--headline", "新标题", *words, fails=True)
    assert services.covers.look(DAY) == Look()


def test_an_issue_that_is_not_there_is_named(services, config_file):
    assert "存档中没有 2020-01-01" in run(config_file, "2020-01-01", fails=True)


def test_characters_that_no_font_has_are_told(services, config_file):
    assert "字体里没有“🚀”" in run(config_file, DAY, "--headline", "🚀数据要素新阶段")


def test_what_is_rendered_is_what_was_decided(services, config_file):
    services.covers.choose(DAY, Look(palette="paper", layout="date"))
    rendered = flow.render_issue(services, services.archive.issue(DAY))
    assert rendered.cover.wide.digest == drawn(services)
    with Image.open(io.BytesIO(rendered.cover.wide.data)) as image:
        light = image.convert("L").resize((1, 1), Image.Resampling.BOX).tobytes()[0]
        assert light > 180


def test_pictures_of_the_settings_are_found_beside_the_settings_file(tmp_path):
    config = load_config(write_config(tmp_path, web="[cover]\nlogo = 'logo.png'"), {})
    assert config.cover.logo == str((tmp_path / "logo.png").resolve())
    assert config.cover.background == ""
