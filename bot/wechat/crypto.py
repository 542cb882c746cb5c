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
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree

from wechatpy.crypto import PrpCrypto
from wechatpy.exceptions import InvalidAppIdException

from bot.errors import MessageError

FRESH = timedelta(minutes=5)  # a message signed longer ago is a replay
ROOT = re.compile(r"(?:<\?xml[^<>]*\?>\s*)?<xml[\s>]")
SALT = 16  # characters before each sealed text
AT_ONCE = 256  # to ask the system for so many costs hardly more than for one: a seventh of an answer's time
UNUSUAL = re.compile(r"[^0-9A-Za-z_-]")  # in a nonce; it goes back into the answer's CDATA


class Cipher(PrpCrypto):  # type: ignore[misc]  # wechatpy has no types
    """wechatpy's cipher with unpredictable padding. For one process: a fork would seal with the same."""

    def __init__(self, key: bytes) -> None:
        super().__init__(key)
        self._drawn: list[str] = []

    def get_random_string(self) -> str:
        """Sixteen characters, as the format wants, and never the same again."""
        try:
            return self._drawn.pop()
        except IndexError:
            drawn = secrets.token_hex(SALT * AT_ONCE // 2)
            *self._drawn, own = (drawn[at : at + SALT] for at in range(0, len(drawn), SALT))
            return own


@dataclass(frozen=True, slots=True)
class Keys:
    """A token, and the cipher of an AES key; None where nothing is encrypted."""

    token: str = field(repr=False)
    cipher: Cipher | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Letter:
    """A message out of its envelope: its fields, the envelope's signature, and the keys that opened it."""

    fields: dict[str, Any]
    signature: str
    keys: Keys


class Envelope:
    """One account's tokens, keys and mode. While they are being changed, the previous ones hold too."""

    def __init__(
        self,
        appid: str,
        token: str,
        aes_key: str,
        mode: str,
        previous_token: str = "",
        previous_aes_key: str = "",
    ) -> None:
        self._appid = appid
        self._tokens = tuple(dict.fromkeys((token, previous_token or token)))
        self._sealed = mode != "plain"
        keys = dict.fromkeys((aes_key, previous_aes_key or aes_key)) if self._sealed else ()
        self._ciphers = tuple(Cipher(base64.b64decode(f"{key}=")) for key in keys)

    def greet(self, query: Mapping[str, str], now: datetime) -> str:
        """The answer to the platform's handshake: its own `echostr`. Raises MessageError."""
        self._check(query, "signature", now)
        return query.get("echostr", "")

    def open(self, query: Mapping[str, str], body: bytes, now: datetime) -> Letter:
        """A pushed message (XML or JSON). Raises MessageError."""
        if not self._sealed:
            token = self._check(query, "signature", now)
            return Letter(_fields(body), query["signature"], Keys(token, None))
        sealed = _fields(body).get("Encrypt")
        if not isinstance(sealed, str):
            raise MessageError("消息没有加密，与 wechat.mode 不符")
        token = self._check(query, "msg_signature", now, sealed)
        plain, cipher = self._decrypt(sealed)
        return Letter(_fields(plain), query["msg_signature"], Keys(token, cipher))

    def close(self, xml: str, nonce: str, now: datetime, keys: Keys | None = None) -> str:
        """`xml` as it is sent back, under the keys that its question came under."""
        if not self._sealed:
            return xml
        token = keys.token if keys else self._tokens[0]
        cipher = (keys and keys.cipher) or self._ciphers[0]
        timestamp, nonce = str(int(now.timestamp())), UNUSUAL.sub("", nonce)
        sealed = cipher.encrypt(xml, self._appid).decode()
        signature = sign(token, timestamp, nonce, sealed)
        return (
            f"<xml><Encrypt><![CDATA[{sealed}]]></Encrypt>"
            f"<MsgSignature><![CDATA[{signature}]]></MsgSignature>"
            f"<TimeStamp>{timestamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
        )

    def _check(self, query: Mapping[str, str], name: str, now: datetime, *more: str) -> str:
        """The token that the platform signed with."""
        timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        given = query.get(name, "").encode("utf-8", "surrogatepass")
        signed = [
            token
            for token in self._tokens
            if token and hmac.compare_digest(sign(token, timestamp, nonce, *more).encode(), given)
        ]
        if not signed:
            raise MessageError("消息的签名不对")
        if abs(now.timestamp() - _seconds(timestamp)) > FRESH.total_seconds():
            raise MessageError("消息的时间不对，可能是重放，或服务器时钟不准")
        return signed[0]

    def _decrypt(self, sealed: str) -> tuple[bytes, Cipher]:
        for cipher in self._ciphers:
            try:
                return bytes(cipher.decrypt(sealed, self._appid), "utf-8"), cipher
            except (ValueError, IndexError, struct.error, binascii.Error, InvalidAppIdException):
                continue
        # Signed, so the token is right: the AES key or the appid is not.
        raise MessageError("消息解不开，请核对 wechat.aes_key 与 wechat.appid")


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
        plain = json.loads(text) if text.startswith("{") else _of_xml(text)
    except (ValueError, ElementTree.ParseError, RecursionError):
        raise MessageError("消息不是有效的 XML 或 JSON") from None
    if not isinstance(plain, dict):
        raise MessageError("消息里没有内容")
    return plain


def _of_xml(text: str) -> Any:
    # Entities could only be declared before the root, and the platform writes nothing there.
    if not ROOT.match(text):
        raise ValueError("no <xml>")
    return _of_element(ElementTree.fromstring(text))  # noqa: S314 - see above


def _of_element(element: ElementTree.Element) -> Any:
    """Text; or a dictionary of what is inside, with a list where a name repeats."""
    if not len(element):
        return element.text.strip() if element.text else None
    inside: dict[str, Any] = {}
    for child in element:
        value = _of_element(child)
        if child.tag not in inside:
            inside[child.tag] = value
        elif isinstance(known := inside[child.tag], list):
            known.append(value)
        else:
            inside[child.tag] = [known, value]
    return inside
