"""`rikan search` and `ask`: what is found, and what a follower would be told."""

import re
import time
from datetime import datetime
from typing import Any

import click

from bot.answering import Answerer
from bot.cli.invocation import Invocation
from bot.cli.output import print_json
from bot.delivery import State
from bot.dialogue import Hit
from bot.services import SHANGHAI, now_in_shanghai, open_services

TAPPED = re.compile(r'<a href="weixin:[^"]*">(.*?)</a>')
LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>')


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.option(
    "--limit", default=10, show_default=True, type=click.IntRange(1, 100), help="最多几期"
)
@click.pass_obj
def search(invocation: Invocation, words: tuple[str, ...], as_json: bool, limit: int) -> None:
    """在存档中搜索，包括还没发布的各期。"""
    with open_services(invocation.config()) as services:
        today = services.now().date()
        hits = services.archive.search(" ".join(words), today, published_only=False, limit=limit)
    if as_json:
        print_json([hit_json(hit) for hit in hits])
        return
    for hit in hits:
        click.echo(f"{hit.issue_id}  {hit.section}\n    {hit.sentence}")
    if not hits:
        click.echo("没有找到。换个说法，或只用一个词试试")


@click.command()
@click.argument("text")
@click.option("--at", type=click.DateTime(["%Y-%m-%d"]), help="假设今天是哪一天")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_obj
def ask(invocation: Invocation, text: str, at: datetime | None, as_json: bool) -> None:
    """看读者发这句话会得到什么回答。读者只能查到已发布的各期。"""
    moment = at.replace(tzinfo=SHANGHAI) if at else None
    with open_services(
        invocation.config(), (lambda: moment) if moment else now_in_shanghai
    ) as services:
        # Opened before the watch starts, as in the web process.
        archive, answerer = services.archive, Answerer(services)
        assert services.wording  # noqa: S101 - opening raises where it cannot
        started = time.perf_counter()
        reply = answerer.words(text).reply
        milliseconds = round((time.perf_counter() - started) * 1000, 1)
        entries = [] if reply.hits else archive.entries()
        hidden = sum(entry.state is not State.PUBLISHED for entry in entries)
    if as_json:
        hits = [hit_json(hit) for hit in reply.hits]
        print_json({"kind": reply.kind, "text": reply.text, "hits": hits, "ms": milliseconds})
        return
    click.echo(LINK.sub(r"\2（\1）", TAPPED.sub(r"\1", reply.text)))
    if hidden:
        click.echo(f"（另有 {hidden} 期还没发布，读者查不到；编辑可用 rikan search）", err=True)


def hit_json(hit: Hit) -> dict[str, Any]:
    """The shape that scripts rely on."""
    return {
        "id": hit.issue_id,
        "section": hit.section,
        "title": hit.title,
        "url": hit.url,
        "step": hit.step,
    }
