"""What becomes of files that editors drop into the inbox: read when whole, put away, or set aside with the reason."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from bot import flow, receiving
from bot.archive.sources import Sources
from bot.delivery import Delivery, State
from bot.errors import ArchiveBusy
from bot.ingest.inbox import ASIDE, MOST_TRIES, NOTE, SETTLED, TAKEN, Inbox, readable
from bot.receiving import Received, Refused, receive
from tests.conftest import ISSUES, SAMPLES

REPORT = ISSUES / "2026-06-13.txt"
DAY = "2026-06-13"
NOBODY = 65534


@pytest.fixture
def inbox(services) -> Path:
    folder = services.config.paths.inbox
    folder.mkdir()
    return folder


def drop(inbox: Path, name: str, data: bytes | str = b"") -> Path:
    path = inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def look_twice(services, clock) -> Received:
    """As two ticks a minute apart do."""
    first = receive(services)
    clock.forward(minutes=1)
    second = receive(services)
    return Received(
        first.issues + second.issues,
        first.refused + second.refused,
        first.trouble or second.trouble,
        second.arriving,
    )


def with_pictures(*addresses: str) -> str:
    """A report that shows these."""
    shown = "\n\n".join(f"![图]({each})" for each in addresses)
    head = "# 新质生产力每日动态\n\n2026 年 6 月 13 日\n\n## 摘要\n\n今天有图。"
    return f"{head}\n\n## 1 第一节\n\n第一段话。\n\n{shown}\n\n又一段话。\n"


@contextmanager
def as_anybody(folder: Path) -> Iterator[None]:
    """As a user whom modes hold for, who owns that folder and gets to it."""
    if os.getuid():
        yield
        return
    for place in (folder, *folder.parents):
        if place != place.parent and place.stat().st_uid == 0:
            place.chmod(place.stat().st_mode | 0o011)
    os.chown(folder, NOBODY, NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_a_report_is_kept_and_put_away_under_its_day(services, clock, inbox):
    drop(inbox, "今日 日报.txt", REPORT.read_bytes())
    assert look_twice(services, clock).issues == [DAY]
    assert services.archive.issue(DAY).date.isoformat() == DAY
    assert names(inbox) == {f"{TAKEN}/{DAY} 今日 日报.txt"}


@pytest.mark.parametrize(
    "sample", [*SAMPLES[:1], ISSUES / "2026-06-09.pdf", ISSUES / "2026-04-16.docx"]
)
def test_every_kind_of_report_is_taken(services, clock, inbox, sample):
    drop(inbox, sample.name, sample.read_bytes())
    assert look_twice(services, clock).issues == [sample.stem]


def test_a_file_that_is_still_being_written_is_left_alone(services, clock, inbox):
    text = REPORT.read_text(encoding="utf-8")
    path = drop(inbox, "a.txt", text[:2000])
    receive(services)
    for end in (4000, len(text)):
        clock.forward(minutes=1)
        path.write_text(text[:end], encoding="utf-8")
        received = receive(services)
        assert received.issues == []
        assert received.arriving
    clock.forward(minutes=1)
    assert receive(services).issues == [DAY]


def test_a_file_that_changes_without_growing_is_not_whole(services, clock, inbox):
    path = drop(inbox, "a.txt", bytes(500))
    receive(services)
    clock.forward(minutes=1)
    path.write_bytes(b"1" * 500)
    os.utime(path, (0, 0))  # as a copy that keeps the original's date
    assert not receive(services).refused
    assert path.exists()


def test_what_lay_there_long_before_the_first_look_need_not_wait(services, clock, inbox):
    clock.forward(days=365 * 10)  # later than the file's own date
    drop(inbox, "a.txt", REPORT.read_bytes())
    assert receive(services).issues == [DAY]


def test_a_clock_that_is_set_back_makes_a_file_wait_once_more_but_not_for_hours(
    services, clock, inbox
):
    drop(inbox, "a.txt", REPORT.read_bytes())
    receive(services)
    clock.forward(hours=-1)
    assert receive(services).issues == []
    clock.forward(minutes=1)
    assert receive(services).issues == [DAY]


@pytest.mark.parametrize(
    "name",
    [
        "~$日报.docx",
        ".~lock.日报.odt#",
        ".日报.txt.swp",
        "日报.txt.tmp",
        "日报.docx.part",
        "日报.pdf.crdownload",
        "日报.txt~",
        "Thumbs.db",
        "desktop.ini",
        ".DS_Store",
    ],
)
def test_what_programs_leave_lying_around_is_not_looked_at(services, clock, inbox, name):
    drop(inbox, name, REPORT.read_bytes())
    received = look_twice(services, clock)
    assert (received.issues, received.refused) == ([], [])
    assert names(inbox) == {name}


def test_a_bad_file_is_set_aside_with_what_is_wrong_beside_it(services, clock, inbox):
    drop(inbox, "日报.pdf", b"%PDF-1.7 broken")
    received = look_twice(services, clock)
    assert names(inbox) == {f"{ASIDE}/日报.pdf", f"{ASIDE}/日报.pdf{NOTE}"}
    (refused,) = received.refused
    told = (inbox / ASIDE / f"日报.pdf{NOTE}").read_text(encoding="utf-8")
    assert refused.name == "日报.pdf"
    assert refused.sentence in told
    assert "重新放进收件目录" in told
    assert receive(services).refused == []


def test_all_that_is_wrong_with_a_report_is_listed(services, clock, inbox):
    drop(inbox, "a.md", with_pictures("甲.png", "乙.png"))
    look_twice(services, clock)
    told = (inbox / ASIDE / f"a.md{NOTE}").read_text(encoding="utf-8")
    assert "甲.png" in told
    assert "乙.png" in told
    assert "1. " in told
    assert "2. " in told


def test_one_bad_file_keeps_no_other_from_being_taken(services, clock, inbox):
    drop(inbox, "1.docx", b"PK\x03\x04 broken")
    drop(inbox, "2.txt", REPORT.read_bytes())
    drop(inbox, "3.xlsx", b"table")
    received = look_twice(services, clock)
    assert received.issues == [DAY]
    assert [each.name for each in received.refused] == ["1.docx", "3.xlsx"]


def test_the_same_file_dropped_twice_is_no_error_and_nothing_is_overwritten(services, clock, inbox):
    for _ in range(3):
        drop(inbox, "a.txt", REPORT.read_bytes())
        assert look_twice(services, clock).issues == [DAY]
    stem = f"{TAKEN}/{DAY} a"
    assert names(inbox) == {f"{stem}.txt", f"{stem} (2).txt", f"{stem} (3).txt"}
    assert services.archive.versions(DAY) == []


def test_the_same_bad_file_dropped_twice_is_kept_twice_with_its_reason(services, clock, inbox):
    for _ in range(2):
        drop(inbox, "a.pdf", b"%PDF-1.7 broken")
        look_twice(services, clock)
    assert names(inbox) == {
        f"{ASIDE}/{name}" for each in ("a.pdf", "a (2).pdf") for name in (each, f"{each}{NOTE}")
    }


def test_a_correction_replaces_what_was_not_published_and_the_old_is_kept(services, clock, inbox):
    drop(inbox, "a.txt", REPORT.read_bytes())
    look_twice(services, clock)
    drop(inbox, "a.txt", REPORT.read_text(encoding="utf-8").replace("产业", "行业"))
    received = look_twice(services, clock)
    assert received.issues == [DAY]
    assert "行业" in services.archive.issue(DAY).summary + services.archive.issue(DAY).title
    assert len(services.archive.versions(DAY)) == 1


@pytest.mark.parametrize("state", [State.PUBLISHING, State.PUBLISHED])
def test_a_correction_of_what_readers_have_is_set_aside_with_the_remedy(
    services, clock, inbox, state
):
    flow.add_issue(services, REPORT)
    for each in (State.DRAFTING, State.DRAFTED, State.PUBLISHING, state):
        services.ledger.record(Delivery(DAY, each, media_id="m"))
        with services.ledger.lease(DAY):
            services.ledger.record(Delivery(DAY, each, media_id="m"))
    before = services.archive.issue(DAY)
    drop(inbox, "a.txt", REPORT.read_text(encoding="utf-8").replace("产业", "行业"))
    (refused,) = look_twice(services, clock).refused
    assert refused.late == DAY
    assert "公众平台" in refused.sentence
    note = next(inbox.rglob("*.问题.txt")).read_text(encoding="utf-8")
    assert "重新放进" not in note  # it would come too late again
    assert "请管理员用 rikan add --replace 存入这份文件" in note
    assert services.archive.issue(DAY) == before
    assert services.ledger.delivery(DAY).problem == ""
    drop(inbox, "b.txt", REPORT.read_bytes())
    assert look_twice(services, clock).issues == [DAY]


def test_a_correction_waits_while_a_job_is_at_work_on_the_issue(services, clock, inbox):
    flow.add_issue(services, REPORT)
    drop(inbox, "a.txt", REPORT.read_text(encoding="utf-8").replace("产业", "行业"))
    receive(services)
    clock.forward(minutes=1)
    with services.ledger.lease(DAY):
        for _ in range(MOST_TRIES + 2):
            assert receive(services) == Received()
    assert receive(services).issues == [DAY]


def test_a_crash_between_keeping_and_putting_away_is_healed_at_the_next_look(
    services, clock, inbox, monkeypatch
):
    drop(inbox, "a.txt", REPORT.read_bytes())
    receive(services)
    clock.forward(minutes=1)
    with monkeypatch.context() as broken:
        broken.setattr(Inbox, "take", _die)
        with pytest.raises(KeyboardInterrupt):
            receive(services)
    assert services.archive.issue(DAY)
    assert receive(services).issues == [DAY]
    assert names(inbox) == {f"{TAKEN}/{DAY} a.txt"}


def test_a_crash_between_the_reason_and_setting_aside_leaves_one_reason(
    services, clock, inbox, monkeypatch
):
    drop(inbox, "a.pdf", b"%PDF-1.7 broken")
    receive(services)
    clock.forward(minutes=1)
    with monkeypatch.context() as broken:
        broken.setattr(Inbox, "_move", _die)
        with pytest.raises(KeyboardInterrupt):
            receive(services)
    receive(services)
    assert names(inbox) == {f"{ASIDE}/a.pdf", f"{ASIDE}/a.pdf{NOTE}"}


def test_a_bad_file_is_not_out_of_sight_before_it_was_told_of(services, clock, inbox):
    drop(inbox, "a.txt", "不是日报")
    told: list[Refused] = []

    def busy(_: object) -> None:
        raise ArchiveBusy("存档正忙。请稍后再试")

    receive(services)
    clock.forward(minutes=1)
    for _ in range(MOST_TRIES + 2):
        assert receive(services, busy).refused == []
    assert (inbox / "a.txt").exists()
    assert receive(services, told.append).refused == told
    assert len(told) == 1


def test_a_fault_in_looking_for_what_is_wrong_keeps_no_other_file_waiting(
    services, clock, inbox, monkeypatch
):
    drop(inbox, "a.txt", "不是日报")
    drop(inbox, "b.txt", REPORT.read_bytes())

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as faulty:
        faulty.setattr(receiving, "problems_of", broken)
        assert look_twice(services, clock).issues == [DAY]
    assert look_twice(services, clock).refused[0].name == "a.txt"


@pytest.mark.parametrize("mode", [0o444, 0o000])
def test_a_folder_of_somebody_elses_keeps_no_file_waiting(services, clock, inbox, mode):
    drop(inbox, "b.txt", REPORT.read_bytes())
    drop(inbox, "sub/c.txt")
    (inbox / "sub").chmod(mode)
    with as_anybody(inbox):
        assert len(Inbox(inbox, inbox / ".memory").look(clock() + timedelta(days=3650)).ready) == 1


def test_a_file_at_which_the_program_dies_is_set_aside_in_the_end(
    services, clock, inbox, monkeypatch
):
    drop(inbox, "a.txt", REPORT.read_bytes())
    receive(services)
    clock.forward(minutes=1)
    with monkeypatch.context() as broken:
        broken.setattr("bot.receiving.read_issue", _die)
        for _ in range(MOST_TRIES):
            with pytest.raises(KeyboardInterrupt):
                receive(services)
        (refused,) = receive(services).refused
    assert "中断" in refused.sentence
    assert f"{ASIDE}/a.txt" in names(inbox)


def _die(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_pictures_beside_a_report_are_taken_with_it(services, clock, inbox):
    drop(inbox, "a.md", with_pictures("图%201.png", "图片/表.png"))
    for name in ("图 1.png", "图片/表.png", "别的.png"):
        drop(inbox, name)
        Image.new("RGB", (400, 300), "red").save(inbox / name)
    assert look_twice(services, clock).issues == [DAY]
    assert len(services.archive.issue(DAY).figures) == 2
    beside = f"{TAKEN}/{DAY} a 图片"
    assert names(inbox) == {
        f"{TAKEN}/{DAY} a.md",
        f"{beside}/图 1.png",
        f"{beside}/表.png",
        "别的.png",
    }


def test_two_reports_may_show_the_same_picture(services, clock, inbox):
    Image.new("RGB", (400, 300), "red").save(inbox / "图.png")
    for day in ("12", "13"):
        drop(inbox, f"{day}.md", with_pictures("图.png").replace("13 日", f"{day} 日"))
    assert len(look_twice(services, clock).issues) == 2


def test_a_report_waits_for_a_picture_that_is_being_copied(services, clock, inbox):
    drop(inbox, "a.md", with_pictures("图.png"))
    receive(services)
    clock.forward(minutes=1)
    drop(inbox, "图.png.part", b"\x89PNG")
    drop(inbox, "b.png", b"\x89PNG")
    received = receive(services)
    assert received.refused == []
    Image.new("RGB", (400, 300), "red").save(inbox / "图.png")
    assert look_twice(services, clock).issues == [DAY]


def test_a_report_in_a_folder_of_its_own_is_taken(services, clock, inbox):
    drop(inbox, "6月13日/报告.txt", REPORT.read_bytes())
    assert look_twice(services, clock).issues == [DAY]
    assert names(inbox) == {f"{TAKEN}/{DAY} 报告.txt"}


def test_a_link_is_set_aside_and_not_followed(services, clock, inbox, tmp_path):
    (tmp_path / "secret.txt").write_bytes(REPORT.read_bytes())
    (inbox / "a.txt").symlink_to(tmp_path / "secret.txt")
    (refused,) = look_twice(services, clock).refused
    assert refused.sentence.startswith("这是链接")  # the name is told beside it
    assert services.archive.entries() == []
    assert (inbox / ASIDE / "a.txt").is_symlink()
    assert (tmp_path / "secret.txt").exists()


def test_not_even_what_is_wrong_with_a_linked_file_is_told(services, clock, inbox, tmp_path):
    (tmp_path / "secret.md").write_text(with_pictures("甲.png"), encoding="utf-8")
    (inbox / "a.md").symlink_to(tmp_path / "secret.md")
    (refused,) = look_twice(services, clock).refused
    assert refused.sentence.startswith("这是链接")  # the name is told beside it
    assert "甲.png" not in (inbox / ASIDE / f"a.md{NOTE}").read_text(encoding="utf-8")


def test_an_empty_file_is_waited_for_longer(services, clock, inbox):
    path = drop(inbox, "a.txt")
    look_twice(services, clock)
    assert path.exists()
    clock.forward(minutes=5)
    (refused,) = receive(services).refused
    assert "空" in refused.sentence


@pytest.mark.parametrize(
    "name",
    ["a\nb.txt", "a\u202etxt.txt", os.fsdecode(b"\xb2\xe2.txt"), "日" * 80 + ".txt", "'\"$(x).txt"],
)
def test_a_file_with_an_odd_name_is_taken(services, clock, inbox, name):
    drop(inbox, name, REPORT.read_bytes())
    issues = []
    for _ in range(4):
        issues += receive(services).issues
        clock.forward(minutes=1)
    assert issues == [DAY]
    (taken,) = names(inbox)
    assert taken == readable(taken)


def test_a_folder_that_cannot_be_written_to_is_told_and_nothing_is_lost(
    services, clock, inbox, monkeypatch
):
    drop(inbox, "a.txt", REPORT.read_bytes())

    def full(self: Path, target: Path) -> Path:
        if self.parent == inbox:
            raise OSError(28, "No space left on device")
        return rename(self, target)

    rename = Path.rename
    with monkeypatch.context() as broken:
        broken.setattr(Path, "rename", full)
        for _ in range(MOST_TRIES + 2):
            received = receive(services)
            clock.forward(minutes=1)
    assert "磁盘已满" in received.trouble
    assert services.archive.issue(DAY)
    assert receive(services).issues == [DAY]


def test_an_archive_that_cannot_keep_the_file_is_no_fault_of_the_file(
    services, clock, inbox, monkeypatch
):
    drop(inbox, "a.txt", REPORT.read_bytes())
    receive(services)
    clock.forward(minutes=1)

    def busy(*_: object) -> None:
        raise ArchiveBusy("存档正忙。请稍后再试")

    with monkeypatch.context() as broken:
        broken.setattr(Sources, "keep", busy)
        for _ in range(MOST_TRIES + 2):
            received = receive(services)
    assert received.refused == []
    assert receive(services).issues == [DAY]


def test_no_folder_is_no_trouble(services):
    assert receive(services) == Received()


def test_a_lost_memory_costs_a_file_another_look(services, clock, inbox):
    drop(inbox, "a.txt", REPORT.read_bytes())
    receive(services)
    (services.config.paths.data / "inbox.json").write_text(json.dumps({"a.txt": "?"}))
    clock.forward(minutes=1)
    assert receive(services).issues == []
    clock.forward(seconds=SETTLED / timedelta(seconds=1))
    assert receive(services).issues == [DAY]


def test_while_somebody_else_reads_the_inbox_nothing_is_touched(services, inbox, clock):
    clock.forward(days=365 * 10)
    drop(inbox, "a.txt", REPORT.read_bytes())
    other = Inbox(inbox, services.config.paths.data / "inbox.json")
    with other.alone() as alone:
        assert alone
        assert receive(services) == Received(arriving=True)
    assert receive(services).issues == [DAY]
