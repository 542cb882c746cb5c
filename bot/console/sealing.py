"""The second factor's secrets as the database keeps them: a copy of it alone makes no codes."""

import base64
import binascii
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE = 12  # bytes
CLEAR = 32  # characters of a secret in base32, as it was kept before; sealed it has 64


def seal(secret: str, name: str, key: str) -> str:
    """A secret (base32) closed with the installation's key, for that account only."""
    nonce = os.urandom(NONCE)
    closed = _cipher(key).encrypt(nonce, base64.b32decode(secret), name.encode())
    return base64.b64encode(nonce + closed).decode()


def unseal(kept: str, name: str, key: str) -> str:
    """The secret, also of one that was kept in the clear; empty where the key is another by now."""
    if len(kept) <= CLEAR:
        return kept
    try:
        data = base64.b64decode(kept, validate=True)
        secret = _cipher(key).decrypt(data[:NONCE], data[NONCE:], name.encode())
    except (InvalidTag, binascii.Error, ValueError):
        return ""
    return base64.b32encode(secret).decode()


def _cipher(key: str) -> AESGCM:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"rikan second factor's secret")
    return AESGCM(derive.derive(key.encode()))
