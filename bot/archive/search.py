"""A follower's words in, the sections that answer them out.

    1  every word, or what else it is called        or other endings of the Latin ones
    2  every word but those that only ask           有没有…的文章
    3  words cut up, or with one slip forgiven      马斯克火箭, 人工只能
    4  most of what was written, by weight          to be shown as similar only

The first step that finds something answers. The index names candidates (`candidates`), one function
orders them (`rank`), and the text itself is looked at again, so that nothing is shown that is not
there.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import Connection

from bot.archive.candidates import NEWEST, Candidates
from bot.archive.counts import Counts, Kept, counted_on
from bot.archive.likeness import SHORTEST, likeness
from bot.archive.mending import mended
from bot.archive.questions import strip_question
from bot.archive.rank import RECENCY, Ranked, rank, rank_by, rarest_of, rarity, weight_of
from bot.archive.sayings import Known
from bot.archive.snippet import found_sentence
from bot.archive.synonyms import Synonyms
from bot.archive.terms import (
    Group,
    Question,
    Term,
    Way,
    Word,
    halves,
    read_question,
    slips,
    term,
    thirds,
    units,
)
from bot.archive.texts import Candidate, KeptTexts, texts_now
from bot.archive.words import Folding

# What a similar section must hold of the words that the archive knows, by weight.
KNOWN_FLOOR = 0.6
# And of all that was written, where an unknown pair of characters weighs as if one section held
# it: 足球世界杯 does not ask about 世界.
WRITTEN_FLOOR = 0.35
# A run with several slips is looked for by so many of its rarest pairs.
MISSPELT_BY = 6


@dataclass(frozen=True, slots=True)
class Found:
    """A section that answers; `step`, 1 to 4, says how literally, and `sentence` why.

    `candidate` is the section itself and `terms` what was looked for in it, for who asks further.
    """

    section_id: int
    issue_id: str
    heading: str
    sentence: str
    step: int
    score: float
    candidate: Candidate | None = field(default=None, compare=False, repr=False)
    terms: tuple[Term, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class _Asked:
    """One search under way; `plain` is the question in the archive's words, without what only asks."""

    candidates: Candidates
    question: Question
    plain: Question
    counts: Counts
    today: date
    limit: int


class Search:
    """Finds sections. `recency` is by how much today's are worth more.

    `synonyms` are all that counted at the last look, `of_files` those that were given.
    """

    def __init__(
        self, folding: Folding, synonyms: Synonyms | None = None, recency: float = RECENCY
    ) -> None:
        self.folding = folding
        self.synonyms = self.of_files = synonyms or Synonyms()
        self._known = Known(self.of_files, folding.fold)
        self._recency = recency
        self._kept: Kept | None = None
        self._texts: KeptTexts | None = None

    def forget_counts(self) -> None:
        """Count anew: the archive has changed."""
        self._kept = None

    def find(
        self,
        connection: Connection,
        words: str,
        *,
        today: date,
        published_by: str | None,
        days: tuple[date, date] | None = None,
        limit: int = 10,
    ) -> list[Found]:
        """The issues that answer, best first, each with its best section.

        With `published_by`, an account, only issues that it has published; with `days`, only theirs.
        """
        question = read_question(self.folding.fold(words))
        if not question.words:
            return []
        texts = texts_now(connection, published_by, self._texts)
        self._texts = texts.kept
        self.synonyms = self._known.at(connection, texts.kept.revision)
        where = Candidates(connection, question.excluded, texts, days)
        asked = self._asked(where, question, today, limit)
        for step, groups in self._attempts(asked):
            if ranked := self._holding_all(asked, groups):
                return _told(ranked, groups, step)
        groups = [((unit,),) for unit in units(asked.plain.words) if asked.counts.of(unit)]
        ranked = self._similar(asked, groups) or self._misspelt(asked, groups)
        return _told(ranked, groups, 4)

    def _asked(self, where: Candidates, question: Question, today: date, limit: int) -> _Asked:
        counts = counted_on(where.connection, today, self._kept)
        self._kept = counts.kept

        def times(name: str) -> int:
            return counts.of(term(Word((name,))))

        said = [self.synonyms.as_said_here(word, times) for word in question.words]
        words = dict.fromkeys(word for wording in said for word in wording)
        plain = strip_question(replace(question, words=tuple(words)))
        return _Asked(where, question, plain, counts, today, limit)

    def _attempts(self, asked: _Asked) -> Iterator[tuple[int, list[Group]]]:
        """The wordings to try, each made only when those before it found nothing."""
        yield from self._wordings(asked.question, 1)
        if asked.plain != asked.question:
            yield from self._wordings(asked.plain, 2)
        for mend in (halves, slips, thirds):
            if groups := mended(asked.plain.words, mend, asked.counts):
                yield 3, groups

    def _wordings(self, question: Question, step: int) -> Iterator[tuple[int, list[Group]]]:
        """Each word or another name of it; then, if there are Latin ones, as the beginning of others."""
        exact = [self._wording(word) for word in question.words]
        yield step, exact
        begun = [self._wording(word, prefix=True) for word in question.words]
        if begun != exact:
            yield step, begun

    def _wording(self, word: Word, *, prefix: bool = False) -> Group:
        others = (_way(wording) for wording in self.synonyms.of(word))
        return ((term(word, prefix=prefix),), *others)

    def _holding_all(self, asked: _Asked, groups: Sequence[Group]) -> list[Ranked]:
        there = [[way for way in group if all(map(asked.counts.of, way))] for group in groups]
        if not all(there):
            return []
        groups = [tuple(ways) for ways in there]
        return self._ranked(asked, asked.candidates.holding_all(groups), groups, 1)

    def _similar(self, asked: _Asked, groups: Sequence[Group]) -> list[Ranked]:
        """What holds enough of the known words, if these are enough of what was written."""
        weights = asked.counts.weights(groups)
        known = weight_of(groups, weights)
        unknown = len(units(asked.plain.words)) - len(groups)
        written = known + unknown * rarity(1, asked.counts.total)
        needed = max(KNOWN_FLOOR * known, WRITTEN_FLOOR * written)
        if not groups or needed > known:
            return []
        found = asked.candidates.holding_any(rarest_of(weights, spare=known - needed))
        return self._ranked(asked, found, groups, needed / known)

    def _misspelt(self, asked: _Asked, groups: Sequence[Group]) -> list[Ranked]:
        """What says the one long run that was written with several slips."""
        (first, *others) = asked.plain.words
        if others or not groups or not first.is_chinese or len(first.runs[0]) < SHORTEST:
            return []
        weights = asked.counts.weights(groups)
        rarest = sorted(weights, key=lambda each: -weights[each])[:MISSPELT_BY]
        found = asked.candidates.holding_any(rarest, newest=NEWEST)

        def like(one: Candidate) -> float:
            return likeness(first.runs[0], f"{one.heading}\n{one.body}")

        return rank_by(found, like, limit=asked.limit)

    def _ranked(
        self, asked: _Asked, found: Sequence[Candidate], groups: Sequence[Group], share: float
    ) -> list[Ranked]:
        """In order, what holds at least that share of the groups' weight."""
        weights = asked.counts.weights(groups)
        needed = share * weight_of(groups, weights)
        return rank(
            found,
            groups,
            weights,
            needed=needed,
            today=asked.today,
            recency=self._recency,
            limit=asked.limit,
        )


def _way(wording: Sequence[Word]) -> Way:
    return tuple(map(term, wording))


def _told(ranked: Sequence[Ranked], groups: Sequence[Group], step: int) -> list[Found]:
    """What is shown of each section, cut from its text as the editors wrote it."""
    terms = dict.fromkeys(each for group in groups for way in group for each in way)
    return [_found(each, terms, step) for each in ranked]


def _found(ranked: Ranked, terms: Iterable[Term], step: int) -> Found:
    one = ranked.candidate
    return Found(
        section_id=one.section_id,
        issue_id=one.issue_id,
        heading=one.written_heading,
        sentence=found_sentence(one.written_heading, one.written_body, one.body, terms),
        step=step,
        score=ranked.score,
        candidate=one,
        terms=tuple(terms),
    )
