"""`rikan status`, `approve`, `return` and `skip`: where an issue stands, and what an editor says about it."""

from typing import Any

import click

from bot import delivering
from bot.cli.deliver import DRY_RUN, tell_plan
from bot.cli.invocation import Invocation
from bot.cli.output import print_columns, print_json
from bot.delivery import DEED_NAMES, STATE_NAMES, Deed, Delivery, Entry, State, Step
from bot.services import SHANGHAI, Services, open_services

LATEST = 20  # issues in the list
# An issue in one of these waits for nobody.
ENDED = (State.PUBLISHED, State.SKIPPED, State.WITHDRAWN)


@click.command()
@click.argument("issue_id", metavar="[ID]", required=False)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_obj
def status(invocation: Invocation, issue_id: str | None, as_json: bool) -> None:
    """一期走到了哪一步，经过如何：何时、谁、做了什么。不写 ID 时列出最近各期和等着处理的。"""
    with open_services(invocation.config()) as services:
        if issue_id is None:
            _list(services, as_json=as_json)
            return
        where = delivering.standing(services, issue_id)
    if as_json:
        print_json(_record(where))
    else:
        _tell(where)


def _list(services: Services, *, as_json: bool) -> None:
    entries = services.archive.entries(limit=LATEST)
    listed = {entry.issue_id for entry in entries}
    unfinished = [state for state in State if state not in (*ENDED, State.RECEIVED)]
    older = [each for each in services.ledger.waiting(*unfinished) if each.issue_id not in listed]
    rows: list[Entry | Delivery] = [*entries, *older[::-1]]
    if as_json:
        fields = ("id", "state", "url", "problem")
        values = [(each.issue_id, each.state, each.url, each.problem) for each in rows]
        print_json([dict(zip(fields, each, strict=True)) for each in values])
    elif rows:
        print_columns(
            [(each.issue_id, STATE_NAMES[each.state], each.problem or each.url) for each in rows]
        )
    else:
        click.echo("存档是空的。用 rikan add 报告文件 存入第一期")


def _record(where: delivering.Standing) -> dict[str, Any]:
    delivery = where.delivery
    return {
        "id": delivery.issue_id,
        "state": delivery.state,
        "url": delivery.url,
        "media_id": delivery.media_id,
        "problem": _problem(delivery),
        "timeline": [
            {
                "at": step.at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
                "who": step.who,
                "what": step.what,
                "from": step.before,
                "to": step.after,
                "detail": step.detail,
            }
            for step in where.timeline
        ],
    }


def _problem(delivery: Delivery) -> str:
    return delivery.problem or "；".join(delivery.findings.splitlines())


def _tell(where: delivering.Standing) -> None:
    delivery = where.delivery
    address = f"：{delivery.url}" if delivery.url else ""
    click.echo(f"{delivery.issue_id}  {STATE_NAMES[delivery.state]}{address}")
    if problem := _problem(delivery):
        click.echo(f"注意 {problem}")
    if where.timeline:
        print_columns([_line(step) for step in where.timeline])


def _line(step: Step) -> tuple[str, ...]:
    moment = step.at.astimezone(SHANGHAI)
    moved = STATE_NAMES[step.after] if step.after is not step.before else ""
    done = DEED_NAMES[Deed(step.what)] if step.what in list(Deed) else step.what
    return (f"  {moment:%m-%d %H:%M:%S}", step.who, moved, done, " ".join(step.detail.split()))


@click.command()
@click.argument("issue_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.option("--dry-run", is_flag=True, help=DRY_RUN)
@click.pass_obj
def approve(invocation: Invocation, issue_id: str, as_json: bool, dry_run: bool) -> None:
    """批准一期的草稿发布。要几个人批准由设置 schedule.approval 决定；之后内容又改了，批准就作废。"""
    with open_services(invocation.config()) as services:
        if dry_run:
            told = delivering.plan_for(services, issue_id, Deed.APPROVED)
            tell_plan(issue_id, told, as_json=as_json)
            return
        approved = delivering.approve_issue(services, issue_id)
    delivery = approved.delivery
    if as_json:
        print_json({"id": issue_id, "state": delivery.state, "approved_by": approved.by})
    elif approved.lacking:
        click.echo(
            f"{issue_id}  记下了批准，还需要 {approved.lacking} 个人（rikan approve 或在微信里通过）"
        )
        if approved.unsure:
            click.echo(delivering.UNSURE)
    else:
        click.echo(f"{issue_id}  {STATE_NAMES[delivery.state]}")


@click.command(name="return")
@click.argument("issue_id", metavar="ID")
@click.argument("reason", nargs=-1, required=True, metavar="原因…")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.option("--dry-run", is_flag=True, help=DRY_RUN)
@click.pass_obj
def return_issue(
    invocation: Invocation, issue_id: str, reason: tuple[str, ...], as_json: bool, dry_run: bool
) -> None:
    """退回一期的草稿，写明原因；已有的批准作废，不再发布。改好后再推送，或照原样批准，就不再是退回的。"""
    with open_services(invocation.config()) as services:
        if dry_run:
            told = delivering.plan_for(services, issue_id, Deed.RETURNED)
            tell_plan(issue_id, told, as_json=as_json)
            return
        delivery = delivering.return_issue(services, issue_id, " ".join(reason))
    _tell_state(delivery, as_json=as_json)


@click.command()
@click.argument("issue_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.option("--undo", is_flag=True, help="不再跳过")
@click.option("--dry-run", is_flag=True, help=DRY_RUN)
@click.pass_obj
def skip(invocation: Invocation, issue_id: str, as_json: bool, undo: bool, dry_run: bool) -> None:
    """跳过一期，不再推送和发布；已有的草稿留在草稿箱里。"""
    with open_services(invocation.config()) as services:
        if dry_run:
            deed = Deed.RESUMED if undo else Deed.SKIPPED
            tell_plan(issue_id, delivering.plan_for(services, issue_id, deed), as_json=as_json)
            return
        delivery = delivering.skip_issue(services, issue_id, undo=undo)
    _tell_state(delivery, as_json=as_json)


def _tell_state(delivery: Delivery, *, as_json: bool) -> None:
    if as_json:
        print_json({"id": delivery.issue_id, "state": delivery.state})
    else:
        click.echo(f"{delivery.issue_id}  {STATE_NAMES[delivery.state]}")
