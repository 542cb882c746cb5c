"""Trouble on request, for the callers' tests."""

import threading
from dataclasses import dataclass, fields
from typing import Any, Self

KINDS = (
    "timeout_before",
    "http",
    "errcode",
    "reset",
    "timeout_after",
    "http_after",
    "reset_after",
    "status",
)


@dataclass(slots=True)
class Fault:
    """What shall go wrong, and how often.

    `call` is a path without `/cgi-bin/`, or `*`. Of the kinds, timeout_before, http, errcode and reset
    happen instead of the call; timeout_after hangs for `seconds` once the call has taken effect, http_after
    and reset_after lose its answer.
    Kind `status` ends the next publishing job (call `freepublish/job`) in another publish_status.
    """

    call: str
    kind: str
    status: int = 502
    errcode: int = -1
    times: int = 1
    seconds: float = 2
    ip: str = "203.0.113.9"

    @property
    def after(self) -> bool:
        """Whether the call takes effect, and only its answer is lost."""
        return self.kind.endswith("_after")

    @classmethod
    def from_request(cls, plain: dict[str, Any]) -> Self:
        """Read the body of `POST /sandbox/faults`; raises ValueError with what was expected."""
        known = {field.name for field in fields(cls)}
        if unknown := set(plain) - known:
            raise ValueError(
                f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(sorted(known))}"
            )
        if not plain.get("call") or plain.get("kind") not in KINDS:
            raise ValueError(f"call and kind are needed; kinds: {', '.join(KINDS)}")
        numbers = ("status", "errcode", "times", "seconds")
        if wrong := [name for name in numbers if not isinstance(plain.get(name, 0), int | float)]:
            raise ValueError(f"no number: {', '.join(wrong)}")
        return cls(**plain)


class Faults:
    """The faults still to happen, in the order in which they were asked for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pending: list[Fault] = []
        self._cleared = threading.Event()

    def add(self, fault: Fault) -> None:
        """Let a fault happen from now on."""
        with self._lock:
            self._pending.append(fault)

    def take(self, call: str) -> Fault | None:
        """The first fault meant for this call, spent once."""
        with self._lock:
            fault = next((item for item in self._pending if item.call in {call, "*"}), None)
            if fault:
                fault.times -= 1
                self._pending = [item for item in self._pending if item.times > 0]
            return fault

    def clear(self) -> None:
        """Forget all faults and release the calls that hang."""
        with self._lock:
            self._pending.clear()
            cleared, self._cleared = self._cleared, threading.Event()
        cleared.set()

    def hang(self, seconds: float) -> None:
        """Keep the caller waiting, until `clear` at the latest."""
        self._cleared.wait(seconds)
