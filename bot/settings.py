"""The sections of the settings file, and what each may say; `[schedule]` is in `bot.timetable`. `bot.config` reads them."""

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote, urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

PLATFORM = "https://api.weixin.qq.com"
STRUCTURE_CHECK = "https://mp.weixin.qq.com/article-bin/verify_article_structure"
ADDRESS = r"^https?://[A-Za-z0-9.-]+(:\d+)?(/[!-~]*)?$"


class Settings(BaseModel):
    """A section of the file: frozen, and an unknown key is an error."""

    # Built by who reads settings: `rikan --help` reads none.
    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, defer_build=True
    )


class WeChatSettings(Settings):
    """`[wechat]`: the account, and how it is reached."""

    appid: str = ""
    appsecret: SecretStr = SecretStr("")
    token: SecretStr = SecretStr("")
    aes_key: SecretStr = SecretStr("")
    previous_token: SecretStr = SecretStr("")
    previous_aes_key: SecretStr = SecretStr("")
    mode: Literal["plain", "compatible", "secure"] = "secure"
    api_base_url: str = Field(default=PLATFORM, pattern=ADDRESS)
    timeout: float = Field(default=10.0, gt=0, le=60)
    # May hold a password, like the two addresses below.
    proxy: str = Field(default="", repr=False, pattern=r"^$|^https?://\S+$")
    account_name: str = ""
    account_qr: str = ""
    qr_picture: str = ""
    qr_logo: str = ""
    qr_logo_size: float = Field(default=0.2, ge=0.1, le=0.5)

    @property
    def account(self) -> str:
        """What uploads and drafts belong to: the appid, and where it is not the platform itself, where."""
        host = urlsplit(self.api_base_url).netloc.lower()
        return self.appid if host == urlsplit(PLATFORM).netloc else f"{self.appid}@{host}"

    @property
    def webhook_needs(self) -> tuple[str, ...]:
        """The settings without which no pushed message can be opened."""
        sealed = self.mode != "plain"
        return ("wechat.token", "wechat.appid", "wechat.aes_key") if sealed else ("wechat.token",)

    @property
    def qr_content(self) -> str:
        """What the account's QR code says.

        Without the text of the account's own code: the platform's page that shows it
        (undocumented, long in use, takes a WeChat ID or a gh_… name).
        """
        if self.account_qr or self.qr_picture or not self.account_name:
            return self.account_qr
        return f"https://open.weixin.qq.com/qr/code?username={quote(self.account_name)}"


class DatabaseSettings(Settings):
    """`[database]`: empty means SQLite in the data folder."""

    url: str = Field(default="", repr=False)


class QueueSettings(Settings):
    """`[queue]`: empty means a private server in the data folder."""

    url: str = Field(default="", repr=False, pattern=r"^$|^(rediss?|unix)://")


class WebSettings(Settings):
    """`[web]`: where the web process listens, and what the world calls it."""

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    public_url: str = Field(default="", pattern=f"^$|{ADDRESS}")
    secret_key: SecretStr = SecretStr("")
    metrics_token: SecretStr = SecretStr("")


class NewsletterSettings(Settings):
    """`[newsletter]`: what stands on every issue."""

    title: str = "新质生产力每日动态"
    organisation: str = "中国高技术产业发展促进会新质生产力工作委员会"
    partners: str = ""
    website: str = "https://gyznsw.cn"
    website_name: str = "工业智能算网"
    author: str = ""
    disclaimer: str = "本报告仅供行业研究参考，不构成投资建议"


class ArticleSettings(Settings):
    """`[article]`: how an article is set; `theme` is a file of templates/article/themes."""

    theme: str = Field(default="sober", pattern=r"^[a-z][a-z0-9_-]*$")
    lunar: bool = False
    quotes: bool = False


class LintSettings(Settings):
    """`[lint]`: whether the platform's own check is asked too, and where; it gets the whole text."""

    online: bool = False
    address: str = Field(default=STRUCTURE_CHECK, pattern=ADDRESS)


class PublishSettings(Settings):
    """`[publish]`: how drafts reach followers, and what becomes of a message that is judged a reprint."""

    mode: Literal["draft", "publish", "mass"] = "publish"
    ignore_reprint: bool = False


class SearchSettings(Settings):
    """`[search]`: the editors' synonyms, and by how much at most today's news is worth more."""

    synonyms: str = ""
    recency: float = Field(default=0.15, ge=0, le=1)


class CoverSettings(Settings):
    """`[cover]`: what covers look like where the editor of an issue wants nothing else."""

    layout: str = "auto"
    palette: str = "weekday"
    background: str = ""
    logo: str = ""


class FollowerSettings(Settings):
    """`[followers]`: how long their questions are kept, how fast they may ask, the editors' own words."""

    keep_days: int = Field(default=180, ge=0, le=3650)
    per_minute: int = Field(default=20, ge=1, le=1000)
    wording: str = ""


class LogSettings(Settings):
    """`[log]`: how the log of the processes is written, and from which level on."""

    format: Literal["text", "json"] = "text"
    level: Literal["debug", "info", "warning", "error"] = "info"


def _listed(value: object) -> object:
    # The environment knows no lists: one after another, with white space between.
    return value.split() if isinstance(value, str) else value


class NotifySettings(Settings):
    """`[notify]`: where editors are told besides the chat with the account. The addresses are secrets."""

    urls: Annotated[tuple[SecretStr, ...], BeforeValidator(_listed)] = ()
    editors: bool = True


class ButtonSettings(Settings):
    """A button of the menu: it does something, or opens those of `sub`."""

    name: str
    type: str = ""
    key: str = ""
    url: str = ""
    appid: str = ""
    pagepath: str = ""
    media_id: str = ""
    article_id: str = ""
    sub: tuple["ButtonSettings", ...] = ()


class MenuSettings(Settings):
    """`[menu]`: the menu below the chat, as `rikan menu push` sets it."""

    buttons: tuple[ButtonSettings, ...] = ()


class RetentionSettings(Settings):
    """`[retention]`: how many days is kept what nobody needs any more; 0: for ever."""

    sources_days: int = Field(default=0, ge=0, le=36500)
    notices_days: int = Field(default=90, ge=14, le=36500)


class BackupSettings(Settings):
    """`[backup]`: from when on each day's is taken, how many are kept (0: none is taken), and where."""

    at: str = Field(default="03:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    keep: int = Field(default=14, ge=0, le=3650)
    folder: str = ""
    followers: bool = False


class PathSettings(Settings):
    """`[paths]`: relative ones are relative to the settings file."""

    data: Path = Path("data")
    inbox: Path = Path("inbox")
