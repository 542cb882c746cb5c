"""The newsletter's nouns, from the issue to its delivery. Frozen values that know nothing of files, databases or networks."""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Self

from bot.shape import Figure, Shape, from_plain, plain

Shapes = tuple[Shape | None, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """One line of 参考文献: as it stood (`text`), and what could be read out of it.

    `date` is as precise as given: `2026`, `2026-06` or `2026-06-08`.
    """

    text: str
    url: str = ""
    source: str = ""
    title: str = ""
    date: str = ""
    note: str = ""

    def structure(self) -> dict[str, str]:
        """The fields that say something, in the order of `tests/issues/structure`."""
        fields = ("text", "url", "source", "title", "date", "note")
        return {name: value for name in fields if (value := getattr(self, name))}


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered part of an issue: `1`, or `1.2` for a sub-section (which has none of its own).

    `shapes` has one entry for each paragraph, null where plain words are all there is; or none at all.
    """

    number: str
    title: str
    paragraphs: tuple[str, ...] = ()
    subsections: tuple["Section", ...] = ()
    shapes: Shapes = ()

    def structure(self) -> dict[str, Any]:
        """As in `tests/issues/structure`: a sub-section does not name its (absent) sub-sections."""
        values: dict[str, Any] = {
            "number": self.number,
            "title": self.title,
            "paragraphs": list(self.paragraphs),
        }
        if "." not in self.number:
            values["subsections"] = [part.structure() for part in self.subsections]
        return values

    def record(self) -> dict[str, Any]:
        """All there is to keep: the structure, and the shapes where there are any."""
        values = self.structure()
        if self.subsections:
            values["subsections"] = [part.record() for part in self.subsections]
        return values | _plain_shapes(self.shapes)

    @classmethod
    def from_record(cls, values: dict[str, Any]) -> Self:
        """The inverse of `record`, and of `structure`."""
        return cls(
            number=values["number"],
            title=values["title"],
            paragraphs=tuple(values["paragraphs"]),
            subsections=tuple(cls.from_record(part) for part in values.get("subsections", ())),
            shapes=_shapes(values),
        )


def _plain_shapes(shapes: Shapes) -> dict[str, Any]:
    return {"shapes": [each and plain(each) for each in shapes]} if any(shapes) else {}


def _shapes(values: dict[str, Any]) -> Shapes:
    return tuple(each and from_plain(each) for each in values.get("shapes", ()))


@dataclass(frozen=True, slots=True)
class Issue:
    """One day's newsletter as the editors wrote it.

    `shapes` belong to the lines of `summary`, as a section's to its paragraphs.
    """

    title: str
    organisation: str
    partners: str
    date: date
    summary: str
    sections: tuple[Section, ...]
    references: tuple[Reference, ...] = ()
    edition: int = 1
    shapes: Shapes = ()

    @property
    def id(self) -> str:
        """`2026-06-13`; a second edition of the day is `2026-06-13-2`."""
        return self.date.isoformat() + (f"-{self.edition}" if self.edition > 1 else "")

    @property
    def name(self) -> str:
        """What readers see as the article's title: `新质生产力每日动态 | 6月13日`.

        The platform allows 32 characters and is reported to refuse more than about 64 bytes.
        """
        return f"{self.title} | {self.date.month}月{self.date.day}日"

    @property
    def headline(self) -> str:
        """What the day was about: its first section's title."""
        return self.sections[0].title

    def structure(self) -> dict[str, Any]:
        """Plain values for JSON, in the shape of `tests/issues/structure`."""
        return {
            "title": self.title,
            "organisation": self.organisation,
            "partners": self.partners,
            "date": self.date.isoformat(),
            "summary": self.summary,
            "sections": [section.structure() for section in self.sections],
            "references": [reference.structure() for reference in self.references],
        }

    def record(self) -> dict[str, Any]:
        """All there is to keep: the structure, and the shapes where there are any."""
        values = self.structure() | {"sections": [section.record() for section in self.sections]}
        return values | _plain_shapes(self.shapes)

    @classmethod
    def from_record(cls, values: dict[str, Any], edition: int = 1) -> Self:
        """The inverse of `record`, and of `structure`; the edition is not part of either."""
        return cls(
            title=values["title"],
            organisation=values["organisation"],
            partners=values["partners"],
            date=date.fromisoformat(values["date"]),
            summary=values["summary"],
            sections=tuple(Section.from_record(section) for section in values["sections"]),
            references=tuple(Reference(**reference) for reference in values["references"]),
            edition=edition,
            shapes=_shapes(values),
        )

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Its pictures, in the order in which readers meet them."""
        parts = [part for section in self.sections for part in (section, *section.subsections)]
        shapes = (*self.shapes, *(shape for part in parts for shape in part.shapes))
        return tuple(shape for shape in shapes if isinstance(shape, Figure))


ISSUE_ID = re.compile(r"\d{4}-\d\d-\d\d(-\d{1,2})?")


def is_issue_id(text: str) -> bool:
    """Whether `text` has the form of an issue's ID (there may be no such issue)."""
    return ISSUE_ID.fullmatch(text) is not None


class Severity(StrEnum):
    """An error keeps an issue out of the archive; a warning is shown and does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something an editor should look at: where it is, what it is, and what to do about it."""

    severity: Severity
    place: str
    text: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.place}：{self.text}。{self.remedy}"


# Characters of draft/add's `content`, tags and styles included: it must have fewer.
CHARACTER_LIMIT = 20_000
# Of its other fields, in characters; of the address in bytes.
TITLE_LIMIT, AUTHOR_LIMIT, DIGEST_LIMIT, ADDRESS_LIMIT = 32, 16, 120, 1024
WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Picture:
    """An image file in memory; `name` ends in the extension that names its format."""

    name: str
    data: bytes = field(repr=False)
    width: int
    height: int

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes: the same picture is uploaded once."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class Placed:
    """Where an article shows a picture from, and its size in pixels: 0 where nobody has measured it."""

    url: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Cover:
    """What followers see first: 2.35:1 for the message list, 1:1 for shares and news replies."""

    wide: Picture
    square: Picture
    # As draft/add wants them: normalised X1_Y1_X2_Y2 within `wide`, origin at the top left.
    crop_wide: str
    crop_square: str


@dataclass(frozen=True, slots=True)
class Look:
    """What an editor wants different about an issue's looks; empty is what the issue itself asks for.

    The first four are the cover's, `picture` an image file's bytes; the others are the article's.
    """

    headline: str = ""
    layout: str = ""
    palette: str = ""
    picture: bytes = field(default=b"", repr=False)
    theme: str = ""
    author: str = ""
    digest: str = ""
    source_url: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """What is sent to the platform for one issue, but for the cover's media_id.

    `fingerprint` names the whole of it, cover included; its beginning also stands in the
    root element's `data-rikan`, so that a draft can be recognised in the draft box.
    """

    issue_id: str
    title: str
    author: str
    digest: str
    html: str
    source_url: str
    fingerprint: str

    @property
    def characters(self) -> int:
        """Counted as the platform counts: the whole string, tags and styles included."""
        return len(self.html)


@dataclass(frozen=True, slots=True)
class Bundle:
    """What is sent for one issue: one article, or up to eight where one cannot hold it.

    `measures` tells the editor what was done to make it fit.
    """

    articles: tuple[Article, ...]
    measures: tuple[str, ...] = ()

    @property
    def issue_id(self) -> str:
        """The issue's."""
        return self.articles[0].issue_id

    @property
    def fingerprint(self) -> str:
        """Names the whole of it: of one article, that article's."""
        first, *others = (article.fingerprint for article in self.articles)
        return hashlib.sha256("".join((first, *others)).encode()).hexdigest() if others else first

    @property
    def characters(self) -> int:
        """Of the longest article: the one that the platform's limit is about."""
        return max(article.characters for article in self.articles)
