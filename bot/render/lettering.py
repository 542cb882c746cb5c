"""The words on a cover: which stand in which slot of its layout, and how large they come out."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from PIL import Image, ImageDraw

from bot.model import WEEKDAYS, Issue, Problem, Severity
from bot.render.choice import Choice
from bot.render.fonts import ASCENT, CAPITAL, Face
from bot.render.layout import Slot
from bot.render.phrase import bonds
from bot.render.typeset import Block, fit, spread, tidy

# A number's unit and the noun it counts, as parts of its own size; a percent sign needs more.
UNIT, SIGN, NOUN = 0.42, 0.6, 0.24
SIGNS = "%倍"
# Between a number and what follows (of the number's size).
GAP = 0.05
# A logo stands before the title, as high as its line and at most this wide (px); then a gap.
LOGO_WIDTH, LOGO_GAP = 170, 18
DISPLAYED = ("figure", "day")

# Words of one line and their size as a part of the line's.
Run = tuple[str, float]


@dataclass(frozen=True)
class Lettering:
    """One cover's words."""

    issue: Issue
    choice: Choice
    bold: Face
    regular: Face

    def write(self, picture: Image.Image, logo: Image.Image | None) -> None:
        """Write all words into the picture, and the logo before the title."""
        canvas = ImageDraw.Draw(picture)
        for slot in self.choice.layout.slots:
            if slot.holds == "title" and logo:
                self._write(canvas, slot.indented(_place_logo(picture, logo, slot)))
            elif slot.holds in DISPLAYED:
                self._display(canvas, slot)
            else:
                self._write(canvas, slot)

    def problems(self) -> tuple[Problem, ...]:
        """Characters that no font has, and a headline that had to be cut."""
        return tuple(self._lost()) + tuple(self._cut())

    def block(self, slot: Slot) -> Block:
        """The slot's words as lines of one size."""
        face = self._face(slot)
        words = tidy(face.clean(self.texts[slot.holds]))
        if slot.holds != "headline":
            return fit(words, face.advance, slot.setting)
        return fit(words or self._stand_in(face), face.advance, slot.setting, bonds(self._corpus))

    @cached_property
    def texts(self) -> dict[str, str]:
        """What a slot holds, by its name."""
        issue, day, figure = self.issue, self.issue.date, self.choice.figure
        edition = f"·第{issue.edition}版" if issue.edition > 1 else ""
        return {
            "title": issue.title,
            "organisation": issue.organisation,
            "date": f"{day.year}年{day.month}月{day.day}日",
            "year": f"{day.year}年",
            "month": f"{day.month}月",
            "weekday": f"星期{WEEKDAYS[day.weekday()]}{edition}",
            "headline": self.choice.headline.text,
            "label": figure.label if figure else "",
        }

    @property
    def _corpus(self) -> str:
        """All that the issue says, for learning which characters are one word."""
        sections = self.issue.sections
        parts = [part for section in sections for part in (section, *section.subsections)]
        texts = ["\n".join((one.title, *one.paragraphs)) for one in parts]
        return tidy("\n".join([self.issue.summary, *texts]))

    def _face(self, slot: Slot) -> Face:
        return self.bold if slot.face == "bold" else self.regular

    def _stand_in(self, face: Face) -> str:
        """For a headline of which no character can be drawn."""
        return tidy(face.clean(self.issue.title))

    def _ink(self, slot: Slot) -> str:
        ink: str = getattr(self.choice.palette, slot.ink)
        return ink

    def _write(self, canvas: ImageDraw.ImageDraw, slot: Slot) -> None:
        face, block = self._face(slot), self.block(slot)
        step = block.size * slot.leading
        spare = slot.height - block.size - step * (len(block.lines) - 1)
        top = slot.top + {"top": 0.0, "middle": 0.5, "bottom": 1.0}[slot.stand] * spare
        for number, line in enumerate(block.lines):
            indent = slot.width - spread(line, face.advance)[1] * block.size
            left = slot.left + (indent if slot.align == "right" else 0)
            face.write(canvas, (left, top + number * step), line, block.size, self._ink(slot))

    def _display(self, canvas: ImageDraw.ImageDraw, slot: Slot) -> None:
        """A number as large as its slot, whose foot is the line it stands on."""
        face = self._face(slot)
        runs = self._runs(slot, face)
        widths = [spread(text, face.advance)[1] * scale for text, scale in runs]
        room = slot.width / (sum(widths) + GAP * (len(runs) - 1))
        size = min(slot.largest, room, slot.height / CAPITAL)
        foot = slot.top + slot.height
        left = float(slot.left) - face.bearing(runs[0][0][0], int(size))
        for (text, scale), width in zip(runs, widths, strict=True):
            part = int(size * scale)
            face.write(canvas, (left, foot - ASCENT * part), text, part, self._ink(slot))
            left += (width + GAP) * size

    def _runs(self, slot: Slot, face: Face) -> Sequence[Run]:
        figure = self.choice.figure
        if slot.holds == "day" or figure is None:
            return [(f"{self.issue.date.day:02}", 1.0)]
        unit = SIGN if figure.unit in SIGNS else UNIT
        runs = [(figure.number, 1.0), (figure.unit, unit), (tidy(face.clean(figure.tail)), NOUN)]
        return [(text, scale) for text, scale in runs if text]

    def _lost(self) -> Sequence[Problem]:
        shown = (self.texts.get(slot.holds, "") for slot in self.choice.layout.slots)
        lost = self.bold.missing("".join(shown))
        if not lost:
            return []
        text = f"字体里没有“{lost}”，封面上已略去"
        return [_warning(text, f"请换一个写法：rikan cover {self.issue.id} --headline 标题")]

    def _cut(self) -> Sequence[Problem]:
        [slot] = [one for one in self.choice.layout.slots if one.holds == "headline"]
        shown = tidy(" ".join(self.block(slot).lines))
        if not shown.endswith("…"):
            return []
        remedy = f"请换短一点的：rikan cover {self.issue.id} --headline 标题（26 字以内）"
        return [_warning(f"标题太长，封面上只有“{shown}”", remedy)]


def _warning(text: str, remedy: str) -> Problem:
    return Problem(Severity.WARNING, "封面", text, remedy)


def _place_logo(picture: Image.Image, logo: Image.Image, slot: Slot) -> int:
    """Put the logo before the title's line; return how far (px) the title has to give way."""
    fitted = logo.copy()
    fitted.thumbnail((LOGO_WIDTH, slot.height), Image.Resampling.LANCZOS)
    place = (slot.left, slot.top + (slot.height - fitted.height) // 2)
    picture.paste(fitted, place, mask=fitted.getchannel("A"))
    return fitted.width + LOGO_GAP
