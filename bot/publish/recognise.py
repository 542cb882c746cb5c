"""How an article of ours is known again among what the platform holds; and what is said when it is not there."""

import re
from collections.abc import Sequence
from typing import Protocol

from bot.errors import PlatformRefused

NO_SUCH_MEDIA = 40007  # errcode: no such draft, or it has been deleted, published or sent
MARK = re.compile(r'data-rikan="([^":]+):')


class Found(Protocol):
    """An article as the platform gives it back."""

    @property
    def content(self) -> str: ...
    @property
    def source_url(self) -> str: ...


class Box(Protocol):
    """The draft box, as far as one draft goes."""

    def draft(self, media_id: str) -> Sequence[object]: ...


def is_of(issue_id: str, found: Found) -> bool:
    """Whether `found` is that issue.

    By the mark on its root, which is likely to be kept, or by 阅读原文, which is kept as it was sent.
    """
    return issue_id in _marks(found) or found.source_url.endswith(f"/issues/{issue_id}")


def is_anothers(issue_id: str, found: Found) -> bool:
    """Whether `found` says that it is another issue; one of which the platform kept nothing does not."""
    return bool(_marks(found) - {issue_id}) or (
        "/issues/" in found.source_url and not is_of(issue_id, found)
    )


def _marks(found: Found) -> set[str]:
    return set(MARK.findall(found.content))


def is_in(box: Box, media_id: str) -> bool:
    """Whether that draft is in the box."""
    try:
        return bool(box.draft(media_id))
    except PlatformRefused as error:
        if error.code != NO_SUCH_MEDIA:
            raise
        return False


def gone(issue_id: str) -> PlatformRefused:
    """The draft is no longer in the box: a person deleted it, or published or sent it in the console."""
    return PlatformRefused(
        "draft/get",
        f"{issue_id} 的草稿已不在草稿箱，可能在后台发表了，也可能删掉了。"
        f"发表了就用 rikan publish {issue_id} --url 文章地址 记下；"
        f"删掉了就用 rikan push {issue_id} --fresh 另建一份",
        NO_SUCH_MEDIA,
    )
