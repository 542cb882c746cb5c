"""An issue as the typesetter gets it: plain values for `templates/export/issue.typ`, nothing to be run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from bot.model import WEEKDAYS, Issue, Picture, Reference, Section, Shapes
from bot.render.notes import Notes, plain_address
from bot.render.runs import ADDRESSES
from bot.render.theme import Theme
from bot.shape import Code, Figure, Listing, Prose, Quote, Run, Runs, Shape, Table

LONGEST_ADDRESS = 2000  # characters; the typesetter refuses to link to much longer ones
NARROWEST = 600  # pixels: a picture that has fewer is not stretched to a line's width

Values = dict[str, Any]


def live(address: str) -> bool:
    """Whether an address may be followed from a file: to the web or to a mailbox."""
    return address.startswith(ADDRESSES) and len(address) <= LONGEST_ADDRESS


class Sheet:
    """Sets the words of one issue; the notes that they call for gather as in its article."""

    def __init__(self, issue: Issue, pictures: Mapping[str, Picture]) -> None:
        self._issue = issue
        self._notes = Notes(issue.references)
        self._pictures = pictures

    def values(self, theme: Theme, publishers: Sequence[str]) -> Values:
        """All that does not depend on whether it goes on paper or on a phone."""
        issue = self._issue
        summary = self._blocks(issue.summary.splitlines(), issue.shapes)
        sections = [self._section(each) for each in issue.sections]
        return {
            "title": issue.title,
            "name": issue.name,
            "headline": issue.headline,
            "day": f"{issue.date.year}年{issue.date.month}月{issue.date.day}日",
            "weekday": f"星期{WEEKDAYS[issue.date.weekday()]}",
            "publishers": list(publishers),
            "colours": asdict(theme.colours),
            "sizes": asdict(theme.sizes),
            "ornaments": asdict(theme.ornaments),
            "summary": summary,
            "sections": sections,
            "references": [_reference(each) for each in issue.references],
            "notes": [_note(number, text) for number, text in self._notes.lines],
        }

    def _section(self, section: Section) -> Values:
        number = f"{int(section.number):02d}" if section.number.isdecimal() else section.number
        return {
            "number": number,
            "title": section.title,
            "blocks": self._blocks(section.paragraphs, section.shapes),
            "parts": [self._section(each) for each in section.subsections],
        }

    def _blocks(self, paragraphs: Sequence[str], shapes: Shapes) -> list[Values]:
        kept = shapes or (None,) * len(paragraphs)
        return [
            self._block(shape or Prose((Run(words),)))
            for words, shape in zip(paragraphs, kept, strict=False)
        ]

    def _block(self, shape: Shape) -> Values:
        match shape:
            case Prose(runs):
                return {"kind": "prose", "runs": self._runs(runs)}
            case Listing(items):
                told = [{**asdict(item), "runs": self._runs(item.runs)} for item in items]
                return {"kind": "list", "items": told}
            case Table(aligned, head, rows):
                cells = [[{"runs": self._runs(cell)} for cell in row] for row in rows]
                shown = [self._runs(cell) for cell in head]
                return {"kind": "table", "aligned": list(aligned), "head": shown, "rows": cells}
            case Quote(paragraphs):
                return {"kind": "quote", "paragraphs": [self._runs(each) for each in paragraphs]}
            case Code(text):
                return {"kind": "code", "text": text.expandtabs(4).replace(" ", "\u00a0")}
            case Figure():
                return self._figure(shape)

    def _figure(self, figure: Figure) -> Values:
        picture = self._pictures.get(figure.address)
        width = picture.width if picture else 0
        return {
            "kind": "figure",
            **asdict(figure),
            "file": picture.name if picture else "",
            "share": min(1.0, width / NARROWEST),
        }

    def _runs(self, runs: Runs) -> list[Values]:
        return list(self._told(runs))

    def _told(self, runs: Runs) -> Iterator[Values]:
        for run, following in zip(runs, (*runs[1:], None), strict=True):
            marks = []
            ends = not (following and following.link == run.link)
            if live(run.link) and ends and plain_address(run.link) != plain_address(run.text):
                marks.append(self._notes.number(plain_address(run.link)))
            if run.note:
                marks.append(self._notes.number(run.note))
            yield {**asdict(run), "link": run.link if live(run.link) else "", "marks": marks}


def _reference(reference: Reference) -> Values:
    url = reference.url
    return {
        "text": reference.text,
        "url": url,
        "shown": plain_address(url),
        "live": live(url),
    }


def _note(number: int, text: str) -> Values:
    """A footnote as it was written; an address is one that can be followed."""
    address = f"https://{text}"
    leads = "." in text and "/" in text and text.isascii() and " " not in text and live(address)
    return {"number": number, "text": text, "live": leads, "url": address if leads else ""}
