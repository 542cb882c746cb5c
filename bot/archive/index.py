"""What is asked of a database's own index."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import Connection, Row

from bot.archive import fts5, tsvector
from bot.archive.numbering import Numbers
from bot.archive.terms import Term
from bot.archive.words import Streams


class Index(Protocol):
    """What a database's own index can do; see `fts5` and `tsvector`."""

    ALL: str
    ANY: str

    def add(
        self, connection: Connection, sections: Sequence[Streams], *, new: bool = False
    ) -> None: ...
    def remove(
        self, connection: Connection, sections: Sequence[Streams], *, new: bool = False
    ) -> None: ...
    def begin_anew(self, connection: Connection) -> None: ...
    def replace(self, connection: Connection) -> None: ...
    def count(self, connection: Connection, match: str, at_most: int) -> int: ...
    def find(
        self,
        connection: Connection,
        match: str,
        newest: int,
        within: Numbers,
        *,
        but_not: str = "",
        in_heading: bool = False,
    ) -> list[int]: ...
    def read(
        self, connection: Connection, ids: Sequence[int], account: str
    ) -> Sequence[Row[Any]]: ...
    def expression(self, term: Term) -> str: ...
    def joined(self, operator: str, parts: Iterable[str]) -> str: ...


INDEXES: Mapping[str, Index] = {"sqlite": fts5, "postgresql": tsvector}


def index_of(connection: Connection) -> Index:
    """The index of the database at the other end."""
    return INDEXES[connection.dialect.name]
