"""Editors are told without having asked: each notice once, by whatever way works, until one does."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot import flow, telling
from bot.archive.notices import LEASE, WORTH_TELLING, Notices
from bot.config import Config, load_config, secrets_of
from bot.reply.notices import Sentences
from bot.reply.pieces import TEXT_BYTES, size
from bot.resources import directory
from bot.schedule.told import Told
from bot.services import Services, open_services
from bot.tickets import read_ticket
from tests.account import unused_port
from tests.conftest import SAMPLES, Clock, Sandbox, write_config
from tests.robots import Room, open_room

ISSUE = "2026-06-13"
KEY = "0a1b2c3d4e5f-secret"
SENTENCES = Sentences.load(directory("templates") / "reply" / "notices.toml")
WANG, LI = "oWangFang", "oLiMing"


@pytest.fixture
def room() -> Iterator[Room]:
    with open_room() as opened:
        yield opened


def way(room: Room) -> str:
    return f"json://{room.url.removeprefix('http://')}/{KEY}"


def with_ways(config: Config, *urls: str) -> Config:
    notify = type(config.notify)(urls=tuple(map(SecretStr, urls)))
    return config.model_copy(update={"notify": notify})


def bind(
    services: Services, sandbox: Sandbox, openid: str, name: str, *, wrote: bool = True
) -> None:
    """Make somebody an editor; who `wrote` may be written to for two days."""
    services.editors.bind(openid, services.editors.invite(name, timedelta(hours=1)))
    if wrote:
        said = {"openid": openid, "text": "在"}
        requests.post(f"{sandbox.url}/sandbox/say", json=said, timeout=10)


def written_to(sandbox: Sandbox, openid: str) -> list[str]:
    """What stands on an editor's phone that was not asked for."""
    messages = requests.get(f"{sandbox.url}/sandbox/state", timeout=5).json()["messages"]
    return [
        each["answer"]["content"]
        for each in messages
        if each["openid"] == openid and not each["text"] and each["answer"]
    ]


# What is decided: on both databases.


@pytest.fixture
def archived(tmp_path: Path, new_database: Callable[[], str], clock: Clock) -> Iterator[Services]:
    path = write_config(tmp_path, database=f'url = "{new_database()}"')
    with open_services(load_config(path, {}), clock) as opened:
        yield opened


def test_a_notice_is_decided_by_the_first_who_does(archived):
    notices = archived.notices
    assert notices.decide(ISSUE, "ready", "一")
    assert not notices.decide(ISSUE, "ready", "二")
    assert notices.decide(ISSUE, "remind", "三")
    assert notices.said([ISSUE, "2026-06-14"]) == {ISSUE: frozenset({"ready", "remind"})}
    assert [each.text for each in notices.untold()] == ["一", "三"]


def test_of_many_who_decide_at_once_one_did(archived):
    notices, start = archived.notices, threading.Barrier(8)

    def decide(_: int) -> bool:
        start.wait()
        return notices.decide(ISSUE, "ready", "一")

    with ThreadPoolExecutor(8) as hands:
        assert sorted(hands.map(decide, range(8))) == [False] * 7 + [True]


def test_two_never_tell_the_same_notice_at_the_same_time(archived):
    archived.notices.decide(ISSUE, "ready", "一")
    [notice] = archived.notices.untold()
    assert archived.notices.lease(notice)
    assert archived.notices.lease(notice) is None
    assert archived.notices.untold() == []


def test_who_crashes_while_telling_is_followed_by_the_next_after_the_lease(archived, clock):
    archived.notices.decide(ISSUE, "ready", "一")
    archived.notices.lease(archived.notices.untold()[0])
    clock.forward(seconds=LEASE.total_seconds())
    assert archived.notices.lease(archived.notices.untold()[0])


def test_what_was_told_is_not_told_again(archived, clock):
    archived.notices.decide(ISSUE, "ready", "一")
    leased = archived.notices.lease(archived.notices.untold()[0])
    archived.notices.told(leased)
    clock.forward(hours=1)
    assert archived.notices.untold() == []
    assert archived.notices.lease(leased) is None


def test_a_failure_of_one_that_outlived_its_lease_changes_nothing(archived, clock):
    archived.notices.decide(ISSUE, "ready", "一")
    first = archived.notices.lease(archived.notices.untold()[0])
    clock.forward(seconds=LEASE.total_seconds())
    second = archived.notices.lease(archived.notices.untold()[0])
    archived.notices.failed(first, "太晚了")
    assert archived.notices.untold() == []
    archived.notices.told(second)
    assert archived.notices.unreached() == []


def test_pauses_grow_and_after_a_day_it_is_given_up_with_the_reason_kept(archived, clock):
    archived.notices.decide(ISSUE, "ready", "一")
    tried, begun = [], clock()
    while clock() < begun + WORTH_TELLING * 2:
        for notice in archived.notices.untold():
            archived.notices.failed(archived.notices.lease(notice), "连接不上")
            tried.append(clock() - begun)
        clock.forward(minutes=1 if len(tried) < 5 else 20)
    pauses = [later - earlier for earlier, later in pairwise(tried)]
    assert [pause.total_seconds() / 60 for pause in pauses[:4]] == [1, 5, 15, 60]
    assert pauses == sorted(pauses)
    assert tried[-1] < WORTH_TELLING
    [notice] = archived.notices.unreached()
    assert (notice.problem, notice.tries) == ("连接不上", len(tried))


def test_accounts_do_not_see_each_others_notices(archived):
    archived.notices.decide(ISSUE, "ready", "一")
    other = Notices(archived.archive.engine, "wx-other", archived.now)
    assert other.untold() == []
    assert other.decide(ISSUE, "ready", "一")


def test_old_notices_go_and_those_still_to_be_told_stay(archived, clock):
    archived.notices.decide(ISSUE, "ready", "一")
    archived.notices.told(archived.notices.lease(archived.notices.untold()[0]))
    archived.notices.decide(ISSUE, "press", "二")
    soon = clock() + timedelta(minutes=1)
    assert archived.notices.forget_before(soon, dry_run=True) == 1
    assert archived.notices.forget_before(soon) == 1
    assert archived.notices.said([ISSUE]) == {ISSUE: frozenset({"press"})}


# What is said.


@pytest.mark.parametrize(
    "kind", [*Told, "bad_file", "late_change", "inbox", "no_backup", "bound", "unbound", "test"]
)
def test_there_is_a_sentence_for_each_kind(kind):
    assert SENTENCES.text_of(kind, issue=ISSUE, headline="数据要素").strip()


@given(st.sampled_from(sorted(SENTENCES.kinds())), st.text(max_size=3000), st.text(max_size=3000))
def test_a_sentence_fits_into_a_message_whatever_is_in_it(kind, headline, problem):
    said = SENTENCES.text_of(
        kind,
        issue=ISSUE,
        headline=headline,
        problem=problem,
        file=problem,
        link=f"https://rikan.example/preview/{'a' * 120}/",
    )
    assert size(said) <= TEXT_BYTES
    assert "<" not in said


def test_the_sentences_read_like_this(services, golden):
    flow.add_issue(services, SAMPLES[-1])
    values = {
        "problem": "图片没有传上去。请再试一次",
        "file": "0613 日报.docx",
        "who": "王芳",
        "url": "https://mp.weixin.qq.com/s/first",
    }
    days = {"missing", "missing_late", "missed_day", "no_calendar"}
    said = [
        f"{kind}\n{telling.sentence(services, '2026-06-12' if kind in days else ISSUE, kind, **values)}\n"
        for kind in sorted(SENTENCES.kinds())
    ]
    golden("notices.txt", "\n".join(said))


def test_a_notice_of_a_draft_brings_a_link_to_it(config, clock):
    web = type(config.web)(public_url="https://rikan.example/", secret_key="k" * 32)
    with open_services(config.model_copy(update={"web": web}), clock) as services:
        flow.add_issue(services, SAMPLES[-1])
        text = telling.sentence(services, ISSUE, "ready")
    link = text.rpartition("：")[2]
    assert link.startswith("https://rikan.example/preview/")
    assert read_ticket(link.split("/")[-2], "k" * 32, clock()) == ISSUE


def test_without_public_pages_there_is_no_link(services):
    flow.add_issue(services, SAMPLES[-1])
    assert "http" not in telling.sentence(services, ISSUE, "ready")


def test_who_missed_what_is_told_by_day_or_by_issue(services):
    assert "没有收到报告" in telling.sentence(services, "2026-06-12", "missed")
    flow.add_issue(services, SAMPLES[-1])
    assert "《" in telling.sentence(services, ISSUE, "missed")


@pytest.mark.parametrize(
    ("approval", "mode", "words"),
    [
        ("none", "publish", "自动发布"),
        ("one", "publish", f"回复“通过{ISSUE}”"),
        ("none", "draft", "由人发表"),
    ],
)
def test_a_draft_that_is_ready_says_what_happens_next(config, clock, approval, mode, words):
    changed = {
        "schedule": config.schedule.model_copy(update={"approval": approval}),
        "publish": config.publish.model_copy(update={"mode": mode}),
    }
    with open_services(config.model_copy(update=changed), clock) as services:
        flow.add_issue(services, SAMPLES[-1])
        assert words in telling.sentence(services, ISSUE, "ready")


def test_two_files_of_a_day_are_told_of_each(services):
    assert telling.say(services, ISSUE, "bad_file", "a1", file="一.pdf", problem="打不开")
    assert telling.say(services, ISSUE, "bad_file", "b2", file="二.pdf", problem="打不开")
    assert not telling.say(services, ISSUE, "bad_file", "a1", file="一.pdf", problem="打不开")


# How it is told.


def test_a_notice_reaches_a_robot_and_a_phone_once(config, clock, sandbox, room):
    with open_services(with_ways(config, way(room)), clock) as services:
        bind(services, sandbox, WANG, "王芳")
        assert telling.say(services, "2026-06-12", "missing")
        assert telling.tell_waiting(services) == 1
        assert telling.tell_waiting(services) == 0
        assert len(room.got) == 1
        assert written_to(sandbox, WANG) == [room.got[0]["message"]]


def test_one_way_that_works_is_enough_and_the_others_reason_is_kept(config, clock, sandbox, room):
    dead = f"json://127.0.0.1:{unused_port()}/{KEY}"
    with open_services(with_ways(config, dead, way(room)), clock) as services:
        telling.say(services, "2026-06-12", "missing")
        assert telling.tell_waiting(services) == 1
        assert services.notices.unreached() == []
    assert len(room.got) == 1


def test_a_notice_that_reached_nobody_is_told_when_the_robot_is_back(config, clock, room):
    room.status = 500
    with open_services(with_ways(config, way(room)), clock) as services:
        telling.say(services, "2026-06-12", "missing")
        assert telling.tell_waiting(services) == 0
        [notice] = services.notices.unreached()
        assert "HTTP 500" in notice.problem
        assert KEY not in notice.problem
        room.status = 200
        assert telling.tell_waiting(services) == 0  # the pause is not over
        clock.forward(minutes=1)
        assert telling.tell_waiting(services) == 1
        assert services.notices.unreached() == []


def test_while_nobody_can_be_reached_one_notice_tries_and_the_others_wait(config, clock, room):
    room.status = 500
    with open_services(with_ways(config, way(room)), clock) as services:
        telling.say(services, "2026-06-12", "missing")
        telling.say(services, "2026-06-12", "missing_late")
        assert telling.tell_waiting(services) == 0
        assert len(room.got) == 1
        room.status = 200
        assert telling.tell_waiting(services) == 1  # the other one
        clock.forward(minutes=1)
        assert telling.tell_waiting(services) == 1


def test_an_editor_who_has_not_written_lately_is_no_crash(services, sandbox):
    bind(services, sandbox, WANG, "王芳", wrote=False)
    bind(services, sandbox, LI, "李明")
    telling.say(services, "2026-06-12", "missing")
    assert telling.tell_waiting(services) == 1
    assert len(written_to(sandbox, LI)) == 1


def test_where_nobody_can_be_reached_the_reason_says_what_to_do(services, sandbox):
    bind(services, sandbox, WANG, "王芳", wrote=False)
    telling.say(services, "2026-06-12", "missing")
    assert telling.tell_waiting(services) == 0
    [notice] = services.notices.unreached()
    assert notice.problem.startswith("王芳：对方 48 小时内没有来信")


def test_where_nothing_is_set_up_that_is_the_reason(services):
    telling.say(services, "2026-06-12", "missing")
    assert telling.tell_waiting(services) == 0
    assert services.notices.unreached()[0].problem == telling.NOWHERE


def test_more_than_the_platform_allows_is_told_over_the_robot_alone(config, clock, sandbox, room):
    with open_services(with_ways(config, way(room)), clock) as services:
        bind(services, sandbox, WANG, "王芳")
        for number in range(7):
            telling.say(services, "2026-06-12", "inbox", str(number), problem=f"第 {number} 次")
        assert telling.tell_waiting(services) + telling.tell_waiting(services) == 7
    assert len(room.got) == 7
    assert len(written_to(sandbox, WANG)) == 5


def test_a_crash_while_telling_is_told_again_after_the_lease(config, clock, room, monkeypatch):
    with open_services(with_ways(config, way(room)), clock) as services:
        telling.say(services, "2026-06-12", "missing")
        monkeypatch.setattr(
            services.notices, "told", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt)
        )
        with pytest.raises(KeyboardInterrupt):
            telling.tell_waiting(services)
        monkeypatch.undo()
        assert telling.tell_waiting(services) == 0
        clock.forward(seconds=LEASE.total_seconds())
        assert telling.tell_waiting(services) == 1
    assert len(room.got) == 2  # at least once, and here twice


class TestAnAccountThatMayNotWriteFirst:
    @pytest.fixture
    def account_kind(self) -> str:
        return "unverified"

    def test_it_is_not_tried_where_there_is_a_robot(self, config, clock, sandbox, room):
        with open_services(with_ways(config, way(room)), clock) as services:
            bind(services, sandbox, WANG, "王芳")
            telling.say(services, "2026-06-12", "missing")
            assert telling.tell_waiting(services) == 1
        assert "message/custom/send" not in sandbox.changes

    def test_without_a_robot_the_remedy_is_a_robot(self, services, sandbox):
        bind(services, sandbox, WANG, "王芳")
        telling.say(services, "2026-06-12", "missing")
        assert telling.tell_waiting(services) == 0
        assert telling.MAY_NOT_WRITE in services.notices.unreached()[0].problem


def test_addresses_come_from_the_environment_one_after_another():
    config = load_config(None, {"RIKAN_NOTIFY__URLS": f"wecombot://{KEY}\nmailtos://a:b@c.cn"})
    assert [url.get_secret_value() for url in config.notify.urls] == [
        f"wecombot://{KEY}",
        "mailtos://a:b@c.cn",
    ]
    assert KEY not in repr(config)
    assert f"wecombot://{KEY}" in secrets_of(config)


def test_the_missing_holidays_are_those_of_the_year_to_come(services):
    assert telling.say(services, "2026-12-15", "no_calendar", "2027")
    [notice] = services.notices.untold()
    assert "没有 2027 年" in notice.text
