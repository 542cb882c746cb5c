"""The index kept in step with the sections, and made anew when the rules of the stream have changed.

A new index is made beside the present one, some sections at a time, and takes its place at the end:
meanwhile followers are answered from the present one, and who writes a section writes it to both.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, Engine, func, select, update

from bot.archive.database import reading, writing
from bot.archive.index import index_of
from bot.archive.tables import index_state, sections
from bot.archive.words import TOKENIZER_VERSION, Folding, Streams
from bot.errors import ArchiveBusy, ArchiveError

# Sections indexed in one transaction: another writer waits for about a tenth of a second.
BATCH = 200
BEFORE_ALL = -1
STALE = "搜索索引是按旧规则建的，搜不准。请运行 rikan db reindex"


class Unit(NamedTuple):
    """A section as written, as far as it is indexed."""

    id: int
    heading: str
    body: str


def add_to_index(connection: Connection, folding: Folding, units: Sequence[Unit]) -> None:
    """Make sections findable, in the transaction that writes their rows.

    Of very many matches those with the highest ids are looked at, so newer sections should have
    higher ids. Raises ArchiveError if the index was made by other rules.
    """
    index, streams = index_of(connection), _streams(folding, units)
    for new, each in _concerned(connection, streams):
        index.add(connection, each, new=new)


def take_from_index(connection: Connection, folding: Folding, units: Sequence[Unit]) -> None:
    """Take sections out, with the headings and bodies that they were indexed with."""
    index, streams = index_of(connection), _streams(folding, units)
    for new, each in _concerned(connection, streams):
        index.remove(connection, each, new=new)


def _streams(folding: Folding, units: Sequence[Unit]) -> list[Streams]:
    return [
        Streams(each.id, folding.tokens(each.heading), folding.tokens(each.body)) for each in units
    ]


def _concerned(
    connection: Connection, streams: list[Streams]
) -> Iterator[tuple[bool, list[Streams]]]:
    """What goes to the present index, and what to one that is being made and is past it already."""
    state = connection.execute(select(index_state)).one()
    if state.tokenizer != TOKENIZER_VERSION:
        raise ArchiveError(STALE)
    if state.rebuilding not in (None, TOKENIZER_VERSION):
        raise ArchiveBusy("搜索索引正在升级。请等 rikan db reindex 做完再试")
    if streams:
        yield False, streams
    if past := [each for each in streams if each.section_id <= (state.rebuilt_to or BEFORE_ALL)]:
        yield True, past


def is_current(engine: Engine) -> bool:
    """Whether the index was made by the rules that questions are read by."""
    with reading(engine) as connection:
        return connection.execute(select(index_state.c.tokenizer)).scalar() == TOKENIZER_VERSION


def require_current_index(engine: Engine) -> None:
    """Raise ArchiveError for an index made by other rules."""
    if not is_current(engine):
        raise ArchiveError(STALE)


def adopt_empty_index(connection: Connection) -> None:
    """An index that holds nothing yet is made anew at once."""
    stale = connection.execute(select(index_state.c.tokenizer)).scalar() != TOKENIZER_VERSION
    if stale and connection.execute(select(sections.c.id).limit(1)).first() is None:
        index = index_of(connection)
        index.begin_anew(connection)
        index.replace(connection)
        _note(connection, tokenizer=TOKENIZER_VERSION)


def reindex(engine: Engine, folding: Folding) -> Iterator[tuple[int, int]]:
    """Make the index anew; after each part, how many sections are done and how many there are.

    May be left and begun again at any time. Raises ArchiveBusy if somebody else begins one.
    """
    with writing(engine) as connection:
        index_of(connection).begin_anew(connection)
        _note(connection, rebuilding=TOKENIZER_VERSION, rebuilt_to=BEFORE_ALL)
        total = connection.execute(select(func.count()).select_from(sections)).scalar_one()
    done, last = 0, BEFORE_ALL
    while True:
        with writing(engine) as connection:
            _require_ours(connection, last)
            units = _after(connection, last)
            if not units:
                index_of(connection).replace(connection)
                _note(connection, tokenizer=TOKENIZER_VERSION, rebuilding=None, rebuilt_to=None)
                return
            index_of(connection).add(connection, _streams(folding, units), new=True)
            done, last = done + len(units), units[-1].id
            _note(connection, rebuilt_to=last)
        yield done, max(done, total)


def _after(connection: Connection, last: int) -> list[Unit]:
    query = select(sections.c.id, sections.c.heading, sections.c.body).where(sections.c.id > last)
    rows = connection.execute(query.order_by(sections.c.id).limit(BATCH))
    return [Unit(*row) for row in rows]


def _note(connection: Connection, **values: str | int | None) -> None:
    connection.execute(update(index_state).values(**values))


def _require_ours(connection: Connection, last: int) -> None:
    if connection.execute(select(index_state.c.rebuilt_to)).scalar() != last:
        raise ArchiveBusy("另一个 rikan db reindex 正在运行。请等它做完")
