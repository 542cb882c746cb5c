"""Where `templates/`, `assets/` and the sample issues are: inside a wheel's package, or beside it in a checkout."""

from functools import cache
from pathlib import Path

from bot.errors import StartError

PACKAGE = Path(__file__).parent
# In a checkout the samples are the tests' own inputs; a wheel carries them as `examples`.
IN_CHECKOUT = {"examples": "tests/issues"}


@cache
def directory(name: str) -> Path:
    """The folder (or file) called `name`; StartError if the installation lacks it."""
    checkout = PACKAGE.parent
    places = [PACKAGE / name]
    if (checkout / "pyproject.toml").is_file():
        places.append(checkout / IN_CHECKOUT.get(name, name))
    for place in places:
        if place.exists():
            return place
    raise StartError(f"安装不完整，缺少 {name}。请重新安装 rikan")


def chosen_file(setting: str) -> Path | None:
    """The file a setting names, if it names one."""
    return Path(setting) if setting else None
