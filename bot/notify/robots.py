"""The robots of 企业微信, 钉钉 and 飞书 group chats.

Spoken here and not by apprise, which takes any HTTP 200 for a success: these robots answer 200 as
well when they refuse, and say so in the answer's own code. An alarm must not end there.
"""

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, quote_plus, unquote, urlsplit

import requests
from pydantic import SecretStr

NO_SECRET = SecretStr("")
TIMEOUT = (5, 10)  # seconds: to connect, to answer
LONGEST_ANSWER = 120  # characters of a robot's own words
UNREACHABLE = "连接不上。请检查网络"
CHECK_ADDRESS = "机器人的地址不对，或它已被删除。请到群设置里重新复制地址"
CHECK_SIGNATURE = "签名不对，或服务器的时钟不准。请核对机器人的密钥和服务器时间"
CHECK_SAFETY = "机器人的安全设置拦下了。请把关键词设为刊名，或把服务器的 IP 加进它的白名单"
TOO_FAST = "机器人限速。请稍等，会自动再试"
# The robots' own codes, from their makers' pages.
REMEDIES: Mapping[str, Mapping[int, str]] = {
    "企业微信机器人": {93000: CHECK_ADDRESS, 45009: TOO_FAST, 45033: TOO_FAST},
    "钉钉机器人": {
        300001: CHECK_ADDRESS,
        400101: CHECK_ADDRESS,
        400102: "机器人已停用。请到群设置里启用它",
        130101: TOO_FAST,
        410100: TOO_FAST,
        310000: CHECK_SAFETY,
    },
    "飞书机器人": {
        19001: CHECK_ADDRESS,
        19002: CHECK_ADDRESS,
        19021: CHECK_SIGNATURE,
        19022: CHECK_SAFETY,
        19024: CHECK_SAFETY,
        9499: TOO_FAST,
        11232: TOO_FAST,
    },
}


@dataclass(frozen=True, slots=True)
class Robot:
    """One robot: its full address, and its signing secret where it has one."""

    name: str
    address: SecretStr
    secret: SecretStr = NO_SECRET
    clock: Callable[[], float] = field(default=time.time, compare=False)

    def send(self, text: str, title: str) -> str:
        """Say that in the robot's group. Empty, or in a sentence why it was not taken."""
        # Some of them only pass on what holds a word agreed upon; that is the title.
        said = f"【{title}】{text}"
        url, body = _WRITING[self.name](self, said)
        try:
            answer = requests.post(
                url,
                data=json.dumps(body, ensure_ascii=False).encode("utf-8"),
                headers={"Content-Type": "application/json; charset=utf-8"},
                timeout=TIMEOUT,
                allow_redirects=False,
            )
        except requests.RequestException:
            return UNREACHABLE  # what it says has the address in it
        return self._verdict(answer)

    def _verdict(self, answer: requests.Response) -> str:
        if answer.status_code != requests.codes.ok:
            return f"{CHECK_ADDRESS}（HTTP {answer.status_code}）"
        try:
            told = answer.json()
        except ValueError:
            told = None
        if not isinstance(told, dict):
            return f"答复不是机器人的答复。{CHECK_ADDRESS}"
        code = _code(told)
        if code == 0:
            return ""
        if remedy := REMEDIES[self.name].get(code or 0):
            return f"{remedy}（{code}）"
        return f"机器人没有接受（{code}，{self._words(told)}）。请照它说的处理，或重设机器人"

    def _words(self, told: Mapping[str, Any]) -> str:
        words = str(told.get("errmsg") or told.get("msg") or "没有说明")
        for secret in _parts(self.address.get_secret_value(), self.secret.get_secret_value()):
            words = words.replace(secret, "…")
        return " ".join(words.split())[:LONGEST_ANSWER]


def _code(told: Mapping[str, Any]) -> int | None:
    # 飞书 names it code, before that StatusCode.
    given = next((told[name] for name in ("errcode", "code", "StatusCode") if name in told), None)
    return given if isinstance(given, int) else None


def _parts(address: str, secret: str) -> list[str]:
    split = urlsplit(address)
    values = [value for values in parse_qs(split.query).values() for value in values]
    return [part for part in (secret, *values, split.path.rpartition("/")[2]) if len(part) > 5]


def _to_wecom(robot: Robot, said: str) -> tuple[str, dict[str, Any]]:
    return robot.address.get_secret_value(), {"msgtype": "text", "text": {"content": said}}


def _to_dingtalk(robot: Robot, said: str) -> tuple[str, dict[str, Any]]:
    url, secret = robot.address.get_secret_value(), robot.secret.get_secret_value()
    if secret:
        moment = str(round(robot.clock() * 1000))
        signature = _signature(secret.encode(), f"{moment}\n{secret}".encode())
        url = f"{url}&timestamp={moment}&sign={quote_plus(signature)}"
    return url, {"msgtype": "text", "text": {"content": said}}


def _to_feishu(robot: Robot, said: str) -> tuple[str, dict[str, Any]]:
    body: dict[str, Any] = {"msg_type": "text", "content": {"text": said}}
    if secret := robot.secret.get_secret_value():
        moment = str(round(robot.clock()))
        body["timestamp"] = moment
        # Signed with the text as the key, over nothing: their own way.
        body["sign"] = _signature(f"{moment}\n{secret}".encode(), b"")
    return robot.address.get_secret_value(), body


def _signature(key: bytes, text: bytes) -> str:
    return base64.b64encode(hmac.digest(key, text, hashlib.sha256)).decode()


_WRITING: Mapping[str, Callable[[Robot, str], tuple[str, dict[str, Any]]]] = {
    "企业微信机器人": _to_wecom,
    "钉钉机器人": _to_dingtalk,
    "飞书机器人": _to_feishu,
}
# Both the address as the group chat shows it, and the short form that apprise has for it.
_KNOWN = (
    ("企业微信机器人", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=", "wecombot://"),
    ("钉钉机器人", "https://oapi.dingtalk.com/robot/send?access_token=", "dingtalk://"),
    ("飞书机器人", "https://open.feishu.cn/open-apis/bot/v2/hook/", "feishu://"),
    ("飞书机器人", "https://open.larksuite.com/open-apis/bot/v2/hook/", "lark://"),
)


def read_robot(url: str) -> Robot | None:
    """The robot of that address, `wecombot://TOKEN` or `dingtalk://SECRET@TOKEN`; None where it is none."""
    for name, address, scheme in _KNOWN:
        for beginning in (address, scheme):
            if url.startswith(beginning):
                secret, _, rest = url.removeprefix(beginning).rpartition("@")
                token = re.split(r"[/?&]", rest, maxsplit=1)[0]
                return Robot(name, SecretStr(address + token), SecretStr(unquote(secret)))
    return None
