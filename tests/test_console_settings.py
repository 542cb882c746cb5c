"""The pages of the settings: what admins change there is what every process reads, and nothing is lost on the way."""

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from bot.archive.accounts import Role
from bot.archive.changes import Changes
from bot.config import CONFIG_VARIABLE, load_config
from bot.console.menu_form import read_buttons, wrong_with
from bot.console.names import known
from bot.console.schedule_form import checked, read_form
from bot.console.wording_page import trouble_with
from bot.reply.wording import EXAMPLES, SENTENCES
from bot.services import Services
from bot.services.followers import open_wording
from bot.web import create_app
from tests.conftest import APPSECRET, write_config
from tests.console import KEY, Person, signed_in

SCRIPT = "<script>alert(1)</script>"
EXAMPLE = Path(__file__).parents[1] / "config.example.toml"
SCHEDULE = {
    "enabled": "1",
    "days": "workdays",
    "draft_at": "06:30",
    "preview_at": "06:40",
    "missing_at": "06:50",
    "remind_at": "07:15",
    "publish_at": "07:30",
    "give_up_at": "12:00",
    "quiet_from": "22:00",
    "quiet_to": "06:00",
    "approval": "one",
}
MENU = {
    "0-name": "最新一期",
    "0-type": "click",
    "0-key": "最新",
    "1-name": "往期",
    "1-type": "sub",
    "1-0-name": "网站",
    "1-0-type": "view",
    "1-0-url": "https://gyznsw.cn",
}


@pytest.fixture
def config_path(tmp_path: Path, sandbox, monkeypatch) -> Path:
    path = write_config(tmp_path, sandbox.url, web=f'secret_key = "{KEY}"')
    with path.open("a", encoding="utf-8") as file:
        file.write("\n# 早上的事\n[schedule]\nenabled = false  # 还没有开\n")
    monkeypatch.setenv(CONFIG_VARIABLE, str(path))
    return path


@pytest.fixture
def app(services: Services) -> Flask:
    return create_app(services)


@pytest.fixture
def zhao(app, services) -> Person:
    return signed_in(app, services, "赵强", Role.ADMIN)


@pytest.fixture
def wang(app, services) -> Person:
    return signed_in(app, services, "王芳", Role.EDITOR)


def kept(path: Path) -> dict:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def lines(services: Services) -> list[tuple[str, str, str, str]]:
    found = Changes(services.ledger.engine, services.now).newest(99)
    return [(each.who, each.what, each.before, each.after) for each in found]


def save(person: Person, page: str, seen: str = "", **fields: str):
    """Send a page's form as it is shown, with these fields."""
    mark = re.search(r'name="seen" value="([^"]*)"', person.get(page).text)
    assert mark
    return person.post(page, seen=seen or mark[1], **fields)


# Who may.


def test_an_editor_looks_at_health_and_schedule_and_at_nothing_else(wang):
    assert wang.get("/settings").status_code == 200
    assert wang.get("/settings/health").status_code == 200
    assert '<fieldset class="plain-set" disabled>' in wang.get("/settings/schedule").text
    pages = "menu menu/push menu/push/difference wording wording/help people changes"
    assert {wang.get(f"/settings/{page}").status_code for page in pages.split()} == {403}


def test_an_editor_changes_nothing(wang, services, config_path):
    before = config_path.read_bytes()
    acts = "schedule schedule/ahead menu menu/phone menu/push wording/help wording/help/bubble"
    for act in (*acts.split(), "people/invite", "people/unbind"):
        answer = wang.post(f"/settings/{act}", **SCHEDULE, **MENU, name="某人", text="某话")
        assert answer.status_code == 403, act
    assert config_path.read_bytes() == before
    assert lines(services) == []


def test_no_form_is_taken_without_its_token(zhao, services, config_path):
    before = config_path.read_bytes()
    for act in ("schedule", "menu", "menu/push", "wording/help", "people/invite"):
        answer = zhao.browser.post(f"/console/settings/{act}", data=SCHEDULE | {"name": "某人"})
        assert answer.status_code == 400, act
    assert config_path.read_bytes() == before
    assert services.editors.invited() == ()


# The schedule.


def test_a_schedule_that_is_saved_is_in_the_settings_file_with_its_comments(
    zhao, services, config_path
):
    config_path.chmod(0o600)
    answer = save(
        zhao, "/settings/schedule", **SCHEDULE | {"publish_at": "08:00", "skip": "10月1日"}
    )
    assert "已保存 3 处改动" in zhao.follow(answer)
    text = config_path.read_text(encoding="utf-8")
    assert "# 早上的事\n[schedule]\nenabled = true  # 还没有开\n" in text
    read = load_config(config_path, {}).schedule
    assert (read.enabled, str(read.publish_at), str(read.skip[0])) == (
        True,
        "08:00:00",
        "2026-10-01",
    )
    assert config_path.stat().st_mode & 0o777 == 0o600
    assert ("console:赵强", "schedule.publish_at", "07:30", "08:00") in lines(services)
    assert "把" not in zhao.get("/settings/changes").text
    assert "<b>时间表：发布</b>" in zhao.get("/settings/changes").text
    assert "改了“时间表" not in zhao.get("/settings/schedule").text
    assert "2026-10-01" in zhao.get("/settings/changes").text


def test_what_was_there_before_is_kept_beside_it(zhao, config_path):
    before = config_path.read_bytes()
    save(zhao, "/settings/schedule", **SCHEDULE)
    beside = config_path.with_name("config.toml.previous")
    assert beside.read_bytes() == before
    assert {each.name for each in config_path.parent.glob("*config*")} == {
        "config.toml",
        beside.name,
    }


def test_what_is_not_filled_in_right_is_told_in_the_editors_words_and_nothing_is_saved(
    zhao, config_path
):
    before = config_path.read_bytes()
    wrong = SCHEDULE | {"draft_at": "09:00", "preview_to": "ann_1990"}
    answer = save(zhao, "/settings/schedule", **wrong)
    assert answer.status_code == 422
    assert "“建草稿” 晚于 “发预览”" in answer.text
    assert 'value="ann_1990"' in answer.text
    assert "draft_at 晚" not in answer.text
    assert config_path.read_bytes() == before


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("publish_at", "半夜", "“发布” 应是 24 小时制的时刻"),
        ("skip", "国庆节", "“国庆节”不是日期"),
        ("skip", SCRIPT, "不是日期"),
        ("days", "sometimes", "“哪些天出刊” 应是"),
        ("days", "weekdays", "没有勾哪一天"),
        ("approval", "three", "“几个人批准” 不对"),
        ("quiet_to", "", "“免打扰” 应是"),
    ],
)
def test_each_mistake_has_its_sentence(field, value, told):
    filled = read_form(MultiDict(SCHEDULE | {field: value}), {}, {}, date(2026, 6, 13))
    problems = checked(filled)
    assert isinstance(problems, list)
    assert told in problems[0]


def test_the_week_to_come_is_shown_before_anything_is_saved(zhao, config_path):
    before = config_path.read_bytes()
    # Saturday, 13 June 2026; the Friday after is the Dragon Boat holiday.
    page = zhao.post("/settings/schedule/ahead", **SCHEDULE).text
    assert page.count('class="comes') == 4
    assert page.count('class="rests') == 3
    assert "节假日" in page
    page = zhao.post(
        "/settings/schedule/ahead", **SCHEDULE | {"days": "daily", "skip": "6月15日"}
    ).text
    assert page.count('class="comes') == 6
    assert "额外不出" in page
    assert "还没有保存" in page
    assert config_path.read_bytes() == before


def test_the_second_of_two_admins_is_told_and_may_then_insist(app, services, zhao, config_path):
    seen = re.search(r'name="seen" value="([^"]*)"', zhao.get("/settings/schedule").text)
    assert seen
    li = signed_in(app, services, "李明", Role.ADMIN)
    save(li, "/settings/schedule", **SCHEDULE | {"publish_at": "08:00"})
    answer = save(zhao, "/settings/schedule", seen=seen[1], **SCHEDULE | {"publish_at": "07:40"})
    assert answer.status_code == 409
    assert "有人刚刚改过这里" in answer.text
    assert "李明 改了“发布”（07:30 → 08:00）" in answer.text
    assert kept(config_path)["schedule"]["publish_at"] == "08:00"
    assert 'value="07:40"' in answer.text
    save(zhao, "/settings/schedule", **SCHEDULE | {"publish_at": "07:40"})
    assert kept(config_path)["schedule"]["publish_at"] == "07:40"


def test_what_the_environment_decides_is_shown_and_left_alone(zhao, config_path, monkeypatch):
    monkeypatch.setenv("RIKAN_SCHEDULE__PUBLISH_AT", "07:45")
    page = zhao.get("/settings/schedule").text
    assert "由环境变量 RIKAN_SCHEDULE__PUBLISH_AT 决定" in page
    assert 'name="publish_at" value="07:45" required disabled' in page
    save(zhao, "/settings/schedule", **SCHEDULE | {"publish_at": "11:00"})
    assert kept(config_path)["schedule"] == {"enabled": True}


def test_a_file_that_cannot_be_written_is_told_with_what_to_change_by_hand(
    zhao, config_path, monkeypatch
):
    monkeypatch.setattr("bot.settling.os.geteuid", lambda: 54321)
    page = zhao.get("/settings/schedule").text
    assert "这里只能看" in page
    assert "[schedule] 一节" in page
    assert str(config_path) in page
    assert ">保存<" not in page


def test_a_settings_file_that_the_operator_broke_is_told_and_not_overwritten(zhao, config_path):
    form = zhao.token()
    config_path.write_text("[schedule\n", encoding="utf-8")
    answer = zhao.browser.post("/console/settings/schedule", data={"csrf_token": form, **SCHEDULE})
    assert answer.status_code == 503
    assert "不是有效的 TOML" in answer.text
    assert config_path.read_text(encoding="utf-8") == "[schedule\n"


# The menu.


def test_a_menu_is_kept_in_the_settings_and_looks_on_the_phone_as_it_was_filled_in(
    zhao, services, config_path
):
    phone = zhao.post("/settings/menu/phone", **MENU).text
    assert "最新一期" in phone
    assert "<li>网站</li>" in phone
    assert "还没有保存" in phone
    zhao.follow(save(zhao, "/settings/menu", **MENU))
    assert kept(config_path)["menu"]["buttons"] == [
        {"name": "最新一期", "type": "click", "key": "最新"},
        {"name": "往期", "sub": [{"name": "网站", "type": "view", "url": "https://gyznsw.cn"}]},
    ]
    [(who, what, _, after)] = lines(services)
    assert (who, what) == ("console:赵强", "menu.buttons")
    assert after == "最新一期：替读者发一句话 最新\n往期 › 网站：打开网址 https://gyznsw.cn"


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("0-name", "", "有一个按钮没有名称"),
        ("0-name", "一二三四五六", "有 18 字节，最多 16 字节"),
        ("0-key", "", "没有填“发出的话”"),
        ("0-type", "dance", "还没有选好"),
        ("1-0-url", "gyznsw.cn", "的“网址”不是完整的网址"),
        ("1-0-name", "一" * 21, "最多 60 字节"),
        ("1-0-type", "miniprogram", "没有填“小程序的 AppID”"),
        ("0-name", SCRIPT, "最多 16 字节"),
    ],
)
def test_what_the_platform_would_refuse_of_a_menu_has_its_sentence(field, value, told):
    assert told in "；".join(wrong_with(read_buttons(MENU | {field: value})))


def test_a_menu_that_the_platform_would_refuse_is_not_saved(zhao, config_path):
    answer = save(zhao, "/settings/menu", **MENU | {"0-name": SCRIPT})
    assert answer.status_code == 422
    assert "最多 16 字节" in answer.text
    assert SCRIPT not in answer.text
    assert "menu" not in kept(config_path)


def test_buttons_are_added_moved_and_dropped_without_saving(zhao, config_path):
    def names(**fields: str) -> list[str]:
        page = save(zhao, "/settings/menu", **MENU | fields).text
        return re.findall(r'name="[\d-]+-name" value="([^"]*)"', page)

    assert names(do="up-1") == ["往期", "网站", "最新一期"]
    assert names(do="drop-1-0") == ["最新一期", "往期"]
    assert names(do="add-1") == ["最新一期", "往期", "网站", ""]
    assert names(do="add") == ["最新一期", "往期", "网站", ""]
    for odd in ("up-9", "drop--1", "add-0-0-0", "fly-1", "up", "drop-1-9", "up-0-0"):
        assert names(do=odd) == ["最新一期", "往期", "网站"]
    assert "menu" not in kept(config_path)


def test_what_would_change_is_shown_before_it_is_pushed_and_pushing_twice_pushes_once(
    zhao, services, sandbox
):
    save(zhao, "/settings/menu", **MENU)
    shown = zhao.get("/settings/menu/push/difference").text
    assert shown.count('class="new"') == 2
    assert "已放到公众号上" in zhao.follow(zhao.post("/settings/menu/push"))
    assert "已是这样" in zhao.follow(zhao.post("/settings/menu/push"))
    assert sandbox.changes.count("menu/create") == 1
    assert "不用更新" in zhao.get("/settings/menu/push/difference").text
    assert [what for _, what, *_ in lines(services)] == ["menu.pushed", "menu.buttons"]


def test_the_platforms_menu_can_be_taken_into_the_form(zhao, sandbox, config_path):
    save(zhao, "/settings/menu", **MENU)
    zhao.post("/settings/menu/push")
    save(zhao, "/settings/menu")
    assert kept(config_path)["menu"]["buttons"] == []
    page = save(zhao, "/settings/menu", do="fetch").text
    assert 'value="https://gyznsw.cn"' in page
    assert "还没有保存" in page
    assert kept(config_path)["menu"]["buttons"] == []


def test_a_platform_that_says_no_is_told_and_stands_in_the_record(zhao, services, sandbox):
    save(zhao, "/settings/menu", **MENU)
    sandbox.fault("menu/create", "errcode", errcode=48001)
    page = zhao.follow(zhao.post("/settings/menu/push"))
    assert "48001" in page
    assert lines(services)[0][3].startswith("没有成功")


# What followers are told.


def test_every_sentence_has_a_name_and_every_field_a_sample():
    sentences, samples = known()["sentences"], known()["samples"]
    assert set(sentences) == {*SENTENCES, EXAMPLES}
    assert {each["group"] for each in sentences.values()} == set(known()["groups"])
    assert set().union(*SENTENCES.values()) < set(samples)


def test_a_sentence_of_the_editors_own_is_what_followers_are_told(zhao, services, config_path):
    page = "/settings/wording/thanks"
    assert "不客气" in zhao.get(page).text
    assert "欢迎再来问《新质" in zhao.post(f"{page}/bubble", text="欢迎再来问《{newsletter}》").text
    zhao.follow(save(zhao, page, text="欢迎再来问《{newsletter}》\r\n随时"))
    config = load_config(config_path, {})
    assert open_wording(config).say("thanks").endswith("》\n随时")
    assert open_wording(config).say("no_more").startswith("后面没有了")
    [(who, what, before, after)] = lines(services)
    assert (who, what) == ("console:赵强", "wording.thanks")
    assert before.startswith("不客气")
    assert after.endswith("随时")
    assert "改写了 1 处" in zhao.get("/settings").text
    zhao.follow(save(zhao, page, do="reset"))
    assert open_wording(config).say("thanks").startswith("不客气")
    assert config.own_wording.read_text(encoding="utf-8").strip() == ""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("第一行\n{said}说", "第 2 行里的 {said} 填不了"),
        ("{newsletter.__class__}", "{newsletter.__class__} 填不了"),
        ("{newsletter:>999999999}", "{newsletter:>999999999} 填不了"),
        ("{newsletter!r}", "填不了"),
        ("{0}", "{0} 填不了"),
        ("多了一个 {", "{ 或 } 填不了"),
        ("字" * 301, "最多 900 字节"),
        ("  ", "空着不行"),
    ],
)
def test_what_could_not_be_said_has_its_sentence(text, told):
    assert told in trouble_with("thanks", text.strip())


def test_what_could_not_be_said_is_told_with_its_line_and_not_saved(zhao, services, config_path):
    text = "第一行\n{said}说"
    answer = save(zhao, "/settings/wording/thanks", text=text)
    assert answer.status_code == 422
    bubble = zhao.post("/settings/wording/thanks/bubble", text=text)
    assert all("第 2 行里的 {said} 填不了" in each.text for each in (answer, bubble))
    assert not load_config(config_path, {}).own_wording.exists()
    assert lines(services) == []


def test_templates_and_markup_in_a_sentence_are_nothing_but_text(zhao):
    text = SCRIPT + "{{{{ config }}}} {{% import os %}}"
    shown = zhao.post("/settings/wording/thanks/bubble", text=text).text
    assert SCRIPT not in shown
    assert "{{ config }} {% import os %}" in shown
    assert APPSECRET not in shown


def test_a_file_of_sentences_that_the_operator_broke_keeps_nobody_from_the_other_settings(
    zhao, config_path
):
    own = config_path.parent / "data" / "wording.toml"
    own.write_text('thanks = "不谢\n', encoding="utf-8")
    assert "文件有错" in zhao.get("/settings").text
    answer = zhao.get("/settings/wording")
    assert answer.status_code == 503
    assert "wording.toml" in answer.text


def test_the_words_to_try_are_one_a_line(zhao, config_path):
    zhao.follow(save(zhao, "/settings/wording/examples", text=" 算力 \r\n\r\n芯片\n算力"))
    assert open_wording(load_config(config_path, {})).examples == ("算力", "芯片")
    long = save(zhao, "/settings/wording/examples", text="词" * 21)
    assert long.status_code == 422


def test_saving_what_is_there_already_changes_nothing(zhao, services, config_path):
    shown = "不客气！想看哪一天、哪个话题，直接发给我就行"
    assert "没有变化" in zhao.follow(save(zhao, "/settings/wording/thanks", text=shown))
    assert "没有变化" in zhao.follow(save(zhao, "/settings/menu"))
    assert lines(services) == []
    assert not config_path.with_name("config.toml.previous").exists()


# People, health, the record.


def test_an_editor_is_invited_and_unbound_and_both_are_in_the_record(zhao, services):
    page = zhao.post("/settings/people/invite", name="王芳").text
    code = re.search(r"绑定 (\w{10})", page)
    assert code
    waiting = zhao.get("/settings/people").text
    assert code[1] not in waiting
    assert "赵强（电脑）邀请" in waiting
    assert services.editors.bind("o" * 28, code[1]) == "王芳"
    assert "王芳" in zhao.get("/settings/people").text
    zhao.post("/settings/people/unbind", name="王芳")
    zhao.post("/settings/people/unbind", name="王芳")
    assert services.editors.all() == ()
    whats = [(what, before, after) for _, what, before, after in lines(services)]
    assert whats == [("editors.unbound", "王芳", ""), ("editors.invited", "", "王芳")]
    assert code[1] not in zhao.get("/settings/changes").text


def test_a_name_that_cannot_be_one_is_told(zhao, services):
    assert "1 到 16 个字" in zhao.follow(zhao.post("/settings/people/invite", name=SCRIPT))
    assert services.editors.invited() == ()


def test_the_round_is_the_doctors_line_by_line_with_the_worst_first(wang, sandbox):
    assert 'hx-get="/console/settings/health/near"' in wang.get("/settings/health").text
    near = wang.get("/settings/health/near").text
    assert "搜索索引" in near
    assert near.index('class="warn"') < near.index('class="ok"')
    sandbox.fault("stable_token", "errcode", errcode=40164, times=5)
    far = wang.get("/settings/health/far").text
    assert "白名单" in far
    assert "没有查" in far
    assert "搜索索引" not in far


def test_what_the_account_may_do_and_how_much_is_left_is_shown_once_it_was_asked(wang, services):
    assert "还没有问过平台" in wang.get("/settings/health").text
    wang.post("/settings/health/account")
    page = wang.get("/settings/health").text
    assert "已认证的公众号" in page
    assert re.search(r'<meter min="0" max="1000" value="\d+"', page)


def test_no_page_shows_a_secret(zhao, config_path):
    pages = (
        "",
        "/health",
        "/health/near",
        "/health/far",
        "/schedule",
        "/menu",
        "/wording",
        "/people",
        "/changes",
    )
    secrets = [APPSECRET, KEY, *re.findall(r'(?:token|aes_key) = "(.+)"', config_path.read_text())]
    for page in pages:
        text = zhao.get(f"/settings{page}").text
        assert not [secret for secret in secrets if secret in text], page


def test_the_example_keeps_every_comment_when_all_of_it_is_changed(zhao, config_path):
    mine = config_path.read_text(encoding="utf-8")
    example = re.sub(
        r"(?s)\[wechat\].*?(?=\[newsletter\])", "", EXAMPLE.read_text(encoding="utf-8")
    )
    config_path.write_text(
        mine.split("\n# 早上的事")[0].replace("[search]", "") + example, encoding="utf-8"
    )
    comments = [line for line in config_path.read_text().splitlines() if line.startswith("#")]
    save(zhao, "/settings/menu", **MENU)
    save(zhao, "/settings/schedule", **SCHEDULE)
    after = config_path.read_text(encoding="utf-8")
    assert [line for line in after.splitlines() if line.startswith("#")] == comments
    assert load_config(config_path, {}).menu.buttons[1].sub[0].url == "https://gyznsw.cn"
