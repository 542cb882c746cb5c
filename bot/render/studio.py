"""Everything that draws and writes, opened once: templates, fonts, the footer of this account."""

import threading
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from jinja2 import Environment

from bot.errors import ArticleError
from bot.model import (
    AUTHOR_LIMIT,
    Article,
    Bundle,
    Cover,
    Issue,
    Look,
    Picture,
    Placed,
    Problem,
)
from bot.render.article import Compositor, Imprint, article_templates, digest, source_url
from bot.render.backdrop import read_file
from bot.render.budget import fit
from bot.render.card import Cards, draw_cards
from bot.render.choice import Choice
from bot.render.cover import (
    UNCHANGED,
    Style,
    cover_problems,
    draw_cover,
    draw_square,
    draw_thumbnail,
)
from bot.render.dark import darkened
from bot.render.footer import draw_footer
from bot.render.layout import Layout, Palette
from bot.render.preview import write_preview
from bot.render.qr import LOGO, Code, Mark
from bot.render.theme import Theme, load_theme, load_themes
from bot.render.toned import toned

NOWHERE: Mapping[str, Placed] = MappingProxyType({})


def of_cover(look: Look) -> Look:
    """What of it shows on the cover: two that differ in nothing else share a drawing."""
    return replace(look, theme="", author="", digest="", source_url="")


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
        # A page asks for both of its pictures at once, and each is drawn once.
        self._drawn = lru_cache(maxsize=16)(lambda issue, look: draw_cover(issue, style, look))
        self._reduced = lru_cache(maxsize=16)(lambda issue, look: draw_cards(issue, style, look))
        self._drawing = threading.Lock()
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
        with self._drawing:
            return self._drawn(issue, of_cover(look))

    def cards(self, issue: Issue, look: Look) -> Cards:
        """That cover, as small as messages show it."""
        with self._drawing:
            return self._reduced(issue, of_cover(look))

    def usual(self, issue: Issue) -> Look:
        """What stands around the article where its editor wants nothing else."""
        author, site = self._imprint.author[:AUTHOR_LIMIT], self._imprint.public_url
        return Look(author=author, digest=digest(issue.summary), source_url=source_url(site, issue))

    @property
    def layouts(self) -> Mapping[str, Layout]:
        """The cover's layouts by name, in the order in which editors count them."""
        return self._style.layouts

    @property
    def palettes(self) -> Mapping[str, Palette]:
        """The cover's colours by name, in the order of the week."""
        return self._style.palettes

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

    @cached_property
    def themes(self) -> Mapping[str, Theme]:
        """All that an editor may choose from, by name. Raises as `theme`."""
        return load_themes(self._folder / "article" / "themes")

    def article(
        self,
        issue: Issue,
        cover: Cover | None,
        footer_url: str,
        pictures: Mapping[str, Placed] = NOWHERE,
        look: Look = UNCHANGED,
    ) -> Article:
        """What is sent for `issue`; `pictures` says where its figures are shown from.

        Without a cover, which takes a tenth of a second to draw, it is only to be looked at.
        """
        return self._compositor(cover, footer_url, pictures, look).article(issue)

    def bundle(
        self,
        issue: Issue,
        cover: Cover | None,
        footer_url: str,
        pictures: Mapping[str, Placed] = NOWHERE,
        look: Look = UNCHANGED,
    ) -> Bundle:
        """What is sent for `issue`, made to fit; as `article`. Raises ArticleError, also for an unknown theme."""
        return fit(issue, self._compositor(cover, footer_url, pictures, look).article)

    def _compositor(
        self, cover: Cover | None, footer_url: str, pictures: Mapping[str, Placed], look: Look
    ) -> Compositor:
        footer = Placed(footer_url, self.footer.width, self.footer.height)
        theme = self._theme_of(look)
        return Compositor(self._imprint, theme, self.templates, cover, footer, pictures, look)

    def _theme_of(self, look: Look) -> Theme:
        if not look.theme:
            return self.theme
        if look.theme not in self.themes:
            known = "、".join(self.themes)
            raise ArticleError(f"没有叫 {look.theme} 的文章版式。请在“外观”里从这些里选：{known}")
        return self.themes[look.theme]

    @staticmethod
    def toned(article: Article) -> tuple[str, str]:
        """It for a page of our own: with classes for its styles, and their rules for light and for dark."""
        return toned(article.html)

    @staticmethod
    def darkened(html: str) -> str:
        """The article as the platform's dark mode colours it."""
        return darkened(html)

    def preview(self, issue: Issue, bundle: Bundle) -> str:
        """A page that shows the article as a phone does."""
        return write_preview(self.templates, issue, bundle, self._codes[0].caption)
