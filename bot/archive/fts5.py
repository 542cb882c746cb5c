"""The index on SQLite: FTS5, contentless.

It keeps the streams' postings and nothing else. So a text leaves it only by way of the very stream
that it came in with, and an index made by other rules cannot be mended, only made anew.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, TextClause, text

from bot.archive.numbering import Numbers
from bot.archive.terms import Phrase, Term
from bot.archive.words import Streams
from bot.delivery import State

ALL, ANY = " AND ", " OR "
# Tokens between two near phrases: 人工X能 is 人工 工X X能 能, 人工能 is 人工 工能 能.
BETWEEN = 2

# `ascii` leaves every non-ASCII character alone, so the stream passes through as it is. With its
# own index of first characters, what begins with a frequent one is found in 0.2 ms instead of 11 at
# 100,000 sections, for three quarters more space.
_CREATE = """
    CREATE VIRTUAL TABLE {index}
    USING fts5(title, body, content='', tokenize='ascii', prefix='1')
"""
_ADD = "INSERT INTO {index}(rowid, title, body) VALUES (:id, :title, :body)"
_REMOVE = "INSERT INTO {index}({index}, rowid, title, body) VALUES ('delete', :id, :title, :body)"
# Searches hand these three to the driver as they are: SQLAlchemy's own way takes as long as some of them.
_COUNT = """
    SELECT count(*) FROM
    (SELECT rowid FROM section_index WHERE section_index MATCH :match LIMIT :at_most)
"""
# One row of all ids: between two rows the driver lets other threads in, and would wait for each.
_FIND = """
    SELECT group_concat(rowid) FROM (
        SELECT rowid FROM section_index
        WHERE section_index MATCH :match AND rowid BETWEEN :lowest AND :highest
        ORDER BY rowid DESC LIMIT :newest
    )
"""
_READ = """
    SELECT sections.id, sections.issue_id, sections.position,
        sections.folded_heading, sections.folded_body, sections.heading, sections.body,
        deliveries.state = :published
    FROM json_each(:ids) AS wanted
    CROSS JOIN sections ON sections.id = wanted.value
    LEFT JOIN deliveries
        ON deliveries.issue_id = sections.issue_id AND deliveries.account = :account
"""


def add(connection: Connection, sections: Sequence[Streams], *, new: bool = False) -> None:
    """Take in sections; `new` is the index that is being made to replace this one."""
    connection.execute(_named(_ADD, new=new), [_values(each) for each in sections])


def remove(connection: Connection, sections: Sequence[Streams], *, new: bool = False) -> None:
    """Take out exactly the streams that came in; other ones would leave ghosts behind."""
    connection.execute(_named(_REMOVE, new=new), [_values(each) for each in sections])


def _named(statement: str, *, new: bool) -> TextClause:
    return text(statement.format(index="section_index_new" if new else "section_index"))


def _values(section: Streams) -> dict[str, int | str]:
    title, body = " ".join(section.heading), " ".join(section.body)
    return {"id": section.section_id, "title": title, "body": body}


def begin_anew(connection: Connection) -> None:
    """Create an empty index beside the present one, in the place of one that was left half-made."""
    connection.execute(text("DROP TABLE IF EXISTS section_index_new"))
    connection.execute(_named(_CREATE, new=True))


def replace(connection: Connection) -> None:
    """Put the new index in the place of the present one."""
    connection.execute(text("DROP TABLE section_index"))
    connection.execute(text("ALTER TABLE section_index_new RENAME TO section_index"))


def count(connection: Connection, match: str, at_most: int) -> int:
    """How many sections match."""
    return int(
        connection.exec_driver_sql(_COUNT, {"match": match, "at_most": at_most}).scalar_one()
    )


def find(
    connection: Connection,
    match: str,
    newest: int,
    within: Numbers,
    *,
    but_not: str = "",
    in_heading: bool = False,
) -> list[int]:
    """The highest ids of matching sections, the highest first."""
    wanted = f"{{title}} : ({match})" if in_heading else f"({match})"
    unwanted = f" NOT ({but_not})" if but_not else ""
    values = {"match": wanted + unwanted, "newest": newest, **within._asdict()}
    found = connection.exec_driver_sql(_FIND, values).scalar_one()
    return sorted(map(int, found.split(",")), reverse=True) if found else []


def read(connection: Connection, ids: Sequence[int], account: str) -> Sequence[Row[Any]]:
    """Sections by id: the columns of `Candidate`, and whether the account has published them."""
    values = {"ids": json.dumps(ids), "account": account, "published": State.PUBLISHED}
    return connection.exec_driver_sql(_READ, values).all()


def expression(term: Term) -> str:
    """What holds a term. Tokens are letters, digits or characters, and none is an operator."""
    phrases = [_phrase(phrase) for phrase in term.phrases]
    if term.near:
        return f"NEAR({' '.join(phrases)}, {BETWEEN})"
    return joined(ALL, phrases)


def _phrase(phrase: Phrase) -> str:
    return f'"{" ".join(phrase.tokens)}"' + (" *" if phrase.prefix else "")


def joined(operator: str, parts: Iterable[str]) -> str:
    """Several expressions as one."""
    return f"({operator.join(parts)})"
