"""The settings file: every setting documented, every mistake named, no secret shown."""

import re
from pathlib import Path

import pytest

from bot.config import Config, find_config, load_config
from bot.errors import ConfigError

EXAMPLE = Path(__file__).parents[1] / "config.example.toml"
SETTINGS = {
    f"{section}.{key}": getattr(Config(), section).__class__.model_fields[key]
    for section in Config.model_fields
    for key in getattr(Config(), section).__class__.model_fields
}


def config_of(tmp_path: Path, toml: str, environ: dict[str, str] | None = None) -> Config:
    path = tmp_path / "config.toml"
    path.write_text(toml, encoding="utf-8")
    return load_config(path, environ or {})


def test_the_example_loads_as_it_stands_and_says_the_defaults():
    example, defaults = load_config(EXAMPLE, {}), load_config(None, {})
    assert example.model_dump(exclude={"paths"}) == defaults.model_dump(exclude={"paths"})


def comments() -> dict[str, str]:
    """The comment above each setting of the example; neighbours may share one."""
    found, section, comment, fresh = {}, "", "", True
    for line in EXAMPLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section, comment = line.strip("[]"), ""
        elif line.startswith("#"):
            comment, fresh = (line if fresh else f"{comment}\n{line}"), False
        elif line:
            found[f"{section}.{line.split(' = ')[0]}"] = comment
            fresh = True
    return found


def test_the_example_has_every_setting_and_no_other():
    assert set(comments()) == set(SETTINGS)


@pytest.mark.parametrize("setting", SETTINGS)
def test_every_setting_is_explained_in_chinese_and_in_english(setting):
    comment = comments()[setting]
    assert re.search("[\u4e00-\u9fff]{3}", comment)
    assert re.search("[A-Za-z]{2,} [A-Za-z]{2,}", comment)


def test_the_environment_wins_over_the_file(tmp_path):
    config = config_of(tmp_path, '[wechat]\nappid = "file"', {"RIKAN_WECHAT__APPID": "environment"})
    assert config.wechat.appid == "environment"


def test_a_secret_may_be_in_a_file_named_by_the_environment(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("s3cret\n", encoding="utf-8")
    config = config_of(tmp_path, "", {"RIKAN_WECHAT__APPSECRET_FILE": str(secret)})
    assert config.wechat.appsecret.get_secret_value() == "s3cret"


def test_a_number_from_the_environment_is_a_number(tmp_path):
    assert config_of(tmp_path, "", {"RIKAN_WEB__PORT": "8100"}).web.port == 8100


def test_relative_paths_are_relative_to_the_settings_file(tmp_path):
    assert config_of(tmp_path, "").paths.data == tmp_path / "data"


@pytest.mark.parametrize(
    ("toml", "sentence"),
    [
        ('[wechat]\nappsecert = "x"', r"wechat\.appsecert.*appsecret"),
        ('[wechatt]\nappid = "x"', r"wechatt.*是不是想写 wechat"),
        ("[wechat", "不是有效的 TOML"),
        ('appid = "x"', r"appid 不在任何 \[section\] 里"),
        ("[web]\nport = 99999", r"web\.port"),
        ('[web]\nport = "many"', r"web\.port"),
        ('[wechat]\nmode = "open"', r"wechat\.mode.*plain.*compatible.*secure"),
        ('[wechat]\naes_key = "short"', r"aes_key 应为 43 个字母或数字"),
        ("[wechat]\ntimeout = 0", r"wechat\.timeout"),
    ],
)
def test_a_mistake_is_one_sentence_that_names_file_and_key(tmp_path, toml, sentence):
    with pytest.raises(ConfigError, match=sentence) as raised:
        config_of(tmp_path, toml)
    assert "config.toml" in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("variable", "sentence"),
    [
        ("RIKAN_WECHAT__APPSECERT", "是不是想写 appsecret"),
        ("RIKAN_APPID", "不是任何设置"),
        ("RIKAN_WECHAT__TOKEN_FILE", "读不了"),
    ],
)
def test_a_mistaken_variable_is_named(tmp_path, variable, sentence):
    with pytest.raises(ConfigError, match=sentence):
        config_of(tmp_path, "", {variable: "/nowhere/at/all"})


def test_secrets_are_in_no_message_and_no_repr(tmp_path):
    secret = "hush-hush-hush"
    toml = f'[wechat]\nappsecret = "{secret}"\ntoken = "{secret}"\naes_key = "{secret}"'
    with pytest.raises(ConfigError) as raised:
        config_of(tmp_path, toml)
    config = config_of(tmp_path, toml.replace(f'aes_key = "{secret}"', ""))
    assert secret not in f"{raised.value} {config!r} {config}"


def test_a_missing_file_is_named_with_the_remedy(tmp_path):
    with pytest.raises(ConfigError, match=r"找不到设置文件.*rikan init"):
        load_config(tmp_path / "none.toml", {})


def test_an_empty_setting_that_is_needed_is_named_with_its_variable(tmp_path):
    with pytest.raises(ConfigError, match=r"wechat\.appid.*RIKAN_WECHAT__APPID"):
        config_of(tmp_path, "").require("wechat.appid")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://daily.example.cn", "https://daily.example.cn"),
        ("http://127.example.cn", "http://127.example.cn"),
        ("http://127.0.0.1:8000", ""),
        ("http://localhost:8000/", ""),
        ("", ""),
    ],
)
def test_articles_do_not_lead_readers_to_the_machine_of_who_practises(tmp_path, address, shown):
    config = config_of(tmp_path, f'[web]\npublic_url = "{address}"')
    assert config.source_site == shown


def test_the_file_asked_for_wins_over_the_variable_over_the_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert find_config(None, {}) is None
    (tmp_path / "config.toml").touch()
    assert find_config(None, {}) == Path("config.toml")
    assert find_config(None, {"RIKAN_CONFIG": "/etc/rikan.toml"}) == Path("/etc/rikan.toml")
    assert find_config(Path("mine.toml"), {"RIKAN_CONFIG": "/etc/rikan.toml"}) == Path("mine.toml")
