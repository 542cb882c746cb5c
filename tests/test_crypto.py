"""The envelope of pushed messages: the platform's own vectors, and whatever else may come."""

import base64
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import Mock
from xml.etree import ElementTree as ET

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher as Block
from cryptography.hazmat.primitives.ciphers import algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import MessageError
from bot.sandbox.crypto import Seal
from bot.wechat.crypto import FRESH, Cipher, Envelope, sign
from tests.conftest import AES_KEY, APPID, TOKEN

PUBLIC = json.loads((Path(__file__).parent / "crypto-vectors.json").read_text(encoding="utf-8"))
VECTORS = {vector["id"]: vector for vector in PUBLIC["vectors"]}
NEGATIVE = {vector["id"]: vector for vector in PUBLIC["negative"]}
# WeCom encrypts its handshake; an official account's is plain in every mode.
ECHOES = ("wecom-verify-url", "wechatpy-echostr-wecom")
STALE = "neg-stale-timestamp"
NOW = datetime(2026, 6, 13, 7, 30, tzinfo=UTC)
MODES = ("plain", "compatible", "secure")


def ids(kind: str) -> list[str]:
    return [name for name, vector in VECTORS.items() if vector["kind"] == kind]


def key_of(vector: dict) -> bytes:
    return base64.b64decode(vector["encoding_aes_key"] + "=")


def envelope(mode: str = "secure", **changes: str) -> Envelope:
    settings = {"appid": APPID, "token": TOKEN, "aes_key": AES_KEY} | changes
    return Envelope(settings["appid"], settings["token"], settings["aes_key"], mode)


def envelope_of(vector: dict) -> Envelope:
    """Of the account a vector belongs to; WeCom's name for the appid is receive_id."""
    return Envelope(vector["receive_id"], vector["token"], vector["encoding_aes_key"], "secure")


def query_of(vector: dict) -> dict[str, str]:
    return {name: vector[name] for name in ("timestamp", "nonce", "msg_signature")}


def body_of(vector: dict) -> bytes:
    return vector.get("body", json.dumps({"Encrypt": vector["encrypt"]})).encode()


def moment_of(vector: dict) -> datetime:
    return datetime.fromtimestamp(int(vector["timestamp"]), UTC)


def signed(*more: str, name: str = "msg_signature", at: datetime = NOW) -> dict[str, str]:
    """A query whose signature is right."""
    timestamp = str(int(at.timestamp()))
    signature = sign(TOKEN, timestamp, "7", *more)
    return {"timestamp": timestamp, "nonce": "7", name: signature}


def sealed(plain: str) -> str:
    return Seal(AES_KEY, APPID).close(plain)


def encrypted(blocks: bytes) -> str:
    """Under our key, with whatever layout and padding `blocks` has."""
    key = base64.b64decode(AES_KEY + "=")
    encryptor = Block(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(blocks) + encryptor.finalize()).decode()


# The public vectors.


def test_there_are_as_many_vectors_as_were_collected():
    assert len(VECTORS) == 17
    assert len(NEGATIVE) == 6


@pytest.mark.parametrize("name", ids("signature"))
def test_a_public_signature_is_ours(name):
    vector = VECTORS[name]
    parts = (vector["token"], vector["timestamp"], vector["nonce"])
    assert sign(*parts) == vector["signature"]


@pytest.mark.parametrize("name", [n for n, v in VECTORS.items() if "msg_signature" in v])
def test_a_public_signature_over_a_cipher_text_is_ours(name):
    vector = VECTORS[name]
    parts = (vector["token"], vector["timestamp"], vector["nonce"], vector["encrypt"])
    assert sign(*parts) == vector["msg_signature"]


@pytest.mark.parametrize("name", ids("decrypt"))
def test_a_public_cipher_text_is_read(name):
    vector = VECTORS[name]
    plain = Cipher(key_of(vector)).decrypt(vector["encrypt"], vector["receive_id"])
    assert plain == vector.get("plaintext", plain)
    for field, value in vector.get("plaintext_fields", {}).items():
        assert f"<{field}><![CDATA[{value}]]></{field}>" in plain or f">{value}</{field}>" in plain


@pytest.mark.parametrize("name", [name for name in ids("decrypt") if name not in ECHOES])
def test_a_public_message_is_opened(name):
    vector = VECTORS[name]
    fields = envelope_of(vector).open(query_of(vector), body_of(vector), moment_of(vector)).fields
    assert fields["FromUserName"] in (vector.get("plaintext") or str(vector["plaintext_fields"]))


@pytest.mark.parametrize("name", ECHOES)
def test_an_encrypted_echo_is_no_message(name):
    vector = VECTORS[name]
    with pytest.raises(MessageError, match="XML"):
        envelope_of(vector).open(query_of(vector), body_of(vector), moment_of(vector))


@pytest.mark.parametrize("name", ids("encrypt"))
def test_the_same_random_characters_give_the_public_cipher_text(name):
    vector = VECTORS[name]

    class Fixed(Cipher):
        def get_random_string(self) -> str:
            return vector["random16"]

    cipher = Fixed(key_of(vector))
    assert cipher.encrypt(vector["plaintext"], vector["receive_id"]).decode() == vector["encrypt"]
    assert cipher.decrypt(vector["encrypt"], vector["receive_id"]) == vector["plaintext"]


def test_the_public_handshake_is_answered_byte_for_byte():
    vector = VECTORS["official-url-verify"]
    ours = Envelope("wx0", vector["token"], "", "plain")
    query = {name: vector[name] for name in ("timestamp", "nonce", "signature", "echostr")}
    assert ours.greet(query, moment_of(vector)) == vector["echostr"]


def test_the_public_plain_message_is_opened():
    vector = VECTORS["official-plain-post"]
    ours = Envelope("wx0", vector["token"], "", "plain")
    query = {name: vector[name] for name in ("timestamp", "nonce", "signature")}
    fields = ours.open(query, vector["body"].encode(), moment_of(vector)).fields
    assert fields["Event"] == "debug_demo"
    assert fields["CreateTime"] == 1714037059


@pytest.mark.parametrize("name", [name for name in NEGATIVE if name != STALE])
def test_a_public_forgery_is_refused(name):
    vector = NEGATIVE[name]
    with pytest.raises(MessageError):
        envelope_of(vector).open(query_of(vector), body_of(vector), moment_of(vector))


def test_a_message_of_two_years_ago_is_refused_and_was_good_then():
    vector = NEGATIVE[STALE]
    ours, query, body = envelope_of(vector), query_of(vector), body_of(vector)
    assert ours.open(query, body, moment_of(vector)).fields["Event"] == "debug_demo"
    with pytest.raises(MessageError, match="时间"):
        ours.open(query, body, NOW)


# The signature.


@pytest.mark.parametrize("late", [FRESH, -FRESH, timedelta(0)])
def test_a_message_may_be_five_minutes_off_either_way(late):
    assert envelope("plain").open(signed(name="signature"), b"<xml><a>1</a></xml>", NOW + late)


@pytest.mark.parametrize("late", [FRESH + timedelta(seconds=1), -FRESH - timedelta(seconds=1)])
def test_a_message_further_off_is_refused(late):
    with pytest.raises(MessageError, match="时间"):
        envelope("plain").open(signed(name="signature"), b"<xml><a>1</a></xml>", NOW + late)


@pytest.mark.parametrize("timestamp", ["", "-1", "1e9", "٣", "²", "9" * 400, "nan"])
def test_a_timestamp_that_is_no_number_of_seconds_is_refused(timestamp):
    signature = sign(TOKEN, timestamp, "7")
    query = {"timestamp": timestamp, "nonce": "7", "signature": signature}
    with pytest.raises(MessageError, match="时间"):
        envelope().greet(query, NOW)


def test_without_a_token_nothing_is_believed():
    signature = sign("", str(int(NOW.timestamp())), "7")
    query = {"timestamp": str(int(NOW.timestamp())), "nonce": "7", "signature": signature}
    with pytest.raises(MessageError, match="签名"):
        envelope("plain", token="").open(query, b"<xml><a>1</a></xml>", NOW)


@pytest.mark.parametrize("change", [{"nonce": "8"}, {"signature": ""}, {"signature": "签名"}])
def test_a_changed_query_is_refused(change):
    with pytest.raises(MessageError, match="签名"):
        envelope("plain").open(signed(name="signature") | change, b"<xml><a>1</a></xml>", NOW)


def test_an_empty_query_is_refused():
    with pytest.raises(MessageError, match="签名"):
        envelope().greet({}, NOW)


def test_signatures_are_compared_in_constant_time(monkeypatch):
    compare = Mock(return_value=False)
    monkeypatch.setattr("bot.wechat.crypto.hmac.compare_digest", compare)
    with pytest.raises(MessageError, match="签名"):
        envelope().greet(signed(name="signature"), NOW)
    compare.assert_called_once()


@pytest.mark.parametrize("echo", ["4375120948345356249", "", " a&b<c>\n中", "0"])
@pytest.mark.parametrize("mode", MODES)
def test_the_handshake_is_plain_in_every_mode(mode, echo):
    query = signed(name="signature") | {"echostr": echo}
    assert envelope(mode).greet(query, NOW) == echo


# The mode decides, not the request.


@pytest.mark.parametrize("mode", ["compatible", "secure"])
def test_a_plain_message_is_refused_where_they_are_to_be_encrypted(mode):
    query = signed(name="signature") | signed()
    with pytest.raises(MessageError, match="没有加密"):
        envelope(mode).open(query, b"<xml><Content>hi</Content></xml>", NOW)


def test_what_stands_beside_the_cipher_text_is_not_believed():
    cipher = sealed("<xml><Content>true</Content></xml>")
    body = f"<xml><Content>false</Content><Encrypt>{cipher}</Encrypt></xml>".encode()
    assert envelope("compatible").open(signed(cipher), body, NOW).fields == {"Content": "true"}


def test_an_encrypted_message_stays_closed_in_plain_mode():
    cipher = sealed("<xml><Content>hi</Content></xml>")
    body = f"<xml><Encrypt>{cipher}</Encrypt></xml>".encode()
    query = signed(cipher) | signed(name="signature")
    assert envelope("plain").open(query, body, NOW).fields == {"Encrypt": cipher}


def test_the_plain_signature_does_not_open_an_encrypted_message():
    cipher = sealed("<xml><Content>hi</Content></xml>")
    body = f"<xml><Encrypt>{cipher}</Encrypt></xml>".encode()
    with pytest.raises(MessageError, match="签名"):
        envelope().open(signed(name="signature"), body, NOW)


def test_a_json_message_is_opened():
    cipher = sealed('{"Content": "你好 🌏", "CreateTime": 1}')
    body = json.dumps({"ToUserName": "gh", "Encrypt": cipher}).encode()
    assert envelope().open(signed(cipher), body, NOW).fields == {
        "Content": "你好 🌏",
        "CreateTime": 1,
    }


# What is closed can be opened on the other side.


@pytest.mark.parametrize("mode", ["compatible", "secure"])
@given(words=st.text())
def test_a_closed_answer_is_opened_by_the_other_side(mode, words):
    root = ET.fromstring(envelope(mode).close(words, "nonce", NOW))
    sealed_answer = root.findtext("Encrypt", "")
    parts = (TOKEN, root.findtext("TimeStamp", ""), "nonce", sealed_answer)
    assert Seal(AES_KEY, APPID).open(sealed_answer) == words
    assert root.findtext("Nonce") == "nonce"
    assert sign(*parts) == root.findtext("MsgSignature")


def test_the_same_answer_is_never_closed_in_the_same_way():
    assert envelope().close("同", "7", NOW) != envelope().close("同", "7", NOW)


def test_in_plain_mode_an_answer_stays_as_it_is():
    assert envelope("plain").close("<xml/>", "7", NOW) == "<xml/>"


def test_a_nonce_cannot_break_out_of_the_answer():
    closed = envelope().close("<xml/>", "]]></Nonce><Encrypt>x</Encrypt>\0<Nonce><![CDATA[", NOW)
    names = [element.tag for element in ET.fromstring(closed)]
    assert names == ["Encrypt", "MsgSignature", "TimeStamp", "Nonce"]


# Signed, and yet unreadable.

KEY = base64.b64decode(AES_KEY + "=")
HEAD = b"0123456789abcdef"
UNREADABLE = {
    "not base64": "不是",
    "a broken group": "abc",
    "nothing": "",
    "half a block": base64.b64encode(b"12345678").decode(),
    "noise": base64.b64encode(os.urandom(64)).decode(),
    "padding of nothing": encrypted(HEAD + b"\0" * 16),
    "padding longer than the text": encrypted(HEAD + b"\xff" * 16),
    "a length beyond the end": encrypted(HEAD + b"\xff\xff\xff\xff" + b"a" * 11 + b"\x01"),
    "a text that is not UTF-8": encrypted(
        HEAD + (1).to_bytes(4) + b"\xff" + APPID.encode() + b"\x0b" * 11
    ),
    "another account": Seal(AES_KEY, "wx0000000000000000").close("<xml><a>1</a></xml>"),
    "another key": Seal("b" * 43, APPID).close("<xml><a>1</a></xml>"),
    "a lone surrogate": "\ud800",
    "an empty message": sealed(""),
    "a word": sealed("success"),
    "a list": sealed("[1]"),
    "an element of another name": sealed("<html><a>1</a></html>"),
    "an empty element": sealed("<xml/>"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_signed_but_unreadable_is_refused_with_a_sentence(name):
    cipher = UNREADABLE[name]
    body = json.dumps({"Encrypt": cipher}).encode()
    with pytest.raises(MessageError):
        envelope().open(signed(cipher), body, NOW)


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE xml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    "<xml><Content>&b;</Content></xml>"
)
OUTSIDE = '<!DOCTYPE xml [<!ENTITY a SYSTEM "file:///etc/hostname">]><xml><a>&a;</a></xml>'


@pytest.mark.parametrize("xml", [BOMB, OUTSIDE], ids=["bomb", "file"])
def test_entities_are_refused(xml):
    with pytest.raises(MessageError):
        envelope("plain").open(signed(name="signature"), xml.encode(), NOW)


@pytest.mark.parametrize(
    "body",
    [
        b"<xml>" * 9_000,
        b"<xml>" + b"<a>" * 8_000 + b"</a>" * 8_000 + b"</xml>",
        b'{"a":' * 12_000 + b"1" + b"}" * 12_000,
        b'{"a":' + b"[" * 60_000,
        b'{"a": ' + b"9" * 60_000 + b"}",
        b"<xml><a>\0</a></xml>",
        b"\0" * 64,
        b"\xef\xbb\xbf<xml><a>1</a></xml>",
        b'<?xml version="1.0" encoding="utf-16"?><xml><a>1</a></xml>',
        b'<?xml version="1.0" encoding="no-such"?><xml><a>1</a></xml>',
        b"{",
        b"",
        b"  \n ",
        b"<xml",
        b"<xml><a></b></xml>",
        b'{"a": "\\ud800"}',
        b"\xff\xfe",
    ],
    ids=range(17),
)
@pytest.mark.parametrize("mode", MODES)
def test_a_strange_body_gives_fields_or_a_sentence(mode, body):
    assert opened(mode, signed(name="signature") | signed(), body)


def opened(mode: str, query: dict[str, str], body: bytes) -> dict | str:
    """The fields, or the sentence; anything else escapes and fails the test."""
    try:
        fields = envelope(mode).open(query, body, NOW).fields
    except MessageError as error:
        return str(error)
    assert isinstance(fields, dict)
    return fields or {"": ""}


# Half a character as well: JSON can carry it.
ANY_TEXT = st.text(st.characters() | st.just("\ud800"))
QUERIES = st.dictionaries(
    st.sampled_from(["timestamp", "nonce", "signature", "msg_signature", "echostr"]), ANY_TEXT
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inside: st.lists(inside) | st.dictionaries(ANY_TEXT, inside),
)
WILD_XML = st.lists(
    st.sampled_from(["<xml>", "</xml>", "<Encrypt>", "</Encrypt>", "<![CDATA[", "]]>", "&", "\0"])
    | ANY_TEXT
).map(lambda parts: "".join(parts).encode("utf-8", "surrogatepass"))
BODIES = (
    st.binary()
    | WILD_XML
    | JSON.map(lambda value: json.dumps({"Encrypt": value, "Content": value}).encode())
)


@pytest.mark.parametrize("mode", MODES)
@given(query=QUERIES, body=BODIES, sign_it=st.booleans())
def test_whatever_comes_gives_fields_or_a_sentence(mode, query, body, sign_it):
    assert opened(mode, query | (signed(name="signature") if sign_it else {}), body)


@given(plain=st.binary())
def test_whatever_was_encrypted_under_our_key_gives_fields_or_a_sentence(plain):
    cipher = encrypted(plain + b"\0" * (-len(plain) % 16))
    assert opened("secure", signed(cipher), json.dumps({"Encrypt": cipher}).encode())


@given(query=QUERIES)
def test_whatever_handshake_comes_gives_an_echo_or_a_sentence(query):
    try:
        assert envelope().greet(query, NOW) == query.get("echostr", "")
    except MessageError:
        return
