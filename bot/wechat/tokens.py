"""Access tokens: fetched once, shared by all processes of an account where there is a Redis.

`stable_token` hands every caller the same token, so without Redis each process keeps its own copy.
"""

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Protocol

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from bot.wechat.secrecy import Veiled

# The platform replaces a token five minutes before its end and accepts both for that long.
MARGIN = 300  # seconds
LOCK_SECONDS = 30
# A Redis that does not answer must not hold up a call that can do without.
CONNECT_SECONDS, ANSWER_SECONDS = 1, 3
# In one step: between a look and a deletion another process may have put a new one there.
DROP = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end"


class TokenBook(Protocol):
    """Where the client takes its tokens from."""

    def get(self) -> str:
        """A token that is good for some minutes yet."""
        ...

    def drop(self, token: str) -> None:
        """The platform refused `token`: do not give it again."""
        ...


class OwnTokens:
    """The tokens of one process. Threads share one fetch."""

    def __init__(
        self, fetch: Callable[[], tuple[str, int]], now: Callable[[], float] = time.monotonic
    ) -> None:
        self._fetch = fetch
        self._now = now
        self._lock = threading.Lock()
        self._token = ""
        self._good_until = 0.0

    def get(self) -> str:
        """The kept token, or a new one if it has run out."""
        with self._lock:
            if not self._token or self._now() >= self._good_until:
                self._token, lifetime = self._fetch()
                self._good_until = self._now() + max(lifetime - MARGIN, 0)
            return self._token

    def drop(self, token: str) -> None:
        """Forget `token`, unless another has replaced it already."""
        with self._lock:
            if self._token == token:
                self._token = ""


class SharedTokens:
    """The tokens of all processes that use one Redis. One of them fetches, the others wait.

    Without the Redis it goes on as `OwnTokens`.
    """

    def __init__(
        self, server: "redis.Redis", appid: str, fetch: Callable[[], tuple[str, int]]
    ) -> None:
        self._server = server
        self._key = f"rikan:token:{appid}"
        self._fetch = fetch
        self._own = OwnTokens(fetch)

    def get(self) -> str:
        """The shared token; fetched by one process if there is none."""
        try:
            return self._kept() or self._fetch_once()
        except redis.RedisError:
            return self._own.get()

    def drop(self, token: str) -> None:
        """Forget `token` for everybody, unless another has replaced it already."""
        self._own.drop(token)
        try:
            self._server.eval(DROP, 1, self._key, token)
        except redis.RedisError:
            return  # the next get() meets the same and uses its own

    def _kept(self) -> str:
        value = self._server.get(self._key)
        return Veiled(value.decode()) if isinstance(value, bytes) else ""

    def _fetch_once(self) -> str:
        with self._server.lock(f"{self._key}:lock", timeout=LOCK_SECONDS):
            if kept := self._kept():
                return kept
            token, lifetime = self._fetch()
            self._server.set(self._key, token, ex=max(lifetime - MARGIN, 1))
            return token


def open_tokens(
    url: str, account: str, fetch: Callable[[], tuple[str, int]], closing: ExitStack
) -> TokenBook:
    """Shared tokens where `url` names a Redis, else this process's own."""
    if not url:
        return OwnTokens(fetch)
    server = redis.Redis.from_url(
        url,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        retry=Retry(NoBackoff(), 1),
    )
    closing.callback(server.close)
    return SharedTokens(server, account, fetch)
