"""Pictures: where they come from, how wide they are, what they say to those who cannot see them."""

import re
from collections.abc import Iterator, Sequence

from bot.model import Severity
from bot.render.lint.finding import Finding
from bot.render.lint.spot import Spot

# Where the platform hands out what was uploaded to it; the sandbox does it below the same path.
UPLOADED = re.compile(r"https?://[^/]+/(?:\w+_)?mmbiz(?:_\w+)?/")
ELSEWHERE = re.compile(r"https?:|//|data:|file:", re.I)


def find_pictures(spots: Sequence[Spot], *, sent: bool) -> Iterator[Finding]:
    """`sent`: the article is as the platform will get it, so a picture's local name is no longer good."""
    for spot in spots:
        if spot.element.tag == "img":
            yield from _source(spot, sent=sent)
            yield from _marks(spot)


def _source(spot: Spot, *, sent: bool) -> Iterator[Finding]:
    address = spot.element.attributes.get("src") or spot.element.attributes.get("data-src", "")
    if not address:
        text, remedy = "图片没有地址，读者看不到", "请在报告里补上这张图片，或删去它"
        yield spot.found("picture-source", text, remedy, Severity.ERROR)
    elif not UPLOADED.match(address) and (sent or ELSEWHERE.match(address)):
        text = f"图片 {address[:60]} 不在公众平台上，会被平台删去"
        remedy = "请把图片文件放在报告旁边，推送时会自动上传"
        severity = Severity.ERROR if sent else Severity.WARNING
        yield spot.found("picture-source", text, remedy, severity)


def _marks(spot: Spot) -> Iterator[Finding]:
    attributes = spot.element.attributes
    # The platform knows how wide its own are; any other does not get there.
    elsewhere = ELSEWHERE.match(attributes.get("src", ""))
    if not elsewhere and not attributes.get("data-w", "").isdigit():
        text = "图片没有标出宽度（data-w），加载前后版面会跳动"
        yield spot.found("picture-width", text, "请换一个能读出尺寸的图片文件")
    if not attributes.get("alt", "").strip():
        text = "图片没有文字说明，看不到图的读者不知道是什么"
        yield spot.found("picture-alt", text, "请在报告里给图片写一句说明，如 ![产量走势](图1.png)")
    if spot.element.style.get("opacity") in {"0", "0.0", "0%"}:
        yield spot.found("picture-opacity", "图片是全透明的，读者看不到", "请去掉 opacity:0")
