"""The newsletter's nouns, from the issue to its delivery. Frozen values that know nothing of files, databases or networks."""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self


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
    """A numbered part of an issue: `1`, or `1.2` for a sub-section (which has none of its own)."""

    number: str
    title: str
    paragraphs: tuple[str, ...] = ()
    subsections: tuple["Section", ...] = ()

    def structure(self) -> dict[str, Any]:
        """As in `tests/issues/structure`: a sub-section does not name its (absent) sub-sections."""
        plain: dict[str, Any] = {
            "number": self.number,
            "title": self.title,
            "paragraphs": list(self.paragraphs),
        }
        if "." not in self.number:
            plain["subsections"] = [part.structure() for part in self.subsections]
        return plain

    @classmethod
    def from_structure(cls, plain: dict[str, Any]) -> Self:
        """The inverse of `structure`."""
        return cls(
            number=plain["number"],
            title=plain["title"],
            paragraphs=tuple(plain["paragraphs"]),
            subsections=tuple(cls.from_structure(part) for part in plain.get("subsections", ())),
        )


@dataclass(frozen=True, slots=True)
class Issue:
    """One day's newsletter as the editors wrote it."""

    title: str
    organisation: str
    partners: str
    date: date
    summary: str
    sections: tuple[Section, ...]
    references: tuple[Reference, ...] = ()
    edition: int = 1

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

    @classmethod
    def from_structure(cls, plain: dict[str, Any], edition: int = 1) -> Self:
        """The inverse of `structure`; the edition is not part of what the editors wrote."""
        return cls(
            title=plain["title"],
            organisation=plain["organisation"],
            partners=plain["partners"],
            date=date.fromisoformat(plain["date"]),
            summary=plain["summary"],
            sections=tuple(Section.from_structure(section) for section in plain["sections"]),
            references=tuple(Reference(**reference) for reference in plain["references"]),
            edition=edition,
        )


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
class Cover:
    """What followers see first: 2.35:1 for the message list, 1:1 for shares and news replies."""

    wide: Picture
    square: Picture
    # As draft/add wants them: normalised X1_Y1_X2_Y2 within `wide`, origin at the top left.
    crop_wide: str
    crop_square: str


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


class State(StrEnum):
    """How far an issue has come. A state that ends in -ing is written before the call it names."""

    RECEIVED = "received"
    DRAFTING = "drafting"
    DRAFTED = "drafted"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    FAILED = "failed"


STATE_NAMES = {
    State.RECEIVED: "已收稿",
    State.DRAFTING: "正在建草稿",
    State.DRAFTED: "草稿已就绪",
    State.PUBLISHING: "正在发布",
    State.PUBLISHED: "已发布",
    State.FAILED: "发布未成功",
}


@dataclass(frozen=True, slots=True)
class Delivery:
    """One issue on its way to its readers, as last recorded.

    `fingerprint` names the content that `media_id` holds; `url` is the published article's
    address, `cover_url` the platform's address of its cover; `problem` is for the editor.
    """

    issue_id: str
    state: State = State.RECEIVED
    media_id: str = ""
    fingerprint: str = ""
    publish_id: str = ""
    url: str = ""
    cover_url: str = ""
    problem: str = ""
    recorded_at: datetime | None = field(default=None, compare=False)  # null before the first time


@dataclass(frozen=True, slots=True)
class Upload:
    """A picture the platform holds: its permanent `media_id` (covers only) and its address."""

    url: str
    media_id: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """An archived issue in a list: what it is called, how far it has come, where readers find it."""

    issue_id: str
    day: date
    name: str
    headline: str
    state: State
    url: str
    cover_url: str
    problem: str = ""


STILL_AT_IT = 1  # publish_status: neither published nor refused yet


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a publication. `status` is the platform's publish_status: 0 is success."""

    publish_id: str
    status: int
    url: str
