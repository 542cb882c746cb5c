"""The contents list beside the headings: it is typed or updated apart from them, and forgotten."""

from collections.abc import Iterator, Sequence

from bot.ingest.contents import ALIKE, likeness, title_key
from bot.ingest.number import read_mark
from bot.ingest.proof.passage import parts, place_of, warning
from bot.model import Issue, Problem, Section

# A list longer than this is no contents list; it is compared as far as that.
_MOST = 100
_REMEDY = "请核对目录和标题，改成一致"


def check_contents(issue: Issue, contents: Sequence[str]) -> Iterator[Problem]:
    """Entries that no heading has, headings that no entry has, and those that differ a little."""
    headings = {title_key(part.title): part for part in list(parts(issue))[:_MOST]}
    entries = {title_key(title): title for title in map(_title, contents[:_MOST])}
    if not entries:
        return
    same = headings.keys() & entries.keys()
    missing = [part for key, part in headings.items() if key not in same]
    surplus = [title for key, title in entries.items() if key not in same]
    pairs = _pairs(surplus, missing)
    if 2 * (len(same) + len(pairs)) < len(entries):
        yield warning("目录", "目录里的标题大多与正文对不上", "请更新目录")
        return
    for title, part in pairs:
        yield warning(f"{place_of(part)}标题", f"目录里写的是“{title}”", _REMEDY)
        surplus.remove(title)
        missing.remove(part)
    yield from _unmatched(surplus, missing, deep=_lists_parts(headings, entries))


def _title(entry: str) -> str:
    mark = read_mark(entry)
    return mark.title if mark and not mark.counts else entry.strip()


def _lists_parts(headings: dict[str, Section], entries: dict[str, str]) -> bool:
    """Whether the list names sub-sections; many name only the sections."""
    return any("." in part.number for key, part in headings.items() if key in entries)


def _pairs(titles: Sequence[str], missing: Sequence[Section]) -> list[tuple[str, Section]]:
    """Entries and headings that mean the same, and do not say quite the same."""
    pairs: list[tuple[str, Section]] = []
    free = list(missing)
    for title in titles:
        key = title_key(title)
        best = max(free, key=lambda part: likeness(key, title_key(part.title)), default=None)
        if best and likeness(key, title_key(best.title)) >= ALIKE:
            pairs.append((title, best))
            free.remove(best)
    return pairs


def _unmatched(
    surplus: Sequence[str], missing: Sequence[Section], *, deep: bool
) -> Iterator[Problem]:
    for title in surplus:
        yield warning("目录", f"正文里没有“{title}”这个标题", _REMEDY)
    for part in missing:
        if deep or "." not in part.number:
            yield warning(f"{place_of(part)}标题", "目录里没有这个标题", _REMEDY)
