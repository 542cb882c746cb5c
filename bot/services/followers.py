"""How pushed messages are opened, and with which words they are answered."""

from bot.config import Config
from bot.reply.wording import Wording
from bot.resources import directory
from bot.wechat.crypto import Envelope


def open_envelope(config: Config) -> Envelope:
    """What opens pushed messages. Raises ConfigError where its settings are missing."""
    wechat = config.wechat
    config.require(*wechat.webhook_needs)
    return Envelope(
        wechat.appid,
        wechat.token.get_secret_value(),
        wechat.aes_key.get_secret_value(),
        wechat.mode,
        wechat.previous_token.get_secret_value(),
        wechat.previous_aes_key.get_secret_value(),
    )


def open_wording(config: Config) -> Wording:
    """The sentences that followers read. Raises ConfigError."""
    of = config.newsletter
    names = {"newsletter": of.title, "organisation": of.organisation, "website": of.website}
    shipped = directory("templates") / "reply" / "wording.toml"
    own = config.own_wording if config.followers.wording or config.own_wording.exists() else None
    return Wording.load(shipped, own, names)
