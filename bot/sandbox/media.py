"""Uploading pictures and keeping permanent materials."""

import io
import warnings
from dataclasses import dataclass
from pathlib import PurePosixPath

from PIL import Image, UnidentifiedImageError
from werkzeug.datastructures import FileStorage

from bot.sandbox.endpoint import OK, Answer, Asked, Endpoint
from bot.sandbox.library import Material
from bot.sandbox.refusal import Refusal, require
from bot.sandbox.state import Platform

KB, MB = 1024, 1024 * 1024
FORMS = {"jpg": "jpeg", "jpeg": "jpeg", "png": "png", "gif": "gif", "bmp": "bmp", "webp": "webp"}
# Pixels. Users report 40137 for pictures of 18018 × 24477.
LONGEST_SIDE = 16384


@dataclass(frozen=True, slots=True)
class Upload:
    """An accepted file; `form` is its real format, `size` width and height in pixels."""

    name: str
    data: bytes
    form: str
    size: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Rule:
    """What an upload may be: file name extensions, and bytes (`size` itself is still allowed)."""

    extensions: tuple[str, ...]
    size: int
    picture: bool = True


# "Upload image for articles" says less than 1 MB; "Add permanent material" gives the others.
BODY_IMAGE = Rule(("jpg", "jpeg", "png"), MB - 1)
MATERIALS = {
    "image": Rule(("bmp", "png", "jpeg", "jpg", "gif"), 10 * MB),
    "thumb": Rule(("jpg", "jpeg"), 64 * KB),
    "voice": Rule(("mp3", "wma", "wav", "amr"), 2 * MB, picture=False),
    "video": Rule(("mp4",), 10 * MB, picture=False),
}
LISTED = ("image", "voice", "video", "news")


def upload_body_image(platform: Platform, asked: Asked) -> Answer:
    """`media/uploadimg`: a picture for the text; gives an address and no media_id."""
    upload = read_upload(platform, asked, BODY_IMAGE)
    picture = platform.library.keep(upload.data, upload.form, upload.size)
    platform.library.body_images.add(picture.key)
    note_repetition(platform, asked, "text", upload)
    return {"url": asked.origin + picture.path}


def add_material(platform: Platform, asked: Asked) -> Answer:
    """`material/add_material`: `type` is in the query string; only images get an address."""
    kind = asked.args.get("type", "")
    require(kind in MATERIALS, 40004, f"type={kind}")
    require(kind != "video" or asked.form.get("description"), 47003, "视频缺少 description")
    upload = read_upload(platform, asked, MATERIALS[kind])
    note_repetition(platform, asked, "material", upload)
    material = keep_material(platform, asked, kind, upload)
    answer = {"media_id": material.media_id}
    return answer | {"url": material.url, "item": []} if kind == "image" else answer


def keep_material(platform: Platform, asked: Asked, kind: str, upload: Upload) -> Material:
    """Put an upload into the library."""
    library, at = platform.library, platform.now()
    if not MATERIALS[kind].picture:
        return library.add(kind, upload.name, upload.data, at)
    picture = library.keep(upload.data, upload.form, upload.size)
    url = asked.origin + picture.path
    return library.add(kind, upload.name, upload.data, at, picture=picture, url=url)


def delete_material(platform: Platform, asked: Asked) -> Answer:
    """`material/del_material`: for good."""
    material = platform.library.materials.get(asked.text("media_id", 40007))
    if material is None:
        raise Refusal(40007, "没有这个素材", blame=False)
    platform.library.remove(material)
    return OK


def count_materials(platform: Platform, _asked: Asked) -> Answer:
    """`material/get_materialcount`; articles are no longer kept as materials."""
    count = platform.library.count
    return {f"{kind}_count": count(kind) for kind in ("voice", "video", "image", "news")}


def list_materials(platform: Platform, asked: Asked) -> Answer:
    """`material/batchget_material`: newest first, twenty at most."""
    kind = asked.body.get("type")
    require(kind in LISTED, 40004, f"type={kind}")
    offset, count = asked.page()
    found = platform.library.of_kind(str(kind))
    page = [listed(material) for material in found[offset : offset + count]]
    return {"total_count": len(found), "item_count": len(page), "item": page}


def listed(material: Material) -> Answer:
    """A material as the list shows it."""
    return {
        "media_id": material.media_id,
        "name": material.name,
        "update_time": material.update_time,
        "url": material.url,
    }


def read_upload(platform: Platform, asked: Asked, rule: Rule) -> Upload:
    """The uploaded file, if the rule allows it."""
    media = asked.media
    if media is None:
        raise Refusal(41005, "表单里没有 media 文件")
    if not media.mimetype.startswith(("image/", "audio/", "video/")):
        platform.ledger.blame("content_type", asked.call, media.mimetype or "没有写明类型")
    extension = check_extension(media, rule)
    data = media.read()
    require(data, 44001, "文件是空的")
    require(len(data) <= rule.size, 40009, f"{len(data):,} 字节，最多 {rule.size:,} 字节")
    form, size = check_picture(data, extension, rule) if rule.picture else (extension, (0, 0))
    return Upload(media.filename or "", data, form, size)


def check_extension(media: FileStorage, rule: Rule) -> str:
    """The platform judges by the file's name: 40113 for a strange one, 40005 for a kind not taken here."""
    extension = PurePosixPath(media.filename or "").suffix.lower().removeprefix(".")
    if extension not in rule.extensions:
        raise Refusal(
            40005 if extension in FORMS else 40113, f"这里不收扩展名为 .{extension} 的文件"
        )
    return extension


def check_picture(data: bytes, extension: str, rule: Rule) -> tuple[str, tuple[int, int]]:
    """Then it looks inside: 40137 for what it cannot read, 40113 where name and content differ."""
    form, size = look_inside(data)
    allowed = {FORMS[name] for name in rule.extensions}
    require(
        form in allowed and max(size) <= LONGEST_SIDE,
        40137,
        f"{form} 格式，{size[0]}×{size[1]} 像素",
    )
    require(form == FORMS[extension], 40113, f"内容是 {form}，扩展名却是 .{extension}")
    return form, size


def look_inside(data: bytes) -> tuple[str, tuple[int, int]]:
    """A picture's real format, and its width and height in pixels."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data)) as picture:
                form, size = (picture.format or "").lower(), picture.size
                picture.verify()
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError) as error:
        raise Refusal(40137, "读不出图片") from error
    return form, size


def note_repetition(platform: Platform, asked: Asked, use: str, upload: Upload) -> None:
    """A careful caller keeps what it got for a picture, and does not upload it again."""
    if platform.library.twice(use, upload.data, heard=asked.heard):
        platform.ledger.blame("same_picture", asked.call, upload.name)


ENDPOINTS = (
    # Not in the table of limits; users meet 45009 after about a thousand calls.
    Endpoint("media/uploadimg", upload_body_image, body="form", changes=True, daily=1000),
    Endpoint("material/add_material", add_material, body="form", changes=True),
    Endpoint("material/del_material", delete_material, changes=True),
    Endpoint("material/get_materialcount", count_materials, method="GET", body="none"),
    Endpoint("material/batchget_material", list_materials),
)
