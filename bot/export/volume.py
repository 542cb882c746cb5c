"""The whole archive as one zip, written while it is read: it never lies in memory, nor on the disk.

Markdown/2026-06-13 标题.md     opens again with `rikan add`; its pictures lie beside it
原件/2026-06-13 报告.docx       the editors' file as it came
index.csv                       what there is, one issue a line
"""

import csv
from collections.abc import Generator, Iterator
from datetime import datetime
from functools import partial
from io import StringIO
from pathlib import Path

from bot.archive.holdings import Holdings, Kept
from bot.archive.pictures import NAME
from bot.delivery import STATE_NAMES
from bot.export.names import file_name, safe, safe_suffix
from bot.export.zipping import Member, zipped
from bot.ingest.markdown import write_markdown
from bot.services import SHANGHAI, Services

TEXTS, SOURCES, INDEX = "Markdown", "原件", "index.csv"
HEAD = ("日期", "期次", "标题", "状态", "文章地址", "Markdown", "原件", "说明")
# A spreadsheet takes a cell that begins with one of these for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
CHUNK = 256 * 1024  # bytes
PACKED = frozenset({".pdf", ".docx", ".jpg", ".png"})  # packed already


def name_of_volume(services: Services) -> str:
    """`日报 存档 2026-06-13.zip`."""
    title = safe(services.config.newsletter.title)
    return f"{title} 存档 {services.now().date()}.zip".strip()


def volume(services: Services) -> Iterator[bytes]:
    """The zip, piece by piece. Raises ArchiveError on the way."""
    return zipped(_members(services))


def _members(services: Services) -> Iterator[Member]:
    lines: list[tuple[str, ...]] = [HEAD]
    written: set[str] = set()
    holdings = Holdings(services.archive.engine, services.archive.account)
    for kept in holdings.all():
        moment = kept.added_at.astimezone(SHANGHAI)
        text = f"{TEXTS}/{file_name(kept.issue.id, kept.issue.headline, '.md')}"
        yield Member(text, moment, iter([write_markdown(kept.issue).encode()]))
        lost = yield from _pictures(services, kept, moment, written)
        source = yield from _source(services, kept, moment)
        lines.append(_line(kept, text, source, lost))
    yield Member(INDEX, services.now(), iter([_table(lines)]))


def _pictures(
    services: Services, kept: Kept, moment: datetime, written: set[str]
) -> Generator[Member, None, list[str]]:
    """Its pictures, each once in the whole zip; the names of those that are lost."""
    lost = []
    for name in dict.fromkeys(figure.address for figure in kept.issue.figures):
        if not NAME.fullmatch(name) or name in written:
            continue
        if picture := services.pictures.read(name):
            written.add(name)
            yield Member(f"{TEXTS}/{name}", moment, iter([picture.data]), packed=True)
        else:
            lost.append(name)
    return lost


def _source(services: Services, kept: Kept, moment: datetime) -> Generator[Member, None, str]:
    """The editors' file; its place in the zip, or nothing where it is not kept any more."""
    path = services.sources.path(kept.source_digest)
    given = Path(kept.source_name)
    title, suffix = given.stem.removeprefix(kept.issue.id), safe_suffix(given.suffix)
    name = f"{SOURCES}/{file_name(kept.issue.id, title or '报告', suffix)}"
    try:
        file = path.open("rb")
    except OSError:
        return ""
    with file:
        chunks = iter(partial(file.read, CHUNK), b"")
        yield Member(name, moment, chunks, packed=suffix.lower() in PACKED)
    return name


def _line(kept: Kept, text: str, source: str, lost: list[str]) -> tuple[str, ...]:
    entry = kept.entry
    remarks = [f"缺图片 {'、'.join(lost)}"] if lost else []
    remarks += [] if source else ["原件没有保存"]
    return (
        entry.day.isoformat(),
        entry.issue_id,
        entry.headline,
        STATE_NAMES[entry.state],
        entry.url,
        text,
        source,
        "；".join(remarks),
    )


def _table(lines: list[tuple[str, ...]]) -> bytes:
    """For a spreadsheet: with the mark by which it knows UTF-8, and no formulas."""
    file = StringIO()
    csv.writer(file).writerows([[_cell(each) for each in line] for line in lines])
    return file.getvalue().encode("utf-8-sig")


def _cell(words: str) -> str:
    return f"'{words}" if words.startswith(FORMULA) else words
