"""The settings: what each of the things that Rikan does still lacks."""

from collections.abc import Iterator, Sequence

from bot.config import Config
from bot.doctor.verdict import Verdict, fail, ok, warn
from bot.errors import ConfigError

# What does not work without them, and the settings.
NEEDED = {
    "推送和发布": ("wechat.appid", "wechat.appsecret"),
    "预览链接": ("web.secret_key", "web.public_url"),
}


def complete(config: Config) -> Iterator[Verdict]:
    """Feature by feature."""
    needed = {**NEEDED, "回答读者": config.wechat.webhook_needs}
    lacking = [*_lacking(config, needed)]
    yield from lacking
    yield from (warn(text) for text in remarks(config))
    if not lacking:
        yield ok("推送、回答读者和预览要填的都填了")


def _lacking(config: Config, needed: dict[str, tuple[str, ...]]) -> Iterator[Verdict]:
    for feature, keys in needed.items():
        try:
            config.require(*keys)
        except ConfigError as error:
            weigh = warn if feature == "预览链接" else fail
            yield weigh(f"{feature}用不了：{error}")


def remarks(config: Config) -> Iterator[str]:
    """What works, but not as the editors would wish."""
    wechat = config.wechat
    if not wechat.qr_content and not wechat.qr_picture:
        yield "页脚里不会有公众号二维码。请填 wechat.account_name 或 wechat.account_qr"
    elif not (wechat.account_qr or wechat.qr_picture or wechat.account_name.isascii()):
        yield "wechat.account_name 不是微信号，二维码扫不开。请填 wechat.account_qr"
    if wechat.mode == "plain":
        yield "wechat.mode 是 plain，消息在路上不加密。请在公众平台改为安全模式，再改这里"
    if config.schedule.enabled and not config.queue.url and config.database.url.startswith("postg"):
        yield "数据库是共享的，队列却是本机的。有几台机器时请填同一个 queue.url"


def reachable(ways: Sequence[str], nowhere: str) -> Iterator[Verdict]:
    """Whether there is anybody to tell. `ways` are the names of those there are."""
    yield ok(f"提醒会发到：{'、'.join(ways)}") if ways else warn(nowhere)
