"""How an article of ours is known again among what the platform holds."""

from typing import Protocol


class Found(Protocol):
    """An article as the platform gives it back."""

    @property
    def content(self) -> str: ...
    @property
    def source_url(self) -> str: ...


def is_of(issue_id: str, found: Found) -> bool:
    """Whether `found` is that issue.

    By the mark on its root, which is likely to be kept, or by 阅读原文, which is kept as it was sent.
    """
    return f'data-rikan="{issue_id}:' in found.content or found.source_url.endswith(
        f"/issues/{issue_id}"
    )
