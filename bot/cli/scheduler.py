"""`rikan scheduler`: sees to it that what is due is looked at every minute."""

import click

from bot.cli.invocation import Invocation
from bot.jobs.scheduler import run_scheduler
from bot.logs import begin_log


@click.command()
@click.pass_obj
def scheduler(invocation: Invocation) -> None:
    """运行定时进程：每分钟看一次该做什么，交给后台工作进程去做。

    要另有 rikan worker 在运行；没有配置 queue.url 时一并启动私有队列，或用已在运行的那一个。
    可以同时运行多个，多出来的不会多做。Ctrl-C 停止。
    """
    config = invocation.config()
    begin_log("scheduler", config)
    if not config.schedule.enabled:
        click.echo("注意 schedule.enabled 是 false：不会自动推送和发布。要开启请改设置", err=True)
    click.echo("定时进程已启动，Ctrl-C 停止")
    run_scheduler(config)
