"""Everything that draws and writes, opened once: templates, fonts, the footer of this account."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from jinja2 import Environment

from bot.model import Article, Bundle, Cover, Issue, Look, Picture, Placed, Problem
from bot.render.article import Compositor, Imprint, article_templates
from bot.render.backdrop import read_file
from bot.render.budget import fit
from bot.render.choice import Choice
from bot.render.cover import (
    UNCHANGED,
    Style,
    cover_problems,
    draw_cover,
    draw_square,
    draw_thumbnail,
)
from bot.render.footer import draw_footer
from bot.render.layout import Layout
from bot.render.preview import write_preview
from bot.render.qr import LOGO, Code, Mark
from bot.render.theme import Theme, load_theme

NOWHERE: Mapping[str, Placed] = MappingProxyType({})


class Studio:
    """One newsletter's look."""

    def __init__(
        self,
        *,
        templates: Path,
        fonts: Path,
        imprint: Imprint,
        theme: str,
        style: Style,
        account_name: str,
        account_qr: str,
        account_picture: Path | None,
        qr_logo: Path | None,
        qr_logo_size: float,
        website: str,
        website_name: str,
    ) -> None:
        self._folder = templates
        self._fonts = fonts
        self._style = style
        self._account_picture = account_picture
        self._qr_logo, self._qr_logo_size = qr_logo, qr_logo_size
        # The public pages ask for the same few again and again; a cover takes a tenth of a second.
        self._drawn = lru_cache(maxsize=16)(lambda issue, look: draw_cover(issue, style, look))
        self._imprint = imprint
        self._theme = theme
        self._codes = [
            Code(account_qr, account_name or imprint.organisation, "官方公众号"),
            Code(website, website_name, urlsplit(website).netloc or website),
        ]

    @cached_property
    def templates(self) -> Environment:
        """The article's templates, compiled when first used."""
        return article_templates(self._folder)

    @cached_property
    def footer(self) -> Picture:
        """The QR footer: the same in every article."""
        account, *others = self._codes
        if self._account_picture:
            given = read_file(self._account_picture, "公众号二维码图片")
            account = replace(account, picture=given)
        codes = [code for code in (account, *others) if code.content or code.picture]
        logo = read_file(self._qr_logo, LOGO) if self._qr_logo else b""
        return draw_footer(codes, self._fonts, Mark(logo, self._qr_logo_size))

    def cover(self, issue: Issue, look: Look = UNCHANGED) -> Cover:
        """The cover of `issue`, as its editor wants it; the same two give the same bytes."""
        return self._drawn(issue, look)

    @property
    def layouts(self) -> Mapping[str, Layout]:
        """The cover's layouts by name, in the order in which editors count them."""
        return self._style.layouts

    def choice(self, issue: Issue, look: Look) -> Choice:
        """What the cover shows, and why."""
        return self._style.choose(issue, look)

    def cover_problems(self, issue: Issue, look: Look) -> tuple[Problem, ...]:
        """What its editor should know of the cover's words."""
        return cover_problems(issue, self._style, look)

    def square(self, issue: Issue, look: Look) -> Picture:
        """The 1:1 cover alone, for news replies."""
        return draw_square(issue, self._style, look)

    def thumbnail(self, issue: Issue, look: Look) -> Picture:
        """The cover for a list of issues."""
        return draw_thumbnail(issue, self._style, look)

    @cached_property
    def theme(self) -> Theme:
        """The look of the articles. Raises ConfigError where its file cannot be used."""
        return load_theme(self._folder / "article" / "themes", self._theme)

    def article(
        self, issue: Issue, cover: Cover, footer_url: str, pictures: Mapping[str, Placed] = NOWHERE
    ) -> Article:
        """What is sent for `issue`; `pictures` says where its figures are shown from."""
        return self._compositor(cover, footer_url, pictures).article(issue)

    def bundle(
        self, issue: Issue, cover: Cover, footer_url: str, pictures: Mapping[str, Placed] = NOWHERE
    ) -> Bundle:
        """What is sent for `issue`, made to fit."""
        return fit(issue, self._compositor(cover, footer_url, pictures).article)

    def _compositor(
        self, cover: Cover, footer_url: str, pictures: Mapping[str, Placed]
    ) -> Compositor:
        footer = Placed(footer_url, self.footer.width, self.footer.height)
        return Compositor(self._imprint, self.theme, self.templates, cover, footer, pictures)

    def preview(self, issue: Issue, bundle: Bundle) -> str:
        """A page that shows the article as a phone does."""
        return write_preview(self.templates, issue, bundle, self._codes[0].caption)
