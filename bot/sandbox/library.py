"""The account's pictures and permanent materials, kept in memory."""

import hashlib
import secrets
from dataclasses import dataclass, field
from urllib.parse import urlsplit

IMAGE_KINDS = ("image", "thumb")


@dataclass(frozen=True, slots=True)
class Picture:
    """An uploaded picture; `form` is jpeg, png, gif or bmp; width and height are in pixels."""

    key: str
    data: bytes = field(repr=False)
    form: str
    width: int
    height: int

    @property
    def path(self) -> str:
        """Where the sandbox serves it."""
        return f"/mmbiz/{self.key}/0?wx_fmt={self.form}"


@dataclass(frozen=True, slots=True)
class Material:
    """A permanent material; `kind` is image, thumb, voice or video; `update_time` in Unix seconds."""

    media_id: str
    kind: str
    name: str
    digest: str
    update_time: int
    url: str = ""
    picture: Picture | None = None


class Library:
    """What was uploaded, and on which hosts the pictures were said to be."""

    def __init__(self) -> None:
        self.pictures: dict[str, Picture] = {}
        self.materials: dict[str, Material] = {}
        self.hosts: set[str] = set()
        self.body_images: set[str] = set()
        self._known: set[tuple[str, str]] = set()

    def keep(self, data: bytes, form: str, size: tuple[int, int]) -> Picture:
        """Store a picture's bytes once, under a name made from them."""
        key = hashlib.sha256(data).hexdigest()[:40]
        return self.pictures.setdefault(key, Picture(key, data, form, *size))

    def add(
        self,
        kind: str,
        name: str,
        data: bytes,
        at: float,
        *,
        picture: Picture | None = None,
        url: str = "",
    ) -> Material:
        """A new permanent material; the platform gives equal files different ids."""
        media_id = secrets.token_urlsafe(48)
        digest = hashlib.sha256(data).hexdigest()
        material = Material(media_id, kind, name, digest, int(at), url, picture)
        self.materials[media_id] = material
        return material

    def twice(self, use: str, data: bytes, *, heard: bool) -> bool:
        """Whether a caller that knows of an upload of these bytes for this use uploads them again.

        An upload whose answer was not heard may be repeated.
        """
        mark = (use, hashlib.sha256(data).hexdigest())
        known = mark in self._known
        if heard:
            self._known.add(mark)
        return known

    def remove(self, material: Material) -> None:
        """Delete a material; its bytes may then be uploaded anew."""
        del self.materials[material.media_id]
        self._known.discard(("material", material.digest))

    def image(self, media_id: str) -> Material | None:
        """A permanent image of this account, by its id."""
        material = self.materials.get(media_id)
        return material if material and material.kind in IMAGE_KINDS else None

    def count(self, kind: str) -> int:
        """How many materials there are of a kind; thumbs are images to the platform."""
        return sum(self._shown_as(material) == kind for material in self.materials.values())

    def of_kind(self, kind: str) -> list[Material]:
        """Materials of a kind, newest first."""
        found = [item for item in self.materials.values() if self._shown_as(item) == kind]
        return found[::-1]

    def picture_at(self, url: str) -> Picture | None:
        """The picture behind an address on the sandbox's own image host."""
        address = urlsplit(url)
        steps = address.path.split("/")
        if address.netloc not in self.hosts or steps[1:2] != ["mmbiz"]:
            return None
        return self.pictures.get(steps[2]) if len(steps) > 2 else None

    def is_article(self, url: str) -> bool:
        """Whether a link leads to an article of the platform, the only kind that drafts keep."""
        address = urlsplit(url)
        if address.scheme not in {"http", "https"}:
            return False
        own = address.netloc in self.hosts and address.path.startswith("/s/")
        return own or address.netloc == "mp.weixin.qq.com"

    @staticmethod
    def _shown_as(material: Material) -> str:
        return "image" if material.kind in IMAGE_KINDS else material.kind
