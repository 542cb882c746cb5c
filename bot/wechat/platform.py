"""What the newsletter asks of the platform, in its own words."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import PurePath
from typing import Any, TypeVar

from bot.delivery import Outcome, Upload
from bot.dialogue import Reply
from bot.errors import PlatformUnclear
from bot.model import Article, Bundle, Cover, Picture
from bot.wechat.client import MpClient, reading
from bot.wechat.codes import MEANINGS

T = TypeVar("T")
Item = dict[str, Any]

PAGE = 20  # items; the most a batchget gives
# So many of the newest are looked through: a list costs a call per 20, and few are allowed a day.
NEWEST = 100
# The platform's pictures are handed out over http, and must be shown over https.
PICTURE_HOST = "http://mmbiz.qpic.cn/"


@dataclass(frozen=True, slots=True)
class BoxedDraft:
    """An article found in the draft box, as the platform gives it back."""

    media_id: str
    content: str
    source_url: str
    thumb_media_id: str
    title: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Published:
    """An article found among the published ones; `article_id` is what all of one publication share."""

    content: str
    source_url: str
    url: str
    article_id: str = ""


@dataclass(frozen=True, slots=True)
class MassJob:
    """A mass message that the platform has taken. `msg_data_id` is empty where it was not told."""

    msg_id: str
    msg_data_id: str = ""


class Platform:
    """One account. Every method is one call (a listing: one per 20; an update: one per article) and raises PlatformError."""

    def __init__(self, client: MpClient) -> None:
        self._client = client

    @property
    def calls(self) -> int:
        """How many calls were made so far, tokens aside."""
        return int(self._client.calls)

    def upload_picture(self, picture: Picture) -> Upload:
        """A picture for the body: JPG or PNG under 1 MB."""
        return Upload(_https(self._client.media.upload_image(_file(picture))))

    def upload_cover(self, picture: Picture) -> Upload:
        """A permanent picture: JPG or PNG under 10 MB."""
        answer = self._client.material.add("image", _file(picture, _library_name(picture)))
        with reading("material/add_material"):
            return _held(answer)

    def find_cover(self, picture: Picture) -> Upload | None:
        """That picture among the newest of the account's library, where `upload_cover` may have put it."""
        call, name = "material/batchget_material", _library_name(picture)
        batchget = partial(self._client.material.batchget, "image")
        for item in islice(self._items(call, batchget), NEWEST):
            with reading(call):
                if item.get("name") == name:
                    return _held(item)
        return None

    def add_draft(self, bundle: Bundle, cover: Cover, thumb: str) -> str:
        """Put an issue into the draft box; its media_id. PlatformUnclear: look there first."""
        fields = [_fields(article, cover, thumb) for article in bundle.articles]
        answer = self._client.draft.add(fields)
        with reading("draft/add"):
            return str(answer["media_id"])

    def update_draft(self, media_id: str, bundle: Bundle, cover: Cover, thumb: str) -> None:
        """Replace the articles of a draft, one call each; as many as it has."""
        for index, article in enumerate(bundle.articles):
            self._client.draft.update(media_id, index, _fields(article, cover, thumb))

    def draft(self, media_id: str) -> tuple[BoxedDraft, ...]:
        """A draft as the platform keeps it, article by article. PlatformRefused (40007): it is gone."""
        answer = self._client.draft.get(media_id)
        with reading("draft/get"):
            return tuple(_boxed({"media_id": media_id}, news) for news in answer["news_item"])

    def draft_count(self) -> int:
        """How many drafts are in the box."""
        answer = self._client.draft.count()
        with reading("draft/count"):
            return int(answer["total_count"])

    def delete_draft(self, media_id: str) -> None:
        """Take a draft out of the box, for good."""
        self._client.draft.delete(media_id)

    def preview(self, media_id: str, *, openid: str = "", wechat_id: str = "") -> None:
        """Send a draft to one follower's phone. PlatformDenied with 48001 where the account may not."""
        receiver = {"towxname": wechat_id} if wechat_id else {"touser": openid}
        self._client.mass.preview(media_id, receiver)

    def send_to_all(self, media_id: str, client_id: str, *, ignore_reprint: bool) -> MassJob:
        """Send a draft to all followers; it is used up. `client_id`: 32 bytes at most, one a message.

        The platform takes a client_id once in 24 hours, and then names the first one's number: that is
        given here too. PlatformUnclear: sent before, its number unknown; or the answer was lost.
        """
        answer = self._client.mass.send_to_all(media_id, client_id, ignore_reprint=ignore_reprint)
        if (code := int(answer.get("errcode") or 0)) and not answer.get("msg_id"):
            raise PlatformUnclear("message/mass/sendall", MEANINGS[code].text, code)
        with reading("message/mass/sendall"):
            return MassJob(str(answer["msg_id"]), str(answer.get("msg_data_id") or ""))

    def mass_status(self, msg_id: str) -> str:
        """How far a mass message is: SEND_SUCCESS, SENDING, SEND_FAIL or DELETE."""
        answer = self._client.mass.get(msg_id)
        with reading("message/mass/get"):
            return str(answer["msg_status"])

    def withdraw_mass(self, msg_id: str, index: int = 0) -> None:
        """Delete the text of an article that was sent, for good; `index` from 1, 0 for all."""
        self._client.mass.delete(msg_id, index)

    def withdraw_published(self, article_id: str, index: int = 0) -> None:
        """Delete a published article, for good; `index` from 1, 0 for all of the publication."""
        self._client.freepublish.delete(article_id, index)

    def write_to(self, openid: str, reply: Reply) -> None:
        """A customer message: the follower must have written or tapped something lately.

        PlatformDenied with 48001 where the account may not.
        """
        if card := reply.card:
            article = {
                "title": card.title,
                "description": card.description,
                "url": card.url,
                "picurl": card.picture,
            }
            self._client.custom.send(openid, "news", {"articles": [article]})
        else:
            self._client.custom.send(openid, "text", {"content": reply.text})

    def drafts(self) -> Iterator[BoxedDraft]:
        """What is in the draft box, newest first."""
        return self._listing("draft/batchget", self._client.draft.batchget, _boxed)

    def submit(self, media_id: str) -> str:
        """Ask for publication; its number. The outcome comes as an event, or by `outcome`."""
        answer = self._client.freepublish.submit(media_id)
        with reading("freepublish/submit"):
            return str(answer["publish_id"])

    def outcome(self, publish_id: str) -> Outcome:
        """What became of a publication; status 1 is still at it."""
        answer = self._client.freepublish.get(publish_id)
        with reading("freepublish/get"):
            return Outcome(
                publish_id,
                int(answer["publish_status"]),
                article_url(answer),
                str(answer.get("article_id", "")).strip(),
            )

    def published(self) -> Iterator[Published]:
        """The NEWEST of what has been published, newest first."""
        batchget = self._client.freepublish.batchget
        return islice(self._listing("freepublish/batchget", batchget, _shown), NEWEST)

    def _listing(
        self, call: str, batchget: Callable[[int, int], Any], read: Callable[[Item, Item], T]
    ) -> Iterator[T]:
        for item in self._items(call, batchget):
            with reading(call):
                found = [read(item, news) for news in _articles(item)]
            yield from found

    def _items(self, call: str, batchget: Callable[[int, int], Any]) -> Iterator[Item]:
        offset, total = 0, PAGE
        while offset < total:
            answer = batchget(offset, PAGE)
            with reading(call):
                items = list(answer.get("item") or ())
                total = int(answer["total_count"]) if items else 0
            yield from items
            offset += PAGE


def _articles(item: Item) -> list[Item]:
    # One odd draft of somebody else's must not hide the others.
    content = item.get("content")
    return (content.get("news_item") or []) if isinstance(content, dict) else []


def article_url(answer: dict[str, Any]) -> str:
    """The first article's address in a publication's outcome; one item may come without its list."""
    detail = answer.get("article_detail")
    items = detail.get("item") if isinstance(detail, dict) else None
    first = items[0] if isinstance(items, list) and items else items
    url = first.get("article_url") if isinstance(first, dict) else None
    return url.strip() if isinstance(url, str) else ""


def _file(picture: Picture, name: str = "") -> tuple[str, io.BytesIO, str]:
    # The platform judges by the extension, and a plain stream would be called "media".
    kind = "image/png" if picture.name.endswith(".png") else "image/jpeg"
    return name or picture.name, io.BytesIO(picture.data), kind


def _library_name(picture: Picture) -> str:
    # The library lists its pictures by the names of their files: by this one it is known again.
    name = PurePath(picture.name)
    return f"{name.stem}-{picture.digest[:16]}{name.suffix}"


def _held(item: Item) -> Upload:
    return Upload(_https(item.get("url", "")), item["media_id"])


def _boxed(item: Item, news: Item) -> BoxedDraft:
    return BoxedDraft(
        media_id=item["media_id"],
        content=news.get("content", ""),
        source_url=news.get("content_source_url", ""),
        thumb_media_id=news.get("thumb_media_id", ""),
        title=news.get("title", ""),
        digest=news.get("digest", ""),
    )


def _shown(item: Item, news: Item) -> Published:
    return Published(
        news.get("content", ""),
        news.get("content_source_url", ""),
        news.get("url", ""),
        str(item.get("article_id", "")).strip(),
    )


def _https(url: str) -> str:
    return url.replace("http://", "https://", 1) if url.startswith(PICTURE_HOST) else url


def _fields(article: Article, cover: Cover, thumb: str) -> dict[str, Any]:
    return {
        "article_type": "news",
        "title": article.title,
        "author": article.author,
        "digest": article.digest,
        "content": article.html,
        "content_source_url": article.source_url,
        "thumb_media_id": thumb,
        "need_open_comment": 0,
        "only_fans_can_comment": 0,
        "cover_info": {
            "crop_percent_list": [
                _crop("2.35_1", cover.crop_wide),
                _crop("1_1", cover.crop_square),
            ]
        },
        # The older names of the same; which of the two counts, the platform's pages do not agree on.
        "pic_crop_235_1": cover.crop_wide,
        "pic_crop_1_1": cover.crop_square,
    }


def _crop(ratio: str, corners: str) -> dict[str, str]:
    return {"ratio": ratio, **dict(zip(("x1", "y1", "x2", "y2"), corners.split("_"), strict=True))}
