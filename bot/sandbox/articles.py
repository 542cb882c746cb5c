"""The limits of one article in a draft, and how it is stored.

Limits are those of the "Add draft" page as of December 2025 and July 2026, in characters unless a unit is
given; where users report a smaller one in bytes, that is held too.
"""

import re
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.filter import filter_content, text_of
from bot.sandbox.library import Material
from bot.sandbox.refusal import Refusal, require
from bot.sandbox.state import Platform

Fields = dict[str, Any]

TITLE, TITLE_BYTES = 32, 64
AUTHOR = 16
DIGEST, DIGEST_MADE = 120, 54
CONTENT, CONTENT_BYTES = 20_000, 1024 * 1024
SOURCE_URL_BYTES = 1024
PICTURES = 20
TEXTS = ("title", "author", "digest", "content", "content_source_url", "thumb_media_id")
SWITCHES = ("need_open_comment", "only_fans_can_comment")
CROP = re.compile(r"(?:[01](?:\.\d{1,6})?)(?:_[01](?:\.\d{1,6})?){3}")
# The cropped picture must have the ratio it is for, within this share.
RATIO_SLACK = 0.02
RATIOS = {"2.35_1": 2.35, "1_1": 1.0, "16_9": 16 / 9}
NEWS_RATIOS = ("2.35_1", "1_1")


def store_article(platform: Platform, call: str, article: object) -> Fields:
    """Check one article and give it the shape in which it is read back."""
    if not isinstance(article, dict) or not article:
        raise Refusal(44003, "文章不是对象，或者是空的")
    fields: Fields = dict(article)
    kind = fields.setdefault("article_type", "news")
    require(kind in {"news", "newspic"}, 40008, f"article_type={kind}")
    check_texts(fields)
    check_source(fields["content_source_url"])
    if kind == "news":
        check_cover(fields, cover_of(platform, fields))
    else:
        check_pictures(platform, fields)
    return stored(platform, call, fields)


def check_texts(fields: Fields) -> None:
    """Lengths, in the order in which the platform complains."""
    for name in TEXTS:
        require(isinstance(fields.setdefault(name, ""), str), 47001, f"{name} 应为字符串")
    for name in SWITCHES:
        require(fields.setdefault(name, 0) in (0, 1), 47003, f"{name} 只能是 0 或 1")
    title, content = fields["title"], fields["content"]
    require(0 < len(title) <= TITLE, 45003, f"标题 {len(title)} 字，应为 1–{TITLE} 字")
    require(size(title) <= TITLE_BYTES, 45003, f"标题 {size(title)} 字节，最多 {TITLE_BYTES} 字节")
    require(
        len(fields["author"]) <= AUTHOR, 45110, f"作者 {len(fields['author'])} 字，最多 {AUTHOR} 字"
    )
    require(
        len(fields["digest"]) <= DIGEST, 45004, f"摘要 {len(fields['digest'])} 字，最多 {DIGEST} 字"
    )
    require(content, 44004, "正文为空")
    require(len(content) < CONTENT, 45002, f"正文 {len(content):,} 字符，须少于 {CONTENT:,}")
    require(size(content) < CONTENT_BYTES, 45002, f"正文 {size(content):,} 字节，须少于 1 MB")


def check_source(url: str) -> None:
    """阅读原文 leads to a public page."""
    require(
        size(url) <= SOURCE_URL_BYTES,
        45005,
        f"阅读原文的链接 {size(url)} 字节，最多 {SOURCE_URL_BYTES} 字节",
    )
    require(not url or is_public(url), 41039, f"阅读原文的链接打不开：{url}")


def is_public(url: str) -> bool:
    """Whether a follower's phone could open the address."""
    try:
        address = urlsplit(url)
        host = address.hostname or ""
    except ValueError:
        return False
    if address.scheme not in {"http", "https"} or not host:
        return False
    return not (host == "localhost" or host.endswith(".localhost") or is_loopback(host))


def is_loopback(host: str) -> bool:
    """Whether a host is an address of the machine itself."""
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def cover_of(platform: Platform, fields: Fields) -> Material:
    """The cover must be a permanent image of this very account."""
    material = platform.library.image(fields["thumb_media_id"])
    if material is None:
        raise Refusal(40007, "thumb_media_id 不是本账号的永久图片")
    return material


def check_cover(fields: Fields, cover: Material) -> None:
    """Crops are normalised corners, and cut out the ratio they are named after."""
    for ratio, corners in [*named_crops(fields), *listed_crops(fields)]:
        require(CROP.fullmatch(corners), 47003, f"{ratio} 的裁剪坐标写法不对：{corners}")
        check_ratio(cover, [float(corner) for corner in corners.split("_")], ratio)


def named_crops(fields: Fields) -> list[tuple[str, str]]:
    """The two crops that have a field of their own, as (ratio, corners)."""
    names = {"pic_crop_235_1": "2.35_1", "pic_crop_1_1": "1_1"}
    return [(ratio, str(fields[name])) for name, ratio in names.items() if fields.get(name)]


def listed_crops(fields: Fields) -> list[tuple[str, str]]:
    """The crops of `cover_info`, whose corners are strings, as (ratio, corners)."""
    crops = []
    for crop in objects(fields.get("cover_info"), "crop_percent_list"):
        require(crop.get("ratio") in NEWS_RATIOS, 47003, f"封面没有 {crop.get('ratio')} 这种比例")
        corners = [crop.get(corner) for corner in ("x1", "y1", "x2", "y2")]
        require(all(isinstance(corner, str) for corner in corners), 47001, "裁剪坐标应为字符串")
        crops.append((str(crop["ratio"]), "_".join(str(corner) for corner in corners)))
    return crops


def objects(parent: object, name: str) -> list[Fields]:
    """A list of objects inside an optional object."""
    found = parent.get(name, []) if isinstance(parent, dict) else []
    well_formed = isinstance(found, list) and all(isinstance(item, dict) for item in found)
    require(well_formed, 47001, f"{name} 应为对象的列表")
    return list(found)


def check_ratio(cover: Material, corners: list[float], ratio: str) -> None:
    """Width by height of the cut-out, in pixels."""
    left, top, right, bottom = corners
    require(left < right <= 1 and top < bottom <= 1, 47003, f"裁剪坐标越界：{corners}")
    if cover.picture:
        found = (right - left) * cover.picture.width / ((bottom - top) * cover.picture.height)
        wanted = RATIOS[ratio]
        require(
            abs(found / wanted - 1) <= RATIO_SLACK, 47003, f"裁出的比例是 {found:.3f}，不是 {ratio}"
        )


def check_pictures(platform: Platform, fields: Fields) -> None:
    """A picture post has one to twenty permanent images, the first of which is its cover."""
    listed = objects(fields.get("image_info"), "image_list")
    require(1 <= len(listed) <= PICTURES, 45008, f"{len(listed)} 张图片，应为 1–{PICTURES} 张")
    media_ids = [str(picture.get("image_media_id", "")) for picture in listed]
    for media_id in media_ids:
        require(platform.library.image(media_id), 40007, "image_media_id 不是永久图片")
    fields["thumb_media_id"] = media_ids[0]


def stored(platform: Platform, call: str, fields: Fields) -> Fields:
    """The article as the platform keeps it, complaints noted."""
    filtered = filter_content(fields["content"], platform.library)
    for rule, detail in filtered.findings:
        platform.ledger.blame(rule, call, detail)
    digest = fields["digest"] or text_of(filtered.html)[:DIGEST_MADE]
    return fields | {"content": filtered.html, "digest": digest, "show_cover_pic": 0}


def size(text: str) -> int:
    """Bytes in UTF-8."""
    return len(text.encode())
