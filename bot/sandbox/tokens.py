"""The two families of access tokens, which do not affect each other."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.sandbox.refusal import Refusal

# Seconds. Both token pages document a life of two hours and an overlap of five minutes.
LIFE = 7200
OVERLAP = 300
# "Get stable access token": a forced refresh at most every 30 seconds and 20 times a day.
FORCED_APART = 30
FORCED_PER_DAY = 20
DAY = 86400


@dataclass(slots=True)
class Token:
    """A token and the moment (Unix seconds) from which it is no longer accepted."""

    text: str
    expires_at: float
    dead: bool = False


@dataclass(slots=True)
class Family:
    """The tokens of one endpoint, oldest first."""

    issued: list[Token] = field(default_factory=list)

    def current(self) -> Token | None:
        """The latest token, whatever its age."""
        return self.issued[-1] if self.issued else None

    def issue(self, at: float) -> Token:
        """A new token. Callers are told to reserve 512 characters, so it has 512."""
        self.issued = self.issued[-20:]
        self.issued.append(Token(f"sandbox_{secrets.token_hex(252)}", at + LIFE))
        return self.issued[-1]


class Tokens:
    """Issues tokens and judges those presented."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.plain = Family()
        self.stable = Family()
        self._forced: list[float] = []

    def fetch_plain(self) -> tuple[Token, bool]:
        """A new token each time; also says whether the old one would have done.

        The old one is accepted for five more minutes.
        """
        old, now = self.plain.current(), self._now()
        needless = old is not None and not old.dead and old.expires_at - now > OVERLAP
        if old:
            old.expires_at = min(old.expires_at, now + OVERLAP)
        return self.plain.issue(now), needless

    def fetch_stable(self, *, force: bool) -> Token:
        """The same token until five minutes before its end; forced, a new one at once."""
        old, now = self.stable.current(), self._now()
        if old is None or old.dead or old.expires_at <= now + OVERLAP:
            return self.stable.issue(now)
        if not force or not self._may_force(now):
            return old
        old.dead = True
        return self.stable.issue(now)

    def _may_force(self, now: float) -> bool:
        """Too soon: the call does not refresh. Too often: it is refused."""
        self._forced = [at for at in self._forced if at > now - DAY]
        if self._forced and now - self._forced[-1] < FORCED_APART:
            return False
        if len(self._forced) >= FORCED_PER_DAY:
            raise Refusal(45009, "一天强制刷新超过 20 次")
        self._forced.append(now)
        return True

    def check(self, text: str) -> None:
        """Refuse a token that is missing (41001), unknown or replaced (40001), or expired (42001)."""
        if not text:
            raise Refusal(41001, "网址参数里没有 access_token")
        for token in (*self.plain.issued, *self.stable.issued):
            if secrets.compare_digest(token.text.encode(), text.encode()) and not token.dead:
                if token.expires_at <= self._now():
                    raise Refusal(42001, "token 过期了", blame=False)
                return
        raise Refusal(40001, "token 不认得，或已被换掉", blame=False)

    def remaining(self, token: Token) -> int:
        """Whole seconds left, as `expires_in` reports them."""
        return int(token.expires_at - self._now())

    def expire_all(self) -> None:
        """End every token now, in both families."""
        for token in (*self.plain.issued, *self.stable.issued):
            token.expires_at = min(token.expires_at, self._now())
