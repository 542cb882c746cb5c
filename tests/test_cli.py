"""The commands, as processes: what they print, and one sentence for everything that can go wrong."""

import json
import socket
import stat
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from bot.config import load_config
from tests.conftest import ISSUES, SAMPLES, Sandbox, write_config

ROOT = Path(__file__).parents[1]
ISSUE = "2026-06-13"


@pytest.fixture
def rikan(tmp_path, commands):
    """Run a command in an empty folder (with a settings file if a test writes one)."""

    def run(*words: object, status: int = 0, **environ: str) -> subprocess.CompletedProcess[str]:
        done = commands.run(words, tmp_path, **environ)
        assert done.returncode == status, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done

    return run


def fails(rikan, *words: object, **environ: str) -> str:
    """Run what cannot succeed: one sentence on stderr, nothing else."""
    done = rikan(*words, status=1, **environ)
    [line] = done.stderr.splitlines()
    assert line.startswith("错误：")
    return line


@pytest.fixture
def archive(tmp_path, rikan):
    """A settings file and the five samples, the four older ones published."""
    write_config(tmp_path)
    rikan("add", "--published", *SAMPLES[:-1])
    rikan("add", SAMPLES[-1])


def test_help_names_every_command_in_chinese(rikan):
    text = rikan("--help").stdout
    assert "推送成公众号草稿" in text
    assert "--config" in text
    assert rikan("--version").stdout.startswith("rikan ")


@pytest.mark.parametrize("words", [["nosuch"], ["add", "--nosuch"], ["push"]])
def test_a_mistyped_command_is_one_line_that_leads_to_the_help(rikan, words):
    [line] = rikan(*words, status=2).stderr.splitlines()
    assert "命令写错了" in line
    assert line.endswith("--help")


def test_init_writes_settings_that_only_their_owner_reads_and_never_writes_over(rikan, tmp_path):
    rikan("init")
    path = tmp_path / "config.toml"
    config = load_config(path, {})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(config.wechat.aes_key.get_secret_value()) == 43
    assert config.wechat.token.get_secret_value() != ""
    assert (tmp_path / "data" / "rikan.db").is_file()
    assert (tmp_path / "inbox").is_dir()
    before = path.read_bytes()
    assert "已经存在" in fails(rikan, "init")
    assert path.read_bytes() == before
    assert "存档是空的" in rikan("list").stdout


@pytest.mark.parametrize("day", ["2026-06-13", "2026-04-16"])
def test_show_prints_the_structure_that_was_agreed(rikan, archive, day):
    given = json.loads((ISSUES / "structure" / f"{day}.json").read_text("utf-8"))
    for name in (day, ISSUES / f"{day}.txt"):
        assert plain(json.loads(rikan("show", name, "--json").stdout)) == plain(given)


def plain(value):
    """White space and the direction of quotes aside."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return "".join(value.split()).translate(str.maketrans("“”‘’", "\"\"''"))


def test_show_needs_no_settings_for_a_file_and_prints_it_for_people(rikan):
    text = rikan("show", SAMPLES[-1]).stdout
    assert "1 国家数据局推动行业高质量数据集建设" in text
    assert "[1] 国家数据局 |" in text


def test_list_shows_the_newest_first(rikan, archive):
    lines = rikan("list").stdout.splitlines()
    assert [line.split()[:2] for line in lines[:2]] == [[ISSUE, "已收稿"], ["2026-06-11", "已发布"]]
    assert [e["id"] for e in json.loads(rikan("list", "--json").stdout)] == [
        path.stem for path in reversed(SAMPLES)
    ]


def test_render_writes_everything_readers_will_see(rikan, tmp_path):
    rikan("render", SAMPLES[-1], "-o", "out")
    out = tmp_path / "out"
    report = json.loads((out / "report.json").read_text("utf-8"))
    assert report["characters"] == len((out / "article.html").read_text("utf-8"))
    assert report["visible"] < report["characters"] < report["limit"] == 20_000
    assert report["findings"] == []
    for name, size in {"cover.jpg": (1800, 766), "square.jpg": (500, 500)}.items():
        with Image.open(out / name) as picture:
            assert picture.size == size
    assert "cover.jpg" in (out / "preview.html").read_text("utf-8")


def test_search_finds_what_editors_have_and_ask_what_followers_may_see(rikan, archive):
    found = json.loads(rikan("search", "数据要素", "--json").stdout)
    asked = json.loads(rikan("ask", "数据要素", "--json").stdout)
    assert ISSUE in {hit["id"] for hit in found}
    assert set(found[0]) == {"id", "section", "title", "url", "step"}
    assert asked["kind"] == "text"
    assert ISSUE not in {hit["id"] for hit in asked["hits"]}
    assert set(asked) == {"kind", "text", "hits", "ms"}
    assert "6月11日" in rikan("ask", "昨天", "--at", "2026-06-12").stdout


def test_ask_tells_an_editor_that_followers_cannot_see_what_is_unpublished(rikan, tmp_path):
    write_config(tmp_path)
    rikan("add", SAMPLES[-1])
    assert "另有 1 期还没发布" in rikan("ask", "数据要素").stderr


def test_push_and_publish_say_what_happened(rikan, sandbox: Sandbox, tmp_path):
    write_config(tmp_path, sandbox.url)
    rikan("add", SAMPLES[-1])
    pushed = json.loads(rikan("push", ISSUE, "--json").stdout)
    assert set(pushed) == {"id", "state", "media_id", "characters", "calls"}
    assert (pushed["state"], pushed["calls"]) == ("drafted", 4)
    assert json.loads(rikan("push", ISSUE, "--json").stdout)["calls"] == 0
    assert "草稿已就绪" in rikan("push", ISSUE).stdout
    assert json.loads(rikan("publish", ISSUE, "--json").stdout)["state"] == "publishing"
    assert json.loads(rikan("publish", ISSUE, "--json").stdout)["url"].startswith("http")


def test_add_reads_the_inbox_and_goes_on_after_a_bad_file(rikan, tmp_path):
    write_config(tmp_path)
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "a-bad.txt").write_bytes(b"\x00\x01\x02")
    (inbox / SAMPLES[-1].name).write_bytes(SAMPLES[-1].read_bytes())
    done = rikan("add", status=1)
    assert "a-bad.txt" in done.stderr
    assert done.stdout.startswith("2026-06-13  已存入")
    assert "没有变化" in rikan("add", inbox / SAMPLES[-1].name).stdout


def test_config_check_names_what_is_missing_and_what_could_be_better(rikan, tmp_path):
    write_config(tmp_path)
    done = rikan("config", "check")
    assert "设置可用" in done.stdout
    assert "web.public_url" in done.stderr
    write_config(tmp_path, web='public_url = "http://127.0.0.1:8000"')
    assert "本机地址，只够练习" in rikan("config", "check").stderr
    (tmp_path / "config.toml").write_text("[wechat]\nappid = 'x'", encoding="utf-8")
    assert "wechat.appsecret" in fails(rikan, "config", "check")


def test_db_upgrade_may_be_repeated(rikan, tmp_path):
    write_config(tmp_path)
    assert "升级到" in rikan("db", "upgrade").stdout
    assert "已是最新" in rikan("db", "upgrade").stdout


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("empty.txt", b"", "空"),
        ("picture.txt", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "图片"),
        ("report.pdf", b"%PDF-1.7\n", "report.pdf：这份 PDF 已损坏或没有下载完整"),
        ("notes.txt", "今天天气很好。\n".encode(), "没有找到"),
        ("folder", None, "文件夹"),
        ("nowhere.txt", ..., "找不到|没有这个文件|不存在"),
    ],
)
def test_a_file_that_is_no_issue_is_named_and_nothing_is_kept(
    rikan, tmp_path, name, content, sentence
):
    write_config(tmp_path)
    path = tmp_path / name
    if content is None:
        path.mkdir()
    elif isinstance(content, bytes):
        path.write_bytes(content)
    assert name in (line := fails(rikan, "add", name))
    assert any(each in line for each in sentence.split("|")), line
    assert json.loads(rikan("list", "--json").stdout) == []


def test_without_a_settings_file_the_remedy_is_named(rikan, tmp_path):
    assert "rikan init" in fails(rikan, "list")
    assert "rikan init" in fails(rikan, "--config", "none.toml", "list")
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_setting_is_named(rikan, tmp_path):
    write_config(tmp_path, web="prot = 80")
    assert "web.prot" in fails(rikan, "list")


def test_a_missing_key_is_named_before_anything_is_sent(rikan, tmp_path):
    (tmp_path / "config.toml").write_text("[wechat]\nappid = ''", encoding="utf-8")
    rikan("add", SAMPLES[-1])
    assert "wechat.appid" in fails(rikan, "push", ISSUE)
    assert "wechat.token" in fails(rikan, "web", "--port", "0")


def test_an_unknown_issue_is_named(rikan, archive):
    for words in (("show",), ("render",), ("push",), ("publish",)):
        assert "1999-01-01" in fails(rikan, *words, "1999-01-01")


def test_a_busy_port_is_named(rikan, tmp_path):
    write_config(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert str(port) in fails(rikan, "web", "--port", port)
        assert str(port) in fails(rikan, "sandbox", "--port", port)


def test_a_folder_that_cannot_be_written_is_named(rikan, tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    assert "file/out" in fails(rikan, "render", SAMPLES[-1], "-o", "file/out")
    (tmp_path / "config.toml").write_text('[paths]\ndata = "file/data"', encoding="utf-8")
    assert "file/data" in fails(rikan, "list")


def test_rendering_a_report_waits_for_nothing_that_it_does_not_use(rikan):
    loaded = rikan("render", SAMPLES[-1], PYTHONPROFILEIMPORTTIME="1").stderr
    modules = {line.split("|")[2].strip() for line in loaded.splitlines()}
    assert {"PIL.Image", "jinja2"} <= modules
    others = {"sqlalchemy", "redis", "requests", "wechatpy", "flask", "rich", "markdown_it"}
    assert not others & modules


def test_the_help_waits_for_no_settings(rikan):
    loaded = rikan("--help", PYTHONPROFILEIMPORTTIME="1").stderr
    modules = {line.split("|")[2].strip() for line in loaded.splitlines()}
    assert "click" in modules
    assert not {"pydantic", "bot.config", "bot.cli.invocation"} & modules


def test_a_platform_that_cannot_be_reached_is_one_sentence(rikan, tmp_path):
    write_config(tmp_path, "http://127.0.0.1:9")
    rikan("add", SAMPLES[-1])
    line = fails(rikan, "push", ISSUE)
    assert "连不上微信平台" in line
    assert "test-appsecret" not in line


def test_the_settings_file_may_be_named_after_the_command_too(rikan, tmp_path):
    path = write_config(tmp_path).rename(tmp_path / "mine.toml")
    assert "存档是空的" in rikan("list", "--config", path).stdout
    assert "存档是空的" in rikan("list", RIKAN_CONFIG=str(path)).stdout
