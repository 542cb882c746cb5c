"""An invented press: as many issues as wanted, and questions whose answers are known.

Clauses of the samples are cut and joined anew with invented names and other numbers, so that every
section says something of its own in the samples' language.
"""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from tests.shelf import folding, samples

NEWEST = date(2026, 6, 13)
NAMES = 6000
SECTIONS = 10  # of an issue
# A name that more issues hold does not ask for one of them.
MOST_ISSUES = 20

TRADITIONAL = frozenset(
    "數據經濟產業發電機會國際務資訊體認證們區網絡軟開進實價專構該應術華億萬東車"
)
_CHINESE = re.compile(r"[一-鿿]+")
_OTHER_FORM = {
    chr(simple): chr(code) for code, simple in folding.table.items() if chr(code) in TRADITIONAL
}


@dataclass(frozen=True, slots=True)
class Written:
    """An invented section, and the names in it."""

    heading: str
    body: str
    names: tuple[str, ...]


class Press:
    """Writes issues; the same seed writes the same."""

    def __init__(self, seed: int = 7) -> None:
        self.chance = random.Random(seed)
        units = [unit for _, issue in samples() for unit in issue]
        bodies = "\n".join(body for _, body in units)
        self._clauses = [each for each in re.findall(r"[^，。；：、\n]+", bodies) if len(each) > 7]
        self._headings = [each for head, _ in units for each in re.findall(r"[^：，、]{4,}", head)]
        characters = "".join(_CHINESE.findall(bodies))
        self._names = [self._name(characters) for _ in range(NAMES)]
        # A few names are on everybody's lips, most are seldom heard.
        self._fame = [1 / (place + 10) for place in range(NAMES)]

    def _name(self, characters: str) -> str:
        if self.chance.random() < 0.15:
            letters = self.chance.choices("abcdefghiklmnoprstuvxyz", k=self.chance.randint(3, 7))
            return "".join(letters).capitalize() + self.chance.choice(["", "", "-3", "2.0", " 7"])
        return "".join(self.chance.choices(characters, k=self.chance.choice([2, 2, 3, 3, 4])))

    def issues(self, wanted: int) -> Iterator[tuple[date, list[Written]]]:
        """The oldest first."""
        for age in reversed(range(wanted)):
            yield NEWEST - timedelta(days=age), [self._section() for _ in range(SECTIONS)]

    def _section(self) -> Written:
        names = self.chance.choices(self._names, self._fame, k=self.chance.randint(3, 8))
        parts = [self._clause(name) for name in names for _ in range(self.chance.randint(1, 3))]
        self.chance.shuffle(parts)
        body = "".join(part + self.chance.choice("，，，。；") for part in parts)
        heading = f"{names[0]}{self.chance.choice(self._headings)}"
        return Written(heading, f"{body[:-1]}。", tuple(dict.fromkeys(names)))

    def _clause(self, name: str) -> str:
        one, other = self.chance.choices(self._clauses, k=2)
        before, after = one[: self.chance.randint(3, 8)], other[-self.chance.randint(3, 8) :]
        numbered = re.sub(r"\d", lambda _: str(self.chance.randint(0, 9)), after)
        return f"{before}{name}{numbered}"


@dataclass(frozen=True, slots=True)
class Known:
    """A question, and the issue that a follower had in mind."""

    kind: str
    words: str
    issue_id: str


class Readers:
    """Ask for what they have read, as followers do: see `KINDS`."""

    def __init__(self, issues: Sequence[tuple[date, Sequence[Written]]], seed: int = 11) -> None:
        self.chance = random.Random(seed)
        self._read = [(day.isoformat(), each) for day, issue in issues for each in issue]
        self._texts = [
            folding.fold("\n".join(f"{each.heading}\n{each.body}" for each in issue))
            for _, issue in issues
        ]

    def questions(self, of_each: int) -> Iterator[Known]:
        """So many of each kind."""
        for kind, ask in KINDS.items():
            asked = ((ask(self, each), issue_id) for issue_id, each in self._endlessly())
            known = (Known(kind, words, issue_id) for words, issue_id in asked if words)
            yield from islice(known, of_each)

    def _endlessly(self) -> Iterator[tuple[str, Written]]:
        while True:
            yield self.chance.choice(self._read)

    def _tells_apart(self, *parts: str) -> bool:
        folded = [folding.fold(part) for part in parts]
        holding = (all(part in text for part in folded) for text in self._texts)
        return sum(islice(filter(None, holding), MOST_ISSUES + 1)) <= MOST_ISSUES

    def _phrase(self, text: str) -> str:
        runs = [run for run in _CHINESE.findall(text) if len(run) > 3]
        if not runs:
            return ""
        run = self.chance.choice(runs)
        length = self.chance.randint(4, min(10, len(run)))
        start = self.chance.randint(0, len(run) - length)
        phrase = run[start : start + length]
        return phrase if self._tells_apart(phrase) else ""

    def of_the_heading(self, read: Written) -> str:
        return self._phrase(read.heading)

    def of_the_body(self, read: Written) -> str:
        return self._phrase(read.body)

    def names(self, read: Written) -> str:
        if len(read.names) < 2:
            return ""
        chosen = self.chance.sample(read.names, 2)
        return " ".join(chosen) if self._tells_apart(*chosen) else ""

    def glued_names(self, read: Written) -> str:
        glued = self.names(read).replace(" ", "")
        return "" if glued in read.heading + read.body else glued

    def in_other_characters(self, read: Written) -> str:
        phrase = self._phrase(read.body)
        if self.chance.random() < 0.5:
            return "".join(_OTHER_FORM.get(sign, sign) for sign in phrase)
        name = self.chance.choice(read.names)
        wide = "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in name)
        return f"{wide}　{phrase}" if phrase else ""

    def with_one_wrong(self, read: Written) -> str:
        phrase = self._phrase(read.body)
        place = self.chance.randrange(len(phrase)) if phrase else 0
        return phrase and f"{phrase[:place]}{self.chance.choice(WRONG)}{phrase[place + 1 :]}"

    def as_a_question(self, read: Written) -> str:
        phrase = self._phrase(read.body)
        return phrase and self.chance.choice(QUESTIONS).format(phrase)


WRONG = (
    "的一是不了人我在有他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可"
)
QUESTIONS = (
    "有没有关于{}的文章",
    "{}是什么",
    "什么是{}？",
    "请问{}怎么样了",
    "最近的{}情况",
    "想了解一下{}",
    "{}有哪些进展吗",
)
KINDS: dict[str, Callable[[Readers, Written], str]] = {
    "heading": Readers.of_the_heading,
    "body": Readers.of_the_body,
    "names": Readers.names,
    "glued": Readers.glued_names,
    "characters": Readers.in_other_characters,
    "typo": Readers.with_one_wrong,
    "question": Readers.as_a_question,
}
