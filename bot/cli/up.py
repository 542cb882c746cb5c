"""`rikan up`: everything that one machine needs, in one command."""

import socket

import click

from bot.cli.invocation import Invocation
from bot.config import Config
from bot.logs import begin_log
from bot.services import open_services
from bot.supervising.supervisor import Supervisor
from bot.supervising.tree import loaded_for_all, only_one, roles
from bot.wsgi import listen


@click.command()
@click.option("--host", help="监听的地址；默认 web.host")
@click.option("--port", type=click.IntRange(0, 65535), help="监听的端口；默认 web.port")
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 32),
    help="后台工作进程数",
)
@click.option(
    "--web",
    "processes",
    default=1,
    show_default=True,
    type=click.IntRange(1, 32),
    help="网页进程数",
)
@click.pass_obj
def up(
    invocation: Invocation, host: str | None, port: int | None, workers: int, processes: int
) -> None:
    """一条命令运行全部：网页、后台工作、定时，没有填 queue.url 时还有私有队列。Ctrl-C 停止。

    其中一个意外结束，会自动重新启动。停止时最多等八秒让手头的工作做完；没做完的，下次启动后接着做。
    日志写到标准错误，格式见设置 [log]。
    """
    config = invocation.config()
    require_usable(config)
    invocation.point_children_here()
    with (
        only_one(config.paths.data),
        listen(host or config.web.host, config.web.port if port is None else port) as listening,
    ):
        begin_log("up", config)
        tree = roles(config, listening, workers, processes)
        with loaded_for_all():
            Supervisor(tree, lambda: click.echo(_ready(config, listening))).run()


def require_usable(config: Config) -> None:
    """Say what is missing here, once, and not in each process. Raises ConfigError, ArchiveError."""
    config.require(*config.wechat.webhook_needs)
    with open_services(config) as services:
        services.archive.entries(limit=1)


def _ready(config: Config, listening: socket.socket) -> str:
    address, port, *_ = listening.getsockname()
    public = config.web.public_url.rstrip("/")
    if public:
        then = f"下一步：在公众平台的消息推送里填 {public}/wechat，再运行 rikan account 核对"
    else:
        then = "下一步：配好 HTTPS，在设置里填 web.public_url"
    return f"已就绪：http://{address}:{port}（公网地址 {public or '未填'}）。{then}。Ctrl-C 停止"
