"""`rikan`: the commands by name, each in a file that is loaded only when it is called."""

import gc
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from bot import __version__
from bot.errors import RikanError

# name: (where it is, what it does). `rikan --help` shows this without loading anything.
COMMANDS = {
    "init": ("bot.cli.setup:init", "生成设置文件、数据目录和数据库"),
    "check": ("bot.cli.reports:check", "检查报告文件，不存入存档"),
    "add": ("bot.cli.reports:add", "把报告文件读进存档"),
    "list": ("bot.cli.issues:list_issues", "列出存档中的各期"),
    "show": ("bot.cli.issues:show", "显示一期的内容（日期或文件）"),
    "render": ("bot.cli.render:render", "在本机生成文章、封面和二维码页脚"),
    "preview": ("bot.cli.deliver:preview", "给一期的预览链接，或把草稿发到编辑的手机上"),
    "cover": ("bot.cli.cover:cover", "看一期的封面怎么定的，或为它另行指定"),
    "push": ("bot.cli.deliver:push", "把一期推送成公众号草稿（多次运行也只有一份）"),
    "approve": ("bot.cli.status:approve", "批准一期的草稿发布"),
    "return": ("bot.cli.status:return_issue", "退回一期的草稿，写明原因"),
    "publish": ("bot.cli.deliver:publish", "发布一期的草稿"),
    "withdraw": ("bot.cli.deliver:withdraw", "撤回已发布的一期"),
    "skip": ("bot.cli.status:skip", "跳过一期，不推送也不发布"),
    "status": ("bot.cli.status:status", "一期走到了哪一步，经过如何"),
    "editors": ("bot.cli.editors:editors", "请编辑绑定微信，看有哪些编辑，解除绑定"),
    "accounts": ("bot.cli.console:accounts", "邀请登录控制台的人，停用账号，让人退出"),
    "account": ("bot.cli.account:account", "看公众号能做什么、今天用了多少次、菜单是什么"),
    "menu": ("bot.cli.menu:menu", "看公众号的菜单，或按设置更新它"),
    "notify": ("bot.cli.notify:notify", "试试机器人能不能提醒到编辑"),
    "search": ("bot.cli.answers:search", "在存档中搜索"),
    "ask": ("bot.cli.answers:ask", "看读者发这句话会得到什么回答"),
    "export": ("bot.cli.export:export", "把一期或整个存档导出成文件"),
    "insights": ("bot.cli.insights:insights", "读者常问什么、什么没找到"),
    "readers": ("bot.cli.readers:readers", "各期有多少人阅读、分享，关注的增减"),
    "up": ("bot.cli.up:up", "运行全部：网页、后台工作、定时和队列"),
    "web": ("bot.cli.web:web", "运行网页进程（接收读者消息）"),
    "worker": ("bot.cli.worker:worker", "运行后台工作进程"),
    "scheduler": ("bot.cli.scheduler:scheduler", "运行定时进程（每天到点自动推送、发布）"),
    "sandbox": ("bot.cli.sandbox:sandbox", "运行模拟的微信平台，没有公众号也能练习"),
    "demo": ("bot.cli.demo:demo", "用五期真实报告演示全过程，不需要公众号"),
    "doctor": ("bot.cli.doctor:doctor", "检查一切是否正常，哪里不对、怎么办"),
    "backup": ("bot.cli.backup:backup", "把存档备份成一个文件，不用停止服务"),
    "restore": ("bot.cli.backup:restore", "用备份恢复存档"),
    "tidy": ("bot.cli.notify:tidy", "删去按设置不再保留的旧记录"),
    "config": ("bot.cli.setup:config", "检查设置"),
    "db": ("bot.cli.setup:db", "维护数据库"),
}


CHOSEN = f"{__name__}.config"  # in click's own notes: the settings file that was asked for
INTERRUPTED = 130  # what a shell gives a command ended by Ctrl-C


class Failure(click.ClickException):
    """An expected failure: its sentence on stderr, status 1."""

    def show(self, file: Any = None) -> None:  # noqa: ARG002 - click's signature
        """One line, whatever the sentence holds."""
        click.echo(f"错误：{' '.join(self.format_message().split())}", err=True)


def _remember_config(context: click.Context, _: click.Parameter, path: Path | None) -> None:
    if path is not None:
        context.meta[CHOSEN] = path
        if context.obj:
            context.obj.path = path


def config_option() -> click.Option:
    """`--config`, accepted before and after the command's name."""
    return click.Option(
        ["--config"],
        type=click.Path(path_type=Path, dir_okay=False),
        expose_value=False,
        is_eager=True,
        callback=_remember_config,
        help="设置文件；默认 $RIKAN_CONFIG，再默认 ./config.toml",
    )


def speak_chinese(command: click.Command) -> None:
    """Give a command its `--config`, and its `--help` in the editors' language."""
    if all(parameter.name != "config" for parameter in command.params):
        command.params.append(config_option())
    if all(parameter.name != "help" for parameter in command.params):
        command.params.append(help_option())


def help_option() -> click.Option:
    """`--help`, as click makes it, explained in Chinese."""

    def show(context: click.Context, _: click.Parameter, asked: bool) -> None:
        if asked and not context.resilient_parsing:
            click.echo(context.get_help())
            context.exit()

    return click.Option(
        ["-h", "--help"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=show,
        help="显示这段说明",
    )


class Commands(click.Group):
    """A group that loads a command when it is called."""

    commands_by_name: Mapping[str, tuple[str, str]] = COMMANDS

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """In the order in which an editor meets them."""
        return list(self.commands_by_name)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        if cmd_name not in self.commands_by_name:
            return None
        module, _, name = self.commands_by_name[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), name)
        if ctx.obj is None:
            invocation = import_module("bot.cli.invocation").Invocation
            ctx.obj = invocation(ctx.meta.get(CHOSEN))
        gc.freeze()  # What is loaded stays; to look through it again takes a twentieth of a render.
        for each in (command, *getattr(command, "commands", {}).values()):
            speak_chinese(each)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The table above, without loading anything."""
        with formatter.section("命令"):
            formatter.write_dl([(name, text) for name, (_, text) in self.commands_by_name.items()])

    def main(self, *args: Any, **extra: Any) -> Any:
        """As click does it, but for the words: a mistyped command is told in the editors' language."""
        try:
            return super().main(*args, **{**extra, "standalone_mode": False})
        except click.exceptions.Exit as ended:
            sys.exit(ended.exit_code)
        except click.exceptions.NoArgsIsHelpError as asked:
            click.echo(asked.format_message())
            sys.exit(0)
        except click.UsageError as error:
            where = error.ctx.command_path if error.ctx else "rikan"
            click.echo(
                f"错误：命令写错了（{error.format_message()}）。用法见 {where} --help", err=True
            )
            sys.exit(error.exit_code)
        except click.ClickException as error:
            error.show()
            sys.exit(error.exit_code)
        except (click.Abort, KeyboardInterrupt):
            click.echo("已中止", err=True)
            sys.exit(INTERRUPTED)

    def invoke(self, ctx: click.Context) -> Any:
        """Turn our own errors into one line; anything else is a fault and shows itself."""
        try:
            return super().invoke(ctx)
        except RikanError as error:
            raise Failure(str(error)) from error


@click.command(
    cls=Commands,
    params=[config_option(), help_option()],
    add_help_option=False,
    epilog="先试试 rikan demo。每个命令都有说明：rikan add --help",
)
@click.version_option(
    __version__, prog_name="rikan", message="%(prog)s %(version)s", help="显示版本号"
)
def main() -> None:
    """日刊：把每日报告变成公众号文章，并回答读者。"""


if __name__ == "__main__":
    main(prog_name="rikan")
