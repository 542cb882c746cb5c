"""`rikan worker`: does the work that was asked for."""

import click

from bot.cli.invocation import Invocation
from bot.jobs.worker import run_worker
from bot.logs import begin_log


@click.command()
@click.option("--burst", is_flag=True, help="做完等待中的工作就停止")
@click.pass_obj
def worker(invocation: Invocation, burst: bool) -> None:
    """运行后台工作进程：推送草稿、发布。没有配置 queue.url 时一并启动私有队列。Ctrl-C 停止。"""
    config = invocation.config()
    invocation.point_children_here()
    begin_log("worker", config)
    click.echo("后台工作进程已启动，Ctrl-C 停止；做完手头的一件才会停")
    run_worker(config, burst=burst)
