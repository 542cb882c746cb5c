"""`rikan init`, `config check`, `db upgrade` and `reindex`: once per machine, and after an upgrade."""

import os
import re
import secrets
import string
from collections.abc import Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.archive.database import opened, require_current, schema_of
from bot.archive.indexing import is_current
from bot.archive.indexing import reindex as reindex_all
from bot.archive.tables import SCHEMA
from bot.archive.upgrade import upgrade as upgrade_database
from bot.archive.words import Folding
from bot.cli.invocation import Invocation
from bot.config import AES_KEY_LENGTH, DEFAULT_PATH, Config, load_config
from bot.errors import ConfigError, RikanError, reason_of
from bot.resources import directory
from bot.services import open_services

LETTERS = string.ascii_letters + string.digits


@click.command()
@click.pass_obj
def init(invocation: Invocation) -> None:
    """生成设置文件（含随机口令）、数据目录、收件目录和数据库。已有的设置文件不会被改动。"""
    path = invocation.find() or DEFAULT_PATH
    _write_settings(path)
    try:
        _prepare(load_config(path))
    except RikanError:
        path.unlink()  # nothing half-done: the next try begins anew
        raise
    config = load_config(path)
    click.echo(f"设置文件：{path}\n数据目录：{config.paths.data}\n收件目录：{config.paths.inbox}")
    click.echo("下一步：在设置文件里填写 appid 和 appsecret，再运行 rikan config check")


def _prepare(config: Config) -> None:
    try:
        config.paths.inbox.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"建不了收件目录 {config.paths.inbox}（{reason_of(error)}）。请检查 paths.inbox"
        ) from error
    with open_services(config) as services:
        services.archive.entries(limit=1)


def _write_settings(path: Path) -> None:
    text = directory("config.example.toml").read_text(encoding="utf-8")
    fresh = {
        "token": _random(32),
        "aes_key": _random(AES_KEY_LENGTH),
        "secret_key": secrets.token_urlsafe(32),
    }
    for key, value in fresh.items():
        text = re.sub(rf'(?m)^{key} = ""$', f'{key} = "{value}"', text)
    try:
        # It holds secrets: readable by its owner only, and never written over.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ConfigError(f"{path} 已经存在，没有改动。要重新生成请先移走它") from None
    except OSError as error:
        raise ConfigError(f"写不了 {path}（{reason_of(error)}）。请检查目录和权限") from error
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)


def _random(length: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(length))


@click.group()
def config() -> None:
    """检查设置。"""


@config.command("check")
@click.pass_obj
def check(invocation: Invocation) -> None:
    """检查设置文件能否使用，缺什么、会有什么后果。"""
    settings = invocation.config()
    settings.require("wechat.appid", "wechat.appsecret", "wechat.token")
    if settings.wechat.mode != "plain":
        settings.require("wechat.aes_key")
    for warning in warnings(settings):
        click.echo(f"注意 {warning}", err=True)
    click.echo(f"设置可用：{invocation.find()}")


def warnings(settings: Config) -> list[str]:
    """What works, but not as the editors would wish."""
    wechat, found = settings.wechat, []
    if not wechat.qr_content:
        found.append("没有填 wechat.account_name 或 account_qr，页脚里不会有公众号二维码")
    elif not wechat.account_qr and not wechat.account_name.isascii():
        found.append("wechat.account_name 不是微信号，二维码扫不开；请填 wechat.account_qr")
    if not settings.web.public_url:
        found.append("没有填 web.public_url，文章没有“阅读原文”，未取得地址的文章读者点不开")
    elif not settings.source_site:
        found.append("web.public_url 是本机地址，只够练习：文章没有“阅读原文”，手机打不开预览")
    elif not settings.web.public_url.startswith("https://"):
        found.append("web.public_url 不是 https 地址，微信里可能打不开")
    if wechat.mode == "plain":
        found.append("wechat.mode 是 plain，消息在路上不加密；建议在公众平台改为安全模式")
    return found


@click.group()
def db() -> None:
    """维护数据库。"""


@db.command()
@click.pass_obj
def upgrade(invocation: Invocation) -> None:
    """把数据库升级到这一版程序的结构；请先备份。可以重复运行。"""
    with opened(invocation.config().database_url) as engine:
        before = schema_of(engine)
        upgrade_database(engine)
        stale = not is_current(engine)
        if stale:
            _followed(reindex_all(engine, _folding()))
    upgraded = f"数据库已从 {before or '空'} 升级到 {SCHEMA}" if before != SCHEMA else ""
    click.echo(upgraded or ("搜索索引已重建" if stale else "数据库已是最新"))


@db.command()
@click.pass_obj
def reindex(invocation: Invocation) -> None:
    """重建搜索索引。期间照常回答读者；中断了重新运行即可。"""
    with opened(invocation.config().database_url) as engine:
        require_current(schema_of(engine))
        sections = _followed(reindex_all(engine, _folding()))
    click.echo(f"搜索索引已重建，共 {sections} 个小节")


def _folding() -> Folding:
    return Folding.load(directory("assets") / "words" / "fold.txt")


def _followed(parts: Iterator[tuple[int, int]]) -> int:
    """Show how far it is; how many sections there were."""
    done = 0
    columns = TextColumn("重建搜索索引"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("")
        for done, total in parts:
            progress.update(bar, completed=done, total=total)
    return done
