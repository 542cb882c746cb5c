"""What a check found."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARN = "warn"  # works, but not as one would wish, or not for long
    FAIL = "fail"  # something that is wanted does not work
    SKIP = "skip"  # not looked at, because of another failure


@dataclass(frozen=True, slots=True)
class Verdict:
    """One sentence for the operator; if anything is wrong, with what to do next."""

    grade: Grade
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A verdict with the name of its check, for programs and for people."""

    check: str
    title: str
    verdict: Verdict


def ok(text: str) -> Verdict:
    """All is well."""
    return Verdict(Grade.OK, text)


def warn(text: str) -> Verdict:
    """Something to see to."""
    return Verdict(Grade.WARN, text)


def fail(text: str) -> Verdict:
    """Something to see to now."""
    return Verdict(Grade.FAIL, text)


def worst(verdicts: Iterable[Verdict]) -> Grade:
    """The worst grade among them."""
    found = {each.grade for each in verdicts}
    return next((grade for grade in (Grade.FAIL, Grade.WARN) if grade in found), Grade.OK)
