"""The sentences that editors are told without having asked, from `templates/reply/notices.toml`."""

import tomllib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from bot.reply.pieces import TEXT_BYTES, cut, plain, size

# Bytes that one value may take; a link is never cut, half of one is none.
VALUE_BYTES = 480
HEADLINE_BYTES = 120
PREVIEW, PUBLISHED_AT = "preview", "published_at"
LINKS = {"link": PREVIEW, "url": PUBLISHED_AT}
# After which sentences they come.
AFTER = {
    "url": frozenset({"published"}),
    "link": frozenset(
        {
            "ready",
            "ready_to_approve",
            "ready_to_press",
            "remind",
            "unapproved",
            "returned",
            "not_a_day",
            "missed",
        }
    ),
}
MORE = "…"


@dataclass(frozen=True, slots=True)
class Sentences:
    """The sentences by the kind of notice."""

    by_kind: Mapping[str, str]

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the shipped file."""
        return cls(tomllib.loads(path.read_text(encoding="utf-8")))

    def kinds(self) -> frozenset[str]:
        """What there is a sentence for."""
        return frozenset(self.by_kind) - set(LINKS.values())

    def text_of(self, kind: str, **values: str) -> str:
        """The sentence for a notice of that kind, filled in, within TEXT_BYTES.

        `link` and `url` come in lines of their own; what is not given is left out.
        """
        sentence = self.by_kind[kind]
        given = {name: _short(name, value) for name, value in values.items()}
        ends = [
            self.by_kind[piece].format_map({name: values[name]})
            for name, piece in LINKS.items()
            if values.get(name) and kind in AFTER[name]
        ]
        ending = "".join(f"\n{end}" for end in ends)
        said = sentence.format_map(defaultdict(str, given)).replace("《》", "")
        return _cut(said, TEXT_BYTES - size(ending)) + ending


def _short(name: str, value: str) -> str:
    # A reason ends with its own full stop or with none; the sentence goes on after it.
    flat = plain(" ".join(value.split())).rstrip("。；")
    return _cut(flat, HEADLINE_BYTES if name == "headline" else VALUE_BYTES)


def _cut(text: str, most: int) -> str:
    return text if size(text) <= most else cut(text, most - size(MORE)) + MORE
