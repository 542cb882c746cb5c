"""Text as the index sees it: folded, then a stream of tokens that needs no dictionary.

A run of Chinese becomes its pairs of neighbours and its last character, `人工智能` →
`人工 工智 智能 能`, so that any part of it of two characters or more is a phrase of the stream.
Letters and digits come apart, so that `GPT4`, `GPT-4` and `GPT 4` are the same.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Self

# Written into the archive with the index; another version there means that it is indexed anew.
TOKENIZER_VERSION = "2"

# Ideographs, kana and Hangul; Latin with its odd letters, Greek and Cyrillic. As folded: lower case.
CHINESE = (
    "\u3005\u3007\u3041-\u3096\u30a1-\u30fa\u30fc-\u30fe\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
LETTER = "a-z\u00df-\u00f6\u00f8-\u024f\u0370-\u0373\u0376-\u037d\u0386-\u03ff\u0400-\u052f"

# Names that punctuation is part of, and the token each becomes.
NAMES = {"c++": "cpp", "c#": "csharp", "f#": "fsharp", ".net": "dotnet"}

LATIN = rf"c\+\+|[cf]#|\.net(?![{LETTER}])|[{LETTER}]+|[0-9]+"
RUN = re.compile(rf"{LATIN}|[{CHINESE}]+")
# Nobody asks for more of a word, and PostgreSQL takes no token above two kilobytes.
LONGEST_TOKEN = 64
# So much of a text is indexed, some fifty times a usual section: a tsvector is a megabyte at most.
LONGEST_TEXT = 60_000
_CHINESE_RUN = re.compile(rf"[{CHINESE}]+")


def is_chinese(run: str) -> bool:
    """Whether a run is one of characters, not of letters or of digits."""
    return _CHINESE_RUN.match(run) is not None


def run_tokens(run: str) -> list[str]:
    """The tokens of one run of a single script: pairs and the last character, or the word."""
    if is_chinese(run):
        return [run[start : start + 2] for start in range(len(run))]
    return [NAMES.get(run, run)[:LONGEST_TOKEN]]


class Streams(NamedTuple):
    """The tokens of a section, as the index takes them in."""

    section_id: int
    heading: list[str]
    body: list[str]


@dataclass(frozen=True, slots=True, eq=False)
class Folding:
    """Which character each character becomes, by code point."""

    table: Mapping[int, int] = field(repr=False)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read `fold.txt`: a line of characters, and below it what each of them becomes."""
        characters, becomes, _ = path.read_bytes().decode().split("\n")
        return cls(str.maketrans(characters, becomes))

    def fold(self, text: str) -> str:
        """Full width, upper case and traditional characters made plain; the length stays."""
        return text.translate(self.table)

    def tokens(self, text: str) -> list[str]:
        """The stream of a text, folded or not: about one token a character."""
        return list(self._tokens(text))

    def _tokens(self, text: str) -> Iterator[str]:
        for run in RUN.findall(self.fold(text[:LONGEST_TEXT])):
            yield from run_tokens(run)
