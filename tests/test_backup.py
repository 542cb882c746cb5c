"""A backup is taken while everything runs, is whole or is none, and gives back the archive that it was taken of."""

import json
import resource
import shutil
import stat
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from bot import flow, safekeeping, scheduling
from bot.archive.accounts import Accounts, Role
from bot.archive.database import open_engine, opened, reading, schema_of, writing
from bot.archive.editors import Editors
from bot.archive.tables import SCHEMA
from bot.archive.upgrade import migrate, upgrade
from bot.backup.manifest import NAME, Manifest
from bot.backup.reading import open_backup
from bot.cli.main import main
from bot.config import Config, load_config
from bot.delivery import State
from bot.dialogue import Message
from bot.errors import ArchiveBusy, ArchiveError
from bot.ingest.file import read_issue
from bot.jobs.queue import BACKUP
from bot.jobs.tasks import back_up as back_up_job
from bot.model import Look
from bot.services import SHANGHAI, Services, open_services
from tests import postgres
from tests.conftest import APPSECRET, SAMPLES, TOKEN, Clock, write_config

WORDS = ("算力", "国家数据局", "人工智能", "能源 协同", "没有这个词")
NOW = datetime(2026, 6, 13, 7, 30, tzinfo=SHANGHAI)
TODAY = NOW.date()


def place(folder: Path, url: str = "") -> Config:
    folder.mkdir(exist_ok=True)
    return load_config(write_config(folder, database=f'url = "{url}"' if url else ""), {})


def fill(config: Config) -> None:
    """Issues, one of them replaced and delivered, a cover of an editor's own, a notice, an editor."""
    with open_services(config, Clock(NOW)) as services:
        for sample in SAMPLES:
            flow.add_issue(services, sample)
        issue, source = read_issue(SAMPLES[-1])
        changed = replace(issue, title="改过的标题")
        services.archive.add(changed, source.name, source.digest, replace=True)
        services.covers.choose(issue.id, Look(headline="另一个标题", picture=b"a picture"))
        with services.ledger.lease(issue.id) as delivery:
            services.ledger.record(replace(delivery, state=State.DRAFTING), "add")
            services.ledger.record(replace(delivery, state=State.DRAFTED, media_id="m1"), "added")
        services.notices.decide(issue.id, "ready", "可以看了\x1b“引号”")
        services.editors.invite("王芳", timedelta(hours=1))


def told(config: Config) -> dict[str, Any]:
    """What the archive answers."""
    with open_services(config, Clock(NOW)) as services:
        archive, ids = services.archive, [each.issue_id for each in services.archive.entries()]
        return {
            "entries": archive.entries(),
            "issues": [archive.issue(each) for each in ids],
            "versions": [archive.versions(each) for each in ids],
            "hits": {w: archive.search(w, TODAY, published_only=False) for w in WORDS},
            "looks": [services.covers.look(each) for each in ids],
            "timelines": [services.ledger.timeline(each) for each in ids],
            "deliveries": [services.ledger.delivery(each) for each in ids],
            "said": services.notices.said(ids),
            "invited": services.editors.invited(),
            "sources": sorted(path.name for path in services.sources.folder.iterdir()),
        }


def back_up(config: Config, target: Path | None = None, **more: bool) -> Path:
    return safekeeping.back_up(config, NOW, target, **more).path


def restore(config: Config, backup: Path, **more: bool):
    return safekeeping.restore_backup(config, backup, NOW, **more)


@pytest.fixture(scope="module")
def filled_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that each test has a copy of."""
    folder = tmp_path_factory.mktemp("filled")
    fill(place(folder))
    return folder


@pytest.fixture(scope="module")
def backed_up_once(filled_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with a backup of it, for those who do not ask how that was made."""
    folder = tmp_path_factory.mktemp("backed-up")
    shutil.copytree(filled_once, folder, dirs_exist_ok=True)
    back_up(place(folder))
    return folder


@pytest.fixture
def filled(tmp_path: Path, filled_once: Path) -> Config:
    shutil.copytree(filled_once, tmp_path / "old")
    return place(tmp_path / "old")


@pytest.fixture
def backup(filled: Config, backed_up_once: Path, tmp_path: Path) -> Path:
    shutil.copytree(backed_up_once, tmp_path / "old", dirs_exist_ok=True)
    [made] = (tmp_path / "old").rglob("*.zip")
    return made


@pytest.fixture
def empty(tmp_path: Path) -> Config:
    return place(tmp_path / "new")


# There and back.


def test_what_was_backed_up_answers_as_before(tmp_path, new_database: Callable[[], str]):
    old, new = place(tmp_path / "old", new_database()), place(tmp_path / "new", new_database())
    fill(old)
    restore(new, back_up(old))
    assert told(new) == told(old)


def test_accounts_come_back_and_nobody_is_signed_in(tmp_path, new_database: Callable[[], str]):
    old, new = place(tmp_path / "old", new_database()), place(tmp_path / "new", new_database())
    fill(old)
    with open_services(old) as services:
        link = services.accounts.invite("王芳", Role.ADMIN, "operator", timedelta(hours=1))
        services.accounts.accept(link, "kept password")
        token = services.accounts.sessions.begin("王芳", "127.0.0.1", "Firefox")
        assert services.accounts.signed_in(token)
    restore(new, back_up(old))
    with open_services(new) as services:
        assert services.accounts.account("王芳")
        assert services.accounts.signed_in(token) is None
        assert services.accounts.sessions.begin("王芳", "127.0.0.1", "Firefox")


def test_an_archive_moves_to_postgresql_and_back(
    tmp_path, filled: Config, backup: Path, postgres_server: postgres.Server
):
    server = place(tmp_path / "server", postgres_server.new_database())
    restore(server, backup)
    assert told(server) == told(filled)
    again = place(tmp_path / "again")
    restore(again, back_up(server))
    assert told(again) == told(filled)


def test_a_restored_archive_takes_new_issues(tmp_path, new_database: Callable[[], str]):
    old, new = place(tmp_path / "old", new_database()), place(tmp_path / "new", new_database())
    fill(old)
    restore(new, back_up(old))
    with open_services(new, Clock(NOW)) as services:
        issue, source = read_issue(SAMPLES[0])
        changed = replace(issue, summary="量子计算取得进展。")
        before = len(services.ledger.timeline(issue.id))
        assert services.archive.add(changed, source.name, source.digest, replace=True)
        services.ledger.remark(issue.id, "noted")
        assert len(services.ledger.timeline(issue.id)) == before + 1
        hits = services.archive.search("量子计算取得进展", TODAY, published_only=False)
        assert [hit.issue_id for hit in hits][:1] == [issue.id]


def test_the_number_that_tells_of_changes_is_a_new_one(filled: Config, backup: Path, empty: Config):
    restore(empty, backup)
    with open_services(filled) as old, open_services(empty) as new:
        assert new.revision.now() > old.revision.now() + 10**6


def test_a_character_that_one_database_does_not_hold_is_left_out(
    tmp_path, postgres_server: postgres.Server, filled: Config
):
    with open_services(filled, Clock(NOW)) as services:
        services.notices.decide("2026-06-13", "bad_file:1", "前\x00后")
    server = place(tmp_path / "server", postgres_server.new_database())
    restore(server, back_up(filled))
    with open_services(server, Clock(NOW)) as services:
        assert "前后" in [notice.text for notice in services.notices.untold()]


# While others write.


@contextmanager
def writers(config: Config, count: int) -> Iterator[list[date]]:
    """Threads that add issues, each its own days one after another, until the end."""
    enough, added = threading.Event(), [date(2000, 1, 1)]
    issue, source = read_issue(SAMPLES[0])

    def write(services: Services, first: date) -> None:
        day = first
        while not enough.is_set():
            changed = replace(issue, date=day, summary=f"{day.isoformat()} 的算力。")
            services.sources.keep(SAMPLES[0], source.digest)
            services.archive.add(changed, source.name, source.digest)
            added.append(day)
            day += timedelta(days=1)

    with open_services(config, Clock(NOW)) as services:
        assert services.archive
        firsts = [date(2001 + 3 * number, 1, 1) for number in range(count)]
        threads = [threading.Thread(target=write, args=(services, each)) for each in firsts]
        for thread in threads:
            thread.start()
        try:
            while len(added) < 10 * count:  # under way
                enough.wait(0.01)
            yield added
        finally:
            enough.set()
            for thread in threads:
                thread.join()


def test_a_backup_under_write_load_is_of_one_moment(tmp_path, new_database: Callable[[], str]):
    old, new = place(tmp_path / "old", new_database()), place(tmp_path / "new", new_database())
    fill(old)
    with writers(old, 3) as added:
        before = len(added)
        backup = back_up(old)
        during = len(added) - before
    assert during > 0  # nobody waited for it
    restore(new, backup)
    with open_services(old, Clock(NOW)) as live, open_services(new, Clock(NOW)) as restored:
        kept = [entry.day for entry in restored.archive.entries()]
        for first in (2001, 2004, 2007):
            of_one = sorted(day for day in kept if first <= day.year < first + 3)
            # What one writer had written by then, and nothing after it.
            days = [date(first, 1, 1) + timedelta(days=number) for number in range(len(of_one))]
            assert of_one == days
        assert len(kept) > len(SAMPLES)
        for entry in restored.archive.entries():
            assert restored.archive.issue(entry.issue_id) == live.archive.issue(entry.issue_id)
        span = (min(kept), max(kept))
        for word in WORDS:
            here = restored.archive.search(word, TODAY, published_only=False, days=span, limit=500)
            there = live.archive.search(word, TODAY, published_only=False, days=span, limit=500)
            known = {entry.issue_id for entry in restored.archive.entries()}
            if len(there) < 100:  # beyond the newest 300 candidates they need not be the same
                assert [hit for hit in there if hit.issue_id in known] == here


# Earlier versions.


def test_a_database_from_before_the_console_is_upgraded_with_all_that_it_holds(
    tmp_path, new_database: Callable[[], str], postgres_server
):
    url = postgres_server.new_database() if "postgresql" in new_database() else ""
    config = place(tmp_path / "old", url)
    with opened(config.database_url) as engine:
        with writing(engine) as connection:
            migrate(connection, "0008")
        accounts = Accounts(engine, Clock(NOW))
        accounts.accept(accounts.invite("王芳", Role.ADMIN, "cli", timedelta(hours=1)), "kept")
        editors = Editors(engine, "wx", Clock(NOW), lambda: 0, "cli")
        code = editors.invite("王芳", timedelta(hours=1))
        upgrade(engine)
        assert schema_of(engine) == SCHEMA
        assert [each.name for each in Accounts(engine, Clock(NOW)).all()] == ["王芳"]
        assert editors.bind("oWang", code)
    with open_services(config, Clock(NOW)) as services:
        before = services.revision.now()
        assert services.readers.sayings.add("雄安 = 新区", "console:王芳")
        assert services.revision.now() != before
        flow.add_issue(services, SAMPLES[0])


@pytest.mark.parametrize("schema", ["0003", "0005", "0006", "0008"])
def test_a_backup_of_an_earlier_version_is_brought_to_this_one(
    tmp_path, new_database: Callable[[], str], postgres_server, schema: str
):
    url = postgres_server.new_database() if "postgresql" in new_database() else ""
    old = place(tmp_path / "old", url)
    record = json.dumps(read_issue(SAMPLES[0])[0].record(), ensure_ascii=False)
    with opened(old.database_url) as engine, writing(engine) as connection:
        migrate(connection, schema)
        connection.execute(
            text(
                "INSERT INTO issues VALUES ('2026-04-16', '2026-04-16', 1, 'n', 'h', :record,"
                " 'a.txt', 'd', '2026-04-16 00:00:00')"
            ),
            {"record": record},
        )
        connection.execute(
            text(
                "INSERT INTO sections"
                " (id, issue_id, position, heading, body, folded_heading, folded_body)"
                " VALUES (7, '2026-04-16', 0, '摘要', '算力', '摘要', '算力')"
            )
        )
    backup = back_up(old)
    new = place(tmp_path / "new", new_database())
    restore(new, backup)
    with opened(new.database_url) as engine:
        assert schema_of(engine) == SCHEMA
    with open_services(new, Clock(NOW)) as services:
        hits = services.archive.search("算力", TODAY, published_only=False)
        assert [hit.issue_id for hit in hits] == ["2026-04-16"]


# What is no backup, or none any more.


def rewritten(backup: Path, change: Callable[[dict[str, bytes]], object]) -> Path:
    """The same zip with its members changed."""
    with zipfile.ZipFile(backup) as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    change(members)
    path = backup.with_name("changed.zip")
    with zipfile.ZipFile(path, "w") as packed:
        for name, data in members.items():
            packed.writestr(name, data)
    return path


def listed(members: dict[str, bytes], name: str, data: bytes) -> None:
    """Add a member, and put it on the list as well."""
    plain = json.loads(members[NAME])
    digest = sha256(data).hexdigest()
    plain["members"][name] = {"size": len(data), "digest": digest, "rows": 0}
    members[NAME] = json.dumps(plain).encode()
    members[name] = data


def said_newer(members: dict[str, bytes]) -> None:
    members[NAME] = members[NAME].replace(f'"schema": "{SCHEMA}"'.encode(), b'"schema": "9000"')


def line_changed(members: dict[str, bytes]) -> None:
    lines = b'{"id": "2026-01-01", "nonsense": 1}\n'
    plain = json.loads(members[NAME])
    digest = sha256(lines).hexdigest()
    plain["members"]["tables/issues.jsonl"] = {"size": len(lines), "digest": digest, "rows": 1}
    members |= {NAME: json.dumps(plain).encode(), "tables/issues.jsonl": lines}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda members: members.pop(NAME), "不是日刊的备份"),
        (lambda members: members.update({NAME: b"[]"}), "不是日刊的备份"),
        (lambda members: members.update({NAME: b'{"format": "other"}'}), "不是日刊的备份"),
        (said_newer, "较新的 rikan"),
        (lambda members: members.pop("tables/issues.jsonl"), "内容与目录不符"),
        (lambda members: members.update({"more": b"x"}), "内容与目录不符"),
        (lambda members: members.update({"tables/issues.jsonl": b"{}\n"}), "内容与目录不符"),
        (lambda members: listed(members, "../../evil", b"x"), "不认识的名字"),
        (lambda members: listed(members, "/etc/evil", b"x"), "不认识的名字"),
        (lambda members: listed(members, "sources/../../evil", b"x"), "不认识的名字"),
        (lambda members: listed(members, "tables/users.jsonl", b"{}\n"), "不认识的表"),
        (line_changed, "读不了的内容"),
    ],
)
def test_a_file_that_is_no_whole_backup_is_refused_in_a_sentence(
    backup: Path, empty: Config, change: Callable[[dict[str, bytes]], object], sentence: str
):
    with pytest.raises(ArchiveError, match=sentence):
        restore(empty, rewritten(backup, change))
    assert not (empty.paths.data / "rikan.db").exists()
    assert not list(empty.paths.data.parent.parent.rglob("evil"))
    assert not list(empty.paths.data.rglob("*restoring*"))


def test_a_member_whose_content_changed_is_found(backup: Path, empty: Config):
    def change(members: dict[str, bytes]) -> None:
        name = next(name for name in members if name.startswith("sources/"))
        members[name] = members[name][:-1] + b"X"

    with pytest.raises(ArchiveError, match="的内容变了"):
        restore(empty, rewritten(backup, change))


def test_a_file_that_is_not_there_or_no_zip_is_told(tmp_path, empty: Config):
    with pytest.raises(ArchiveError, match="读不了"):
        restore(empty, tmp_path / "none.zip")
    (tmp_path / "text.zip").write_text("日报")
    with pytest.raises(ArchiveError, match="不是日刊的备份"):
        restore(empty, tmp_path / "text.zip")
    with pytest.raises(ArchiveError, match="读不了"):
        restore(empty, tmp_path)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damage_anywhere_is_found_or_harms_nothing(backup: Path, data):
    whole = backup.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    if data.draw(st.booleans()):
        hurt = whole[:at]
    else:
        hurt = whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :]
    path = backup.with_name("hurt.zip")
    path.write_bytes(hurt)
    with open_backup(backup) as sound:
        members = sound.manifest.members
    with suppress(ArchiveError), open_backup(path) as opened_:
        opened_.check()
        assert opened_.manifest.members == members


# What is there already.


def test_an_archive_that_is_not_empty_is_left_alone(filled: Config, backup: Path):
    before = told(filled)
    with pytest.raises(ArchiveError, match="--replace"):
        restore(filled, backup)
    assert told(filled) == before


def test_files_without_a_database_are_not_written_over(backup: Path, empty: Config):
    (empty.paths.data / "sources").mkdir(parents=True)
    (empty.paths.data / "sources" / "mine").write_text("x")
    with pytest.raises(ArchiveError, match="--replace"):
        restore(empty, backup)


def test_what_is_replaced_is_put_aside_and_could_be_used(
    tmp_path, new_database: Callable[[], str], backup: Path
):
    config = place(tmp_path / "mine", new_database())
    with open_services(config, Clock(NOW)) as services:
        flow.add_issue(services, SAMPLES[0])
    restored = restore(config, backup, replace=True)
    assert len(told(config)["issues"]) == len(SAMPLES)
    aside = Path(restored.aside[0])
    assert aside.name == "replaced-20260613-073000"
    assert len(list((aside / "sources").iterdir())) == 1
    engine = open_engine(config.database_url)
    if engine.dialect.name == "sqlite":
        file = Path(str(engine.url.database))
        with opened(f"sqlite:///{aside / file.name}") as kept, reading(kept) as connection:
            assert connection.execute(text("SELECT id FROM issues")).scalars().all() == [
                "2026-04-16"
            ]
    else:
        with reading(engine) as connection:
            query = "SELECT id FROM replaced_20260613_073000.issues"
            assert connection.execute(text(query)).scalars().all() == ["2026-04-16"]
    engine.dispose()


def test_a_second_restore_puts_the_first_aside_too(backup: Path, empty: Config):
    restore(empty, backup)
    first = restore(empty, backup, replace=True)
    second = restore(empty, backup, replace=True)
    assert first.aside != second.aside
    assert all(Path(each).exists() for each in (*first.aside, *second.aside))


def test_a_damaged_database_is_put_aside_as_it_is(filled: Config, backup: Path):
    file = filled.paths.data / "rikan.db"
    file.write_bytes(b"rubbish" * 1000)
    with pytest.raises(ArchiveError, match="--replace"):
        restore(filled, backup)
    restored = restore(filled, backup, replace=True)
    assert (Path(restored.aside[0]) / "rikan.db").read_bytes().startswith(b"rubbish")
    assert len(told(filled)["issues"]) == len(SAMPLES)


def test_an_archive_in_use_is_not_replaced(tmp_path, new_database: Callable[[], str], backup: Path):
    config = place(tmp_path / "mine", new_database())
    with open_services(config, Clock(NOW)) as services:
        flow.add_issue(services, SAMPLES[0])
        with pytest.raises(ArchiveBusy, match="请先停止 rikan"):
            restore(config, backup, replace=True)
        assert [entry.issue_id for entry in services.archive.entries()] == ["2026-04-16"]
    restore(config, backup, replace=True)


def test_what_a_crash_left_does_not_stand_in_the_way(filled: Config, backup: Path):
    data = filled.paths.data
    (data / ".restoring-abc" / "sources").mkdir(parents=True)
    (data / ".rikan.db.restoring").write_bytes(b"half")
    # It had come as far as to put the old ones aside.
    (data / "replaced-20260613-073000").mkdir()
    (data / "rikan.db").rename(data / "replaced-20260613-073000" / "rikan.db")
    restore(filled, backup, replace=True)
    assert len(told(filled)["issues"]) == len(SAMPLES)
    assert not list(data.glob(".*restoring*"))


# What is in it, and what is not.


def test_a_backup_is_for_its_owners_eyes_and_holds_no_secret(backup: Path):
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    with zipfile.ZipFile(backup) as packed:
        whole = b"".join(packed.read(name) for name in packed.namelist())
    assert APPSECRET.encode() not in whole
    assert TOKEN.encode() not in whole


def test_followers_words_are_in_it_only_if_wanted(
    tmp_path, new_database: Callable[[], str], clock: Clock
):
    old, new = place(tmp_path / "old", new_database()), place(tmp_path / "new", new_database())
    fill(old)
    with open_services(old, clock) as services:
        message = Message("text", "oFollower", "gh_1", clock(), text="算力")
        services.conversations.receive(message, "a" * 40)
        services.conversations.flush()
    without = back_up(old)
    with_them = back_up(old, without.with_name("with.zip"), with_followers=True)
    for path, rows in ((without, 0), (with_them, 1)):
        with open_backup(path) as backup:
            assert sum(each.rows for each in backup.manifest.tables("followers").values()) == rows
    restore(new, with_them)
    with open_services(new, clock) as services:
        assert services.conversations.lately("oFollower") == 1


def test_the_editors_own_sentences_come_back_and_those_since_are_put_aside(filled: Config):
    own = filled.paths.data / "wording.toml"
    without = back_up(filled)
    own.write_text('thanks = "不谢"\n', encoding="utf-8")
    with_them = back_up(filled, without.with_name("with.zip"))
    own.write_text('thanks = "后来的"\n', encoding="utf-8")
    restore(filled, without, replace=True)
    assert own.read_text(encoding="utf-8") == 'thanks = "后来的"\n'
    [aside] = restore(filled, with_them, replace=True).aside
    with open_services(filled, Clock(NOW)) as services:
        assert services.wording.say("thanks") == "不谢"
    assert (Path(aside) / "wording.toml").read_text(encoding="utf-8") == 'thanks = "后来的"\n'


def test_a_source_that_is_lost_is_told(filled: Config):
    lost = next((filled.paths.data / "sources").iterdir())
    lost.unlink()
    taken = safekeeping.back_up(filled, NOW)
    assert taken.lost == (f"sources/{lost.name}",)


def test_a_backup_that_cannot_be_written_leaves_nothing(tmp_path, filled: Config):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(ArchiveError, match="写不了备份"):
        back_up(filled, tmp_path / "file" / "b.zip")
    target = tmp_path / "there.zip"
    target.write_text("mine")
    with pytest.raises(ArchiveError, match="已经存在"):
        back_up(filled, target)
    assert target.read_text() == "mine"


def test_a_disk_that_fills_up_in_the_middle_leaves_no_file(filled: Config):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, hard))  # bytes of any one file
    try:
        with pytest.raises(ArchiveError, match="写不了备份"):
            back_up(filled)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list((filled.paths.data / "backups").iterdir()) == []


def test_a_backup_that_could_not_be_restored_is_not_kept(filled: Config):
    # A step of an issue that there is not: a database whose own checks were off.
    with opened(filled.database_url) as engine, engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        assert raw
        raw.execute("PRAGMA foreign_keys = OFF")
        raw.execute("UPDATE steps SET issue_id = '1999-01-01'")
        raw.commit()
    with pytest.raises(ArchiveError, match="读不了的内容"):
        back_up(filled)
    assert list((filled.paths.data / "backups").iterdir()) == []


def test_nothing_to_back_up_is_told(empty: Config):
    with pytest.raises(ArchiveError, match="没有数据库"):
        back_up(empty)


def test_a_manifest_says_what_was_written(backup: Path):
    with open_backup(backup) as opened_:
        manifest = opened_.manifest
    assert Manifest.read(manifest.written()) == manifest
    assert manifest.made_at == NOW
    assert manifest.schema == SCHEMA
    assert manifest.rows("issues") == len(SAMPLES)
    assert manifest.size == sum(member.size for member in manifest.members.values())


# Every day by itself.


def test_each_day_has_one_backup_from_its_time_on(filled: Config, clock: Clock):
    with open_services(filled, clock) as services:
        clock.moment = NOW.replace(hour=2, minute=59)
        assert not safekeeping.is_backup_due(services)
        assert safekeeping.back_up_daily(services) is None
        clock.forward(minutes=1)
        assert safekeeping.is_backup_due(services)
        assert safekeeping.back_up_daily(services)
        assert not safekeeping.is_backup_due(services)
        assert safekeeping.back_up_daily(services) is None
        clock.forward(days=1)
        assert safekeeping.is_backup_due(services)


def test_as_many_daily_backups_are_kept_as_wanted_and_all_others(filled: Config, clock: Clock):
    wanted = filled.backup.model_copy(update={"keep": 2})
    config = filled.model_copy(update={"backup": wanted})
    mine = back_up(config)
    left = mine.with_name(".rikan-2026-06-01.zip-abc.part")
    left.write_bytes(b"half")
    with open_services(config, clock) as services:
        for _ in range(4):
            assert safekeeping.back_up_daily(services)
            clock.forward(days=1)
    kept = sorted(path.name for path in mine.parent.iterdir())
    assert kept == ["rikan-2026-06-13T073000.zip", "rikan-2026-06-15.zip", "rikan-2026-06-16.zip"]


def test_no_daily_backup_is_taken_where_none_is_wanted(filled: Config, clock: Clock):
    wanted = filled.backup.model_copy(update={"keep": 0})
    with open_services(filled.model_copy(update={"backup": wanted}), clock) as services:
        assert not safekeeping.is_backup_due(services)


def test_the_tick_has_it_taken_by_a_job_and_once(filled: Config, clock: Clock, queue_url: str):
    config = filled.model_copy(update={"queue": filled.queue.model_copy(update={"url": queue_url})})
    with open_services(config, clock) as services:
        assert safekeeping.want_backup(services)
        assert not safekeeping.want_backup(services)  # it waits already
        assert services.queue.queue.job_ids == ["back_up-2026-06-13"]
        assert safekeeping.back_up_daily(services)
        services.queue.queue.empty()
        assert not safekeeping.want_backup(services)  # it is there


def test_the_job_takes_it(filled: Config, monkeypatch):
    monkeypatch.chdir(filled.paths.data.parent)
    monkeypatch.setenv("RIKAN_BACKUP__AT", "00:00")
    assert BACKUP.endswith(back_up_job.__name__)
    name = back_up_job("2026-06-13")
    assert (filled.paths.data / "backups" / name).exists()
    assert back_up_job("2026-06-13") == "2026-06-13"  # it was there


def test_a_nightly_backup_that_fails_is_told_to_editors_once(
    filled: Config, clock: Clock, tmp_path
):
    (tmp_path / "no-folder").write_text("a file")
    elsewhere = filled.backup.model_copy(update={"folder": str(tmp_path / "no-folder")})
    with open_services(filled.model_copy(update={"backup": elsewhere}), clock) as services:
        for _ in range(2):
            with pytest.raises(ArchiveError):
                scheduling.take_backup(services, "2026-06-13")
        (notice,) = (each for each in services.notices.untold() if each.kind == "no_backup")
    assert notice.text.startswith("今天的备份没有做成：写不了备份")


# The commands.


def run(config: Config, *arguments: str):
    path = config.paths.data.parent / "config.toml"
    return CliRunner().invoke(main, ["--config", str(path), *arguments])


def test_the_commands_tell_what_they_did(filled: Config, empty: Config, tmp_path):
    target = tmp_path / "one.zip"
    made = run(filled, "backup", "-o", str(target), "--json")
    assert made.exit_code == 0, made.output
    plain = json.loads(made.stdout)
    assert plain["issues"] == len(SAMPLES)
    assert plain["followers"] is False
    told_ = run(empty, "restore", str(target))
    assert told_.exit_code == 0, told_.output
    assert f"已恢复：{len(SAMPLES)} 期" in told_.output
    assert "--by-hand" in told_.output
    refused = run(empty, "restore", str(target))
    assert refused.exit_code == 1
    assert "--replace" in refused.output
    again = json.loads(run(empty, "restore", str(target), "--replace", "--json").stdout)
    assert len(again["aside"]) == 1
    shutil.rmtree(again["aside"][0])
