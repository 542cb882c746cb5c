"""What editors are told without having asked: the kinds, and what each is about."""

from collections.abc import Iterator
from enum import StrEnum

from bot.schedule.plan import Morning


class Told(StrEnum):
    """`kind` of a notice, by which its sentence is found."""

    MISSING = "missing"  # of a day: no issue yet
    MISSING_LATE = "missing_late"  # of a day: none at the time of publication either
    MISSED_DAY = "missed_day"  # of a day: none came until it was given up
    MISSED = "missed"  # of an issue: given up
    NO_CALENDAR = "no_calendar"  # of a day: the holidays of a year (`mark`) are not known
    READY = "ready"  # the draft is there, and will be published
    REMIND = "remind"  # the same; approval is lacking and publication is near
    UNAPPROVED = "unapproved"  # the same; its time has come
    PRESS = "press"  # the same; a person has to publish it in the console
    NOT_A_DAY = "not_a_day"  # the same, on a day without publication: by hand only
    RETURNED = "returned"  # the time of publication has come, and an editor's objection stands
    NOT_DRAFTED = "not_drafted"  # in spite of trying; tried further until it is given up
    NOT_PUBLISHED = "not_published"  # likewise
    STUCK = "stuck"  # begun, and nobody knows how it ended
    FAILED = "failed"  # the platform has said no; nothing more happens by itself
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


# What may still save the day's issue does not wait for the end of quiet hours.
URGENT = frozenset(
    {
        Told.MISSING_LATE,
        Told.UNAPPROVED,
        Told.PRESS,
        Told.RETURNED,
        Told.NOT_DRAFTED,
        Told.NOT_PUBLISHED,
        Told.STUCK,
        Told.FAILED,
    }
)
# A correction makes another draft, which is told of anew; so is each handing over.
OF_CONTENT = frozenset(
    {Told.READY, Told.REMIND, Told.UNAPPROVED, Told.PRESS, Told.NOT_A_DAY, Told.RETURNED}
)
OF_ATTEMPT = frozenset({Told.STUCK, Told.FAILED})


def told_of_day(morning: Morning, *, lacking: bool) -> Iterator[Told]:
    """What is to be told of a day, which may be `lacking` an issue, and of its year."""
    plan = morning.plan
    if morning.is_time_to_nag and plan.year_without_calendar(morning.day):
        yield Told.NO_CALENDAR
    if not lacking or not morning.expected:
        return
    if not morning.open:
        yield Told.MISSED_DAY
    elif morning.past(plan.publish_at):
        yield Told.MISSING_LATE
    elif morning.past(plan.missing_at):
        yield Told.MISSING
