"""The texts of sections, kept in memory until the archive changes.

Followers ask about the same few hundred newest sections again and again; to read these takes longer
than to find them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import Connection

from bot.archive.index import index_of
from bot.archive.revision import revision_of

# Some thirty megabytes, two bytes each. The next search begins anew.
MOST_CHARACTERS = 12_000_000


class Candidate(NamedTuple):
    """A section that the index names; `heading` and `body` are folded, the others as written."""

    section_id: int
    issue_id: str
    position: int
    heading: str
    body: str
    written_heading: str
    written_body: str


@dataclass(slots=True)
class KeptTexts:
    """What has been read at a revision; None for what the account has not published."""

    revision: int
    account: str | None
    of: dict[int, Candidate | None] = field(default_factory=dict)
    characters: int = 0


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts that one search needs, and those that earlier ones have read."""

    connection: Connection
    kept: KeptTexts

    def of(self, ids: Sequence[int]) -> list[Candidate]:
        """Sections in that order, without those that the account has not published."""
        known = self.kept.of
        if missing := [each for each in ids if each not in known]:
            known.update(self._read(missing))
        return [one for each in ids if (one := known.get(each))]

    def _read(self, ids: Sequence[int]) -> dict[int, Candidate | None]:
        account = self.kept.account
        found: dict[int, Candidate | None] = dict.fromkeys(ids)
        for row in index_of(self.connection).read(self.connection, ids, account or ""):
            one = Candidate._make(row[:-1])
            found[one.section_id] = one if row[-1] or account is None else None
            self.kept.characters += len(one.body) + len(one.written_body)
        return found


def texts_now(connection: Connection, published_by: str | None, before: KeptTexts | None) -> Texts:
    """The archive's texts: those kept `before` if nothing has changed since."""
    revision = revision_of(connection)
    if (
        before
        and (before.revision, before.account) == (revision, published_by)
        and before.characters < MOST_CHARACTERS
    ):
        return Texts(connection, before)
    return Texts(connection, KeptTexts(revision, published_by))
