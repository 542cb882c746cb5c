"""Words that nothing holds, mended: cut up, or with one slip forgiven."""

from collections.abc import Callable, Sequence

from bot.archive.candidates import NEWEST
from bot.archive.counts import Counts
from bot.archive.terms import Group, Term, Way, Word, term, units


def mended(words: Sequence[Word], mend: Callable[[str], Group], counts: Counts) -> list[Group]:
    """The words, those that nothing holds mended; none where that does not help."""
    absent = {unit.pattern for unit in units(words) if not counts.of(unit)}
    groups = [_mended(word, mend, counts, absent) for word in words]
    as_they_were = [((term(word),),) for word in words]
    return groups if all(groups) and groups != as_they_were else []


def _mended(word: Word, mend: Callable[[str], Group], counts: Counts, absent: set[str]) -> Group:
    group: Group = ((term(word),),)
    if word.is_one_run and not _holds(group[0], counts, absent):
        group = tuple(tuple(_eased(each, counts) for each in way) for way in mend(word.runs[0]))
    return tuple(way for way in group if _holds(way, counts, absent))


def _holds(way: Way, counts: Counts, absent: set[str]) -> bool:
    """Whether there is something of each term; what is not there is `absent` in longer ones."""
    return all(_there(each, counts, absent) for each in way)


def _there(wanted: Term, counts: Counts, absent: set[str]) -> bool:
    if any(gone in wanted.pattern for gone in absent):
        return False
    if not counts.of(wanted):
        absent.add(wanted.pattern)
        return False
    return True


def _eased(wanted: Term, counts: Counts) -> Term:
    """A rare word finds a slip beside it; all that begins with 人 need not be collected too."""
    eased = wanted.without_beginnings
    return eased if eased is not wanted and counts.of(eased) <= NEWEST else wanted
