"""The two weights that covers and footers are set in, and how a line is written with them."""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import ImageDraw, ImageFont

from bot.errors import StartError
from bot.render.typeset import spread

# Widths are measured at the fonts' own 1,000 units to the em, so they are exact.
UNITS = 1000
# Any code point that no font has a picture for.
NOWHERE = "\uffff"
# From the top of the em box to the baseline, and from there to a capital's top, as the fonts'
# designers drew them (em).
ASCENT = 0.88
CAPITAL = 0.733
# What shows nothing of itself: marks that choose between forms, joiners, controls.
INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Mn", "Me", "Cn"})


@dataclass(frozen=True, slots=True)
class Face:
    """One weight of the font, at every size; `rare` has the hanzi that `path` lacks."""

    path: Path
    rare: Path

    def at(self, size: int, character: str = "") -> ImageFont.FreeTypeFont:
        """The face at a size (px), for that character. Raises StartError for an unreadable font."""
        return _open(self._file(character), size)

    def advance(self, character: str) -> float:
        """A character's width (em)."""
        return _advance(self._file(character), character)

    def bearing(self, character: str, size: int) -> int:
        """The white before a character of that size (px): a large one stands out of line by it."""
        box = self.at(size, character).getmask(character).getbbox()
        return box[0] if box else 0

    def clean(self, text: str) -> str:
        """The text in characters this face has: others in their plain form, or left out."""
        return "".join(map(self._plain, unicodedata.normalize("NFC", text)))

    def missing(self, text: str) -> str:
        """The characters that a reader would miss in `clean(text)`, each once."""
        lost = (one for one in unicodedata.normalize("NFC", text) if not self._plain(one))
        seen = (one for one in lost if unicodedata.category(one) not in INVISIBLE)
        return "".join(dict.fromkeys(seen))

    def write(
        self, canvas: ImageDraw.ImageDraw, at: tuple[float, float], line: str, size: int, ink: str
    ) -> None:
        """Write one line whose em box has its top left corner `at` (px)."""
        left, top = at
        for character, start in zip(line, spread(line, self.advance)[0], strict=True):
            place = (left + start * size, top + ASCENT * size)
            canvas.text(place, character, font=self.at(size, character), fill=ink, anchor="ls")

    def _file(self, character: str) -> Path:
        common = not character or not _hanzi(character) or _covers(self.path, character)
        return self.path if common else self.rare

    def _covers(self, character: str) -> bool:
        return _covers(self.path, character) or (
            _hanzi(character) and _covers(self.rare, character)
        )

    def _plain(self, character: str) -> str:
        if character.isspace():
            return " "
        if self._covers(character):
            return character
        plain = unicodedata.normalize("NFKC", character)
        return plain if all(map(self._covers, plain)) else ""


def bold(folder: Path) -> Face:
    """For headlines and names."""
    return Face(folder / "NotoSansSC-Bold.otf", folder / "NotoSansSC-Rare.otf")


def regular(folder: Path) -> Face:
    """For everything else."""
    return Face(folder / "NotoSansSC-Regular.otf", folder / "NotoSansSC-Rare.otf")


def _hanzi(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


# Sizes are few: a headline has some hundred, the rest one each.
@lru_cache(maxsize=64)
def _open(path: Path, size: int) -> ImageFont.FreeTypeFont:
    # Basic layout: whether Raqm is there differs from machine to machine, and so would the cover.
    try:
        return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)
    except OSError as error:
        found = "无法读取" if path.exists() else "不存在"
        raise StartError(
            f"封面字体 {path.name} {found}（应在 {path.parent}），请重新安装本程序或补回这个文件。"
        ) from error


@lru_cache(maxsize=16384)
def _advance(path: Path, character: str) -> float:
    return _open(path, UNITS).getlength(character) / UNITS


@lru_cache(maxsize=16384)
def _covers(path: Path, character: str) -> bool:
    """Whether the face draws the character as something else than its empty box (tofu)."""
    small = _open(path, 24)
    return bytes(small.getmask(character)) != bytes(small.getmask(NOWHERE))
