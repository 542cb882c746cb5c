"""What can go wrong with a delivery, drawn by lot: the same number draws the same."""

import random
from dataclasses import dataclass, field
from typing import Any

MODES = ("draft", "publish", "publish", "mass", "mass")
PUSHING = ("stable_token", "media/uploadimg", "material/add_material", "draft/add", "draft/get")
PUBLISHING = {
    "draft": ("stable_token", "freepublish/batchget", "draft/get"),
    "publish": ("stable_token", "freepublish/submit", "freepublish/get", "freepublish/batchget"),
    "mass": ("stable_token", "message/mass/sendall", "message/mass/get"),
}
CALL_FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "timeout_before", "seconds": 1.0},
    {"kind": "timeout_after", "seconds": 1.0},
    {"kind": "reset"},
    {"kind": "reset_after"},
    {"kind": "http", "status": 502},
    {"kind": "http_after", "status": 502},
    {"kind": "errcode", "errcode": -1},
    {"kind": "errcode", "errcode": 45011},
)
BLOWS = (
    "call",
    "call",
    "call",
    "killed in a call",
    "killed in a call",
    "killed at a note",
    "killed at a note",
    "expired token",
    "queue restarted",
    "database locked",
    "three at once",
)


@dataclass(frozen=True, slots=True)
class Blow:
    """One thing that goes wrong during one try."""

    kind: str
    call: str = ""
    fault: dict[str, Any] = field(default_factory=dict)
    when: str = ""  # of a kill: before, during, after
    number: int = 0  # of a note
    whom: str = ""  # of a kill: the horse, the worker, or both

    def __str__(self) -> str:
        parts = (self.kind, self.call, self.fault.get("kind", ""), self.when, self.whom)
        number = str(self.number) if self.number else ""
        return " ".join(part for part in (*parts, number) if part)


@dataclass(frozen=True, slots=True)
class Schedule:
    """What goes wrong, try by try, on the way to a draft and from there to the readers."""

    seed: int
    mode: str
    pushing: tuple[Blow, ...]
    publishing: tuple[Blow, ...]


def draw(seed: int) -> Schedule:
    """The schedule of that number."""
    chance = random.Random(seed)
    mode = chance.choice(MODES)
    first = tuple(blow(chance, PUSHING) for _ in range(chance.randint(1, 3)))
    second = tuple(blow(chance, PUBLISHING[mode]) for _ in range(chance.randint(0, 3)))
    return Schedule(seed, mode, first, second)


def blow(chance: random.Random, calls: tuple[str, ...]) -> Blow:
    """One of the things that can go wrong around these calls."""
    kind, call = chance.choice(BLOWS), chance.choice(calls[1:] if chance.random() < 0.9 else calls)
    whom = chance.choice(("horse", "worker", "both"))
    when = chance.choice(("before", "during", "after"))
    if kind == "call":
        return Blow(kind, call, chance.choice(CALL_FAULTS))
    if kind == "killed in a call":
        late = {"kind": chance.choice(("timeout_before", "timeout_after")), "seconds": 0.4}
        return Blow(kind, call, late if when == "during" else {}, when=when, whom=whom)
    if kind == "killed at a note":
        number = chance.randint(1, 6)
        return Blow(kind, when=chance.choice(("before", "after")), number=number, whom=whom)
    return Blow(kind)
