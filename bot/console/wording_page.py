"""What followers are told: every sentence under the editors' name for it, beside how it looks in the chat."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Response, request

from bot.archive.accounts import Role
from bot.archive.changes import Difference
from bot.console.door import services, whose
from bot.console.frame import back_to, console, no_such, page, told
from bot.console.names import known, names_in
from bot.console.settings_page import record, settled, told_of, who
from bot.errors import ConfigError
from bot.reply.wording import EXAMPLES, NAMES, SENTENCES, longest, read_sentences, unfillable
from bot.resources import directory
from bot.rewriting import Plain
from bot.settling import ChangedMeanwhile, Place, mark_of, settle, why_closed
from bot.settling import told as saved

MOST_EXAMPLES, LONGEST_EXAMPLE = 20, 20  # words, and characters of one


@dataclass(frozen=True, slots=True)
class Sentence:
    """One of them: `text` is what is said now, `shipped` what would be said if nobody had changed it."""

    key: str
    name: str
    when: str
    group: str
    text: str
    shipped: str

    @property
    def changed(self) -> bool:
        """Whether editors have their own words here."""
        return self.text != self.shipped


def _sentences() -> list[Sentence]:
    shipped = _shipped()
    own = {**shipped, **_own()}
    return [
        Sentence(
            key, each["name"], each["when"], each["group"], _text(own[key]), _text(shipped[key])
        )
        for key, each in known()["sentences"].items()
    ]


def _shipped() -> Plain:
    return read_sentences(directory("templates") / "reply" / "wording.toml")


def _own() -> Plain:
    path = _file()
    return read_sentences(path) if path.exists() else {}


def _file() -> Path:
    return settled().own_wording


def _text(value: Any) -> str:
    return "\n".join(value) if isinstance(value, list) else str(value).strip()


def _sentence(key: str) -> Sentence:
    found = next((each for each in _sentences() if each.key == key), None)
    if found is None:
        no_such("没有这一句")
    return found


@console.get("/settings/wording")
@whose(Role.ADMIN)
def wording() -> str:
    """All sentences, in groups."""
    sentences, newest = _sentences(), record().newest(1, of="wording.")
    return page(
        "console/settings_wording.html",
        groups=names_in("groups"),
        sentences=sentences,
        newest=told_of(next(iter(newest), None)),
        closed=why_closed(_file()),
        path=_file(),
    )


@console.get("/settings/wording/<key>")
@whose(Role.ADMIN)
def sentence(key: str) -> str:
    """One sentence, to be changed beside its bubble."""
    found = _sentence(key)
    return _page(found, found.text)


def _page(found: Sentence, text: str, problem: str = "") -> str:
    return page(
        "console/settings_sentence.html",
        it=found,
        mark=mark_of({found.key: found.text}),
        fields=_fields(found.key),
        problem=problem,
        most=longest(found.key),
        closed=why_closed(_file()),
        path=_file(),
        **_said(found.key, text),
    )


def _fields(key: str) -> list[tuple[str, str]]:
    """What may stand in braces, with what it is."""
    samples = known()["samples"]
    usable = SENTENCES.get(key, frozenset()) | NAMES if key != EXAMPLES else ()
    return [(name, samples[name][1]) for name in samples if name in usable]


def _said(key: str, text: str) -> dict[str, Any]:
    """How it looks with sample values, or what is wrong with it."""
    if trouble := trouble_with(key, text):
        return {"text": text, "trouble": trouble, "bubble": ""}
    if key == EXAMPLES:
        words = "、".join(text.split("\n")[:3])
        return {"text": text, "trouble": "", "bubble": _filled("examples_below", examples=words)}
    return {"text": text, "trouble": "", "bubble": text.format_map(_samples())}


def _filled(key: str, **values: str) -> str:
    return _sentence(key).text.format_map({**_samples(), **values})


def _samples() -> dict[str, str]:
    of = settled().newsletter
    samples = {name: str(sample[0]) for name, sample in known()["samples"].items()}
    own = {"newsletter": of.title, "organisation": of.organisation, "website": of.website}
    return {**samples, **{name: text for name, text in own.items() if text}}


def trouble_with(key: str, text: str) -> str:
    """Why that cannot be said, with the line and the remedy; empty where it can."""
    if not text:
        return "空着不行。请写一句话，或恢复原来的"
    if key == EXAMPLES:
        return _trouble_with_words(text.split("\n"))
    if (size := len(text.encode())) > (most := longest(key)):
        return f"有 {size} 字节，最多 {most} 字节（约 {most // 3} 个汉字）。请缩短"
    return _trouble_with_braces(key, text.split("\n"))


def _trouble_with_words(words: list[str]) -> str:
    if len(words) > MOST_EXAMPLES:
        return f"有 {len(words)} 个词，最多 {MOST_EXAMPLES} 个。请删去几个"
    long = next((word for word in words if len(word) > LONGEST_EXAMPLE), "")
    return f"“{long}”太长，最多 {LONGEST_EXAMPLE} 个字。请缩短" if long else ""


def _trouble_with_braces(key: str, lines: list[str]) -> str:
    for number, line in enumerate(lines, 1):
        if odd := unfillable(key, line):
            usable = "、".join(f"{{{name}}}" for name, _ in _fields(key))
            return (
                f"第 {number} 行里的 {odd} 填不了。这里可以用的是 {usable}；要写花括号本身，写两遍"
            )
    return ""


def _written(key: str) -> str:
    plain = request.form.get("text", "").replace("\r\n", "\n").replace("\0", "").strip()
    if key != EXAMPLES:
        return plain
    return "\n".join(dict.fromkeys(filter(None, (line.strip() for line in plain.split("\n")))))


@console.post("/settings/wording/<key>/bubble")
@whose(Role.ADMIN)
def bubble(key: str) -> str:
    """How it would look, while it is being written. Nothing is saved."""
    return page("console/settings_bubble.html", **_said(_sentence(key).key, _written(key)))


@console.post("/settings/wording/<key>")
@whose(Role.ADMIN)
def save_sentence(key: str) -> Response | tuple[str, int]:
    """Have followers told that from now on; the original, where it is the same or was asked for."""
    found = _sentence(key)
    text = found.shipped if request.form.get("do") == "reset" else _written(key)
    if trouble_with(key, text):
        return _page(found, text), 422
    try:
        differences = _settle(found, text)
    except ChangedMeanwhile as error:
        return _page(_sentence(key), text, str(error)), 409
    except ConfigError as error:
        return _page(found, text, str(error)), 422
    reset = differences and text == found.shipped
    told(f"“{found.name}”已恢复原来的" if reset else saved(differences))
    return back_to("console.wording")


def _settle(found: Sentence, text: str) -> Sequence[Difference]:
    key, path = found.key, _file()
    if text == found.text:
        return ()
    value = text.split("\n") if key == EXAMPLES else text
    return settle(
        Place(path, "", read_sentences, "wording"),
        {key: None if text == found.shipped else value},
        request.form.get("seen", ""),
        lambda: {key: _sentence(key).text},
        record(),
        who(),
        lock=services().config.paths.data,
    )
