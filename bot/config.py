"""The settings: one TOML file, overruled by `RIKAN_SECTION__KEY` in the environment. Read once, frozen.

The only reader of `os.environ` in the package.
"""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote, urlsplit

from pydantic import Field, SecretStr, ValidationError, model_validator

from bot.errors import ConfigError, reason_of
from bot.settings import (
    ArticleSettings,
    BackupSettings,
    CoverSettings,
    DatabaseSettings,
    FollowerSettings,
    LintSettings,
    LogSettings,
    MenuSettings,
    NewsletterSettings,
    NotifySettings,
    PathSettings,
    PublishSettings,
    QueueSettings,
    RetentionSettings,
    SearchSettings,
    Settings,
    WebSettings,
    WeChatSettings,
)
from bot.timetable import ScheduleSettings

PREFIX = "RIKAN_"
CONFIG_VARIABLE = "RIKAN_CONFIG"
DEFAULT_PATH = Path("config.toml")
SQLITE = "sqlite:///"
AES_KEY_LENGTH = 43  # characters, as the platform's console shows it
AES_KEY = re.compile(r"[A-Za-z0-9+/]{43}")
# This machine itself, which is nobody's address from elsewhere.
LOCAL = re.compile(r"(.+\.)?localhost|127(\.\d+){3}|0\.0\.0\.0")
# What names a file or a folder, relative to the settings file.
FILES = {
    "paths": ("data", "inbox"),
    "backup": ("folder",),
    "search": ("synonyms",),
    "followers": ("wording",),
    "cover": ("background", "logo"),
    "wechat": ("qr_picture", "qr_logo"),
}
# What was expected, by pydantic's name for what is wrong.
EXPECTED = {
    "literal_error": "只能是 {expected}",
    "bool_parsing": "应是 true 或 false",
    "bool_type": "应是 true 或 false",
    "int_parsing": "应是一个整数",
    "int_type": "应是一个整数",
    "float_parsing": "应是一个数",
    "float_type": "应是一个数",
    "string_type": "应是一段文字，写在引号里",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "应不小于 {ge}",
    "less_than_equal": "应不大于 {le}",
    "string_pattern_mismatch": "不是可用的地址或时刻",
    "model_type": "应是一个小节，写成 [名称]",
}


class Config(Settings):
    """All settings. `Config()` is what an empty file gives."""

    wechat: WeChatSettings = Field(default_factory=WeChatSettings)
    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    queue: QueueSettings = Field(default_factory=QueueSettings)
    web: WebSettings = Field(default_factory=WebSettings)
    newsletter: NewsletterSettings = Field(default_factory=NewsletterSettings)
    article: ArticleSettings = Field(default_factory=ArticleSettings)
    lint: LintSettings = Field(default_factory=LintSettings)
    publish: PublishSettings = Field(default_factory=PublishSettings)
    search: SearchSettings = Field(default_factory=SearchSettings)
    cover: CoverSettings = Field(default_factory=CoverSettings)
    followers: FollowerSettings = Field(default_factory=FollowerSettings)
    schedule: ScheduleSettings = Field(default_factory=ScheduleSettings)
    notify: NotifySettings = Field(default_factory=NotifySettings)
    menu: MenuSettings = Field(default_factory=MenuSettings)
    retention: RetentionSettings = Field(default_factory=RetentionSettings)
    backup: BackupSettings = Field(default_factory=BackupSettings)
    log: LogSettings = Field(default_factory=LogSettings)
    paths: PathSettings = Field(default_factory=PathSettings)

    @model_validator(mode="after")
    def _key_fits_mode(self) -> Self:
        for name in ("aes_key", "previous_aes_key"):
            key = getattr(self.wechat, name).get_secret_value()
            if key and not AES_KEY.fullmatch(key):
                raise ValueError(
                    f"wechat.{name} 应为 {AES_KEY_LENGTH} 个字母或数字（公众平台的 EncodingAESKey）"
                )
        return self

    @property
    def database_url(self) -> str:
        """Where the archive is."""
        return self.database.url or f"{SQLITE}{self.paths.data / 'rikan.db'}"

    @property
    def own_wording(self) -> Path:
        """Where the editors' own sentences are, if there are any."""
        named = self.followers.wording
        return Path(named) if named else self.paths.data / "wording.toml"

    @property
    def source_site(self) -> str:
        """Where 阅读原文 may lead: empty where only this machine could follow, as in practice."""
        host = urlsplit(self.web.public_url).hostname or ""
        return "" if LOCAL.fullmatch(host) else self.web.public_url

    def require(self, *keys: str) -> None:
        """Raise ConfigError naming the first of `keys` (`wechat.appid`) that is empty."""
        for key in keys:
            section, name = key.split(".")
            value = getattr(getattr(self, section), name)
            plain = value.get_secret_value() if isinstance(value, SecretStr) else value
            if not plain:
                variable = f"{PREFIX}{section.upper()}__{name.upper()}"
                raise ConfigError(
                    f"设置 {key} 是空的。请在 config.toml 的 [{section}] 里填写 {name}，或设环境变量 {variable}"
                )


def secrets_of(config: Config) -> list[str]:
    """The texts that must appear nowhere; an empty setting is none."""
    sections = (getattr(config, name) for name in Config.model_fields)
    values = [value for section in sections for _, value in section]
    values += config.notify.urls
    secrets = [each.get_secret_value() for each in values if isinstance(each, SecretStr)]
    for address in (config.database.url, config.queue.url, config.wechat.proxy):
        secrets += _passwords_in(address)
    return [secret for secret in secrets if secret]


def _passwords_in(address: str) -> list[str]:
    """As it is written there, and as it is meant: a driver may complain of either."""
    before, at, _ = address.partition("://")[2].rpartition("@")
    written = before.partition(":")[2] if at else ""
    return [written, unquote(written)]


def secret_files(environ: Mapping[str, str] = os.environ) -> dict[str, Path]:
    """The files that settings are read from, by the variable that names each."""
    named = (name for name in environ if name.startswith(PREFIX) and name.endswith("_FILE"))
    return {name: Path(environ[name]) for name in sorted(named)}


def overruled(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The settings (`schedule.publish_at`) that the environment decides, each with its variable."""
    found = {}
    for variable in sorted(environ):
        section, _, key = variable.removeprefix(PREFIX).lower().partition("__")
        if variable.startswith(PREFIX) and key:
            found[f"{section}.{key.removesuffix('_file')}"] = variable
    return found


def files_of(config: Config) -> list[Path]:
    """The files that the settings name: what is made of the settings is made of these as well."""
    named = ((section, key) for section, keys in FILES.items() for key in keys)
    names = {getattr(getattr(config, section), key) for section, key in named}
    return [config.own_wording, *(Path(name) for name in names if name and Path(name).is_file())]


def find_config(path: Path | None, environ: Mapping[str, str] = os.environ) -> Path | None:
    """The settings file to use: `path`, else $RIKAN_CONFIG, else ./config.toml, else None."""
    if path is not None:
        return path
    if named := environ.get(CONFIG_VARIABLE):
        return Path(named)
    return DEFAULT_PATH if DEFAULT_PATH.is_file() else None


def load_config(path: Path | None, environ: Mapping[str, str] = os.environ) -> Config:
    """Read `path` (None: defaults only); the environment wins over the file. Raises ConfigError."""
    plain = _read_toml(path) if path else {}
    # With every section there, pydantic builds one schema, and not one more for each that is absent.
    for section in Config.model_fields:
        plain.setdefault(section, {})
    for section, key, value in _from_environment(environ):
        plain.setdefault(section, {})[key] = value
    try:
        config = Config.model_validate(plain)
    except ValidationError as error:
        raise ConfigError(_explain(error, path)) from None  # its text would show what was typed
    return _anchored(config, path.parent if path else Path())


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(
            f"找不到设置文件 {path}。请运行 rikan init 生成一份，或用 --config 指明位置"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"读不了设置文件 {path}（{error}）。请检查文件权限，并存成 UTF-8 编码"
        ) from error
    try:
        plain = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            f"设置文件 {path} 不是有效的 TOML（{error}）。请检查这一行的引号和等号"
        ) from None
    if loose := [key for key, value in plain.items() if not isinstance(value, dict)]:
        raise ConfigError(
            f"设置文件 {path} 中的 {loose[0]} 不在任何 [section] 里。请对照 config.example.toml 放到所属的小节"
        )
    return plain


def _from_environment(environ: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for variable in sorted(environ):
        if not variable.startswith(PREFIX) or variable == CONFIG_VARIABLE:
            continue
        section, _, key = variable.removeprefix(PREFIX).lower().partition("__")
        if not key:
            raise ConfigError(
                f"环境变量 {variable} 不是任何设置。应写成 {PREFIX}小节__键，如 {PREFIX}WECHAT__APPID"
            )
        if key.endswith("_file"):
            yield (
                section,
                key.removesuffix("_file"),
                _read_secret(variable, Path(environ[variable])),
            )
        else:
            yield section, key, environ[variable]


def _read_secret(variable: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = reason_of(error) if isinstance(error, OSError) else "不是 UTF-8 文本"
        raise ConfigError(
            f"环境变量 {variable} 指向的文件 {path} 读不了（{reason}）。请检查路径和权限"
        ) from None


def _explain(error: ValidationError, path: Path | None) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    where = f"设置文件 {path}（或环境变量）" if path else "环境变量 "
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return f"{where}里有不认识的设置 {key}。{_suggestion(first['loc'])}"
    if first["type"] == "value_error":
        return f"{where.strip()}：{first['ctx']['error']}"
    expected = EXPECTED.get(first["type"], first["msg"]).format(**first.get("ctx", {}))
    return f"{where}里的 {key} 不对：{expected}。请对照 config.example.toml 修改"


def _suggestion(loc: tuple[int | str, ...]) -> str:
    known: Mapping[str, Any] = Config.model_fields
    if len(loc) > 1:
        known = Config.model_fields[str(loc[0])].annotation.model_fields  # type: ignore[union-attr]
    near = get_close_matches(str(loc[-1]), list(known), n=1)
    return f"是不是想写 {near[0]}？" if near else "请对照 config.example.toml 删去或改名"


def _anchored(config: Config, folder: Path) -> Config:
    def anchored(name: str | Path) -> Path:
        return (folder / Path(name).expanduser()).resolve()

    updates: dict[str, Any] = {"database": {"url": _anchored_url(config.database.url, folder)}}
    for section, keys in FILES.items():
        named = {key: name for key in keys if (name := getattr(getattr(config, section), key))}
        updates[section] = {key: type(name)(anchored(name)) for key, name in named.items()}
    return config.model_copy(
        update={name: getattr(config, name).model_copy(update=new) for name, new in updates.items()}
    )


def _anchored_url(url: str, folder: Path) -> str:
    # Relative to the settings file, like every path: a service starts in another folder than a person.
    name = url.removeprefix(SQLITE)
    relative = url.startswith(SQLITE) and name and not name.startswith(("/", ":"))
    return f"{SQLITE}{(folder / name).resolve()}" if relative else url
