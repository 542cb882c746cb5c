"""What a stranger, or a platform gone mad, may send to the webhook: by kind, drawn by a seed."""

import base64
import json
import logging
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from werkzeug.test import TestResponse

from bot.sandbox.crypto import Seal
from bot.webhook.letterbox import BODY_LIMIT
from tests.conftest import AES_KEY, APPID, APPSECRET, TOKEN
from tests.test_webhook import SCRAPS, Platform

# In each follower's words; never to be seen in a log.
CANARY = "金丝雀口令"
SECRETS = (APPSECRET, TOKEN, AES_KEY, CANARY)
MEGABYTE = b"<xml>" + b"a" * 2**20
BOMB = (
    "<!DOCTYPE xml [<!ENTITY a 'aaaaaaaaaa'>"
    + "".join(f"<!ENTITY {n} '{f'&{b};' * 10}'>" for b, n in zip("abcdefg", "bcdefgh", strict=True))
    + "<!ENTITY file SYSTEM 'file:///etc/passwd'>]>"
)
WORDS = ("数据要素", "最新", "目录", "6月13日", "更多", "2", "😀]]>", "<a href='x'>", "' OR 1=1 --")


@dataclass(frozen=True, slots=True)
class Sent:
    """A body and its query; `may` are the answers that are right: a status, or `told` for words."""

    body: bytes
    query: dict[str, str]
    may: frozenset[str]


TOLD = frozenset({"told"})
TAKEN = frozenset({"200"})  # the bare word, so that it is not sent again
REFUSED = frozenset({"403"})
TOO_LONG = frozenset({"413"})
EITHER = TAKEN | REFUSED
ANY = EITHER | TOLD
Kind = Callable[["Wild"], Sent]
KINDS: list[Kind] = []


def kind(write: Kind) -> Kind:
    """One that is drawn as often as any other."""
    KINDS.append(write)
    return write


class Wild:
    """Writes to one account, in its mode."""

    def __init__(self, platform: Platform, seed: int) -> None:
        self.platform = platform
        self.chance = random.Random(f"{seed} {platform.account.mode}")
        self.before: Sent | None = None

    @property
    def sealed(self) -> bool:
        return self.platform.account.mode != "plain"

    def __iter__(self) -> Iterator[tuple[str, Sent]]:
        while True:
            write = self.chance.choice(KINDS)
            yield write.__name__, write(self)

    def words(self) -> str:
        return f"{self.chance.choice(WORDS)} {CANARY}{self.chance.randrange(500)}"

    def fields(self, **more: object) -> dict[str, object]:
        return {
            "FromUserName": f"o{self.chance.getrandbits(64)}",
            "MsgType": "text",
            "Content": self.words(),
            "MsgId": self.chance.getrandbits(62),
            **more,
        }

    def honest(self, late: float = 0, **more: object) -> Sent:
        envelope = self.platform.envelope(self.fields(**more), late)
        return Sent(envelope.body.encode(), envelope.query, TOLD)

    def inside(self, plain: str, may: frozenset[str] = EITHER) -> Sent:
        """Any text as the platform would sign it, encrypted where that is asked for."""
        if not self.sealed:
            return Sent(plain.encode("utf-8", "surrogatepass"), self.platform.signed(), may)
        return self.ciphered(Seal(AES_KEY, APPID).close(plain), may)

    def ciphered(self, cipher: str, may: frozenset[str] | None = None) -> Sent:
        """Where nothing is encrypted, cipher text is a message without a kind."""
        may = may or (REFUSED if self.sealed else TAKEN)
        body = f"<xml><Encrypt><![CDATA[{cipher}]]></Encrypt></xml>".encode()
        return Sent(body, self.platform.signed(cipher), may)

    def scraps(self) -> str:
        return "".join(self.chance.choices((*SCRAPS, "\0", "机", "{", '"'), k=20))


def encrypted(plain: bytes) -> str:
    """Whole blocks under the account's key, whatever they hold."""
    key = base64.b64decode(AES_KEY + "=")
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(plain) + encryptor.finalize()).decode()


@kind
def honest_words(wild: Wild) -> Sent:
    wild.before = wild.honest()
    return wild.before


@kind
def honest_json(wild: Wild) -> Sent:
    frame = {"ToUserName": "gh", "CreateTime": 1}
    return wild.inside(json.dumps(wild.fields() | frame), TOLD)


@kind
def sent_again(wild: Wild) -> Sent:
    return wild.before or wild.honest()


@kind
def in_a_used_envelope(wild: Wild) -> Sent:
    used, other = wild.before or wild.honest(late=400), wild.honest()
    return Sent(other.body, used.query, REFUSED)


@kind
def stale(wild: Wild) -> Sent:
    late = wild.chance.choice((-1, 1)) * wild.chance.randint(301, 10**8)
    sent = wild.honest(late)
    return Sent(sent.body, sent.query, REFUSED)


@kind
def forged(wild: Wild) -> Sent:
    sent = wild.honest()
    name = "msg_signature" if wild.sealed else "signature"
    signature = sent.query[name]
    place = wild.chance.randrange(len(signature))
    other = signature[:place] + wild.chance.choice("ghé😀Z") + signature[place + 1 :]
    wrong = wild.chance.choice((other, "", signature.upper()))
    return Sent(sent.body, sent.query | {name: wrong}, REFUSED)


@kind
def without_a_query(wild: Wild) -> Sent:
    return Sent(wild.honest().body, {}, REFUSED)


@kind
def truncated(wild: Wild) -> Sent:
    sent = wild.honest()
    return Sent(sent.body[: wild.chance.randrange(len(sent.body))], sent.query, REFUSED)


@kind
def flipped(wild: Wild) -> Sent:
    sent = wild.honest()
    body = bytearray(sent.body)
    for _ in range(wild.chance.randint(1, 4)):
        body[wild.chance.randrange(len(body))] ^= 1 << wild.chance.randrange(8)
    # What is not signed may change: all in plain mode, the frame around the cipher text elsewhere.
    return Sent(bytes(body), sent.query, ANY)


@kind
def doubled(wild: Wild) -> Sent:
    return wild.inside(
        "<xml><MsgType>text</MsgType><MsgType>event</MsgType><Content>数据</Content>"
        "<Content/><FromUserName>a</FromUserName><FromUserName>b</FromUserName></xml>",
        TAKEN,
    )


@kind
def nested(wild: Wild) -> Sent:
    depth = wild.chance.choice((3, 300, 4000))
    deep = "<a>" * depth + "</a>" * depth
    return wild.inside(f"<xml><MsgType>text</MsgType><Content>{deep}</Content></xml>")


@kind
def nested_json(wild: Wild) -> Sent:
    depth = wild.chance.choice((3, 900, 9000))
    return wild.inside('{"MsgType":' + "[" * depth + "]" * depth + "}")


@kind
def other_json(wild: Wild) -> Sent:
    odd: object = wild.chance.choice(
        (None, True, 1e999, [], {}, {"a": 1}, "\ud800", "\0", 10**40, -1)
    )
    name = wild.chance.choice(("MsgType", "Content", "FromUserName", "CreateTime", "MsgId"))
    return wild.inside(json.dumps(wild.fields() | {"CreateTime": 1, name: odd}), ANY)


@kind
def bomb(wild: Wild) -> Sent:
    entity = wild.chance.choice(("&h;", "&file;", "&a;"))
    plain = f"{BOMB}<xml><MsgType>text</MsgType><Content>{entity}</Content></xml>"
    bare = Sent(plain.encode(), wild.platform.signed(), REFUSED)
    return wild.chance.choice((wild.inside(plain, REFUSED), bare))


@kind
def wrong_base64(wild: Wild) -> Sent:
    good = Seal(AES_KEY, APPID).close("<xml/>")
    return wild.ciphered(wild.chance.choice((good[:-3], "*" + good, good[1:], "=", "中文", "")))


@kind
def wrong_padding(wild: Wild) -> Sent:
    inner = b"<xml><MsgType>text</MsgType><Content>a</Content></xml>"
    plain = os.urandom(16) + len(inner).to_bytes(4) + inner + APPID.encode()
    plain += b"\0" * (-len(plain) % 32 + 31) + bytes([wild.chance.choice((0, 33, 200, 255))])
    return wild.ciphered(encrypted(plain))


@kind
def wrong_length(wild: Wild) -> Sent:
    said = wild.chance.choice((0, 1, 2**31, 2**32 - 1, 60)).to_bytes(4)
    return wild.ciphered(encrypted(os.urandom(16) + said + b"<xml></xml>\x01"))


@kind
def for_another_account(wild: Wild) -> Sent:
    plain = "<xml><MsgType>text</MsgType></xml>"
    return wild.ciphered(Seal(AES_KEY, wild.chance.choice(("wx0", "", APPID + "0"))).close(plain))


@kind
def under_another_key(wild: Wild) -> Sent:
    return wild.ciphered(Seal(AES_KEY[::-1], APPID).close("<xml><MsgType>text</MsgType></xml>"))


@kind
def unencrypted(wild: Wild) -> Sent:
    body = b"<xml><MsgType>text</MsgType><CreateTime>1</CreateTime><Content>a</Content></xml>"
    return Sent(body, wild.platform.signed(), REFUSED if wild.sealed else TOLD)


@kind
def of_a_megabyte(wild: Wild) -> Sent:
    return Sent(MEGABYTE, wild.platform.signed(), TOO_LONG)


@kind
def just_too_long(wild: Wild) -> Sent:
    over = wild.chance.choice((0, 1))
    query = wild.chance.choice((wild.platform.signed(), {}))
    return Sent(b"a" * (BODY_LIMIT + over), query, TOO_LONG if over else REFUSED)


@kind
def not_utf8(wild: Wild) -> Sent:
    bad = wild.chance.choice((b"\xff\xfe", b"\x80", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf5"))
    return Sent(b"<xml><Content>" + bad + b"</Content></xml>", wild.platform.signed(), REFUSED)


@kind
def breaking_out(wild: Wild) -> Sent:
    end = "]]></Content><MsgType>news</MsgType><!--"
    return wild.honest(Content=f"{end}{wild.words()}{end * wild.chance.randint(0, 3)}")


@kind
def control_characters(wild: Wild) -> Sent:
    sign = chr(wild.chance.choice((0, 1, 8, 11, 27, 31, 0xFFFE, 0xFFFF)))
    fields = wild.fields(Content=f"{wild.words()}{sign}", CreateTime=1)
    return wild.inside(json.dumps(fields), TOLD)


@kind
def control_characters_in_xml(wild: Wild) -> Sent:
    sign = chr(wild.chance.choice((0, 1, 8, 11, 27, 31, 0xFFFE, 0xFFFF)))
    return wild.inside(f"<xml><MsgType>text</MsgType><Content>{sign}</Content></xml>", REFUSED)


@kind
def scraps(wild: Wild) -> Sent:
    return wild.inside(f"{wild.chance.choice(('', '<xml>'))}{wild.scraps()}")


@kind
def noise(wild: Wild) -> Sent:
    body = wild.chance.randbytes(wild.chance.choice((0, 1, 80, 5000)))
    query = wild.chance.choice((wild.platform.signed(), {"signature": wild.scraps()}))
    return Sent(body, query, REFUSED)


@kind
def events(wild: Wild) -> Sent:
    unknown = "".join(wild.chance.choices(SCRAPS, k=5))
    event = wild.chance.choice(("subscribe", "CLICK", "unsubscribe", "VIEW", "没有", unknown))
    sent = wild.honest(MsgType="event", Event=event, EventKey=wild.words(), MsgId="")
    return Sent(sent.body, sent.query, TOLD if event in ("subscribe", "CLICK") else TAKEN)


@kind
def odd_outcomes(wild: Wild) -> Sent:
    odd: tuple[object, ...] = (
        "",
        {},
        {"publish_id": "1", "publish_status": "x"},
        {"a": [1, 2]},
        {"publish_id": "1"},
    )
    info = wild.chance.choice(odd)
    sent = wild.honest(MsgType="event", Event="PUBLISHJOBFINISH", PublishEventInfo=info)
    return Sent(sent.body, sent.query, TAKEN)


class Watch(logging.Handler):
    """Counts what is logged, and what of it is secret."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines = 0
        self.secret: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines += 1
        line = self.format(record)
        if any(secret in line for secret in SECRETS):
            self.secret.append(line)


@dataclass
class Outcome:
    """How often each kind was answered how, and what should not have been."""

    answers: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def take(self, platform: Platform, name: str, sent: Sent, response: TestResponse) -> None:
        spoke = response.status_code == 200 and response.text != "success"
        answer = "told" if spoke else str(response.status_code)
        self.answers[name, answer] += 1
        if remark := wrong_with(platform, sent, response, answer):
            self.wrong.append(f"{platform.account.mode}, {name}: {remark} ({sent.body[:200]!r})")


def wrong_with(platform: Platform, sent: Sent, response: TestResponse, answer: str) -> str:
    """What is wrong with an answer; nothing, as it should be."""
    if answer not in sent.may:
        return answer
    if answer == "told" and not readable(platform, response):
        return "an answer that the platform cannot read"
    # A follower's own words may be quoted to that follower.
    return "a secret" if any(secret in response.text for secret in SECRETS[:-1]) else ""


def readable(platform: Platform, response: TestResponse) -> bool:
    try:
        root = platform.opened(response)
    except (ET.ParseError, ValueError, AssertionError):
        return False
    return [child.tag for child in root].count("MsgType") == 1
