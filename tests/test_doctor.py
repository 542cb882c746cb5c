"""`rikan doctor` names the cause of what is wrong, and nothing else, and says what to do."""

import json
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
import redis
from click.testing import CliRunner
from flask import Flask
from rq import Worker
from rq.cron import CronScheduler
from rq.serializers import JSONSerializer
from sqlalchemy import text

from bot import flow, safekeeping
from bot.archive.database import opened, writing
from bot.cli.cast import free_port
from bot.cli.main import main
from bot.config import Config, load_config
from bot.doctor import door, machine, store
from bot.doctor.examination import Check, examine
from bot.doctor.rounds import Surroundings, checks_of
from bot.doctor.verdict import Grade, Line, Verdict, fail, ok, warn
from bot.errors import StartError
from bot.jobs.queue import NAME, PUSH, JobQueue
from bot.resources import directory
from bot.sandbox.server import serve
from bot.schedule.calendar import LAST_YEAR, known
from bot.services import now_in_shanghai, open_services
from bot.web import create_app
from tests.conftest import SAMPLES, TOKEN, Sandbox, write_config

FONTS = directory("assets") / "fonts"
KEY = "0123456789abcdef"


@dataclass
class Installation:
    """One where everything is as it should be, and the ways to spoil it."""

    config: Config
    path: Path
    server: "redis.Redis"
    around: Surroundings
    ahead: timedelta = field(default_factory=timedelta)  # of our clock, against the platform's

    def now(self):
        return now_in_shanghai() + self.ahead

    def set(self, section: str, **values: object) -> None:
        changed = getattr(self.config, section).model_copy(update=values)
        self.config = self.config.model_copy(update={section: changed})

    def examined(self, *, offline: bool = False) -> list[Line]:
        with open_services(self.config, self.now) as services:
            return examine(checks_of(services, self.around, offline=offline))

    def found(self, grade: Grade = Grade.FAIL, *, offline: bool = False) -> dict[str, str]:
        lines = self.examined(offline=offline)
        return {line.check: line.verdict.text for line in lines if line.verdict.grade is grade}

    def run_sql(self, sql: str) -> None:
        with opened(self.config.database_url) as engine, writing(engine) as connection:
            connection.execute(text(sql))


@contextmanager
def listening(app: Flask, port: int = 0) -> Iterator[str]:
    server = serve(app, "127.0.0.1", port)
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.close()


@pytest.fixture
def worker(queue_url: str) -> Iterator[Worker]:
    with redis.Redis.from_url(queue_url) as server:
        worker = Worker([NAME], connection=server, serializer=JSONSerializer)
        worker.register_birth()
        yield worker


@pytest.fixture
def scheduler(worker: Worker) -> CronScheduler:
    scheduler = CronScheduler(worker.connection)
    scheduler.register_birth()
    return scheduler


@pytest.fixture
def installation(
    tmp_path: Path, sandbox: Sandbox, queue_url: str, worker: Worker, scheduler: CronScheduler
) -> Iterator[Installation]:
    """Everything runs, in one process or another; the platform is the sandbox, over HTTP."""
    port = free_port()
    more = {
        "web": f'public_url = "http://127.0.0.1:{port}"\nsecret_key = "{KEY}"',
        "queue": f'url = "{queue_url}"',
        "search": '[notify]\nurls = ["json://127.0.0.1:9/"]\n[schedule]\nenabled = true',
    }
    path = write_config(tmp_path, sandbox.url, **more)
    path.chmod(0o600)
    (tmp_path / "inbox").mkdir()
    (tmp_path / "data").chmod(0o700)
    config = load_config(path, {})
    with open_services(config) as services:
        flow.add_issue(services, SAMPLES[-1])
        services.ticks.note(services.now())
        safekeeping.back_up(config, services.now())
        with listening(create_app(services), port):
            yield Installation(config, path, worker.connection, Surroundings(path, FONTS))


def test_where_everything_is_as_it_should_be_nothing_fails(installation: Installation):
    assert installation.found() == {}
    assert set(installation.found(Grade.WARN)) == {"callback"}  # http, not https: it is a test
    assert installation.found(Grade.SKIP) == {}


# Faults, each planted by itself: the check of that name fails, and no other.


def test_a_settings_file_that_others_can_read_is_named(installation: Installation):
    installation.path.chmod(0o644)
    assert list(found := installation.found()) == ["secrets"]
    assert f"chmod 600 {installation.path}" in found["secrets"]


def test_a_data_folder_is_told_that_others_get_to(tmp_path: Path):
    with tempfile.TemporaryDirectory() as name:
        outer, data = Path(name), Path(name) / "data"
        data.mkdir(mode=0o755)
        outer.chmod(0o700)
        assert [each.grade for each in machine.secrets(None, {}, data)] == [Grade.OK]
        outer.chmod(0o755)
        (verdict,) = machine.secrets(None, {"RIKAN_X__Y_FILE": tmp_path / "none"}, data)
        assert verdict.grade is Grade.WARN
        assert f"chmod 700 {data}" in verdict.text


def test_a_file_with_a_secret_that_others_can_write_is_told(tmp_path: Path):
    secret = tmp_path / "appsecret"
    secret.write_text("x")
    secret.chmod(0o602)
    (verdict,) = machine.secrets(None, {"RIKAN_WECHAT__APPSECRET_FILE": secret}, tmp_path)
    assert verdict.grade is Grade.WARN
    assert "别的用户也能改" in verdict.text
    assert "RIKAN_WECHAT__APPSECRET_FILE" in verdict.text


def test_a_wrong_secret_is_named(installation: Installation):
    wrong = type(installation.config.wechat.appsecret)("not-the-secret-0123456789")
    installation.set("wechat", appsecret=wrong)
    assert list(found := installation.found()) == ["access"]
    assert "AppSecret 不对" in found["access"]
    assert "not-the-secret" not in str(installation.examined())


def test_an_address_that_is_not_on_the_list_is_named(installation: Installation, sandbox: Sandbox):
    sandbox.fault("stable_token", "errcode", errcode=40164, ip="203.0.113.9", times=5)
    found = installation.found()
    assert list(found) == ["access"]
    assert "203.0.113.9 不在公众号的 IP 白名单里" in found["access"]


def test_an_older_structure_of_the_database_is_named(installation: Installation):
    installation.run_sql("UPDATE alembic_version SET version_num = '0005'")
    assert "rikan db upgrade" in installation.found()["database"]
    assert "index" in installation.found(Grade.SKIP)


def test_a_database_that_is_not_there_is_named_and_not_made(
    installation: Installation, tmp_path: Path
):
    installation.set("database", url=f"sqlite:///{tmp_path}/nowhere.db")
    assert "没有数据库" in installation.found()["database"]
    assert not (tmp_path / "nowhere.db").exists()


def test_a_damaged_database_is_named(installation: Installation, tmp_path: Path):
    (tmp_path / "bad.db").write_bytes(b"no database" * 1000)
    installation.set("database", url=f"sqlite:///{tmp_path}/bad.db")
    assert "从备份恢复" in installation.found()["database"]


def test_an_index_by_older_rules_is_named(installation: Installation):
    installation.run_sql("UPDATE index_state SET tokenizer = 'old'")
    assert list(found := installation.found()) == ["index"]
    assert "rikan db reindex" in found["index"]


def test_a_queue_that_is_down_is_named(installation: Installation, tmp_path: Path):
    installation.set("queue", url=f"unix://{tmp_path}/none.sock")
    assert list(installation.found()) == ["queue"]
    assert set(installation.found(Grade.SKIP)) == {"worker", "scheduler", "jobs"}


def test_a_missing_worker_is_named(installation: Installation, worker: Worker):
    worker.register_death()
    assert list(found := installation.found()) == ["worker"]
    assert "rikan up" in found["worker"]


def test_a_worker_that_fell_silent_is_missing(installation: Installation, worker: Worker):
    worker.connection.hset(worker.key, "last_heartbeat", "2026-01-01T00:00:00.000000Z")
    assert list(installation.found()) == ["worker"]


def test_a_missing_scheduler_is_named(installation: Installation, scheduler: CronScheduler):
    scheduler.register_death()
    assert list(installation.found()) == ["scheduler"]


def test_a_schedule_that_nobody_looks_at_is_named(installation: Installation):
    with open_services(installation.config) as services:
        services.ticks.note(services.now() - timedelta(hours=1))
    assert list(installation.found()) == ["schedule"]


@pytest.mark.parametrize(("minutes", "told"), [(10, "快 6"), (-10, "慢 "), (-3, "慢 1")])
def test_a_clock_that_is_off_is_named(installation: Installation, minutes: int, told: str):
    installation.ahead = timedelta(minutes=minutes)
    found = installation.found()
    assert told in found["clock"]
    assert "timedatectl" in found["clock"]
    assert set(found) <= {"clock", "callback", "schedule"}  # what such a clock brings with it


def test_a_full_disk_is_named(installation: Installation):
    full = os.statvfs_result((4096, 4096, 10**7, 10, 10, 10**6, 10**5, 10**5, 0, 255))
    installation.around = replace(installation.around, disk=lambda path: full)
    assert list(found := installation.found()) == ["disk"]
    assert "还剩 0.0 GB" in found["disk"]


def test_a_disk_that_takes_no_more_files_is_full(tmp_path: Path):
    spent = os.statvfs_result((4096, 4096, 10**9, 10**8, 10**8, 10**6, 0, 0, 0, 255))
    assert next(machine.room(tmp_path, lambda path: spent)).grade is Grade.FAIL


@pytest.mark.parametrize("name", ["NotoSansSC-Bold.otf", "NotoSansSC-Rare.otf"])
@pytest.mark.parametrize("spoil", [lambda path: path.write_bytes(b"no font"), Path.unlink])
def test_a_broken_font_is_named(
    installation: Installation, tmp_path: Path, name: str, spoil: Callable[[Path], object]
):
    shutil.copytree(FONTS, tmp_path / "fonts")
    spoil(tmp_path / "fonts" / name)
    installation.around = replace(installation.around, fonts=tmp_path / "fonts")
    assert list(found := installation.found()) == ["fonts"]
    assert name in found["fonts"]


def test_an_address_where_nobody_answers_is_named(installation: Installation):
    installation.set("web", public_url=f"http://127.0.0.1:{free_port()}")
    assert list(found := installation.found()) == ["callback"]
    assert "连不上" in found["callback"]


def test_a_web_process_with_another_token_is_named(installation: Installation):
    installation.set("wechat", token=type(installation.config.wechat.token)("another"))
    assert list(found := installation.found()) == ["callback"]
    assert "wechat.token" in found["callback"]


@pytest.mark.parametrize(
    ("answer", "told"),
    [(("ok", 200), "不是 rikan"), (("", 404), "转给 rikan web"), (("", 502), "连不上 rikan web")],
)
def test_another_program_at_the_address_is_named(answer: tuple[str, int], told: str):
    app = Flask("other")
    app.add_url_rule("/wechat", view_func=lambda: answer)
    with listening(app) as url:
        verdicts = list(door.callback(url, TOKEN, now_in_shanghai()))
    assert told in verdicts[-1].text
    assert verdicts[-1].grade is Grade.FAIL


@pytest.mark.parametrize("account_kind", ["unverified"])
def test_a_way_of_publishing_that_the_account_lacks_is_named(installation: Installation):
    assert list(found := installation.found()) == ["account"]
    assert "draft" in found["account"]


def test_a_missing_inbox_is_named(installation: Installation):
    installation.config.paths.inbox.rmdir()
    assert list(found := installation.found()) == ["folders"]
    assert "paths.inbox" in found["folders"]


def test_settings_that_are_lacking_are_named_once(installation: Installation):
    installation.set("wechat", appid="")
    assert list(installation.found()) == ["settings"]
    assert {"access", "account"} <= set(installation.found(Grade.SKIP))


# What is to be seen to before it fails.


def test_a_job_that_was_given_up_is_told(installation: Installation):
    queue = JobQueue(installation.server)
    job = queue.queue.fetch_job(queue.ask(PUSH, "2026-06-13"))
    queue.queue.failed_job_registry.add(job, ttl=60)
    assert "push_issue-2026-06-13" in installation.found(Grade.WARN)["jobs"]


def test_calls_that_are_nearly_used_up_are_told(installation: Installation):
    with open_services(installation.config) as services:
        for _ in range(9):
            services.usage.count("message/mass/delete")
    assert "9 / 10 次" in installation.found(Grade.WARN)["quotas"]
    with open_services(installation.config) as services:
        services.usage.count("message/mass/delete")
    assert "已用完" in installation.found()["quotas"]


def test_a_notice_that_reached_nobody_is_told(installation: Installation):
    with open_services(installation.config) as services:
        services.notices.decide("2026-06-13", "ready", "可以看了")
        notice = services.notices.lease(services.notices.untold()[0])
        assert notice
        services.notices.failed(notice, "钉钉机器人的地址不对。请重新复制")
    assert "钉钉机器人的地址不对" in installation.found(Grade.WARN)["notices"]


def test_a_backup_that_is_too_old_is_told(installation: Installation):
    with open_services(installation.config) as services:
        last = safekeeping.newest(installation.config)
        assert last
        now = services.now() + timedelta(days=3)
    (verdict,) = store.backup(last, 14, last.parent, now)
    assert verdict.grade is Grade.WARN
    assert "3 天" in verdict.text


def test_nobody_to_tell_is_told(installation: Installation):
    installation.set("notify", urls=())
    assert "rikan editors invite" in installation.found(Grade.WARN)["telling"]


def test_a_year_whose_holidays_are_unknown_is_told(installation: Installation):
    day = now_in_shanghai().date()

    def of(day):
        return next(iter(machine.calendar(day, "workdays", known))).grade

    assert of(day.replace(LAST_YEAR, 11, 30)) is Grade.OK
    assert of(day.replace(LAST_YEAR, 12, 1)) is Grade.WARN
    assert of(day.replace(LAST_YEAR + 1, 1, 4)) is Grade.WARN
    assert next(iter(machine.calendar(day.replace(2099), (1, 2), known))).grade is Grade.OK


def test_offline_asks_nobody_beyond_the_machine(installation: Installation, sandbox: Sandbox):
    before = len(sandbox.state["log"])
    assert installation.found(offline=True) == {}
    assert len(sandbox.state["log"]) == before


# The checks do not depend on each other.


def test_a_check_that_breaks_is_one_line_and_shows_no_text_of_the_error():
    def broken() -> Iterator[Verdict]:
        raise ZeroDivisionError("https://user:geheim@host")

    def refused() -> Iterator[Verdict]:
        raise StartError("队列没有运行。请启动")

    checks = [
        Check("a", "甲", broken),
        Check("b", "乙", refused),
        Check("c", "丙", lambda: [ok("好"), warn("还行")]),
        Check("d", "丁", lambda: [ok("没有查到")], needs=("a",)),
        Check("e", "戊", lambda: [fail("坏")], needs=("c",)),
        Check("f", "己", lambda: [ok("没有查到")], needs=("e",)),
    ]
    lines = examine(checks)
    grades = "".join(line.verdict.grade[0] for line in lines)
    assert grades == "ffowsfs"
    assert "ZeroDivisionError" in lines[0].verdict.text
    assert "geheim" not in str(lines)
    assert lines[1].verdict.text == "队列没有运行。请启动"
    assert "请先解决“戊”" in lines[-1].verdict.text


def test_a_check_that_hangs_keeps_no_other_waiting():
    never = threading.Event()

    def hanging() -> Iterator[Verdict]:
        never.wait()
        yield ok("好")

    lines = examine([Check("a", "甲", hanging), Check("b", "乙", lambda: [ok("好")])], 0.2)
    never.set()
    assert [line.verdict.grade for line in lines] == [Grade.FAIL, Grade.OK]


# The command.


def test_the_command_tells_line_by_line_and_by_its_status(installation: Installation):
    run = CliRunner().invoke
    fine = run(main, ["--config", str(installation.path), "doctor"])
    assert fine.exit_code == 0, fine.output
    assert fine.output.startswith("ok    设置")
    assert fine.output.splitlines()[-1] == "都能用，1 处要注意"
    installation.path.chmod(0o644)
    bad = run(main, ["--config", str(installation.path), "doctor", "--offline"])
    assert bad.exit_code == 1
    assert "fail  口令文件" in bad.output


def test_programs_get_every_check(installation: Installation):
    told = CliRunner().invoke(main, ["--config", str(installation.path), "doctor", "--json"])
    plain = json.loads(told.stdout)
    assert plain["ok"] is True
    with open_services(installation.config) as services:
        wanted = {check.name for check in checks_of(services, installation.around)}
    assert {line["check"] for line in plain["checks"]} == wanted
    assert {line["grade"] for line in plain["checks"]} <= set(Grade)


def test_settings_that_cannot_be_read_are_a_finding_too(tmp_path: Path):
    path = tmp_path / "config.toml"
    path.write_text("[wechat]\nappidd = 1\n", encoding="utf-8")
    told = CliRunner().invoke(main, ["--config", str(path), "doctor"])
    assert told.exit_code == 1
    assert "appidd" in told.output
