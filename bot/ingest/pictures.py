"""The pictures of an issue: from wherever its editor says they are to names of our own.

An address is a file beside the report, a `data:image/…` text, or one on the web (`https://`). What
the platform holds already (`https://mmbiz.qpic.cn/`) stays where it is.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PureWindowsPath
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from bot.errors import IngestError, reason_of
from bot.ingest.proof.passage import parts, place_of
from bot.model import Issue, Picture, Problem, Section, Severity, Shapes
from bot.shape import Figure

LARGEST = 10_000_000  # bytes of a picture as it comes; a phone's photograph has four million
MOST = 50  # pictures of an issue; the platform takes about a thousand a day
_PLATFORM = re.compile(r"https?://(?=mmbiz\.qpic\.cn/)")
_DATA = re.compile(r"data:([^;,]*)([^,]*),", re.IGNORECASE)
_SHOWN = 60  # characters of an address in a sentence
_TOO_LARGE = ("超过 10 MB", "请把它缩小后再试")


@dataclass(frozen=True, slots=True)
class Gathered:
    """An issue calling its pictures by names of our own, these pictures, and what is wrong with others.

    A picture that cannot be had goes by its address, as far as that may be shown.
    """

    issue: Issue
    pictures: tuple[Picture, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Album:
    """Where an issue's pictures may come from, and what makes them fit for its readers.

    `folder` is the report's own. `fetch` gives the bytes of a web address and `fit` a picture the
    platform takes; both raise IngestError. `kept` knows the pictures that we have, by name.
    """

    folder: Path
    fetch: Callable[[str], bytes]
    fit: Callable[[str, bytes], Picture]
    kept: Callable[[str], Picture | None]

    def gather(self, issue: Issue) -> Gathered:
        """All its pictures that can be had, and what keeps the others from it."""
        places = _addresses(issue)
        if len(places) > MOST:
            too_many = Problem(
                Severity.ERROR,
                list(places.values())[MOST],
                f"图片超过 {MOST} 张",
                "请删去一些，或拆成几期",
            )
            return Gathered(renamed(issue, {each: shown(each) for each in places}), (), (too_many,))
        taken = {address: self._take(place, address) for address, place in places.items()}
        pictures = [each for each in taken.values() if isinstance(each, Picture)]
        return Gathered(
            renamed(issue, {address: _name(address, each) for address, each in taken.items()}),
            tuple({picture.name: picture for picture in pictures}.values()),
            tuple(each for each in taken.values() if isinstance(each, Problem)),
        )

    def _take(self, place: str, address: str) -> Picture | Problem | None:
        """The picture at an address; None if the platform holds it."""
        if _PLATFORM.match(address):
            return None
        try:
            return self.kept(address) or self.fit(shown(address), self._bytes(address))
        except IngestError as error:
            where = f"{place}的图片 {error.place}".rstrip()
            return Problem(Severity.ERROR, where, error.problem, error.remedy)

    def _bytes(self, address: str) -> bytes:
        if address.lower().startswith("https://"):
            return self.fetch(address)
        if address.lower().startswith("data:"):
            return read_data(address)
        if "://" in address or address.startswith("//"):
            raise IngestError(
                shown(address),
                "网上的图片只收 https:// 开头的",
                "请把它存到报告所在的文件夹，改写成文件名",
            )
        return read_beside(self.folder, address)


def shown(address: str) -> str:
    """An address as it may be printed: without what may be secret in it, and not too long."""
    if address.lower().startswith("data:"):
        return f"{address[5:].partition(',')[0].partition(';')[0][:_SHOWN]}（写在报告里的）"
    if "://" in address or address.startswith("//"):
        try:
            web = urlsplit(address)
        except ValueError:
            return ""
        address = f"{web.scheme}://{web.netloc.rpartition('@')[2]}{web.path}"
    return address if len(address) <= _SHOWN else f"{address[: _SHOWN - 1]}…"


def read_data(address: str) -> bytes:
    """The bytes of a `data:` address. Raises IngestError."""
    form = _DATA.match(address)
    if not form or not form[1].strip().lower().startswith("image/"):
        raise IngestError(shown(address), "不是图片", "请换成 JPG 或 PNG 图片")
    if len(address) > LARGEST * 3 // 2:
        raise IngestError(shown(address), *_TOO_LARGE)
    content = unquote_to_bytes(address[form.end() :])
    if "base64" not in form[2].lower():
        return content
    content = b"".join(content.split())
    try:
        return base64.b64decode(content + b"=" * (-len(content) % 4), validate=True)
    except binascii.Error as error:
        raise IngestError(
            shown(address), "不完整，读不出来", "请改成图片文件，和报告放在一起"
        ) from error


def read_beside(folder: Path, address: str) -> bytes:
    """The bytes of a file in the report's folder or below it. Raises IngestError."""
    written = PureWindowsPath(unquote(address))
    if written.anchor or ".." in written.parts:
        raise IngestError(
            shown(address),
            "不在报告所在的文件夹里（用了完整路径或“..”）",
            "请把图片复制到报告旁边，只写文件名",
        )
    try:
        return _read_inside(folder.resolve(), address)
    except (OSError, ValueError) as error:
        reason = reason_of(error) if isinstance(error, OSError) else "名字里有不能用的字符"
        raise IngestError(
            shown(address), f"打不开（{reason}）", "请检查文件名和权限后再试"
        ) from error


def _read_inside(folder: Path, address: str) -> bytes:
    plain = unquote(address)
    found = [
        path
        for name in (address, plain, plain.replace("\\", "/"))
        if (path := folder / name).is_file()
    ]
    if not found:
        raise IngestError(
            shown(address), "没有这个文件", "请把图片和报告放在同一个文件夹，并核对文件名"
        )
    path = found[0].resolve()
    if not path.is_relative_to(folder):
        raise IngestError(shown(address), "指向报告所在的文件夹之外", "请把图片本身复制到报告旁边")
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise IngestError(shown(address), *_TOO_LARGE)
    return data


def renamed(issue: Issue, names: Mapping[str, str]) -> Issue:
    """The issue with other addresses for its pictures; one that `names` does not know stays."""

    def shapes(old: Shapes) -> Shapes:
        return tuple(
            replace(each, address=names.get(each.address, each.address))
            if isinstance(each, Figure)
            else each
            for each in old
        )

    def section(old: Section) -> Section:
        below = tuple(map(section, old.subsections))
        return replace(old, shapes=shapes(old.shapes), subsections=below)

    return replace(issue, shapes=shapes(issue.shapes), sections=tuple(map(section, issue.sections)))


def _name(address: str, taken: Picture | Problem | None) -> str:
    match taken:
        case Picture(name):
            return name
        case Problem():
            return shown(address)
        case _:
            return _PLATFORM.sub("https://", address, count=1)


def _addresses(issue: Issue) -> dict[str, str]:
    """Where an editor finds each address first."""
    places: dict[str, str] = {}
    for place, figure in _figures(issue):
        places.setdefault(figure.address, place)
    return places


def _figures(issue: Issue) -> Iterator[tuple[str, Figure]]:
    passages = [("摘要", issue.shapes), *((place_of(each), each.shapes) for each in parts(issue))]
    for place, shapes in passages:
        for number, shape in enumerate(shapes, start=1):
            if isinstance(shape, Figure):
                yield f"{place}第 {number} 段", shape
