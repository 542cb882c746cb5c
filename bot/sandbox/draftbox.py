"""The draft box: drafts of one to eight articles, each under a media_id that dies with it."""

import secrets
from dataclasses import dataclass
from typing import Any

Fields = dict[str, Any]


@dataclass(slots=True)
class Draft:
    """A draft as stored; `update_time` in Unix seconds."""

    media_id: str
    articles: list[Fields]
    update_time: int


class DraftBox:
    """Drafts by media_id, oldest first."""

    def __init__(self) -> None:
        self.drafts: dict[str, Draft] = {}

    def add(self, articles: list[Fields], at: float) -> Draft:
        """Put a new draft into the box."""
        draft = Draft(secrets.token_urlsafe(48), articles, int(at))
        self.drafts[draft.media_id] = draft
        return draft

    def find(self, media_id: object) -> Draft | None:
        """The draft with this id, unless it was deleted, published or sent."""
        return self.drafts.get(media_id) if isinstance(media_id, str) else None

    def take(self, draft: Draft) -> None:
        """Take a draft out of the box."""
        self.drafts.pop(draft.media_id, None)

    def newest_first(self) -> list[Draft]:
        """All drafts, the one changed last at the top; of equal ones, the one added last."""
        oldest_first = sorted(self.drafts.values(), key=lambda draft: draft.update_time)
        return oldest_first[::-1]

    def has_content(self, contents: list[str]) -> bool:
        """Whether some draft holds just this, article by article."""
        return any(
            [article["content"] for article in draft.articles] == contents
            for draft in self.drafts.values()
        )
