"""What every command is handed. Apart from `main`, which shows the help without the settings' library."""

import os
from dataclasses import dataclass
from pathlib import Path

from bot.config import CONFIG_VARIABLE, Config, find_config, load_config
from bot.errors import ConfigError


@dataclass
class Invocation:
    """What every command is handed: which settings file was asked for."""

    path: Path | None = None

    def find(self) -> Path | None:
        """The settings file in force, if there is one."""
        return find_config(self.path)

    def config(self) -> Config:
        """The settings. Raises ConfigError where there is no file to read them from."""
        path = self.find()
        if path is None:
            raise ConfigError(
                "当前目录没有 config.toml。请运行 rikan init 生成一份，或用 --config 指明位置"
            )
        return load_config(path)

    def point_children_here(self) -> None:
        """Server processes and jobs read the settings themselves; the environment says where."""
        if path := self.find():
            os.environ[CONFIG_VARIABLE] = str(path.resolve())

    def config_or_defaults(self) -> Config:
        """The settings, or the defaults where there is no file: for what needs no archive."""
        return load_config(self.find())
