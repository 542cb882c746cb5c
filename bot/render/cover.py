"""The cover: what most followers see of an issue, often no wider than a thumb.

One wide picture whose words all stand in its central square, so that the platform's 1:1 crop
loses nothing but the ornament.
"""

import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw

from bot.model import WEEKDAYS, Cover, Issue, Picture
from bot.render.fonts import Face, bold, regular
from bot.render.headline import headline
from bot.render.ornament import engrave
from bot.render.typeset import Setting, bonds, fit, spread, tidy

# 2.35:1 at twice the customary 900×383, for sharp output.
WIDE = (1800, 766)
# The customary side of a share thumbnail.
SQUARE = 500
# Our own bound (bytes): the platform takes 10 MB, followers pay for each of them.
HEAVIEST = 300_000
QUALITIES = (80, 70, 60, 45)

# The central square, and the column of words within it (px).
EDGE = (WIDE[0] - WIDE[1]) // 2
MARGIN = 32
LEFT = EDGE + MARGIN
COLUMN = WIDE[1] - 2 * MARGIN
MASTHEAD_TOP, DATE_TOP, RULE_TOP, HEADLINE_TOP, ORGANISATION_TOP = 46, 114, 170, 200, 682
MASTHEAD = Setting(COLUMN, 60, largest=52, smallest=30)
DATE = Setting(COLUMN, 40, largest=32, smallest=24)
# At 235 px wide, as in a message list, 80 px are ten; below that nobody reads a headline.
HEADLINE = Setting(COLUMN, 450, largest=168, smallest=80, lines=3, leading=1.2)
ORGANISATION = Setting(COLUMN, 40, largest=30, smallest=22)


@dataclass(frozen=True, slots=True)
class Palette:
    """A day's colours: the ground from darker to lighter, the engraving, and the small words.

    Both inks have 4.5:1 (WCAG 2.2 AA) against the brightest pixel that may lie behind them.
    """

    dark: str
    light: str
    line: str
    words: str


PALETTES = (
    Palette("#07235c", "#0f4294", "#8fc1ff", "#bfdbff"),
    Palette("#03363e", "#04575d", "#7fe3d6", "#b5f0e8"),
    Palette("#2c1457", "#4f278c", "#c9b0ff", "#dfd0ff"),
    Palette("#053824", "#0a5d3e", "#97e3b4", "#c2f0d3"),
    Palette("#6d0710", "#a0131d", "#ffc19a", "#ffdcc6"),
    Palette("#4c2304", "#7a400b", "#ffd596", "#ffe6c2"),
    Palette("#151c28", "#334057", "#b9cce6", "#d3e0f2"),
)
INK = "#ffffff"


def draw_cover(issue: Issue, fonts: Path) -> Cover:
    """Draw the issue's cover with the fonts of a folder: 1800×766 and 500×500 px, JPEG.

    The same issue gives the same bytes. Raises StartError for a missing or broken font.
    """
    wide = _ground(issue, bold(fonts))
    _write(wide, issue, fonts)
    square = wide.crop((EDGE, 0, EDGE + WIDE[1], WIDE[1]))
    return Cover(
        wide=_jpeg("cover.jpg", wide),
        square=_jpeg("square.jpg", square.resize((SQUARE, SQUARE), Image.Resampling.LANCZOS)),
        crop_wide="0_0_1_1",
        crop_square=f"{EDGE / WIDE[0]:.6f}_0_{(EDGE + WIDE[1]) / WIDE[0]:.6f}_1",
    )


def _ground(issue: Issue, face: Face) -> Image.Image:
    """The picture without words: the weekday's colour, lighter upwards, and the engraving."""
    palette = PALETTES[issue.date.weekday()]
    shade = Image.linear_gradient("L").resize(WIDE)
    ground = Image.composite(
        Image.new("RGB", WIDE, palette.dark), Image.new("RGB", WIDE, palette.light), shade
    )
    figures = (f"{issue.date.month:02}", f"{issue.date.day:02}")
    ground.paste(palette.line, mask=engrave(WIDE, issue.id, figures, face))
    return ground


def _write(picture: Image.Image, issue: Issue, fonts: Path) -> None:
    canvas = ImageDraw.Draw(picture)
    strong, plain = bold(fonts), regular(fonts)
    palette = PALETTES[issue.date.weekday()]
    day = f"{issue.date.year}年{issue.date.month}月{issue.date.day}日"
    _line(canvas, MASTHEAD_TOP, issue.title, strong, MASTHEAD)
    _line(canvas, DATE_TOP, day, plain, DATE, ink=palette.words)
    _line(canvas, DATE_TOP, _weekday(issue), plain, DATE, ink=palette.words, right=True)
    canvas.rectangle((LEFT, RULE_TOP, LEFT + COLUMN - 1, RULE_TOP + 2), fill=palette.line)
    _headline(canvas, issue, strong)
    _line(canvas, ORGANISATION_TOP, issue.organisation, plain, ORGANISATION, ink=palette.words)


def _line(
    canvas: ImageDraw.ImageDraw,
    top: int,
    text: str,
    face: Face,
    setting: Setting,
    *,
    ink: str = INK,
    right: bool = False,
) -> None:
    block = fit(face.clean(text), face.advance, setting)
    line = block.lines[0]
    indent = COLUMN - spread(line, face.advance)[1] * block.size if right else 0
    face.write(canvas, (LEFT + indent, top), line, block.size, ink)


def _headline(canvas: ImageDraw.ImageDraw, issue: Issue, face: Face) -> None:
    """The headline in the middle of its box."""
    words = tidy(face.clean(headline(issue))) or tidy(face.clean(issue.title))
    block = fit(words, face.advance, HEADLINE, bonds(_corpus(issue)))
    step = block.size * HEADLINE.leading
    height = block.size + step * (len(block.lines) - 1)
    top = HEADLINE_TOP + (HEADLINE.height - height) / 2
    for number, line in enumerate(block.lines):
        face.write(canvas, (LEFT, top + number * step), line, block.size, INK)


def _weekday(issue: Issue) -> str:
    """`星期六`, and which edition if there was one before it."""
    edition = f"·第{issue.edition}版" if issue.edition > 1 else ""
    return f"星期{WEEKDAYS[issue.date.weekday()]}{edition}"


def _corpus(issue: Issue) -> str:
    """All that the issue says, for learning which characters are one word."""
    parts = [part for section in issue.sections for part in (section, *section.subsections)]
    return "\n".join([issue.summary, *("\n".join((one.title, *one.paragraphs)) for one in parts)])


def _jpeg(name: str, image: Image.Image) -> Picture:
    """The best quality within the bound. Untagged, which every viewer reads as sRGB."""
    for quality in QUALITIES:
        file = io.BytesIO()
        image.save(file, "JPEG", quality=quality, progressive=True, optimize=True)
        if file.tell() <= HEAVIEST:
            break
    return Picture(name, file.getvalue(), *image.size)
