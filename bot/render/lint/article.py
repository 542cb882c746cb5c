"""All rules over one article."""

from functools import lru_cache

from bot.model import CHARACTER_LIMIT, Severity
from bot.render.lint.contrast import find_contrast, find_gradients
from bot.render.lint.finding import Finding, gathered
from bot.render.lint.layout import find_depth, find_lines, find_widths
from bot.render.lint.leftovers import find_leftovers
from bot.render.lint.outline import find_code, find_empty, find_headings, find_links
from bot.render.lint.pictures import find_pictures
from bot.render.lint.properties import find_properties
from bot.render.lint.spot import spots_of
from bot.render.lint.tags import find_attributes, find_tags

RULES = (
    find_tags,
    find_attributes,
    find_properties,
    find_depth,
    find_lines,
    find_widths,
    find_contrast,
    find_gradients,
    find_headings,
    find_empty,
    find_code,
    find_links,
    find_leftovers,
)
WHOLE = "全文"


# An issue's preview and its report look over the same articles.
@lru_cache(maxsize=8)
def lint(html: str, *, sent: bool = False) -> tuple[Finding, ...]:
    """What an editor should know of this `content`; `sent`: its pictures must be the platform's by now."""
    spots = spots_of(html)
    findings = [finding for rule in RULES for finding in rule(spots)]
    findings += find_pictures(spots, sent=sent)
    return gathered([*_length(html), *findings])


def _length(html: str) -> list[Finding]:
    if len(html) < CHARACTER_LIMIT:
        return []
    text = f"正文有 {len(html):,} 字符，平台要求少于 {CHARACTER_LIMIT:,}"
    return [Finding(Severity.ERROR, WHOLE, text, "请缩短报告，或拆成两期", "length")]
