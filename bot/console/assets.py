"""The style sheets and scripts of the console's pages, packed once, so that a page is light without a server in front.

The pages themselves are not packed: of an answer that holds what somebody sent and a form's token, the
length would tell the token (BREACH).
"""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from mimetypes import guess_type

from bot.resources import directory


@dataclass(frozen=True, slots=True)
class Asset:
    """A file: as it is, and as gzip. `mark` is another one as soon as the file is."""

    mimetype: str
    data: bytes
    packed: bytes
    mark: str


@cache
def assets() -> Mapping[str, Asset]:
    """All of them, by name."""
    files = (path for path in (directory("assets") / "console").iterdir() if path.is_file())
    return {path.name: _asset(path.name, path.read_bytes()) for path in files}


def _asset(name: str, data: bytes) -> Asset:
    mark = hashlib.sha256(data).hexdigest()[:8]
    kind, _ = guess_type(name)
    return Asset(kind or "text/plain", data, gzip.compress(data, mtime=0), mark)
