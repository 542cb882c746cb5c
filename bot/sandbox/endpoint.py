"""One call of the platform's API, described; and what a handler gets to see of a request."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import FileStorage

from bot.sandbox.refusal import Refusal
from bot.sandbox.state import Platform

Answer = dict[str, Any]
OK: Answer = {"errcode": 0, "errmsg": "ok"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that has passed the gate.

    `origin` is the sandbox's address as the caller wrote it; `heard` is False where a requested fault will
    keep the answer from the caller; what is put into `afterwards` runs once the answer is out.
    """

    call: str
    origin: str
    args: Mapping[str, str]
    body: dict[str, Any]
    form: Mapping[str, str]
    media: FileStorage | None
    heard: bool = True
    afterwards: list[Callable[[], None]] = field(default_factory=list)

    def text(self, name: str, code: int = 47001) -> str:
        """A required string (or a number, which the platform takes too) of the body."""
        value = self.body.get(name)
        if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
            raise Refusal(code, f"缺少 {name}，或者它不是字符串")
        return str(value)

    def page(self) -> tuple[int, int]:
        """`offset` (from 0) and `count` (1–20) of the listing calls."""
        offset, count = self.body.get("offset"), self.body.get("count")
        if not isinstance(offset, int) or offset < 0:
            raise Refusal(47003, "offset 应为从 0 起的整数")
        if not isinstance(count, int) or not 1 <= count <= 20:
            raise Refusal(47003, "count 应为 1–20 的整数")
        return offset, count


Handler = Callable[[Platform, Asked], Answer]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A path below `/cgi-bin/` and its rules.

    `body` is json, form or none; `daily` is the default quota (0: none documented); `verified` calls
    answer 48001 to other accounts.
    """

    call: str
    handler: Handler
    method: str = "POST"
    body: str = "json"
    changes: bool = False
    daily: int = 0
    verified: bool = False
    token: bool = True

    @property
    def path(self) -> str:
        """Below `/cgi-bin/`; statistics stand beside it."""
        return f"/{'' if self.call.startswith('datacube/') else 'cgi-bin/'}{self.call}"
