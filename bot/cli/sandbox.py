"""`rikan sandbox`: the stand-in for the platform, for whoever has no account yet."""

import os
import signal

import click

from bot.cli.invocation import Invocation
from bot.config import Config
from bot.resources import directory
from bot.sandbox.account import Account
from bot.sandbox.app import create_sandbox
from bot.sandbox.server import serve

PORT = 9900
PRACTICE = Account(
    appid="wxsandbox00000001",
    appsecret="sandbox-appsecret",
    token="sandboxtoken",  # noqa: S106
    aes_key="abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    mode="secure",
)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="监听的地址")
@click.option(
    "--port", default=PORT, show_default=True, type=click.IntRange(0, 65535), help="监听的端口"
)
@click.option("--unverified", is_flag=True, help="模拟个人号或未认证号：不能发布")
@click.pass_obj
def sandbox(invocation: Invocation, host: str, port: int, unverified: bool) -> None:
    """运行模拟的微信平台，并在浏览器里显示一部手机。

    账号取自设置文件；设置文件里没有填 appid，就用练习账号。Ctrl-C 停止。
    """
    account = sandbox_account(
        invocation.config_or_defaults(), "unverified" if unverified else "verified"
    )
    server = serve(create_sandbox(account, templates=directory("templates")), host, port)
    address = f"http://{host}:{server.port}"
    click.echo(
        f"手机：{address}/\n把设置文件 [wechat] 里的这几行换成下面这样，就会用它代替微信平台："
    )
    click.echo(f'  api_base_url = "{address}"')
    if account.appid == PRACTICE.appid:
        for name in ("appid", "appsecret", "token", "aes_key"):
            click.echo(f'  {name} = "{getattr(PRACTICE, name)}"')
    wait_for_stop()
    server.close()


def sandbox_account(config: Config, kind: str) -> Account:
    """The account of the settings; without an appid there, one for practice."""
    wechat, web = config.wechat, config.web
    known = wechat if wechat.appid else None
    return Account(
        appid=known.appid if known else PRACTICE.appid,
        appsecret=known.appsecret.get_secret_value() if known else PRACTICE.appsecret,
        token=known.token.get_secret_value() if known else PRACTICE.token,
        aes_key=known.aes_key.get_secret_value() if known else PRACTICE.aes_key,
        mode=wechat.mode,
        webhook_url=f"http://{web.host}:{web.port}/wechat",
        name=wechat.account_name or config.newsletter.title,
        kind=kind,
    )


def wait_for_stop() -> None:
    """Until Ctrl-C or a polite request to end; a second one while the first is heard does no harm."""
    ear, mouth = os.pipe()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: os.write(mouth, b"."))
    os.read(ear, 1)
