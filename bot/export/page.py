"""An issue as one HTML file: its pictures in it, light and dark, readable without a network."""

import base64
import re
from collections.abc import Mapping

from markupsafe import Markup

from bot import flow
from bot.model import Issue, Picture
from bot.services import Services

_SOURCE = re.compile(r'src="([^":/]+)"')


def write_page(services: Services, issue: Issue) -> str:
    """The whole page. Raises ArchiveError for a picture that is lost."""
    studio, look = services.studio, services.covers.look(issue.id)
    pictures = flow.kept_pictures(services, issue)
    cover = studio.cover(issue, look)
    beside = flow.placed(pictures, lambda picture: picture.name)
    article = studio.article(issue, cover, studio.footer.name, beside, look)
    body, rules = studio.toned(article)
    shown = with_pictures(body, {each.name: each for each in (*pictures, studio.footer)})
    return studio.templates.get_template("export/page.html").render(
        issue=issue,
        article=article,
        account=services.config.wechat.account_name or issue.organisation,
        cover=address_of(cover.wide),
        body=Markup(shown),  # noqa: S704 - the article as it is sent, and data of ours
        rules=Markup(rules),  # noqa: S704 - declarations of our own templates
    )


def with_pictures(html: str, pictures: Mapping[str, Picture]) -> str:
    """The pictures that are called by our names, put into the page itself."""

    def inside(found: re.Match[str]) -> str:
        picture = pictures.get(found[1])
        return f'src="{address_of(picture)}"' if picture else found[0]

    return _SOURCE.sub(inside, html)


def address_of(picture: Picture) -> str:
    """The picture as an address that holds it."""
    kind = "png" if picture.name.endswith(".png") else "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(picture.data).decode()}"
