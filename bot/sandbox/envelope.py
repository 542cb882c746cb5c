"""Messages on their way to the webhook: XML, signature, cipher."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from bot.sandbox.account import Account
from bot.sandbox.crypto import Seal, sign


@dataclass(frozen=True, slots=True)
class Envelope:
    """One try of a push: the query string and the body."""

    query: dict[str, str]
    body: str


def write_xml(fields: Mapping[str, object]) -> str:
    """A message as XML: text in CDATA, numbers bare, lists as repeated elements."""
    return f"<xml>{write_fields(fields)}</xml>"


def write_fields(fields: Mapping[str, object]) -> str:
    """Elements one after the other."""
    return "".join(
        f"<{name}>{write_value(item)}</{name}>"
        for name, value in fields.items()
        for item in (value if isinstance(value, list) else [value])
    )


def write_value(value: object) -> str:
    """The inside of an element."""
    if isinstance(value, Mapping):
        return write_fields(value)
    if isinstance(value, int):
        return str(value)
    text = str(value).replace("]]>", "]]]]><![CDATA[>")
    return f"<![CDATA[{text}]]>"


def seal_envelope(account: Account, fields: Mapping[str, object], now: float) -> Envelope:
    """Sign a message, and encrypt it where the account's mode asks for it.

    In compatible mode the plain fields travel beside the cipher text.
    """
    timestamp, nonce = str(int(now)), str(secrets.randbelow(10**10))
    query = {
        "signature": sign(account.token, timestamp, nonce),
        "timestamp": timestamp,
        "nonce": nonce,
        "openid": str(fields["FromUserName"]),
    }
    plain = write_xml(fields)
    if not account.encrypts:
        return Envelope(query, plain)
    cipher = Seal(account.aes_key, account.appid).close(plain)
    query["encrypt_type"] = "aes"
    query["msg_signature"] = sign(account.token, timestamp, nonce, cipher)
    visible = fields if account.mode == "compatible" else {"ToUserName": fields["ToUserName"]}
    return Envelope(query, write_xml({**visible, "Encrypt": cipher}))
