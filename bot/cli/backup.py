"""`rikan backup` and `rikan restore`: the archive in one file, and back."""

from pathlib import Path

import click

from bot import safekeeping
from bot.backup.manifest import FOLLOWERS, Manifest
from bot.cli.invocation import Invocation
from bot.cli.output import print_json
from bot.services import now_in_shanghai

# A backup knows nothing of what was done after it; the platform does.
AFTERWARDS = (
    "下一步：先看公众平台上今天有没有发过。发过的用 rikan publish 日期 --by-hand --url 地址 记下，"
    "再启动 rikan up，并运行 rikan doctor 核对"
)
FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.option("-o", "--output", type=FILE, help="写到哪个文件；默认放在备份目录里，以时间命名")
@click.option("--with-followers", is_flag=True, help="连读者发来的话一起备份")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_obj
def backup(
    invocation: Invocation, output: Path | None, with_followers: bool, as_json: bool
) -> None:
    """把存档（数据库、报告原件、图片、封面）备份成一个文件，不用停止服务；写完即读回，并试恢复一次。

    设置文件和口令不在里面，请另外保存 config.toml。
    """
    config = invocation.config()
    taken = safekeeping.back_up(config, now_in_shanghai(), output, with_followers=with_followers)
    for name in taken.lost:
        click.echo(f"注意 {name} 不在数据目录里，备份里也没有", err=True)
    if as_json:
        print_json({"file": str(taken.path), **_plain(taken.manifest), "lost": taken.lost})
        return
    click.echo(f"已备份：{taken.path}\n{_contents(taken.manifest)}，已读回核对")
    click.echo("设置文件不在里面，请另外保存 config.toml；备份最好再拷到另一台机器上")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="已有存档时，先把它收到一边（不会删除）")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_obj
def restore(invocation: Invocation, file: Path, replace: bool, as_json: bool) -> None:
    """用备份恢复存档。先核对备份，通过了才动手；请先停止 rikan up 等进程。

    旧版本的备份会升级到现在的结构。SQLite 的备份可以恢复到 PostgreSQL，反过来也可以。
    """
    config = invocation.config()
    restored = safekeeping.restore_backup(config, file, now_in_shanghai(), replace=replace)
    if as_json:
        print_json({**_plain(restored.manifest), "aside": restored.aside})
        return
    click.echo(f"已恢复：{_contents(restored.manifest)}，备份于 {_when(restored.manifest)}")
    if restored.aside:
        click.echo(f"原来的收在：{'、'.join(restored.aside)}")
    click.echo(AFTERWARDS)


def _plain(manifest: Manifest) -> dict[str, object]:
    return {
        "made_at": manifest.made_at.isoformat(),
        "schema": manifest.schema,
        "issues": manifest.rows("issues"),
        "files": len(manifest.files),
        "bytes": manifest.size,
        "followers": bool(manifest.tables(FOLLOWERS)),
    }


def _contents(manifest: Manifest) -> str:
    followers = "，含读者发来的话" if manifest.tables(FOLLOWERS) else ""
    size = f"{manifest.size / 1e6:.1f} MB"
    return f"{manifest.rows('issues')} 期、{len(manifest.files)} 个文件，共 {size}{followers}"


def _when(manifest: Manifest) -> str:
    return f"{manifest.made_at:%Y-%m-%d %H:%M}"
