"""How the studio is furnished from the settings."""

from bot.config import Config
from bot.render.article import Imprint
from bot.render.cover import Style
from bot.render.studio import Studio
from bot.resources import chosen_file, directory


def open_studio(config: Config) -> Studio:
    """Where an issue becomes an article, a cover and a footer."""
    wechat, newsletter = config.wechat, config.newsletter
    return Studio(
        templates=directory("templates"),
        fonts=directory("assets") / "fonts",
        imprint=_imprint(config),
        theme=config.article.theme,
        account_name=wechat.account_name,
        style=_style(config),
        account_qr=wechat.qr_content,
        account_picture=chosen_file(wechat.qr_picture),
        qr_logo=chosen_file(wechat.qr_logo),
        qr_logo_size=wechat.qr_logo_size,
        website=newsletter.website,
        website_name=newsletter.website_name,
    )


def _imprint(config: Config) -> Imprint:
    newsletter, article = config.newsletter, config.article
    return Imprint(
        author=newsletter.author,
        organisation=newsletter.organisation,
        partners=newsletter.partners,
        disclaimer=newsletter.disclaimer,
        public_url=config.source_site,
        lunar=article.lunar,
        quotes=article.quotes,
    )


def _style(config: Config) -> Style:
    cover = config.cover
    return Style(
        fonts=directory("assets") / "fonts",
        templates=directory("templates") / "cover",
        layout=cover.layout,
        palette=cover.palette,
        background=chosen_file(cover.background),
        logo=chosen_file(cover.logo),
    )
