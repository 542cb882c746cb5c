"""Each message is answered once, whatever is sent again, forged, flooded or broken."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot import flow
from bot.archive.conversations import FRESH
from bot.cli.insights import insights
from bot.cli.invocation import Invocation
from bot.config import load_config
from bot.errors import ArchiveError
from bot.sandbox.account import Account
from bot.services import Services, open_services
from bot.web import create_app
from tests.conftest import AES_KEY, APPID, APPSECRET, SAMPLES, TOKEN, Clock, write_config
from tests.test_webhook import OPENID, Platform, handed_over

ASK = {"MsgType": "text", "Content": "数据要素", "MsgId": 7}
BUSY = "系统正忙，请稍后再发一次"


@pytest.fixture
def mode() -> str:
    return "secure"


@pytest.fixture
def config_path(tmp_path: Path, mode: str) -> Path:
    """A queue server that is not there: followers do not depend on it."""
    path = write_config(tmp_path, wechat=f'mode = "{mode}"', queue='url = "redis://127.0.0.1:1/0"')
    with path.open("a", encoding="utf-8") as settings:
        settings.write("[followers]\nper_minute = 5\n")
    return path


@pytest.fixture
def services(config_path: Path, clock: Clock) -> Iterator[Services]:
    with open_services(load_config(config_path, {}), clock) as opened:
        for sample in SAMPLES:
            issue = flow.add_issue(opened, sample).issue
            flow.note_published(opened, issue.id, f"https://mp.weixin.qq.com/s/{issue.id}")
        yield opened


@pytest.fixture
def platform(services: Services, clock: Clock, mode: str) -> Platform:
    return Platform(create_app(services).test_client(), clock, mode)


@pytest.fixture
def another(config_path: Path, clock: Clock, mode: str, services: Services) -> Iterator[Platform]:
    """Another server process on the same data."""
    with open_services(load_config(config_path, {}), clock) as opened:
        yield Platform(create_app(opened).test_client(), clock, mode)


def content(platform: Platform, fields: dict) -> str:
    return platform.read(platform.push(fields)).findtext("Content", "")


def counted(services: Services, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is looked for in the archive from now on."""
    asked, search = [], services.archive.search

    def counting(words, *args, **more):
        asked.append(words)
        return search(words, *args, **more)

    monkeypatch.setattr(services.archive, "search", counting)
    return asked


# Sent again.


@pytest.mark.parametrize("mode", ["plain", "secure"])
def test_the_second_try_gets_the_same_answer_from_any_process(platform, another, services):
    first = content(platform, ASK)
    flow.note_published(services, SAMPLES[-1].stem, "https://mp.weixin.qq.com/s/changed")
    assert content(another, ASK) == content(platform, ASK) == first
    assert "changed" in content(platform, ASK | {"MsgId": 8})


def test_a_message_is_answered_by_one_search_however_often_it_comes(
    platform, services, monkeypatch
):
    asked = counted(services, monkeypatch)
    for _ in range(3):
        content(platform, ASK)
    assert asked == ["数据要素"]


def test_the_same_number_from_another_follower_is_another_message(platform):
    first = platform.read(platform.push(ASK)).findtext("Content")
    other = platform.push(ASK | {"FromUserName": "oOther", "Content": "帮助"})
    assert first not in other.text
    assert other.status_code == 200


def test_two_events_of_one_second_are_told_apart(platform, services):
    handed_over(services, "100")
    assert platform.finish("99", status=2).data == b"success"
    assert platform.finish("100").data == b"success"
    assert services.ledger.outcome("100")
    assert services.ledger.outcome("99")


def test_words_asked_again_are_answered_from_memory_until_the_archive_changes(
    platform, services, monkeypatch
):
    asked = counted(services, monkeypatch)
    for number in range(3):
        content(platform, ASK | {"MsgId": number})
    assert len(asked) == 1
    flow.note_published(services, SAMPLES[-1].stem, "https://mp.weixin.qq.com/s/new")
    assert "/s/new" in content(platform, ASK | {"MsgId": 9})


# Forged.


@pytest.mark.parametrize("mode", ["plain"])
def test_an_envelope_that_was_used_does_not_carry_another_message(platform):
    envelope = platform.envelope(ASK)
    assert platform.post(envelope.body.encode(), envelope.query).status_code == 200
    forged = platform.envelope(ASK | {"Content": "最新", "MsgId": 8})
    assert platform.post(forged.body.encode(), envelope.query).status_code == 403
    platform.say("最新")  # from memory the next time
    assert platform.post(forged.body.encode(), envelope.query).status_code == 403
    assert platform.post(envelope.body.encode(), envelope.query).status_code == 200


@pytest.mark.parametrize("mode", ["plain"])
def test_an_outcome_in_a_used_envelope_is_not_believed(platform, services):
    handed_over(services, "100")
    envelope = platform.envelope(ASK)
    platform.post(envelope.body.encode(), envelope.query)
    info = {"publish_id": "100", "publish_status": 0, "article_detail": {"count": 0}}
    forged = platform.envelope(
        {"MsgType": "event", "Event": "PUBLISHJOBFINISH", "PublishEventInfo": info}
    )
    assert platform.post(forged.body.encode(), envelope.query).status_code == 403
    assert services.ledger.outcome("100") is None


# While keys are changed.


@pytest.mark.parametrize(
    ("token", "aes_key"), [(TOKEN, "z" * 43), ("old-token", AES_KEY), ("old-token", "z" * 43)]
)
def test_the_previous_keys_are_understood_and_answered_in_while_they_are_changed(
    tmp_path, clock, token, aes_key
):
    previous = f'previous_token = "{token}"\nprevious_aes_key = "{aes_key}"'
    with open_services(load_config(write_config(tmp_path, wechat=previous), {}), clock) as opened:
        client = create_app(opened).test_client()
        old = Platform(client, clock, "secure")
        old.account = Account(APPID, APPSECRET, token, aes_key, "secure")
        envelope = old.envelope(ASK | {"Content": "帮助"})
        answer = client.post("/wechat", query_string=envelope.query, data=envelope.body)
        assert answer.status_code == 200
        new = Platform(client, clock, "secure")
        assert "目录" in content(new, ASK | {"Content": "帮助", "MsgId": 8})
        assert old.opened(answer).findtext("ToUserName") == OPENID


# Lists.


def test_more_and_a_number_refer_to_the_followers_own_last_list(platform, another, services):
    listed = content(platform, {"MsgType": "text", "Content": "目录", "MsgId": 1})
    assert "1. 6月13日" in listed
    second = another.read(another.push({"MsgType": "text", "Content": "2", "MsgId": 2}))
    assert second.findtext("Articles/item/Url") == "https://mp.weixin.qq.com/s/2026-06-11"
    assert "没有第 9 期" in content(platform, {"MsgType": "text", "Content": "9", "MsgId": 3})
    assert "后面没有了" in content(platform, {"MsgType": "text", "Content": "更多", "MsgId": 4})
    other = {"MsgType": "text", "Content": "2", "MsgId": 5, "FromUserName": "oOther"}
    assert services.conversations.last_list("oOther") is None
    assert platform.push(other).status_code == 200


def test_a_list_is_forgotten_after_an_hour(platform, clock):
    content(platform, {"MsgType": "text", "Content": "目录", "MsgId": 1})
    clock.forward(hours=1, minutes=1)
    assert "还没有可以接着看的列表" in content(
        platform, {"MsgType": "text", "Content": "2", "MsgId": 2}
    )


# Too many.


def test_who_writes_too_fast_is_asked_to_wait_and_then_left_alone(platform, clock):
    said = [platform.push(ASK | {"MsgId": number}) for number in range(12)]
    answers = [
        platform.read(each).findtext("Content", "") if each.data != b"success" else ""
        for each in said
    ]
    assert all("数据要素" in answer for answer in answers[:5])
    assert all("有点快" in answer for answer in answers[5:10])
    assert answers[10:] == ["", ""]
    clock.forward(minutes=3)
    assert "数据要素" in content(platform, ASK | {"MsgId": 99})


# What is kept.


def rows(services: Services) -> list:
    return list(services.conversations.asked(services.now() - timedelta(days=400)))


def test_what_was_asked_is_kept_without_who_asked(platform, services, tmp_path):
    content(platform, ASK)
    content(platform, ASK | {"Content": "量子纠缠望远镜", "MsgId": 8})
    first, second = rows(services)
    assert (first.words, first.wish, first.hits, first.step) == ("数据要素", "words", 4, 1)
    assert (second.words, second.hits) == ("量子纠缠望远镜", 0)
    assert first.follower == second.follower
    stored = b"".join(path.read_bytes() for path in (tmp_path / "data").glob("followers.db*"))
    assert "数据要素".encode() in stored
    assert OPENID.encode() not in stored


def test_a_follower_who_leaves_is_forgotten(platform, services):
    content(platform, ASK)
    platform.push(ASK | {"FromUserName": "oOther"})
    assert len(rows(services)) == 2
    platform.happen("unsubscribe")
    assert [row.follower for row in rows(services)] == [services.conversations.follower("oOther")]
    assert services.conversations.last_list(OPENID) is None


def test_old_messages_lose_their_answers_and_then_go(platform, services, clock):
    content(platform, ASK)
    clock.forward(seconds=FRESH.total_seconds() + 1)
    services.conversations.tidy()
    assert [row.words for row in rows(services)] == ["数据要素"]
    clock.forward(days=181)
    services.conversations.tidy()
    assert rows(services) == []


def test_with_keep_days_0_no_words_are_kept(tmp_path, clock):
    path = write_config(tmp_path)
    with path.open("a", encoding="utf-8") as settings:
        settings.write("[followers]\nkeep_days = 0\n")
    with open_services(load_config(path, {}), clock) as opened:
        content(Platform(create_app(opened).test_client(), clock, "secure"), ASK)
        assert rows(opened) == []


def test_insights_tell_the_words_the_misses_and_the_hours(platform, config_path, services, clock):
    for number in range(3):
        content(platform, ASK | {"MsgId": number})
    content(platform, ASK | {"Content": "量子纠缠望远镜", "MsgId": 8})
    invocation = Invocation(config_path)
    # The command's own clock is real: the days reach back to the messages.
    told = CliRunner().invoke(insights, ["--json", "--days", "3650"], obj=invocation)
    found = json.loads(told.output)
    assert (found["questions"], found["followers"]) == (4, 1)
    assert found["words"] == [["数据要素", 3], ["量子纠缠望远镜", 1]]
    assert found["missed"] == [["量子纠缠望远镜", 1]]
    assert found["hours"][7] == 4
    shown = CliRunner().invoke(insights, ["--days", "3650"], obj=invocation).output
    assert "1 位读者问了 4 次" in shown
    assert "07 时" in shown


# Broken.


def test_a_follower_is_answered_although_nothing_can_be_written_down(
    platform, services, monkeypatch, caplog
):
    def broken(*_args: object, **_more: object) -> None:
        raise ArchiveError("磁盘已满")

    for name in ("receive", "keep", "lately", "look", "last_list"):
        monkeypatch.setattr(services.conversations, name, broken)
    assert "数据要素" in content(platform, ASK)
    assert "not written down" in caplog.text


def test_an_outcome_that_could_not_be_kept_is_taken_when_it_is_said_again(
    platform, services, monkeypatch
):
    handed_over(services, "100")

    def broken(*_args: object) -> None:
        raise ArchiveError("数据库用不了")

    with monkeypatch.context() as patched:
        patched.setattr(type(services.ledger), "note_outcome", broken)
        assert platform.finish("100").status_code == 503
    assert platform.finish("100").data == b"success"
    assert services.ledger.outcome("100")


def test_an_unknown_event_is_logged_by_its_name_only(platform, caplog):
    caplog.set_level("INFO")
    assert platform.happen("guide_qrcode_scan", EventKey="机密").data == b"success"
    assert "guide_qrcode_scan" in caplog.text
    assert "机密" not in caplog.text
    assert OPENID not in caplog.text


@pytest.mark.parametrize("event", ["MASSSENDJOBFINISH", "TEMPLATESENDJOBFINISH", "VIEW", "SCAN"])
def test_the_platforms_own_reports_are_taken(platform, event):
    assert platform.happen(event, EventKey="", MsgID=1, Status="send success").data == b"success"


def test_a_new_follower_gets_words_that_find_something(platform):
    greeting = platform.read(platform.happen("subscribe")).findtext("Content", "")
    words = [part.partition("&")[0] for part in greeting.split("msgmenucontent=")[1:]]
    assert len(words) == 3
    for number, word in enumerate(words):
        answer = platform.read(platform.push(ASK | {"Content": word, "MsgId": 100 + number}))
        assert "没有找到" not in answer.findtext("Content", "")


def test_messages_that_come_at_once_are_each_answered_once(services, clock, mode):
    app = create_app(services)
    answers: dict[int, list[str]] = {number: [] for number in range(8)}

    def say(number: int) -> None:
        platform = Platform(app.test_client(), clock, mode)
        fields = ASK | {
            "Content": f"数据要素 {number}",
            "MsgId": number,
            "FromUserName": f"o{number}",
        }
        response = platform.push(fields)
        answers[number].append(platform.opened(response).findtext("Content", ""))

    threads = [threading.Thread(target=say, args=(number % 8,)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(len(said) == 3 and len(set(said)) == 1 for said in answers.values())
    assert len(rows(services)) == 8
