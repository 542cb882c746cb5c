"""Style properties that the platform removes, or that show differently from phone to phone."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.model import Severity
from bot.render.lint.finding import Finding
from bot.render.lint.spot import Spot

# The platform's own stack may be named; it is what readers get anyway.
OWN_FONTS = re.compile(r"[\"']?mp-quote[\"']?\s*,\s*[\"']?PingFang SC", re.I)


@dataclass(frozen=True, slots=True)
class Ban:
    """A property, or a value, that an article must not have."""

    rule: str
    property: re.Pattern[str]
    value: re.Pattern[str]
    text: str
    remedy: str
    severity: Severity = Severity.WARNING

    def hits(self, name: str, value: str) -> bool:
        """This declaration is meant."""
        return bool(self.property.fullmatch(name) and self.value.search(value))


def _ban(
    rule: str, name: str, value: str, text: str, remedy: str, severity: Severity = Severity.WARNING
) -> Ban:
    return Ban(rule, re.compile(name, re.I), re.compile(value, re.I), text, remedy, severity)


BANS = (
    _ban(
        "position",
        "position",
        "",
        "会被平台删去，元素会回到原来的位置",
        "请改用 margin 或 padding",
        Severity.ERROR,
    ),
    _ban(
        "grid",
        "display|grid.*",
        r"grid|(?:^|\s)\d+fr|minmax",
        "的网格布局不被支持，内容会竖着排下来",
        "请改用表格或上下排列",
        Severity.ERROR,
    ),
    _ban(
        "variable",
        ".*",
        r"var\(|calc\(|env\(",
        "里的变量或算式不会被算出来，这一条样式会丢失",
        "请直接写出数值",
        Severity.ERROR,
    ),
    _ban(
        "variable",
        "--.*",
        "",
        "是样式变量，会被平台删去",
        "请直接在用到的地方写出数值",
        Severity.ERROR,
    ),
    _ban(
        "colour-form", ".*", r"hsla?\(", "用了 hsl() 写颜色，旧手机不认识", "请改写成 #1b3a6b 这样"
    ),
    _ban(
        "colour-form",
        ".*",
        r"rgba?\([^),]*\s/\s|rgba?\(\s*\d+\s+\d",
        "里颜色的写法旧手机不认识",
        "请改写成 rgba(27,58,107,.5) 这样",
    ),
    _ban(
        "font-family",
        "font(?:-family)?",
        "",
        "指定了字体，手机上多半没有，显示会与预览不同",
        "请去掉字体，只写字号和粗细",
    ),
    _ban(
        "important",
        ".*",
        r"!\s*important",
        "里的 !important 会妨碍深色模式换色",
        "请去掉 !important",
    ),
    _ban(
        "animation",
        "animation.*|transition.*|filter|backdrop-filter",
        "",
        "在文章里不起作用",
        "请从模板里删掉",
    ),
    _ban(
        "text-align",
        "text-align",
        r"^(?:start|end)\b",
        "在苹果手机上对齐不一致",
        "请改用 left、right、center 或 justify",
    ),
    _ban(
        "caret-color",
        "caret-color",
        r"transparent|rgba\(0,\s*0,\s*0,\s*0\)",
        "把光标变透明，在编辑器里找不到光标",
        "请从模板里删掉",
    ),
    _ban(
        "style-url",
        ".*",
        r"url\(\s*[\"']?(?!data:|https?://mmbiz\.qpic\.cn/)[^)\s]",
        "引用了平台之外的图片，会被删去",
        "请去掉背景图，或先把图片上传到素材库",
        Severity.ERROR,
    ),
)


def find_properties(spots: Sequence[Spot]) -> Iterator[Finding]:
    """Declarations that must not be there."""
    for spot in spots:
        for name, value in spot.element.style.items():
            for ban in BANS:
                if ban.hits(name, value) and not _allowed(ban, value):
                    text = f"样式 {name}:{value[:40]} {ban.text}"
                    yield spot.found(ban.rule, text, ban.remedy, ban.severity)


def _allowed(ban: Ban, value: str) -> bool:
    return ban.rule == "font-family" and bool(OWN_FONTS.match(value))
