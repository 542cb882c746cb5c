"""The sentences that followers read, from `templates/reply/wording.toml`; editors may have their own."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Any, Self

from bot.errors import ConfigError

# What every sentence may name, and what some may besides.
NAMES = frozenset({"newsletter", "organisation", "website"})
SENTENCES: Mapping[str, frozenset[str]] = {
    name: frozenset(fields.split())
    for name, fields in {
        "welcome": "",
        "help": "",
        "newest_below": "",
        "examples_below": "examples",
        "about": "",
        "thanks": "",
        "nothing_published": "",
        "days_found": "days count",
        "days_nothing": "days",
        "days_to_come": "days",
        "nearest_below": "",
        "no_such_day": "said",
        "contents": "",
        "contents_hint": "",
        "found": "said count",
        "found_some": "said count shown",
        "found_elsewhere": "said words days count",
        "similar": "said",
        "going_on": "said first last",
        "nothing_found": "said",
        "or_try": "",
        "more_below": "left more",
        "more": "",
        "no_list": "",
        "no_more": "",
        "no_such_number": "number count",
        "hint_image": "",
        "hint_voice": "",
        "hint_video": "",
        "hint_location": "",
        "hint_link": "",
        "hint_other": "",
        "busy": "",
        "wait": "",
        "too_fast": "",
    }.items()
}
EXAMPLES = "examples"
# Bytes; room must be left for what is filled in.
LONGEST = 900
# What stands above and below a list: room must be left for the list.
BESIDE_A_LIST = frozenset(
    [
        "days_found",
        "contents",
        "contents_hint",
        "found",
        "found_some",
        "found_elsewhere",
        "similar",
        "going_on",
        "more_below",
        "more",
    ]
)
LONGEST_BESIDE = 300


@dataclass(frozen=True, slots=True)
class Wording:
    """Sentences by name, the newsletter's own names, and words to try."""

    sentences: Mapping[str, str]
    names: Mapping[str, str]
    examples: tuple[str, ...] = ()

    @classmethod
    def load(cls, shipped: Path, own: Path | None, names: Mapping[str, str]) -> Self:
        """Read the shipped sentences, and the editors' own instead of some. Raises ConfigError."""
        plain = read_sentences(shipped) | (read_sentences(own) if own else {})
        words = plain.pop(EXAMPLES, [])
        if missing := SENTENCES.keys() - plain.keys():
            raise ConfigError(f"{shipped} 里缺少 {min(missing)}。请补上这一句")
        sentences = {name: str(text).strip() for name, text in plain.items()}
        return cls(sentences, dict(names), tuple(map(str, words)))

    def say(self, name: str, **values: object) -> str:
        """The sentence of that name, filled in."""
        return self.sentences[name].format_map({**self.names, **values})


def longest(name: str) -> int:
    """Bytes that a new sentence may have. One that was written by hand before may be longer."""
    return LONGEST_BESIDE if name in BESIDE_A_LIST else LONGEST


def unfillable(name: str, text: str) -> str:
    """The first thing in {braces} that nothing can be filled into; empty where all can be.

    A name and nothing else: a width could ask for gigabytes, an attribute for what is nobody's business.
    """
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        return "{ 或 }"
    for _, field, form, conversion in parts:
        if field is not None and (form or conversion or field not in SENTENCES[name] | NAMES):
            written = f"{field}{'!' + conversion if conversion else ''}{':' + form if form else ''}"
            return f"{{{written}}}"
    return ""


def read_sentences(path: Path) -> dict[str, Any]:
    """The sentences of a file by name, each fit to be said. Raises ConfigError."""
    try:
        plain = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"读不了回复读者的文字 {path}（{error}）。请检查路径、UTF-8 编码和引号"
        ) from None
    for name, text in plain.items():
        _check(path, name, text)
    return plain


def _check(path: Path, name: str, text: object) -> None:
    if name == EXAMPLES:
        if not isinstance(text, list) or not all(isinstance(word, str) for word in text):
            raise ConfigError(f'{path} 里的 {name} 应是几个词，写成 ["数据要素", "算力"]')
        return
    if name not in SENTENCES:
        raise ConfigError(f"{path} 里的 {name} 没有用处。请对照自带的 wording.toml 改名或删去")
    if not isinstance(text, str) or not text.strip() or len(text.encode()) > LONGEST:
        raise ConfigError(f"{path} 里的 {name} 应是一句话，不超过 {LONGEST // 3} 个字")
    if odd := unfillable(name, text):
        raise ConfigError(f"{path} 的 {name} 里填不了 {odd}。请对照自带的 wording.toml")
