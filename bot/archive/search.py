"""A follower's words in, the sections that answer them out.

    1  every word                                   or other endings of the Latin ones
    2  every word but those that only ask           有没有…的文章
    3  words cut up, or with one slip forgiven      马斯克火箭, 人工只能
    4  most of what was written, by weight          to be shown as similar only

The first step that finds something answers. The index names candidates (`candidates`), one function
orders them (`rank`), and the text itself is looked at again, so that nothing is shown that is not
there.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection, select

from bot.archive import candidates
from bot.archive.questions import strip_question
from bot.archive.rank import Ranked, rank, rarest_of, rarity, weight_of
from bot.archive.snippet import found_sentence
from bot.archive.tables import sections
from bot.archive.terms import (
    Group,
    Question,
    Term,
    Way,
    halves,
    read_question,
    slips,
    term,
    thirds,
    units,
)
from bot.archive.words import Folding

# What a similar section must hold of the words that the archive knows, by weight.
KNOWN_FLOOR = 0.6
# And of all that was written, where an unknown pair of characters weighs as if one section held
# it: 足球世界杯 does not ask about 世界.
WRITTEN_FLOOR = 0.35
# How many counts are kept at most: followers write any number of different words.
MOST_COUNTS = 20_000


@dataclass(frozen=True, slots=True)
class Found:
    """A section that answers; `step`, 1 to 4, says how literally, and `sentence` why."""

    section_id: int
    issue_id: str
    heading: str
    sentence: str
    step: int
    score: float


@dataclass(frozen=True, slots=True)
class _Asked:
    """One search under way; `plain` is the question without the words that only ask."""

    connection: Connection
    question: Question
    plain: Question
    today: date
    published_by: str | None


@dataclass(frozen=True, slots=True)
class _Counts:
    """How many sections there are, and hold each term. Kept for a day: weights may be stale."""

    day: date | None = None
    total: int = 0
    of: dict[Term, int] = field(default_factory=dict)


class Search:
    """Finds sections, and keeps their index in step with the archive's rows."""

    def __init__(self, folding: Folding) -> None:
        self.folding = folding
        self._kept = _Counts()

    def index(self, connection: Connection, section_id: int, heading: str, body: str) -> None:
        """Make a section findable, in the transaction that writes its row.

        Of very many matches those with the highest ids are looked at, so newer sections should
        have higher ids.
        """
        stream = self.folding.stream
        candidates.add(connection, section_id, stream(heading), stream(body))
        self._kept = _Counts()

    def forget(self, connection: Connection, section_id: int, heading: str, body: str) -> None:
        """Take a section out, with the heading and the body that it was indexed with."""
        stream = self.folding.stream
        candidates.remove(connection, section_id, stream(heading), stream(body))
        self._kept = _Counts()

    def find(
        self,
        connection: Connection,
        words: str,
        *,
        today: date,
        published_by: str | None,
        limit: int = 10,
    ) -> list[Found]:
        """The issues that answer, best first, each with its best section.

        With `published_by`, an account, only issues that it has published.
        """
        question = read_question(self.folding.fold(words))
        if not question.words:
            return []
        plain = strip_question(question)
        asked = _Asked(connection, question, plain, today, published_by)
        for step, groups in self._attempts(asked):
            if ranked := self._holding_all(asked, groups):
                return _told(connection, ranked[:limit], groups, step)
        groups = [((unit,),) for unit in units(plain.words) if self._count(asked, unit)]
        return _told(connection, self._similar(asked, groups)[:limit], groups, 4)

    def _attempts(self, asked: _Asked) -> Iterator[tuple[int, list[Group]]]:
        """The wordings to try, each made only when those before it found nothing."""
        yield from _wordings(asked.question, 1)
        if asked.plain != asked.question:
            yield from _wordings(asked.plain, 2)
        for mend in (halves, slips, thirds):
            if groups := self._mended(asked, mend):
                yield 3, groups

    def _mended(self, asked: _Asked, mend: Callable[[str], Group]) -> list[Group]:
        """The words, those that nothing holds mended; none where that does not help."""
        absent = {unit.pattern for unit in units(asked.plain.words) if not self._count(asked, unit)}
        mended = []
        for word in asked.plain.words:
            group: Group = ((term(word),),)
            if word.is_chinese and not self._holds(asked, group[0], absent):
                group = mend(word.runs[0])
            mended.append(tuple(way for way in group if self._holds(asked, way, absent)))
        return mended if all(mended) and mended != _wanted(asked.plain) else []

    def _holds(self, asked: _Asked, way: Way, absent: set[str]) -> bool:
        """Whether there is something of each term; what is not there is `absent` in longer ones."""
        for each in way:
            if any(gone in each.pattern for gone in absent):
                return False
            if not self._count(asked, each):
                absent.add(each.pattern)
                return False
        return True

    def _holding_all(self, asked: _Asked, groups: Sequence[Group]) -> list[Ranked]:
        weights = self._weights(asked, groups)
        needed = weight_of(groups, weights)
        found = candidates.holding_all(
            asked.connection,
            groups,
            asked.question.excluded,
            published_by=asked.published_by,
        )
        return rank(found, groups, weights, needed=needed, today=asked.today)

    def _similar(self, asked: _Asked, groups: Sequence[Group]) -> list[Ranked]:
        """What holds enough of the known words, if these are enough of what was written."""
        weights = self._weights(asked, groups)
        known = weight_of(groups, weights)
        unknown = len(units(asked.plain.words)) - len(groups)
        written = known + unknown * rarity(1, self._counts(asked).total)
        needed = max(KNOWN_FLOOR * known, WRITTEN_FLOOR * written)
        if not groups or needed > known:
            return []
        found = candidates.holding_any(
            asked.connection,
            rarest_of(weights, spare=known - needed),
            asked.question.excluded,
            published_by=asked.published_by,
        )
        return rank(found, groups, weights, needed=needed, today=asked.today)

    def _weights(self, asked: _Asked, groups: Sequence[Group]) -> Mapping[Term, float]:
        """How rare each term is."""
        terms = dict.fromkeys(each for group in groups for way in group for each in way)
        total = self._counts(asked).total
        return {each: rarity(self._count(asked, each), total) for each in terms}

    def _count(self, asked: _Asked, wanted: Term) -> int:
        """Only what was found is remembered: a new word is known as soon as it is there."""
        known = self._counts(asked).of
        if count := known.get(wanted):
            return count
        if (count := candidates.count(asked.connection, wanted)) and len(known) < MOST_COUNTS:
            known[wanted] = count
        return count

    def _counts(self, asked: _Asked) -> _Counts:
        if self._kept.day != asked.today:
            self._kept = _Counts(asked.today, candidates.total(asked.connection))
        return self._kept


def _wanted(question: Question) -> list[Group]:
    return [((term(word),),) for word in question.words]


def _wordings(question: Question, step: int) -> Iterator[tuple[int, list[Group]]]:
    """Words as written; then, if there are Latin ones, also as the beginning of others."""
    exact = _wanted(question)
    yield step, exact
    begun: list[Group] = [((term(word, prefix=True),),) for word in question.words]
    if begun != exact:
        yield step, begun


def _told(
    connection: Connection, ranked: Sequence[Ranked], groups: Sequence[Group], step: int
) -> list[Found]:
    """What is shown of each section, cut from its text as the editors wrote it."""
    ids = [each.candidate.section_id for each in ranked]
    shown = select(sections.c.id, sections.c.heading, sections.c.body).where(sections.c.id.in_(ids))
    written = {row.id: row for row in connection.execute(shown)} if ids else {}
    terms = dict.fromkeys(each for group in groups for way in group for each in way)
    return [
        Found(
            section_id=one.candidate.section_id,
            issue_id=one.candidate.issue_id,
            heading=written[one.candidate.section_id].heading,
            sentence=found_sentence(
                written[one.candidate.section_id].heading,
                written[one.candidate.section_id].body,
                one.candidate.body,
                terms,
            ),
            step=step,
            score=one.score,
        )
        for one in ranked
    ]
