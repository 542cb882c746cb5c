"""Everything that draws and writes, opened once: templates, fonts, the footer of this account."""

from functools import cached_property, lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment

from bot.model import Article, Bundle, Cover, Issue, Picture
from bot.render.article import Imprint, article_templates, write_article
from bot.render.cover import draw_cover
from bot.render.preview import write_preview
from bot.render.qr import Code, draw_footer


class Studio:
    """One newsletter's look."""

    def __init__(
        self,
        *,
        templates: Path,
        fonts: Path,
        author: str,
        organisation: str,
        partners: str,
        disclaimer: str,
        public_url: str,
        account_name: str,
        account_qr: str,
        website: str,
        website_name: str,
    ) -> None:
        self._folder = templates
        self._fonts = fonts
        # The public pages ask for the same few again and again; a cover takes a tenth of a second.
        self._drawn = lru_cache(maxsize=16)(lambda issue: draw_cover(issue, fonts))
        self._imprint = Imprint(author, organisation, partners, disclaimer, public_url)
        self._codes = [
            Code(account_qr, account_name or organisation, "官方公众号"),
            Code(website, website_name, urlsplit(website).netloc or website),
        ]

    @cached_property
    def templates(self) -> Environment:
        """The article's templates, compiled when first used."""
        return article_templates(self._folder)

    @cached_property
    def footer(self) -> Picture:
        """The QR footer: the same in every article."""
        return draw_footer([code for code in self._codes if code.content], self._fonts)

    def cover(self, issue: Issue) -> Cover:
        """The cover of `issue`; the same issue gives the same bytes."""
        return self._drawn(issue)

    def article(self, issue: Issue, cover: Cover, footer_url: str) -> Article:
        """What is sent for `issue`."""
        return write_article(issue, self._imprint, self.templates, cover, self.footer, footer_url)

    def bundle(self, issue: Issue, cover: Cover, footer_url: str) -> Bundle:
        """What is sent for `issue`, made to fit."""
        return Bundle((self.article(issue, cover, footer_url),))

    def preview(self, issue: Issue, bundle: Bundle) -> str:
        """A page that shows the article as a phone does."""
        return write_preview(self.templates, issue, bundle, self._codes[0].caption)
