"""A zip that is written to whoever reads it: a piece leaves as soon as it is there."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo


@dataclass(frozen=True, slots=True)
class Member:
    """A file in it. `packed`: it would not get smaller."""

    name: str
    moment: datetime
    chunks: Iterable[bytes]
    packed: bool = False


class _Outlet:
    """A file that only goes on: what was written is taken away by whoever reads."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """There is nothing behind it."""

    def take(self) -> bytes:
        """What was written since the last time."""
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


def zipped(members: Iterable[Member]) -> Iterator[bytes]:
    """The zip of these, none of which need be there before its turn."""
    outlet = _Outlet()
    with ZipFile(cast("IO[bytes]", outlet), "w") as pack:
        for member in members:
            info = ZipInfo(member.name, member.moment.timetuple()[:6])
            info.compress_type = ZIP_STORED if member.packed else ZIP_DEFLATED
            info.external_attr = 0o644 << 16  # as files that their owner may read
            with pack.open(info, "w") as file:
                for chunk in member.chunks:
                    file.write(chunk)
                    yield outlet.take()
            yield outlet.take()
    yield outlet.take()
