"""Robots and e-mail: what is said arrives, what is refused is told, and no address is ever shown."""

import base64
import hashlib
import hmac
import logging
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import SecretStr

from bot.notify.channels import Report, open_channels, send_everywhere
from bot.notify.robots import CHECK_ADDRESS, CHECK_SAFETY, UNREACHABLE, Robot, read_robot
from tests.account import unused_port
from tests.robots import Room, open_room

KEY = "0a1b2c3d-secret-key-of-the-robot"
TITLE = "新质生产力每日动态"
TEXT = "6月13日的报告还没有收到。"
WECOM, DINGTALK, FEISHU = "企业微信机器人", "钉钉机器人", "飞书机器人"


@pytest.fixture
def room() -> Iterator[Room]:
    with open_room() as opened:
        yield opened


def robot(room: Room, name: str = WECOM, secret: str = "") -> Robot:
    return Robot(
        name, SecretStr(f"{room.url}/send?key={KEY}"), SecretStr(secret), lambda: 1781335800
    )


def test_a_robot_says_the_sentence_with_the_newsletters_name(room):
    assert robot(room).send(TEXT, TITLE) == ""
    assert room.got == [{"msgtype": "text", "text": {"content": f"【{TITLE}】{TEXT}"}}]
    assert parse_qs(urlsplit(room.asked[0]).query) == {"key": [KEY]}


def test_a_robot_of_dingtalk_is_spoken_to_with_a_signature(room):
    assert robot(room, DINGTALK, "SECabc").send(TEXT, TITLE) == ""
    asked = parse_qs(urlsplit(room.asked[0]).query)
    expected = hmac.digest(b"SECabc", b"1781335800000\nSECabc", hashlib.sha256)
    assert asked["timestamp"] == ["1781335800000"]
    assert base64.b64decode(asked["sign"][0]) == expected


def test_a_robot_of_feishu_is_spoken_to_with_a_signature(room):
    room.answer = {"code": 0, "msg": "success", "data": {}}
    assert robot(room, FEISHU, "abc").send(TEXT, TITLE) == ""
    body = room.got[0]
    assert body["content"] == {"text": f"【{TITLE}】{TEXT}"}
    assert base64.b64decode(body["sign"]) == hmac.digest(b"1781335800\nabc", b"", hashlib.sha256)


@pytest.mark.parametrize(
    ("name", "answer", "problem"),
    [
        (WECOM, {"errcode": 93000, "errmsg": "invalid webhook url"}, CHECK_ADDRESS),
        (DINGTALK, {"errcode": 310000, "errmsg": "keywords not in content"}, CHECK_SAFETY),
        (FEISHU, {"code": 19024, "msg": "Key Words Not Found"}, CHECK_SAFETY),
        (FEISHU, {"StatusCode": 19001}, CHECK_ADDRESS),
        (WECOM, {"errcode": 40058, "errmsg": "content is empty"}, "content is empty"),
        (WECOM, {"errmsg": "ok"}, "没有接受"),
        (WECOM, [], "不是机器人的答复"),
        (WECOM, "<html>", "不是机器人的答复"),
    ],
)
def test_a_refusal_in_a_friendly_answer_is_a_refusal(room, name, answer, problem):
    room.answer = answer
    assert problem in robot(room, name).send(TEXT, TITLE)


def test_an_answer_of_an_error_page_is_a_refusal(room):
    room.status = 404
    assert "HTTP 404" in robot(room).send(TEXT, TITLE)


def test_what_a_robot_says_of_its_key_is_not_passed_on(room):
    room.answer = {"errcode": 1, "errmsg": f"no such key {KEY}"}
    told = robot(room).send(TEXT, TITLE)
    assert "no such key …" in told
    assert KEY not in told


def test_a_robot_that_is_not_there_is_told_without_its_address():
    dead = Robot(WECOM, SecretStr(f"http://127.0.0.1:{unused_port()}/send?key={KEY}"))
    assert dead.send(TEXT, TITLE) == UNREACHABLE


@pytest.mark.parametrize(
    ("url", "name", "address", "secret"),
    [
        (
            f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}",
            WECOM,
            f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}",
            "",
        ),
        (
            f"wecombot://{KEY}/",
            WECOM,
            f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}",
            "",
        ),
        (
            "https://oapi.dingtalk.com/robot/send?access_token=abc",
            DINGTALK,
            "https://oapi.dingtalk.com/robot/send?access_token=abc",
            "",
        ),
        (
            "dingtalk://SECabc%2B@token/13900000000",
            DINGTALK,
            "https://oapi.dingtalk.com/robot/send?access_token=token",
            "SECabc+",
        ),
        ("feishu://token", FEISHU, "https://open.feishu.cn/open-apis/bot/v2/hook/token", ""),
        ("lark://s@token", FEISHU, "https://open.larksuite.com/open-apis/bot/v2/hook/token", "s"),
    ],
)
def test_a_robots_address_is_taken_as_it_is_pasted_or_in_short(url, name, address, secret):
    found = read_robot(url)
    assert found is not None
    assert (found.name, found.address.get_secret_value()) == (name, address)
    assert found.secret.get_secret_value() == secret


def test_any_address_of_apprise_is_spoken_to(room):
    url = f"json://{room.url.removeprefix('http://')}/hook-{KEY}"
    assert send_everywhere(open_channels([SecretStr(url)]), TEXT, TITLE) == [Report("json")]
    assert room.got[0]["message"] == TEXT
    assert room.got[0]["title"] == TITLE


def test_each_way_fares_by_itself(room):
    urls = [
        f"json://127.0.0.1:{unused_port()}/{KEY}",
        f"json://{room.url.removeprefix('http://')}/{KEY}",
        f"gibberish-{KEY}://nowhere",
    ]
    reports = send_everywhere(open_channels(list(map(SecretStr, urls))), TEXT, TITLE)
    assert [bool(report.problem) for report in reports] == [True, False, True]
    assert [report.channel for report in reports][:2] == ["json 1", "json 2"]
    assert KEY not in "".join(report.problem for report in reports)


def test_what_apprise_is_refused_is_told_with_its_status(room):
    room.status = 403
    url = f"json://{room.url.removeprefix('http://')}/hook"
    [report] = send_everywhere(open_channels([SecretStr(url)]), TEXT, TITLE)
    assert "HTTP 403" in report.problem


def test_no_log_holds_an_address_even_when_every_log_is_on(room, caplog):
    caplog.set_level(logging.DEBUG)
    for name in ("apprise", "urllib3", "requests"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    rooms = [
        SecretStr(f"json://{room.url.removeprefix('http://')}/{KEY}"),
        SecretStr(f"json://127.0.0.1:{unused_port()}/{KEY}"),
    ]
    send_everywhere([*open_channels(rooms), robot(room)], TEXT, TITLE)
    assert len(room.got) == 2
    assert KEY not in caplog.text


def test_a_robot_does_not_print_its_address(room):
    assert KEY not in repr(robot(room))
    assert KEY not in repr(open_channels([SecretStr(f"json://127.0.0.1/{KEY}")]))


def test_one_that_never_answers_is_given_up():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"json://127.0.0.1:{silent.getsockname()[1]}/?rto=0.2"
        [report] = send_everywhere(open_channels([SecretStr(url)]), TEXT, TITLE)
    assert report.problem


def test_apprise_is_loaded_only_for_an_address_that_needs_it():
    code = (
        "import sys; from pydantic import SecretStr\n"
        "from bot.notify.channels import open_channels\n"
        "import bot.telling\n"
        "open_channels([SecretStr('wecombot://abc')])\n"
        "assert 'apprise' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ)
