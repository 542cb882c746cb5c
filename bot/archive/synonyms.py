"""Other names of the same thing. Only questions know them, so an edit needs no new index."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from bot.archive.terms import Word, read_words
from bot.errors import ConfigError, reason_of

# Of a run that names many things only so many other wordings are tried.
MOST = 6
# A single character is part of too many words.
SHORTEST = 2
# A name is put in the place of another that the archive holds less than a tenth as often.
RARER = 10

_COMMENT = re.compile(r"(?:^|\s)#.*")
_Wording = tuple[Word, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Synonyms:
    """By a folded name: what else it is called, and what it is called here."""

    same: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    here: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def load(cls, paths: list[Path], fold: Callable[[str], str]) -> Self:
        """Read files of lines such as `AI = 人工智能` and `软体 > 软件`. Raises ConfigError."""
        same: dict[str, tuple[str, ...]] = {}
        here: dict[str, str] = {}
        for path in paths:
            for number, line in enumerate(_read(path).splitlines(), start=1):
                told = fold(_COMMENT.sub("", line)).strip()
                if told:
                    _take_in(told, same, here, f"{path} 第 {number} 行")
        return cls(same, here)

    def and_also(self, lines: Iterable[str], fold: Callable[[str], str]) -> "Synonyms":
        """These and the lines; one that cannot be read is left out."""
        same, here = dict(self.same), dict(self.here)
        for line in lines:
            with suppress(ConfigError):
                _take_in(fold(line), same, here, line)
        return Synonyms(same, here)

    def of(self, word: Word) -> Iterator[_Wording]:
        """Other wordings of a word: the whole of it, or one name in it, called otherwise."""
        if word.quoted:
            return
        written = "".join(word.runs)
        if not word.is_chinese:
            yield from map(read_words, self.same.get(written, ()))
            return
        for _, (start, end) in zip(range(MOST), _names(written, self.same), strict=False):
            for other in self.same[written[start:end]]:
                yield read_words(f"{written[:start]}{other}{written[end:]}")

    def as_said_here(self, word: Word, count: Callable[[str], int]) -> _Wording:
        """The word with names of elsewhere replaced that the archive, by `count`, hardly knows."""
        if not word.is_chinese:
            return (word,)
        written, said, last = word.runs[0], "", 0
        for start, end in _names(written, self.here):
            there, here = written[start:end], self.here[written[start:end]]
            if count(there) * RARER < count(here):
                said, last = f"{said}{written[last:start]}{here}", end
        return read_words(said + written[last:]) if said else (word,)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigError(
            f"读不了同义词 {path}（{reason_of(error)}）。请检查设置 search.synonyms"
        ) from None
    except UnicodeDecodeError:
        raise ConfigError(f"同义词 {path} 不是 UTF-8 文本。请用 UTF-8 编码另存") from None


def _take_in(told: str, same: dict[str, tuple[str, ...]], here: dict[str, str], place: str) -> None:
    sign = ">" if ">" in told else "="
    names = [name.strip() for name in told.split(sign)]
    if len(names) < 2 or not all(map(read_words, names)) or (sign == ">" and len(names) > 2):
        raise ConfigError(f"{place}不是“甲 = 乙”或“甲 > 乙”。请改正或删去这一行")
    if sign == ">":
        here[names[0]] = names[1]
        return
    for name in names:
        key = "".join(run for word in read_words(name) for run in word.runs)
        others = [other for other in names if other != name]
        same[key] = tuple(dict.fromkeys([*same.get(key, ()), *others]))


def _names(run: str, known: Mapping[str, object]) -> Iterator[tuple[int, int]]:
    """Where known names stand in a run, the longest at each place, none over another."""
    longest = max(map(len, known), default=0)
    start = 0
    while start < len(run):
        ends = range(min(len(run), start + longest), start + SHORTEST - 1, -1)
        end = next((end for end in ends if run[start:end] in known), None)
        if end:
            yield start, end
        start = end or start + 1
