"""`rikan cover`: what an issue's cover shows and why, and what its editor wants instead."""

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import click

from bot.cli.invocation import Invocation
from bot.cli.output import print_columns, print_json
from bot.delivery import State
from bot.model import Issue, Look, Problem
from bot.render.backdrop import read_file
from bot.render.choice import Choice
from bot.services import Services, open_services

# What a changed cover means for an issue that has come this far.
NEXT_STEP = {
    State.DRAFTED: "草稿里还是原来的封面。请再运行 rikan push {id}",
    State.FAILED: "草稿里还是原来的封面。请再运行 rikan push {id}",
    State.PUBLISHING: "这一期正在发布，公众号上的封面不会变",
    State.PUBLISHED: "这一期已发布，公众号上的封面不会变",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """An issue's cover as it is chosen now, and what its editor should look at."""

    issue_id: str
    choice: Choice
    look: Look
    problems: tuple[Problem, ...]


@click.command()
@click.argument("issue_id", metavar="ID")
@click.option("--headline", help="封面上的标题；写成空的（''）就恢复自动")
@click.option("--layout", help="版式：auto、headline、figure 或 date；''恢复自动")
@click.option("--palette", help="颜色：weekday、theme 或一种颜色的名称；''恢复自动")
@click.option("--picture", type=click.Path(path_type=Path), help="背景图片：JPEG、PNG 或 WebP")
@click.option("--reset", is_flag=True, help="先去掉本期原有的封面指定")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_obj
def cover(
    invocation: Invocation,
    issue_id: str,
    headline: str | None,
    layout: str | None,
    palette: str | None,
    picture: Path | None,
    reset: bool,
    as_json: bool,
) -> None:
    """显示一期的封面怎么定的、为什么；带选项时为这一期另行指定。"""
    texts = {"headline": headline, "layout": layout, "palette": palette}
    wishes: dict[str, Any] = {name: text for name, text in texts.items() if text is not None}
    if picture is not None:
        wishes["picture"] = read_file(picture, "封面背景图")
    with open_services(invocation.config()) as services:
        issue = services.archive.issue(issue_id)
        if wishes or reset:
            look = services.covers.look(issue_id)
            before = without_cover(look) if reset else look
            _decide(services, issue, replace(before, **wishes))
        shown = _shown(services, issue)
        changed = (wishes or reset) and services.ledger.delivery(issue_id).state
    _tell(shown, as_json)
    if changed in NEXT_STEP:
        click.echo(f"注意 {NEXT_STEP[State(changed)].format(id=issue_id)}", err=True)


def without_cover(look: Look) -> Look:
    """What was said of the article stays."""
    return replace(look, headline="", layout="", palette="", picture=b"")


def _decide(services: Services, issue: Issue, look: Look) -> None:
    """Keep a look once a cover was drawn with it: what cannot be drawn is refused here and now."""
    services.studio.cover(issue, look)
    services.covers.choose(issue.id, look)


def _shown(services: Services, issue: Issue) -> Shown:
    look, studio = services.covers.look(issue.id), services.studio
    return Shown(issue.id, studio.choice(issue, look), look, studio.cover_problems(issue, look))


def _tell(shown: Shown, as_json: bool) -> None:
    if as_json:
        print_json(_plain(shown))
        return
    print_columns(_rows(shown))
    for problem in shown.problems:
        click.echo(f"注意 {problem}", err=True)


def _rows(shown: Shown) -> list[tuple[str, str, str]]:
    """What it is, what is chosen, and why."""
    choice = shown.choice
    rows = [
        ("标题", choice.headline.text, choice.headline.reason),
        ("版式", f"{choice.layout.title} {choice.layout.name}", choice.layout_reason),
        ("颜色", f"{choice.palette.title} {choice.palette.name}", choice.palette_reason),
    ]
    if choice.figure:
        rows.append(("数字", choice.figure.plain, f"{choice.figure.place}里最突出的"))
    if shown.look.picture:
        rows.append(("背景", f"{len(shown.look.picture):,} 字节", "编辑为本期指定"))
    return rows


def _plain(shown: Shown) -> dict[str, Any]:
    choice = shown.choice
    return {
        "id": shown.issue_id,
        "headline": {"text": choice.headline.text, "reason": choice.headline.reason},
        "layout": {"name": choice.layout.name, "reason": choice.layout_reason},
        "palette": {"name": choice.palette.name, "reason": choice.palette_reason},
        "figure": choice.figure and choice.figure.plain,
        "picture": bool(shown.look.picture),
        "problems": [asdict(problem) for problem in shown.problems],
    }
