"""`rikan web`: answers followers, shows published issues."""

import click

from bot.cli.invocation import Invocation
from bot.lifeline import tie_descendants
from bot.logs import begin_log
from bot.metrics import new_folder
from bot.services import open_services
from bot.wsgi import Server, listen


@click.command()
@click.option("--host", help="监听的地址；默认 web.host")
@click.option("--port", type=click.IntRange(0, 65535), help="监听的端口；默认 web.port")
@click.option(
    "--processes", default=1, show_default=True, type=click.IntRange(1, 32), help="进程数"
)
@click.pass_obj
def web(invocation: Invocation, host: str | None, port: int | None, processes: int) -> None:
    """运行网页进程：接收读者消息（/wechat），显示已发布的各期（/issues/日期）。Ctrl-C 停止。"""
    config = invocation.config()
    with open_services(config) as services:
        # What is missing is said here, once, and not by each server process.
        services.archive.entries(limit=1)
        config.require(*config.wechat.webhook_needs)
    listening = listen(host or config.web.host, config.web.port if port is None else port)
    invocation.point_children_here()
    begin_log("web", config)
    address, bound, *_ = listening.getsockname()
    click.echo(f"网页进程：http://{address}:{bound}（消息推送地址的路径是 /wechat），Ctrl-C 停止")
    tie_descendants()
    Server(listening, processes, new_folder(config.paths.data)).run()
