"""The issues' pictures as their readers see them: the editors' own files may go."""

import re
from collections.abc import Callable
from pathlib import Path

from bot.archive.sources import write_whole
from bot.errors import ArchiveError, reason_of
from bot.model import Issue, Picture

NAME = re.compile(r"[0-9a-f]{16}\.(?:jpg|png)")


class Pictures:
    """A folder of pictures under the names that issues call them by.

    `measure` gives a picture's width and height in pixels.
    """

    def __init__(self, folder: Path, measure: Callable[[bytes], tuple[int, int]]) -> None:
        self.folder = folder
        self._measure = measure

    def keep(self, picture: Picture) -> None:
        """Keep a picture; one of that name stays as it is. Raises ArchiveError."""
        path = self.folder / picture.name
        try:
            if not path.exists():
                write_whole(path, picture.data)
        except OSError as error:
            raise ArchiveError(
                f"存不了图片 {picture.name}（{reason_of(error)}）。请检查 {self.folder} 的权限和磁盘空间"
            ) from error

    def read(self, name: str) -> Picture | None:
        """The picture kept under that name; None where there is none. Raises ArchiveError."""
        if not NAME.fullmatch(name):
            return None
        try:
            data = (self.folder / name).read_bytes()
            return Picture(name, data, *self._measure(data))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ArchiveError(
                f"图片 {name} 读不了（{reason_of(error)}）。请检查 {self.folder} 的权限"
            ) from error

    def of(self, issue: Issue) -> tuple[Picture, ...]:
        """The pictures of an archived issue, each once. Raises ArchiveError for one that is lost."""
        names = dict.fromkeys(figure.address for figure in issue.figures)
        return tuple(self._kept(issue.id, name) for name in names if NAME.fullmatch(name))

    def _kept(self, issue_id: str, name: str) -> Picture:
        if picture := self.read(name):
            return picture
        raise ArchiveError(
            f"{issue_id} 的图片 {name} 不在 {self.folder} 里。请从备份里恢复，或用 rikan add --replace 重新存入这一期"
        )
