"""`rikan push`, `preview` and `publish`: an issue on its way to its readers."""

import click

from bot import flow
from bot.cli.main import Invocation
from bot.cli.output import length, print_json
from bot.delivery import STATE_NAMES, Delivery, State
from bot.jobs.queue import PUSH
from bot.services import Services, open_services
from bot.tickets import LIFETIME, write_ticket


@click.command()
@click.argument("issue_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.option("--fresh", is_flag=True, help="草稿已在后台删除，另建一份")
@click.option("--queue", "queued", is_flag=True, help="交给后台工作进程去做")
@click.pass_obj
def push(invocation: Invocation, issue_id: str, as_json: bool, fresh: bool, queued: bool) -> None:
    """把一期推送成公众号草稿。

    多次运行也只有一份草稿：内容没变就什么也不做，变了就原地更新，上次中断了就先核对再继续。
    """
    with open_services(invocation.config()) as services:
        if queued:
            services.archive.issue(issue_id)
            job_id = services.queue.ask(PUSH, issue_id)
            if as_json:
                print_json({"id": issue_id, "state": "queued", "job": job_id})
            else:
                click.echo(f"{issue_id}  已交给后台工作进程")
            return
        pushed = flow.push_issue(services, issue_id, fresh=fresh)
        delivery, calls = pushed.delivery, services.platform.calls
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


@click.command()
@click.argument("issue_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_obj
def preview(invocation: Invocation, issue_id: str, as_json: bool) -> None:
    """给一期的预览链接：手机上打开就能看文章、封面和检查结果，三天内有效。

    有链接的人都能看，请只发给编辑。需要网页进程（rikan web）在运行。
    """
    config = invocation.config()
    config.require("web.public_url", "web.secret_key")
    with open_services(config) as services:
        services.archive.issue(issue_id)
        ticket = write_ticket(issue_id, config.web.secret_key.get_secret_value(), services.now())
    address = f"{config.web.public_url.rstrip('/')}/preview/{ticket}/"
    if as_json:
        print_json({"id": issue_id, "url": address, "days": LIFETIME.days})
    else:
        click.echo(address)


@click.command()
@click.argument("issue_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.option("--by-hand", is_flag=True, help="已在公众平台手动发布，只在这里记下")
@click.option("--url", default="", help="手动发布后的文章地址")
@click.pass_obj
def publish(invocation: Invocation, issue_id: str, as_json: bool, by_hand: bool, url: str) -> None:
    """发布一期的草稿（个人号和未认证号没有接口权限，请手动发布后用 --by-hand 记下）。

    平台审核后才算发布；再运行一次可以查看结果。
    """
    if url and not url.startswith(("https://", "http://")):
        raise click.UsageError("--url 应以 https:// 开头")
    with open_services(invocation.config()) as services:
        delivery = _publish(services, issue_id, url, by_hand=by_hand or bool(url))
    if as_json:
        print_json({"id": issue_id, "state": delivery.state, "url": delivery.url})
    else:
        click.echo(f"{issue_id}  {STATE_NAMES[delivery.state]}{_more(delivery)}")


def _more(delivery: Delivery) -> str:
    if delivery.state is State.PUBLISHING:
        return "。过一会儿再运行一次，可以查看结果"
    more = delivery.url or delivery.problem
    return f"：{more}" if more else ""


def _publish(services: Services, issue_id: str, url: str, *, by_hand: bool) -> Delivery:
    if by_hand:
        return flow.note_published(services, issue_id, url)
    return flow.publish_issue(services, issue_id)
