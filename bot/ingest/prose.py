"""Runs of words: put together, trimmed, and as a paragraph's shape."""

from collections.abc import Sequence
from dataclasses import replace

from bot.ingest.sentence import are_two_words
from bot.shape import Prose, Run, Runs, merged, words_of


def appended(runs: Runs, more: Runs, *, broken: bool = False) -> Runs:
    """Two halves of a paragraph: Chinese without a space between them, Latin with one."""
    if not runs or not more:
        return runs or more
    between = "\n" if broken else ""
    if not broken and are_two_words(words_of(runs), words_of(more)[:1]):
        between = " "
    last, first = runs[-1], more[0]
    if not last.note and replace(last, text="") == replace(first, text="", note=""):
        return (*runs[:-1], replace(first, text=last.text + between + first.text), *more[1:])
    return merged((*runs, Run(between), *more))


def trimmed(runs: Sequence[Run]) -> Runs:
    """Without white space at either end."""
    words = words_of(tuple(runs))
    if words and not (words[0].isspace() or words[-1].isspace()):
        return merged(runs)
    kept = list(runs)
    while kept and not kept[0].note and not kept[0].text.strip():
        del kept[0]
    while kept and not kept[-1].note and not kept[-1].text.strip():
        del kept[-1]
    if kept:
        kept[0] = replace(kept[0], text=kept[0].text.lstrip())
        kept[-1] = replace(kept[-1], text=kept[-1].text.rstrip())
    return merged(kept)


def without_beginning(runs: Runs, length: int) -> Runs:
    """The runs but for their first so many characters, and white space after these."""
    kept: list[Run] = []
    for run in runs:
        kept.append(replace(run, text=run.text[length:]))
        length = max(length - len(run.text), 0)
    return trimmed([run for run in kept if run.text or run.note])


def is_marked(runs: Sequence[Run]) -> bool:
    """Whether the runs say more than their words do."""
    return any(run != Run(run.text) or "\n" in run.text for run in runs)


def prose(runs: Runs) -> Prose | None:
    """A paragraph's shape; None for plain words."""
    return Prose(runs) if is_marked(runs) else None
