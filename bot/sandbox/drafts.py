"""The calls of the draft box."""

from bot.sandbox.articles import store_article
from bot.sandbox.draftbox import Draft, Fields
from bot.sandbox.endpoint import OK, Answer, Asked, Endpoint
from bot.sandbox.refusal import Refusal, require
from bot.sandbox.state import Platform

# No page states a maximum; eight is the console's.
ARTICLES = 8
# An update without these is refused as a bad media_id, which misleads everybody who meets it first.
NEEDED = ("title", "content", "thumb_media_id")


def add_draft(platform: Platform, asked: Asked) -> Answer:
    """`draft/add`: one to eight articles."""
    articles = asked.body.get("articles")
    if not isinstance(articles, list) or not articles or isinstance(articles[0], list):
        raise Refusal(44003, "articles 应为对象的列表，且只套一层")
    require(len(articles) <= ARTICLES, 45008, f"{len(articles)} 篇文章，最多 {ARTICLES} 篇")
    kept = [store_article(platform, asked.call, article) for article in articles]
    if platform.box.has_content([article["content"] for article in kept]):
        platform.ledger.blame("same_draft", asked.call, kept[0]["title"])
    return {"media_id": platform.box.add(kept, platform.now()).media_id, "item": []}


def update_draft(platform: Platform, asked: Asked) -> Answer:
    """`draft/update`: one whole article in the place of another."""
    draft = find(platform, asked)
    article = asked.body.get("articles")
    if not isinstance(article, dict):
        raise Refusal(47001, "修改草稿时 articles 是一个对象，不是列表")
    index = asked.body.get("index")
    if not isinstance(index, int) or not 0 <= index < len(draft.articles):
        raise Refusal(40114, f"index 是 {index}，草稿共 {len(draft.articles)} 篇")
    require(all(article.get(name) for name in NEEDED), 40007, "修改草稿要给出整篇文章")
    draft.articles[index] = store_article(platform, asked.call, article)
    draft.update_time = int(platform.now())
    return OK


def get_draft(platform: Platform, asked: Asked) -> Answer:
    """`draft/get`: what became of the articles."""
    return {"news_item": read_back(platform, find(platform, asked), asked.origin)}


def list_drafts(platform: Platform, asked: Asked) -> Answer:
    """`draft/batchget`: newest first, twenty at most, on request without the text."""
    offset, count = asked.page()
    drafts = platform.box.newest_first()
    bare = asked.body.get("no_content", 0) == 1
    page = [
        listed(platform, draft, asked.origin, bare) for draft in drafts[offset : offset + count]
    ]
    return {"total_count": len(drafts), "item_count": len(page), "item": page}


def count_drafts(platform: Platform, _asked: Asked) -> Answer:
    """`draft/count`."""
    return {"total_count": len(platform.box.drafts)}


def delete_draft(platform: Platform, asked: Asked) -> Answer:
    """`draft/delete`: for good."""
    platform.box.take(find(platform, asked))
    return OK


def find(platform: Platform, asked: Asked) -> Draft:
    """The draft that is asked for; asking for one that is gone is no fault, a caller may have to."""
    draft = platform.box.find(asked.text("media_id", 40007))
    if draft is None:
        raise Refusal(40007, "没有这份草稿", blame=False)
    return draft


def listed(platform: Platform, draft: Draft, origin: str, bare: bool) -> Answer:
    """A draft in a list."""
    news = read_back(platform, draft, origin)
    if bare:
        news = [article | {"content": ""} for article in news]
    content = {
        "news_item": news,
        "create_time": draft.update_time,
        "update_time": draft.update_time,
    }
    return {"media_id": draft.media_id, "content": content, "update_time": draft.update_time}


def read_back(platform: Platform, draft: Draft, origin: str) -> list[Fields]:
    """The articles with the keys that only reading knows: cover address and preview link."""
    return [
        article
        | {"thumb_url": thumb_url(platform, article)}
        | {"url": f"{origin}/drafts/{draft.media_id}" + (f"?idx={index}" if index else "")}
        for index, article in enumerate(draft.articles)
    ]


def thumb_url(platform: Platform, article: Fields) -> str:
    """Where the cover can be seen, unless it was deleted meanwhile."""
    cover = platform.library.image(article["thumb_media_id"])
    return cover.url if cover else ""


ENDPOINTS = (
    Endpoint("draft/add", add_draft, changes=True, daily=1000),
    Endpoint("draft/update", update_draft, changes=True, daily=1000),
    Endpoint("draft/get", get_draft, daily=500),
    Endpoint("draft/batchget", list_drafts, daily=1000),
    Endpoint("draft/count", count_drafts, method="GET", body="none", daily=1000),
    Endpoint("draft/delete", delete_draft, changes=True, daily=1000),
)
