"""Passwords as they are kept (Argon2id), and the second factor: codes of an app (TOTP)."""

import os
from datetime import datetime

import pyotp
from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from bot.errors import ArticleError

# What OWASP asks for at least: 19 MiB and two passes, 60 ms. Four threads may be at it together.
MEMORY, PASSES, LANES, LENGTH = 19 * 1024, 2, 1, 32
SHORTEST, LONGEST = 10, 200  # characters
FEWEST = 5  # different ones
STEP = 30  # seconds a code is good for
ISSUER = "日刊"


def hash_password(password: str) -> str:
    """What is kept of a password: Argon2id in its PHC form, with a salt of its own."""
    kdf = Argon2id(
        salt=os.urandom(16), length=LENGTH, iterations=PASSES, lanes=LANES, memory_cost=MEMORY
    )
    return str(kdf.derive_phc_encoded(password.encode("utf-8", "replace")))


# Takes as long to check as anybody's, and is nobody's.
NOBODYS = hash_password(os.urandom(32).hex())


def is_password(password: str, kept: str) -> bool:
    """Whether that is the password of which this was kept."""
    try:
        Argon2id.verify_phc_encoded(password[:LONGEST].encode("utf-8", "replace"), kept)
    except InvalidKey:
        return False
    return True


def require_good(password: str, name: str) -> None:
    """Raise ArticleError for a password that is soon guessed."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise ArticleError(f"密码要有 {SHORTEST} 到 {LONGEST} 个字符。可以用一句自己记得住的话")
    if len(set(password)) < FEWEST or name.casefold() * 2 in password.casefold() * 2:
        raise ArticleError("这个密码太容易猜到。请换一个，可以用一句自己记得住的话")


def new_secret() -> str:
    """A secret for an app that makes codes, in base32."""
    return pyotp.random_base32()


def address_of(secret: str, name: str) -> str:
    """What such an app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def step_of(code: str, secret: str, now: datetime, after: int) -> int:
    """The time step whose code that is; 0 for none. One step's delay is borne; none up to `after` is."""
    plain, present = "".join(code.split()), int(now.timestamp()) // STEP
    codes = pyotp.TOTP(secret)
    for step in (present, present - 1):
        if step > after and pyotp.utils.strings_equal(codes.generate_otp(step), plain):
            return step
    return 0
