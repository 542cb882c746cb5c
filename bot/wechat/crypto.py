"""The envelope of a pushed message: is it the platform's, what is inside, and how an answer is closed.

The configured mode decides what is accepted, never the request.
"""

import base64
import binascii
import hashlib
import hmac
import json
import re
import secrets
import struct
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from xml.parsers.expat import ExpatError

import xmltodict
from wechatpy.crypto import PrpCrypto
from wechatpy.exceptions import InvalidAppIdException

from bot.errors import MessageError

FRESH = timedelta(minutes=5)  # a message signed longer ago is a replay
UNUSUAL = re.compile(r"[^0-9A-Za-z_-]")  # in a nonce; it goes back into the answer's CDATA


class Cipher(PrpCrypto):  # type: ignore[misc]  # wechatpy has no types
    """wechatpy's cipher with unpredictable padding."""

    def get_random_string(self) -> str:
        """Sixteen characters, as the format wants."""
        return secrets.token_hex(8)


class Envelope:
    """One account's token, key and mode."""

    def __init__(self, appid: str, token: str, aes_key: str, mode: str) -> None:
        self._appid = appid
        self._token = token
        self._sealed = mode != "plain"
        self._cipher = Cipher(base64.b64decode(f"{aes_key}=")) if self._sealed else None

    def greet(self, query: Mapping[str, str], now: datetime) -> str:
        """The answer to the platform's handshake: its own `echostr`. Raises MessageError."""
        self._check(query, "signature", now)
        return query.get("echostr", "")

    def open(self, query: Mapping[str, str], body: bytes, now: datetime) -> dict[str, Any]:
        """The fields of a pushed message (XML or JSON). Raises MessageError."""
        if not self._cipher:
            self._check(query, "signature", now)
            return _fields(body)
        sealed = _fields(body).get("Encrypt")
        if not isinstance(sealed, str):
            raise MessageError("消息没有加密，与 wechat.mode 不符")
        self._check(query, "msg_signature", now, sealed)
        return _fields(self._decrypt(sealed))

    def close(self, xml: str, nonce: str, now: datetime) -> str:
        """`xml` as it is sent back."""
        if not self._cipher:
            return xml
        timestamp, nonce = str(int(now.timestamp())), UNUSUAL.sub("", nonce)
        sealed = self._cipher.encrypt(xml, self._appid).decode()
        signature = sign(self._token, timestamp, nonce, sealed)
        return (
            f"<xml><Encrypt><![CDATA[{sealed}]]></Encrypt>"
            f"<MsgSignature><![CDATA[{signature}]]></MsgSignature>"
            f"<TimeStamp>{timestamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
        )

    def _check(self, query: Mapping[str, str], name: str, now: datetime, *more: str) -> None:
        timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        expected = sign(self._token, timestamp, nonce, *more)
        given = query.get(name, "").encode("utf-8", "surrogatepass")
        if not self._token or not hmac.compare_digest(expected.encode(), given):
            raise MessageError("消息的签名不对")
        if abs(now.timestamp() - _seconds(timestamp)) > FRESH.total_seconds():
            raise MessageError("消息的时间不对，可能是重放，或服务器时钟不准")

    def _decrypt(self, sealed: str) -> bytes:
        assert self._cipher  # noqa: S101 - only asked of a sealed mode
        try:
            return bytes(self._cipher.decrypt(sealed, self._appid), "utf-8")
        except (ValueError, IndexError, struct.error, binascii.Error, InvalidAppIdException):
            # Signed, so the token is right: the AES key or the appid is not.
            raise MessageError("消息解不开，请核对 wechat.aes_key 与 wechat.appid") from None


def sign(*parts: str) -> str:
    """The platform's signature: SHA-1 over the sorted parts."""
    # JSON can carry half a character; such a text has a signature too, only never the right one.
    text = "".join(sorted(parts)).encode("utf-8", "surrogatepass")
    return hashlib.sha1(text).hexdigest()  # noqa: S324 - theirs to choose


def _seconds(timestamp: str) -> float:
    return float(timestamp) if timestamp.isascii() and timestamp.isdigit() else 0.0


def _fields(body: bytes) -> dict[str, Any]:
    try:
        text = body.decode("utf-8").strip()
        plain = json.loads(text) if text.startswith("{") else xmltodict.parse(text)["xml"]
    except (ValueError, ExpatError, KeyError, RecursionError):
        raise MessageError("消息不是有效的 XML 或 JSON") from None
    if not isinstance(plain, dict):
        raise MessageError("消息里没有内容")
    return plain
