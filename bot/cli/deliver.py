"""`rikan push`, `preview`, `publish` and `withdraw`: an issue on its way to its readers, and back."""

import click

from bot import delivering, flow
from bot.cli.invocation import Invocation
from bot.cli.main import Failure
from bot.cli.output import length, print_json
from bot.delivery import READY, STATE_NAMES, Deed, Delivery, State, Way
from bot.jobs.queue import PUBLISH, PUSH
from bot.publish.proof import Proofs
from bot.services import Services, open_services
from bot.tickets import LIFETIME, write_ticket

DRY_RUN = "只说会做什么，什么也不改"


@click.command()
@click.argument("issue_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.option("--fresh", is_flag=True, help="草稿或封面已在后台删除，另建一份")
@click.option("--queue", "queued", is_flag=True, help="交给后台工作进程去做")
@click.option("--dry-run", is_flag=True, help=DRY_RUN)
@click.pass_obj
def push(
    invocation: Invocation, issue_id: str, as_json: bool, fresh: bool, queued: bool, dry_run: bool
) -> None:
    """把一期推送成公众号草稿。

    多次运行也只有一份草稿：内容没变就什么也不改，变了就原地更新，上次中断了就先核对再继续。
    """
    with open_services(invocation.config()) as services:
        if dry_run:
            told = delivering.plan_push(services, issue_id, fresh=fresh)
            tell_plan(issue_id, told, as_json=as_json)
            return
        if queued:
            _queue(services, PUSH, issue_id, as_json=as_json)
            return
        pushed = flow.push_issue(services, issue_id, fresh=fresh)
        delivery, calls = pushed.delivery, services.platform.calls
    for finding in delivery.findings.splitlines():
        click.echo(f"注意 {issue_id} {finding}", err=True)
    if as_json:
        print_json(
            {
                "id": issue_id,
                "state": delivery.state,
                "media_id": delivery.media_id,
                "characters": pushed.bundle.characters,
                "calls": calls,
            }
        )
        return
    size = length(pushed.bundle)
    click.echo(f"{issue_id}  {STATE_NAMES[delivery.state]}，{size}，调用平台 {calls} 次")


def tell_plan(issue_id: str, told: str, *, as_json: bool) -> None:
    """What would be done."""
    if as_json:
        print_json({"id": issue_id, "dry_run": True, "would": told})
    else:
        click.echo(f"{issue_id}  （试运行）{told}")


def _queue(services: Services, task: str, issue_id: str, *, as_json: bool) -> None:
    services.archive.issue(issue_id)
    job_id = services.queue.ask(task, issue_id)
    if as_json:
        print_json({"id": issue_id, "state": "queued", "job": job_id})
    else:
        click.echo(f"{issue_id}  已交给后台工作进程")


@click.command()
@click.argument("issue_id", metavar="ID")
@click.option("--to", "to", multiple=True, metavar="WHO", help="发到这个 openid 或微信号，可写多次")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.option("--dry-run", is_flag=True, help=DRY_RUN)
@click.pass_obj
def preview(
    invocation: Invocation, issue_id: str, to: tuple[str, ...], as_json: bool, dry_run: bool
) -> None:
    """给一期的预览链接，或用 --to 把草稿发到编辑的手机上。

    链接在手机上打开就能看文章、封面和检查结果，三天内有效，有链接的人都能看；需要网页进程（rikan web）
    在运行。--to 要认证号，收的人要关注了公众号；没有权限时改给链接。
    """
    with open_services(invocation.config()) as services:
        if dry_run:
            told = delivering.plan_for(services, issue_id, Deed.PREVIEW) if to else "给出预览链接"
            tell_plan(issue_id, told, as_json=as_json)
        elif to:
            _send_previews(services, issue_id, to, as_json=as_json)
        else:
            services.archive.issue(issue_id)
            _tell_link(services, issue_id, as_json=as_json)


def _send_previews(
    services: Services, issue_id: str, to: tuple[str, ...], *, as_json: bool
) -> None:
    proofs = delivering.preview_issue(services, issue_id, to)
    if proofs.denied is None:
        _tell_proofs(proofs, as_json=as_json)
        return
    if not services.config.web.public_url:
        raise proofs.denied
    click.echo(f"注意 {proofs.denied}", err=True)
    _tell_link(services, issue_id, as_json=as_json)


def _tell_proofs(proofs: Proofs, *, as_json: bool) -> None:
    issue_id = proofs.delivery.issue_id
    reasons = [f"没有发给 {name}：{reason}" for name, reason in proofs.refused]
    if not proofs.sent:
        raise Failure("；".join(reasons))
    for reason in reasons:
        click.echo(f"注意 {reason}", err=True)
    if as_json:
        refused = [{"to": name, "problem": reason} for name, reason in proofs.refused]
        state = proofs.delivery.state
        print_json({"id": issue_id, "state": state, "sent": proofs.sent, "refused": refused})
    else:
        click.echo(f"{issue_id}  预览已发给 {'、'.join(proofs.sent)}")


def _tell_link(services: Services, issue_id: str, *, as_json: bool) -> None:
    config = services.config
    config.require("web.public_url", "web.secret_key")
    ticket = write_ticket(issue_id, config.web.secret_key.get_secret_value(), services.now())
    address = f"{config.web.public_url.rstrip('/')}/preview/{ticket}/"
    if as_json:
        print_json({"id": issue_id, "url": address, "days": LIFETIME.days})
    else:
        click.echo(address)


@click.command()
@click.argument("issue_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.option(
    "--mode",
    type=click.Choice([way.value for way in Way]),
    help="不按设置的方式：draft、publish 或 mass",
)
@click.option("--by-hand", is_flag=True, help="已在公众平台手动发布，只在这里记下")
@click.option("--url", default="", help="手动发布后的文章地址")
@click.option("--queue", "queued", is_flag=True, help="交给后台工作进程去做")
@click.option("--dry-run", is_flag=True, help=DRY_RUN)
@click.pass_obj
def publish(
    invocation: Invocation,
    issue_id: str,
    as_json: bool,
    mode: str | None,
    by_hand: bool,
    url: str,
    queued: bool,
    dry_run: bool,
) -> None:
    """发布一期的草稿，方式由设置 publish.mode 决定。

    publish 发布成文章（认证号），平台审核后才算发布；mass 群发给所有读者（认证号）；draft 由人在公众平台上
    发表，这里只去找文章的地址。再运行一次可以查看结果，不会重复发布。手动发布的用 --by-hand 或 --url 记下。
    """
    if url and not url.startswith(("https://", "http://")):
        raise click.UsageError("--url 应以 https:// 开头")
    if queued and (mode or by_hand or url):
        raise click.UsageError("--queue 不能与 --mode、--by-hand、--url 一起用")
    way = Way(mode) if mode else None
    with open_services(invocation.config()) as services:
        if dry_run:
            noted = "只在这里记下，平台上没有变化"
            told = noted if by_hand or url else delivering.plan_publish(services, issue_id, way)
            tell_plan(issue_id, told, as_json=as_json)
            return
        if queued:
            _queue(services, PUBLISH, issue_id, as_json=as_json)
            return
        delivery = _publish(services, issue_id, url, way, by_hand=by_hand or bool(url))
    if as_json:
        print_json({"id": issue_id, "state": delivery.state, "url": delivery.url})
    else:
        click.echo(f"{issue_id}  {STATE_NAMES[delivery.state]}{_more(delivery)}")


def _more(delivery: Delivery) -> str:
    if delivery.state is State.PUBLISHING:
        return "。过一会儿再运行一次，可以查看结果"
    if delivery.state in READY:
        return "，还没有发表。请在公众平台的草稿箱里发表，再运行一次取得文章地址"
    more = delivery.url or delivery.problem
    return f"：{more}" if more else ""


def _publish(
    services: Services, issue_id: str, url: str, way: Way | None, *, by_hand: bool
) -> Delivery:
    if by_hand:
        return flow.note_published(services, issue_id, url)
    return flow.publish_issue(services, issue_id, way)


@click.command()
@click.argument("issue_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.option("--yes", is_flag=True, help="不再询问")
@click.option("--by-hand", is_flag=True, help="已在公众平台删除，只在这里记下")
@click.option("--dry-run", is_flag=True, help=DRY_RUN)
@click.pass_obj
def withdraw(
    invocation: Invocation, issue_id: str, as_json: bool, yes: bool, by_hand: bool, dry_run: bool
) -> None:
    """撤回已发布的一期：在平台上删除文章，不能恢复。

    群发过的，读者收到的卡片还在，点开是“已删除”。手动发布的要到公众平台删除，再用 --by-hand 记下。
    """
    with open_services(invocation.config()) as services:
        if dry_run:
            noted = "只在这里记下，平台上没有变化"
            told = noted if by_hand else delivering.plan_for(services, issue_id, Deed.WITHDRAW)
            tell_plan(issue_id, told, as_json=as_json)
            return
        question = f"撤回 {issue_id}？文章会被删除，地址从此失效，不能恢复"
        if not (yes or by_hand or click.confirm(question, err=True)):
            raise click.Abort
        delivery = delivering.withdraw_issue(services, issue_id, by_hand=by_hand)
    if as_json:
        print_json({"id": issue_id, "state": delivery.state})
    else:
        click.echo(f"{issue_id}  {STATE_NAMES[delivery.state]}")
