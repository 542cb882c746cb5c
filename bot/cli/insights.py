"""`rikan insights`: what followers asked, and what they did not find."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from statistics import quantiles

import click

from bot.archive.asking import SIMILAR, alike
from bot.archive.conversations import Asked
from bot.cli.invocation import Invocation
from bot.cli.output import print_json
from bot.services import SHANGHAI, open_services

SHOWN = 20
BAR = 30  # characters of the busiest hour


@dataclass(frozen=True, slots=True)
class Insights:
    """`words` and `missed` are (words, how often), most first; `hours` counts each hour of the day."""

    questions: int
    followers: int
    words: tuple[tuple[str, int], ...]
    missed: tuple[tuple[str, int], ...]
    hours: tuple[int, ...]
    ms_median: float
    ms_99th: float


def insights_of(asked: Iterable[Asked]) -> Insights:
    """What the lines of a time come to, each hour in Shanghai's time."""
    lines = list(asked)
    searched = [line for line in lines if line.wish == "words"]
    missed = [line for line in searched if not line.hits or line.step >= SIMILAR]
    hours = Counter(datetime.fromtimestamp(line.at / 1000, SHANGHAI).hour for line in lines)
    times = sorted(line.ms for line in lines)
    cuts = quantiles(times, n=100, method="inclusive") if times[1:] else times * 99
    return Insights(
        questions=len(lines),
        followers=len({line.follower for line in lines}),
        words=_most(searched),
        missed=_most(missed),
        hours=tuple(hours[hour] for hour in range(24)),
        ms_median=round(cuts[49], 1) if cuts else 0,
        ms_99th=round(cuts[98], 1) if cuts else 0,
    )


def _most(lines: Iterable[Asked]) -> tuple[tuple[str, int], ...]:
    counted = Counter(alike(line.words) for line in lines)
    return tuple(counted.most_common(SHOWN))


@click.command()
@click.option(
    "--days", default=30, show_default=True, type=click.IntRange(1, 3650), help="最近几天"
)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_obj
def insights(invocation: Invocation, days: int, as_json: bool) -> None:
    """读者常问什么、什么没找到、什么时候最忙。可据此补充同义词和选题。"""
    with open_services(invocation.config()) as services:
        since = services.now() - timedelta(days=days)
        found = insights_of(services.conversations.asked(since))
    if as_json:
        print_json(asdict(found))
    else:
        _tell(found, days)


def _tell(found: Insights, days: int) -> None:
    if not found.questions:
        click.echo(f"最近 {days} 天没有读者提问的记录")
        return
    click.echo(
        f"最近 {days} 天：{found.followers} 位读者问了 {found.questions} 次；"
        f"回答用时中位数 {found.ms_median} 毫秒，99% 在 {found.ms_99th} 毫秒以内"
    )
    _tell_words("问得最多的词", found.words)
    _tell_words("没找到或只找到相近内容的词", found.missed)
    busiest = max(found.hours)
    click.echo("\n各小时的提问数")
    for hour, count in enumerate(found.hours):
        if count:
            click.echo(f"  {hour:02} 时 {count:6}  {'▇' * max(1, round(BAR * count / busiest))}")


def _tell_words(title: str, words: Iterable[tuple[str, int]]) -> None:
    lines = [f"  {count:6}  {word}" for word, count in words]
    click.echo("\n".join([f"\n{title}", *(lines or ["  （没有）"])]))
