"""Tags and attributes that do not survive, or do harm."""

from collections.abc import Iterator, Sequence

from bot.model import Severity
from bot.render.lint.finding import Finding
from bot.render.lint.spot import Spot

KEPT_NAMES = (
    "a b blockquote br caption code col colgroup dd del dl dt em figcaption figure font h1 h2 h3 h4 h5 h6"
    " hr i img ins li mark ol p pre rp rt ruby s section small span strong sub sup svg table tbody td tfoot"
    " th thead tr u ul"
)
KEPT = frozenset(KEPT_NAMES.split())
GONE_NAMES = (
    "audio button canvas embed form head iframe input link meta object script select style textarea title"
    " video"
)
GONE = frozenset(GONE_NAMES.split())
COMMENT = "!"
VIDEO = "video_iframe"
NATIVE = "mp-"
CLOSING_BLOCKS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6"})


def find_tags(spots: Sequence[Spot]) -> Iterator[Finding]:
    """Tags that are removed, and blocks where the browser does not allow them."""
    for spot in spots:
        yield from _tag(spot)
        yield from _nesting(spot)


def _tag(spot: Spot) -> Iterator[Finding]:
    tag, attributes = spot.element.tag, spot.element.attributes
    if tag in KEPT or tag.startswith(NATIVE):
        return
    if tag == COMMENT:
        yield spot.found("comment", "有 HTML 注释，占字数，发出后会被删去", "请从模板里删掉注释")
    elif tag == "iframe" and VIDEO in attributes.get("class", ""):
        return
    elif tag in GONE:
        remedy = "请改用文字和图片，样式写在每个元素的 style 里"
        text = f"<{tag}> 连同里面的内容会被平台删去"
        yield spot.found("removed-tag", text, remedy, Severity.ERROR)
    elif tag == "div":
        yield spot.found("div", "<div> 会被平台改成段落，样式也会丢失", "请在模板里改用 <section>")
    else:
        text = f"平台不认识 <{tag}>，会去掉这个标签，只留下文字"
        yield spot.found("unknown-tag", text, "请在模板里改用 <section>、<p> 或 <span>")


def _nesting(spot: Spot) -> Iterator[Finding]:
    element, outer = spot.element, spot.element.parent
    if outer is None or not element.is_block:
        return
    if outer.tag in CLOSING_BLOCKS:
        text = f"<{outer.tag}> 里面放了 <{element.tag}>，手机会把段落拆开"
        yield spot.found("block-in-paragraph", text, f"请把外层的 <{outer.tag}> 改成 <section>")
    elif outer.tag == "span" and "leaf" in outer.attributes:
        yield spot.found(
            "span-leaf", f"span[leaf] 里面放了 <{element.tag}>", "里面只能放文字、链接和小图片"
        )
    elif "nodeleaf" in outer.attributes:
        yield spot.found(
            "node-leaf",
            f"section[nodeleaf] 里面放了 <{element.tag}>",
            "里面只能放一张图片或一个组件",
        )


def find_attributes(spots: Sequence[Spot]) -> Iterator[Finding]:
    """Attributes that are removed, or that are the platform's own to give."""
    for spot in spots:
        for name in spot.element.attributes:
            yield from _attribute(spot, name)


def _attribute(spot: Spot, name: str) -> Iterator[Finding]:
    tag = spot.element.tag
    if name.startswith("on"):
        text = f"<{tag}> 的事件属性 {name} 会被平台删去"
        yield spot.found("event", text, "文章里不能有脚本，请从模板里删掉", Severity.ERROR)
    elif name in {"id", "class"} and not tag.startswith(NATIVE) and tag != "iframe":
        text = f"<{tag}> 的 {name} 在文章里不起作用，只占字数"
        yield spot.found(name, text, "请从模板里删掉，样式写进 style")
    elif name.startswith("data-darkmode"):
        yield spot.found(
            "darkmode-mark", f"{name} 是平台自己加的深色模式标记", "请从模板里删掉，平台会自动换色"
        )
    elif name == "data-no-dark":
        text = "data-no-dark 会让这里在深色模式下不换色"
        yield spot.found("no-dark", text, "请从模板里删掉，并选深色模式下也清楚的颜色")
