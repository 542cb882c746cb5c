"""What an issue's readers will see: the article, the message in the list, the card in a chat."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot import flow
from bot.model import CHARACTER_LIMIT, Bundle, Issue, Look, Picture, Problem
from bot.services import Services


@dataclass(frozen=True, slots=True)
class Seen:
    """An issue in a look. `wide` and `square` are addresses of its small covers.

    `choice` says what the cover shows and why, `usual` what stands around the article where nothing
    else is wanted.
    """

    bundle: Bundle
    choice: Any
    usual: Look
    problems: tuple[Problem, ...]
    wide: str
    square: str

    @property
    def limit(self) -> int:
        """How many characters the platform takes."""
        return CHARACTER_LIMIT


WIDE, SQUARE = "cover.jpg", "square.jpg"
Address = Callable[[str], str]  # of a picture, by its name


def see(services: Services, issue: Issue, look: Look, address: Address | None = None) -> Seen:
    """How `issue` looks; without `address` the covers are in the page itself.

    Raises ArticleError for what cannot be set; without `address`, or drawn.
    """
    studio, bundle = services.studio, flow.foreseen_bundle(services, issue, look, drawn=False)
    wide, square = (address(WIDE), address(SQUARE)) if address else _inside(services, issue, look)
    choice, problems = studio.choice(issue, look), studio.cover_problems(issue, look)
    return Seen(bundle, choice, studio.usual(issue), problems, wide, square)


def _inside(services: Services, issue: Issue, look: Look) -> tuple[str, str]:
    """The covers as addresses of their own: of what is not kept there are no others."""
    cards = services.studio.cards(issue, look)
    wide, square = (b64encode(each.data).decode() for each in (cards.wide, cards.square))
    return f"data:image/jpeg;base64,{wide}", f"data:image/jpeg;base64,{square}"


def set_in(services: Services, issue: Issue, look: Look, address: Address) -> Bundle:
    """The article in that look; its pictures are at `address`."""
    footer = services.studio.footer
    pictures = flow.placed(flow.kept_pictures(services, issue), lambda each: address(each.name))
    return services.studio.bundle(issue, None, address(footer.name), pictures, look)


def picture_of(services: Services, issue: Issue, name: str) -> Picture | None:
    """What the article shows under that name, or a small cover of the look that is kept; drawn only where it is that."""
    if name in (WIDE, SQUARE):
        cards = services.studio.cards(issue, services.covers.look(issue.id))
        return cards.wide if name == WIDE else cards.square
    footer = services.studio.footer
    pictures = (footer, *flow.kept_pictures(services, issue))
    return next((each for each in pictures if each.name == name), None)
