"""What was found, where in the report it comes from, and what to do about it."""

from dataclasses import dataclass, replace

from bot.model import Problem, Severity


@dataclass(frozen=True, slots=True)
class Finding(Problem):
    """`place` is the editor's: `第 1.2 节第 3 段`. `rule` is for programs: `dark-contrast`."""

    rule: str


def gathered(findings: list[Finding]) -> tuple[Finding, ...]:
    """Errors first; what is found again elsewhere is told once, with how often."""
    alike: dict[tuple[str, str], list[Finding]] = {}
    for each in findings:
        alike.setdefault((each.rule, each.text), []).append(each)
    told = [_with_count(group) for group in alike.values()]
    return tuple(sorted(told, key=lambda each: each.severity is not Severity.ERROR))


def _with_count(group: list[Finding]) -> Finding:
    first, places = group[0], len({each.place for each in group})
    return first if places == 1 else replace(first, place=f"{first.place}等 {places} 处")
