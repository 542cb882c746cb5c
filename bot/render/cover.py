"""The cover: what most followers see of an issue, often no wider than a thumb.

One wide picture whose words all stand in its central square, so that the platform's 1:1 crop
loses nothing but the ornament.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image, ImageCms

from bot.model import Cover, Issue, Look, Picture, Problem
from bot.render.backdrop import logo_of, open_picture, read_file, tinted
from bot.render.choice import AUTO, WEEKDAY, Choice, choose
from bot.render.fonts import bold, regular
from bot.render.layout import Layout, Palette, load_templates
from bot.render.lettering import Lettering
from bot.render.ornament import engrave

# 2.35:1 at twice the customary 900×383, for sharp output.
WIDE = (1800, 766)
# The customary side of a share thumbnail, and what a list shows at half the size (px).
SQUARE = (500, 500)
THUMBNAIL = (470, 200)
# Our own bound (bytes): the platform takes 10 MB, followers pay for each of them.
HEAVIEST = 300_000
QUALITIES = (82, 74, 64, 50, 35)
EDGE = (WIDE[0] - WIDE[1]) // 2
# Where a profile says when it was made (ICC.1, bytes): the same cover has the same bytes tomorrow.
PROFILE_DATE = slice(24, 36)
UNCHANGED = Look()
BACKGROUND, LOGO = "封面背景图", "封面标志"


@dataclass(frozen=True, slots=True)
class Style:
    """The newsletter's own: folders of fonts and templates, what the settings say, its pictures."""

    fonts: Path
    templates: Path
    layout: str = AUTO
    palette: str = WEEKDAY
    background: Path | None = None
    logo: Path | None = None

    def choose(self, issue: Issue, look: Look) -> Choice:
        """What the issue's cover shows, and why. Raises ArticleError, StartError."""
        return choose(issue, look, load_templates(self.templates), self.layout, self.palette)

    @property
    def layouts(self) -> Mapping[str, Layout]:
        """By name."""
        return load_templates(self.templates).layouts

    @property
    def palettes(self) -> Mapping[str, Palette]:
        """By name."""
        return load_templates(self.templates).palettes

    def lettering(self, issue: Issue, choice: Choice) -> Lettering:
        """How the words are set. Raises StartError for a missing or broken font."""
        return Lettering(issue, choice, bold(self.fonts), regular(self.fonts))


def draw_cover(issue: Issue, style: Style, look: Look = UNCHANGED) -> Cover:
    """Draw the issue's cover: 1800×766 and 500×500 px, JPEG, sRGB.

    The same issue, style and look give the same bytes. Raises StartError for a missing or broken
    font or template, ArticleError for an unknown name or a picture that cannot be used.
    """
    wide = draw(issue, style, look)
    return Cover(
        wide=_jpeg("cover.jpg", wide),
        square=_jpeg("square.jpg", square_of(wide)),
        crop_wide="0_0_1_1",
        crop_square=f"{EDGE / WIDE[0]:.6f}_0_{(EDGE + WIDE[1]) / WIDE[0]:.6f}_1",
    )


def draw_square(issue: Issue, style: Style, look: Look = UNCHANGED) -> Picture:
    """The 1:1 alone, for news replies: 500×500 px. As `draw_cover`."""
    return _jpeg("square.jpg", square_of(draw(issue, style, look)))


def draw_thumbnail(issue: Issue, style: Style, look: Look = UNCHANGED) -> Picture:
    """The wide cover for a list on a page: 470×200 px, to be shown at half that. As `draw_cover`."""
    wide = draw(issue, style, look)
    return _jpeg("thumbnail.jpg", wide.resize(THUMBNAIL, Image.Resampling.LANCZOS))


def cover_problems(issue: Issue, style: Style, look: Look = UNCHANGED) -> tuple[Problem, ...]:
    """What an editor should know of the words on the cover. As `draw_cover`."""
    return style.lettering(issue, style.choose(issue, look)).problems()


def draw(issue: Issue, style: Style, look: Look) -> Image.Image:
    """The cover as an image, 1800×766 px. As `draw_cover`."""
    choice = style.choose(issue, look)
    picture = _ground(issue, style, look, choice)
    logo = logo_of(read_file(style.logo, LOGO), LOGO) if style.logo else None
    style.lettering(issue, choice).write(picture, logo)
    return picture


def _ground(issue: Issue, style: Style, look: Look, choice: Choice) -> Image.Image:
    """The picture without words: the editor's in our colours, or our own engraving."""
    palette, layout = choice.palette, choice.layout
    data = look.picture or (read_file(style.background, BACKGROUND) if style.background else b"")
    if data:
        return tinted(open_picture(data, BACKGROUND, WIDE), WIDE, palette)
    column = (1, WIDE[1])
    shade = Image.linear_gradient("L").resize(column)
    dark, light = (Image.new("RGB", column, each) for each in (palette.dark, palette.light))
    ground = Image.composite(dark, light, shade).resize(WIDE, Image.Resampling.NEAREST)
    face = bold(style.fonts)
    mask = engrave(WIDE, issue.id, issue.date, face, layout.ornament, layout.flanks)
    ground.paste(palette.line, mask=mask)
    return ground


def square_of(wide: Image.Image) -> Image.Image:
    """Its central square, 500×500 px."""
    cut = wide.crop((EDGE, 0, EDGE + WIDE[1], WIDE[1]))
    return cut.resize(SQUARE, Image.Resampling.LANCZOS)


def _jpeg(name: str, image: Image.Image) -> Picture:
    """The best quality within the bound."""
    for quality in QUALITIES:
        file = io.BytesIO()
        image.save(
            file, "JPEG", quality=quality, progressive=True, optimize=True, icc_profile=_srgb()
        )
        if file.tell() <= HEAVIEST:
            break
    return Picture(name, file.getvalue(), *image.size)


@cache
def _srgb() -> bytes:
    """The sRGB profile without the moment at which it was made."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[PROFILE_DATE] = bytes(12)
    return bytes(profile)
