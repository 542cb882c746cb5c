"""What a cover shows, and why: decided from the issue, the settings and its editor's wishes."""

from dataclasses import dataclass

from bot.errors import ArticleError
from bot.model import WEEKDAYS, Issue, Look
from bot.render.figure import STRONG, Figure, strongest_figure
from bot.render.headline import Headline, choose_headline, quoted
from bot.render.layout import Layout, Palette, Templates
from bot.render.typeset import tidy

AUTO, WEEKDAY, THEME = "auto", "weekday", "theme"
BY_EDITOR, BY_SETTINGS = "编辑为本期指定", "设置文件指定"


@dataclass(frozen=True, slots=True)
class Choice:
    """What is chosen, each with the reason an editor reads."""

    headline: Headline
    layout: Layout
    layout_reason: str
    palette: Palette
    palette_reason: str
    figure: Figure | None


def choose(
    issue: Issue, look: Look, templates: Templates, layout: str = AUTO, palette: str = WEEKDAY
) -> Choice:
    """Decide; `layout` and `palette` are the settings'. Raises ArticleError for unknown names."""
    words = tidy(look.headline)
    headline = Headline(quoted(words), BY_EDITOR) if words else choose_headline(issue)
    figure = strongest_figure(issue)
    return Choice(
        headline,
        *_layout(look.layout or layout, headline, figure, templates, _whose(look.layout)),
        *_palette(look.palette or palette, issue, templates, _whose(look.palette)),
        figure,
    )


def _whose(wish: str) -> str:
    return BY_EDITOR if wish else BY_SETTINGS


def _layout(
    wanted: str, headline: Headline, figure: Figure | None, templates: Templates, whose: str
) -> tuple[Layout, str]:
    if wanted == AUTO:
        name, reason = _fitting_layout(headline, figure)
        return templates.layouts[name], reason
    if wanted not in templates.layouts:
        raise _unknown("版式", wanted, [AUTO, *templates.layouts])
    layout = templates.layouts[wanted]
    if figure is None and layout.needs_figure:
        return templates.layouts["headline"], f"{whose}{layout.title}，但本期没有突出的数字"
    return layout, whose


def _fitting_layout(headline: Headline, figure: Figure | None) -> tuple[str, str]:
    """The layout that the content asks for, and why."""
    if figure and figure.strength >= STRONG:
        return "figure", f"{figure.place}里有突出的数字：{figure.plain}"
    if not headline.whole:
        return "date", "没有一句话能独立成题，以日期为主"
    return "headline", "标题自己说得出新闻，没有更突出的数字"


def _palette(wanted: str, issue: Issue, templates: Templates, whose: str) -> tuple[Palette, str]:
    palettes = templates.palettes
    of_day = next(one for one in palettes.values() if one.weekday == issue.date.isoweekday())
    if wanted == WEEKDAY:
        return of_day, f"星期{WEEKDAYS[issue.date.weekday()]}的颜色"
    if wanted == THEME:
        return _of_theme(issue, templates, of_day)
    if wanted not in palettes:
        raise _unknown("颜色", wanted, [WEEKDAY, THEME, *palettes])
    return palettes[wanted], whose


def _of_theme(issue: Issue, templates: Templates, of_day: Palette) -> tuple[Palette, str]:
    """The colours whose words the section titles say most often; of two equal, the week's first."""
    titles = "\n".join(section.title for section in issue.sections)
    counts = {
        palette: sum(titles.count(word) for word in palette.themes)
        for palette in templates.palettes.values()
    }
    best = max(counts, key=lambda palette: counts[palette])
    if not counts[best]:
        return of_day, "标题里没有任何主题词，用星期的颜色"
    said = [word for word in best.themes if word in titles]
    return best, f"标题里“{'”“'.join(said)}”共出现 {counts[best]} 次"


def _unknown(kind: str, name: str, known: list[str]) -> ArticleError:
    return ArticleError(f"没有叫 {name} 的封面{kind}。请从这些里选：{'、'.join(known)}")
