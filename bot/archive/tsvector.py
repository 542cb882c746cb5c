"""The index on PostgreSQL: two tsvectors with a GIN index each, made from the same streams.

`whole` holds the heading and the body, a gap between them, so that no phrase spans both; `heading`
is there by itself because GIN keeps no weights. The streams are cast, not parsed: the parsers of
PostgreSQL have opinions about numbers.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, TextClause, text

from bot.archive.numbering import Numbers
from bot.archive.terms import Phrase, Term
from bot.archive.words import Streams
from bot.delivery import State

ALL, ANY = " & ", " | "
# From the end of a phrase to the beginning of one near it: 人工能 is 人工 工能 能, 人工X能 is
# 人工 工X X能 能.
APART = (2, 3)

# A tsvector keeps no higher position. What comes after begins anew: a phrase may then be found where
# there is none, which the text itself corrects, but none is missed.
POSITIONS = 16_383

_CREATE = """
    CREATE TABLE {index} (
        section_id integer PRIMARY KEY, heading tsvector NOT NULL, whole tsvector NOT NULL
    );
    CREATE INDEX {index}_heading ON {index} USING gin (heading);
    CREATE INDEX {index}_whole ON {index} USING gin (whole)
"""
_ADD = """
    INSERT INTO {index} (section_id, heading, whole)
    VALUES (:id, CAST(:heading AS tsvector), CAST(:whole AS tsvector))
"""
_REMOVE = "DELETE FROM {index} WHERE section_id = :id"
_REPLACE = """
    DROP TABLE section_index;
    ALTER TABLE section_index_new RENAME TO section_index;
    ALTER INDEX section_index_new_pkey RENAME TO section_index_pkey;
    ALTER INDEX section_index_new_heading RENAME TO section_index_heading;
    ALTER INDEX section_index_new_whole RENAME TO section_index_whole
"""
_COUNT = text("""
    SELECT count(*) FROM (
        SELECT 1 FROM section_index WHERE whole @@ CAST(:match AS tsquery) LIMIT :at_most
    ) AS found
""")
# All that match are collected first: asked for the newest few at once, the planner would walk
# backwards through everything there is.
_FIND = """
    WITH matching AS MATERIALIZED (
        SELECT section_id FROM section_index
        WHERE {column} @@ CAST(:match AS tsquery) {but_not}
    )
    SELECT section_id FROM matching WHERE section_id BETWEEN :lowest AND :highest
    ORDER BY section_id DESC LIMIT :newest
"""
_BUT_NOT = "AND NOT whole @@ CAST(:but_not AS tsquery)"
_FINDS = {
    (column, excludes): text(_FIND.format(column=column, but_not=_BUT_NOT if excludes else ""))
    for column in ("heading", "whole")
    for excludes in (False, True)
}
_READ = text("""
    SELECT sections.id, sections.issue_id, sections.position,
        sections.folded_heading, sections.folded_body, sections.heading, sections.body,
        deliveries.state = :published
    FROM sections
    LEFT JOIN deliveries
        ON deliveries.issue_id = sections.issue_id AND deliveries.account = :account
    WHERE sections.id = ANY(CAST(:ids AS integer[]))
""")


def add(connection: Connection, sections: Sequence[Streams], *, new: bool = False) -> None:
    """Take in sections; `new` is the index that is being made to replace this one."""
    connection.execute(_named(_ADD, new=new), [_values(each) for each in sections])


def remove(connection: Connection, sections: Sequence[Streams], *, new: bool = False) -> None:
    """Take out sections."""
    ids = [{"id": each.section_id} for each in sections]
    connection.execute(_named(_REMOVE, new=new), ids)


def _named(statement: str, *, new: bool) -> TextClause:
    return text(statement.format(index="section_index_new" if new else "section_index"))


def _values(section: Streams) -> dict[str, int | str]:
    gap = [""] if section.heading else []
    return {
        "id": section.section_id,
        "heading": tsvector(section.heading),
        "whole": tsvector([*section.heading, *gap, *section.body]),
    }


def tsvector(stream: Sequence[str]) -> str:
    """What PostgreSQL reads as those tokens at their places; an empty one takes a place only."""
    places: dict[str, list[str]] = {}
    for number, token in enumerate(stream):
        if token:
            places.setdefault(token, []).append(str(number % POSITIONS + 1))
    return " ".join(f"'{token}':{','.join(where)}" for token, where in places.items())


def begin_anew(connection: Connection) -> None:
    """Create an empty index beside the present one, in the place of one that was left half-made."""
    connection.execute(text("DROP TABLE IF EXISTS section_index_new"))
    connection.execute(_named(_CREATE, new=True))


def replace(connection: Connection) -> None:
    """Put the new index in the place of the present one."""
    connection.execute(text(_REPLACE))


def count(connection: Connection, match: str, at_most: int) -> int:
    """How many sections match."""
    return int(connection.execute(_COUNT, {"match": match, "at_most": at_most}).scalar_one())


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
    statement = _FINDS["heading" if in_heading else "whole", bool(but_not)]
    values = {"match": match, "newest": newest, **within._asdict()}
    values |= {"but_not": but_not} if but_not else {}
    return list(connection.execute(statement, values).scalars())


def read(connection: Connection, ids: Sequence[int], account: str) -> Sequence[Row[Any]]:
    """Sections by id: the columns of `Candidate`, and whether the account has published them."""
    values = {"ids": list(ids), "account": account, "published": State.PUBLISHED}
    return connection.execute(_READ, values).all()


def expression(term: Term) -> str:
    """What holds a term. Tokens are letters, digits or characters, and none is an operator."""
    phrases = [_phrase(phrase) for phrase in term.phrases]
    if term.near:
        return joined(ANY, (f" <{apart}> ".join(phrases) for apart in APART))
    return joined(ALL, phrases)


def _phrase(phrase: Phrase) -> str:
    tokens = [f"'{token}'" for token in phrase.tokens]
    return f"({' <-> '.join(tokens)}{':*' if phrase.prefix else ''})"


def joined(operator: str, parts: Iterable[str]) -> str:
    """Several expressions as one."""
    return f"({operator.join(parts)})"
