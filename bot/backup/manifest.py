"""What a backup holds: a list of its members, each with its size and SHA-256, written last.

A backup is a zip. The tables are in it as rows of JSON, not as a database's own file: so it goes from SQLite
to PostgreSQL and back, and an older one is brought to the newest tables by the migrations.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from bot.errors import ArchiveError

FORMAT = "rikan backup 1"
NAME = "manifest.json"
FOLDERS = ("sources", "pictures", "covers")  # of the data folder; each file is named by its content
WORDING = "wording.toml"  # of the data folder: the editors' own sentences
TABLES, FOLLOWERS = "tables", "followers"
# Nothing else is read from a backup, whatever it holds: no member leads out of the folder.
MEMBER = re.compile(
    rf"(?:{TABLES}|{FOLLOWERS})/[a-z_]{{1,40}}\.jsonl"
    r"|(?:sources|covers)/[0-9a-f]{64}|pictures/[0-9a-f]{16}\.(?:jpg|png)"
    rf"|{re.escape(WORDING)}"
)
FOREIGN = "不是日刊的备份。请检查文件名"
DAMAGED = "备份已损坏（{}）。请换一份备份"


@dataclass(frozen=True, slots=True)
class Member:
    """One member: `size` in bytes, `digest` its SHA-256, `rows` how many a table has (0 for files)."""

    size: int
    digest: str
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Manifest:
    """`schema` is the migration that the tables are at, `program` the version that wrote them."""

    made_at: datetime
    program: str
    schema: str
    members: Mapping[str, Member]

    @property
    def files(self) -> list[str]:
        """The members that are files of the data folder."""
        return [name for name in self.members if name.split("/")[0] in (*FOLDERS, WORDING)]

    def tables(self, folder: str = TABLES) -> dict[str, Member]:
        """The tables by name, of the archive or of what followers sent."""
        found = {Path(name): member for name, member in self.members.items()}
        return {path.stem: each for path, each in found.items() if path.parent.name == folder}

    @property
    def size(self) -> int:
        """Bytes, unpacked."""
        return sum(member.size for member in self.members.values())

    def rows(self, table: str) -> int:
        """How many rows that table of the archive has."""
        return self.tables()[table].rows if table in self.tables() else 0

    def written(self) -> bytes:
        """As it stands in the backup."""
        plain = {
            "format": FORMAT,
            "made_at": self.made_at.isoformat(),
            "program": self.program,
            "schema": self.schema,
            "members": {name: asdict(member) for name, member in self.members.items()},
        }
        return json.dumps(plain, indent=1).encode()

    @classmethod
    def read(cls, data: bytes) -> Self:
        """The other way. Raises ArchiveError for anything else than what was written."""
        try:
            plain = json.loads(data)
            if plain["format"] != FORMAT:
                raise ArchiveError(FOREIGN)
            return cls(
                datetime.fromisoformat(plain["made_at"]),
                str(plain["program"]),
                str(plain["schema"]),
                {str(name): _member(name, of) for name, of in plain["members"].items()},
            )
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
            raise ArchiveError(FOREIGN) from None


def _member(name: str, plain: Mapping[str, Any]) -> Member:
    if not MEMBER.fullmatch(name):
        raise ArchiveError(DAMAGED.format("目录里有不认识的名字"))
    return Member(int(plain["size"]), str(plain["digest"]), int(plain["rows"]))
