"""Signatures and the message cipher, from the platform's side.

AES-256-CBC with the key's first 16 bytes as IV and PKCS#7 padding to blocks of 32; the plain text is
16 random bytes, the message's length in four bytes (big-endian), the message and the appid.
"""

import base64
import hashlib
import hmac
import os

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32


def sign(*parts: str) -> str:
    """SHA-1 of the sorted parts, as both `signature` and `msg_signature` are made."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def signed(signature: str, *parts: str) -> bool:
    """Whether the signature belongs to the parts."""
    return hmac.compare_digest(signature.encode(), sign(*parts).encode())


class Seal:
    """Closes and opens messages of one account."""

    def __init__(self, aes_key: str, appid: str) -> None:
        self._key = base64.b64decode(aes_key + "=")
        self._appid = appid.encode()

    def close(self, text: str) -> str:
        """Encrypt a message for this account."""
        message = text.encode()
        plain = os.urandom(16) + len(message).to_bytes(4) + message + self._appid
        count = BLOCK - len(plain) % BLOCK
        encryptor = self._cipher().encryptor()
        sealed = encryptor.update(plain + bytes([count]) * count) + encryptor.finalize()
        return base64.b64encode(sealed).decode()

    def open(self, text: str) -> str:
        """Decrypt a message; raises ValueError if it was not closed for this account."""
        decryptor = self._cipher().decryptor()
        plain = decryptor.update(base64.b64decode(text, validate=True)) + decryptor.finalize()
        if not plain or not 1 <= plain[-1] <= BLOCK:
            raise ValueError("padding")
        plain = plain[16 : -plain[-1]]
        length = int.from_bytes(plain[:4])
        if not hmac.compare_digest(plain[4 + length :], self._appid):
            raise ValueError("appid")
        return plain[4 : 4 + length].decode()

    def _cipher(self) -> Cipher[modes.CBC]:
        return Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16]))
