"""Settings are changed all or not at all, and nothing but what was meant."""

import os
import stat
import threading
import tomllib
from contextlib import contextmanager
from pathlib import Path

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from bot.archive.changes import Changes
from bot.config import files_of, load_config, overruled
from bot.errors import ArchiveBusy, ConfigError
from bot.rewriting import rewritten
from bot.services import Services
from bot.settling import ChangedMeanwhile, Place, mark_of, settle, why_closed

TEXT = """# the operator's own words
[schedule]   # mornings
enabled = false # not yet
publish_at = '07:30'

# where the world finds it
[web]
port = 8000
"""
MENU = [{"name": "往期", "sub": [{"name": "本周", "type": "click", "key": "本周"}]}, {"name": "a"}]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "etc" / "config.toml"
    found.parent.mkdir()
    found.write_text(TEXT, encoding="utf-8")
    return found


@pytest.fixture
def changes(services: Services) -> Changes:
    return Changes(services.ledger.engine, services.now)


def schedule(path: Path) -> dict:
    return tomllib.loads(path.read_text(encoding="utf-8"))["schedule"]


def change(path: Path, changes: Changes, seen: str = "", who: str = "console:赵强", **wanted):
    return settle(
        Place(path, "schedule", load_config, "schedule"),
        wanted,
        seen or mark_of(schedule(path)),
        lambda: schedule(path),
        changes,
        who,
        lock=path.parent / "data",
    )


def lines(changes: Changes) -> list[tuple[str, str, str]]:
    return [(each.what, each.before, each.after) for each in changes.newest(99)]


# What the file says afterwards.


def test_only_the_value_is_another_and_every_comment_stays():
    text = rewritten(TEXT, "schedule", {"publish_at": "08:00"})
    assert text == TEXT.replace("'07:30'", '"08:00"')


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[menu]\nbuttons = [] # none\n# tail\n[web]\nport = 1",
        "menu.buttons = []\n",
        "menu = {buttons = []}\n",
        '[[menu.buttons]]\nname = "b"\n[[menu.buttons.sub]]\nname = "c"\n[web]\nport = 1\n',
        '[menu]\n[[menu.buttons]]\nname = "a"\n[web]\nport = 1\n',
        '["menu"]\n"buttons" = []\n',
        "[web]\nport = 1\r\n[menu]\r\nbuttons = []\r\n",
    ],
)
def test_a_menu_gets_in_however_the_file_is_written(text):
    after = tomllib.loads(rewritten(text, "menu", {"buttons": MENU}))
    before = tomllib.loads(text)
    assert after["menu"]["buttons"] == MENU
    assert {**after, "menu": 0} == {**before, "menu": 0}


keys = st.text("abcdefgh_", min_size=1, max_size=4)
plain = st.one_of(
    st.text(max_size=12), st.integers(-99, 99), st.booleans(), st.lists(st.text(max_size=4))
)
sections = st.dictionaries(keys, plain, max_size=4)


@given(st.dictionaries(keys, sections, max_size=4), keys, st.dictionaries(keys, plain, min_size=1))
def test_everything_else_stays_whatever_stands_there(document, section, values):
    text = "".join(f"# {name}\n{tomlkit.dumps({name: each})}\n" for name, each in document.items())
    after = rewritten(text, section, values)
    expected = {**document, section: {**document.get(section, {}), **values}}
    assert tomllib.loads(after) == expected
    assert [line for line in text.splitlines() if line.startswith("# ")] == [
        line for line in after.splitlines() if line.startswith("# ")
    ]


@given(st.text(max_size=60))
def test_any_sentence_comes_back_as_it_went_in(sentence):
    text = rewritten('# c\nhelp = "b"\n', "", {"thanks": sentence})
    assert tomllib.loads(text) == {"help": "b", "thanks": sentence}
    assert tomllib.loads(rewritten(text, "", {"thanks": None})) == {"help": "b"}


def test_what_is_no_toml_is_told_and_not_guessed_at():
    with pytest.raises(ConfigError, match="手工修改"):
        rewritten("[schedule\n", "schedule", {"enabled": True})


# All or nothing.


def test_mode_and_name_stay_and_the_one_before_is_kept(path, changes):
    path.chmod(0o640)
    link = path.with_name("link.toml")
    link.symlink_to(path)
    change(link, changes, enabled=True)
    assert link.is_symlink()
    assert schedule(path)["enabled"] is True
    assert path.stat().st_mode & 0o777 == 0o640
    previous = path.with_name("config.toml.previous")
    assert previous.read_text(encoding="utf-8") == TEXT
    change(path, changes, publish_at="08:00")
    assert "enabled = true" in previous.read_text(encoding="utf-8")
    assert sorted(each.name for each in path.parent.glob("*.toml*")) == [
        "config.toml",
        "config.toml.previous",
        "link.toml",
    ]


def test_values_that_nobody_could_use_change_nothing(path, changes):
    with pytest.raises(ConfigError, match=r"config\.toml.*give_up_at"):
        change(path, changes, publish_at="13:00")
    assert path.read_text(encoding="utf-8") == TEXT
    assert lines(changes) == []
    assert [each.name for each in path.parent.glob("*config*")] == ["config.toml"]


def test_a_change_that_cannot_be_recorded_is_none(path, changes):
    class Full(Changes):
        @contextmanager
        def noted(self, who, differences):
            raise ArchiveBusy("系统正忙")
            yield

    with pytest.raises(ArchiveBusy):
        change(path, Full(changes._engine, changes._now), enabled=True)
    assert path.read_text(encoding="utf-8") == TEXT
    assert [each.name for each in path.parent.glob("*config*")] == ["config.toml"]


@pytest.mark.parametrize("there", [True, False])
def test_a_record_that_fails_at_its_very_end_takes_the_file_back(path, changes, there):
    class FullAtTheEnd(Changes):
        @contextmanager
        def noted(self, who, differences):
            yield
            raise ArchiveBusy("磁盘已满")

    if not there:
        path.unlink()
    with pytest.raises(ArchiveBusy):
        settle(
            Place(path, "", lambda _: None, "wording"),
            {"thanks": "不谢"},
            mark_of({}),
            dict,
            FullAtTheEnd(changes._engine, changes._now),
            "console:赵强",
            lock=path.parent / "data",
        )
    assert path.exists() is there
    assert not there or path.read_text(encoding="utf-8") == TEXT


def test_a_disk_that_fails_once_the_file_is_in_place_takes_it_back(path, changes, monkeypatch):
    real = os.fsync

    def fail(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(5, "Input/output error")
        real(handle)

    monkeypatch.setattr("bot.settling.os.fsync", fail)
    with pytest.raises(ConfigError, match="写不了"):
        change(path, changes, enabled=True)
    assert path.read_text(encoding="utf-8") == TEXT
    assert lines(changes) == []


def test_where_files_have_no_second_names_the_one_before_is_copied(path, changes, monkeypatch):
    def refuse(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("bot.settling.os.link", refuse)
    change(path, changes, enabled=True)
    assert schedule(path)["enabled"] is True
    assert path.with_name("config.toml.previous").read_text(encoding="utf-8") == TEXT


def test_what_a_crash_left_beside_the_file_goes_with_the_next_change(path, changes):
    left = path.with_name(".config.toml.abcd1234")
    left.write_text("appsecret = 'half'", encoding="utf-8")
    mine = path.with_name(".config.toml.swp")
    mine.touch()
    change(path, changes, enabled=True)
    assert not left.exists()
    assert mine.exists()


def test_lines_end_as_they_did(path, changes):
    path.write_bytes(TEXT.replace("\n", "\r\n").encode())
    change(path, changes, publish_at="08:00")
    expected = TEXT.replace("'07:30'", '"08:00"').replace("\n", "\r\n")
    assert path.read_bytes() == expected.encode()


def test_a_file_that_cannot_be_put_in_place_leaves_no_line_in_the_record(path, changes):
    beside = path.with_name("config.toml.previous")
    beside.mkdir()
    (beside / "something").touch()
    with pytest.raises(ConfigError, match="写不了"):
        change(path, changes, enabled=True)
    assert path.read_text(encoding="utf-8") == TEXT
    assert lines(changes) == []


def test_of_many_at_once_who_saw_the_same_one_is_first_and_the_others_are_told(path, changes):
    seen, told = mark_of(schedule(path)), []

    def at_once(number: int) -> None:
        try:
            change(path, changes, seen, publish_at=f"08:{number:02}")
        except ChangedMeanwhile:
            told.append(number)

    threads = [threading.Thread(target=at_once, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [(what, before, after)] = lines(changes)
    assert (what, before, after) == ("schedule.publish_at", "07:30", schedule(path)["publish_at"])
    assert len(told) == 7


def test_what_says_the_same_already_is_not_written(path, changes):
    assert change(path, changes, publish_at="07:30") == []
    assert not path.with_name("config.toml.previous").exists()


def test_another_users_file_is_left_to_them(path, changes, monkeypatch):
    monkeypatch.setattr("bot.settling.os.geteuid", lambda: 54321)
    assert "属于别的用户" in why_closed(path)
    with pytest.raises(ConfigError, match="手工修改"):
        change(path, changes, enabled=True)
    assert path.read_text(encoding="utf-8") == TEXT


def test_the_record_is_read_a_page_at_a_time_and_by_section(changes, path):
    for minute in range(5):
        change(path, changes, publish_at=f"08:0{minute}")
    newest = changes.newest(2)
    assert [each.after for each in newest] == ["08:04", "08:03"]
    assert [each.after for each in changes.newest(9, below=newest[-1].number)] == [
        "08:02",
        "08:01",
        "08:00",
    ]
    assert changes.newest(9, of="menu.") == []
    assert len(changes.newest(9, of="schedule.")) == 5


# What the environment decides, and which files count.


def test_the_environments_settings_are_known_by_their_keys():
    environ = {
        "RIKAN_WEB__PORT": "1",
        "RIKAN_WECHAT__APPSECRET_FILE": "/x",
        "RIKAN_CONFIG": "y",
        "HOME": "/",
    }
    assert overruled(environ) == {
        "web.port": "RIKAN_WEB__PORT",
        "wechat.appsecret": "RIKAN_WECHAT__APPSECRET_FILE",
    }


def test_a_file_that_the_settings_name_is_one_of_those_that_count(path):
    folder = path.parent
    (folder / "mine.txt").touch()
    path.write_text('[search]\nsynonyms = "mine.txt"\n[backup]\nfolder = "."\n', encoding="utf-8")
    found = files_of(load_config(path, {}))
    assert set(found) == {folder / "mine.txt", folder / "data" / "wording.toml"}
