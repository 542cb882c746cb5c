"""The canonical Markdown of an issue: what is written here reads back to the same issue, exactly.

    ---
    rikan: 1
    title: …
    ---

    ## 摘要
    ## 1 …
    ### 1.1 …
    ## 参考文献

Any editor of Markdown shows it as it is meant. Whatever a mark of Markdown would mislead has a
backslash before it; what cannot be seen, a tab or a space at an end, is written as `&#x9;`.
"""

import json
import re
import unicodedata
from collections.abc import Iterator

from bot.ingest.reference import read_reference
from bot.model import Issue, Reference, Section

VERSION = "1"
SUMMARY, REFERENCES = "摘要", "参考文献"
# How a reference's fields are written where they cannot be read out of its text.
FIELDS = {"来源": "source", "标题": "title", "日期": "date", "用途": "note"}

_PLAIN = re.compile(r"\w[^:#'\"\\]*")
_SIGNS = re.compile(r"[\\`*_\[\]<>]|&(?=[#\w])|~(?=~)|(?<=~)~")
_OPENING = re.compile(r"^(?:[#+\-=|~]|\d{1,9}(?=[.)](?:\s|$)))")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]|^\s+|\s+$")
_ADDRESS_SIGNS = re.compile(r"[\s<>\x00-\x1f\x7f-\x9f]|&(?=#x)")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])|&#x([\da-f]{1,6});|\*\*")
_ENTITY = re.compile("()&#x([\\da-f]{1,6});")


def write_markdown(issue: Issue) -> str:
    """Write an issue as canonical Markdown."""
    return "\n\n".join(_written(issue)) + "\n"


def _written(issue: Issue) -> Iterator[str]:
    yield _written_head(issue)
    if issue.summary:
        yield f"## {SUMMARY}"
        yield from map(escaped, issue.summary.split("\n"))
    for section in issue.sections:
        yield from _written_section(section, "##")
        for part in section.subsections:
            yield from _written_section(part, "###")
    if issue.references:
        yield f"## {REFERENCES}"
    for number, reference in enumerate(issue.references, start=1):
        yield "\n   ".join(_written_reference(number, reference))


def _written_head(issue: Issue) -> str:
    values = {
        "rikan": VERSION,
        "title": issue.title,
        "organisation": issue.organisation,
        "partners": issue.partners,
        "date": issue.date.isoformat(),
    }
    if issue.edition > 1:
        values["edition"] = str(issue.edition)
    lines = [f"{name}: {_scalar(value)}" for name, value in values.items()]
    return "\n".join(["---", *lines, "---"])


def _scalar(value: str) -> str:
    """A value of the front matter: bare where nothing in it could be misread."""
    if _PLAIN.fullmatch(value) and value.isprintable() and value == value.strip():
        return value
    return json.dumps(value, ensure_ascii=not value.isprintable())


def _written_section(section: Section, mark: str) -> Iterator[str]:
    yield f"{mark} {section.number} {escaped(section.title)}".rstrip()
    yield from map(escaped, section.paragraphs)


def _written_reference(number: int, reference: Reference) -> Iterator[str]:
    yield f"{number}. {escaped(reference.text)}".rstrip()
    if reference.url:
        yield f"<{escaped_address(reference.url)}>"
    if read_reference(reference.text, reference.url) != reference:
        for label, name in FIELDS.items():
            yield f"{label}：{escaped(getattr(reference, name))}".rstrip()


def escaped(text: str) -> str:
    """The words of one line so that nothing in them is read as Markdown."""
    text = _SIGNS.sub(r"\\\g<0>", text)
    text = _OPENING.sub(lambda mark: mark[0] + "\\" if mark[0].isdigit() else f"\\{mark[0]}", text)
    return _UNSEEN.sub(lambda unseen: "".join(map(_entity, unseen[0])), text)


def escaped_address(address: str) -> str:
    """An address so that it can stand between < and >."""
    return _ADDRESS_SIGNS.sub(lambda sign: _entity(sign[0]), address)


def _entity(letter: str) -> str:
    return f"&#x{ord(letter):x};"


def unescaped(line: str) -> str:
    """The inverse of `escaped`; bold, which an issue has no use for, goes."""
    return _ESCAPED.sub(lambda sign: sign[1] or _letter(sign), line)


def unescaped_address(address: str) -> str:
    """The inverse of `escaped_address`."""
    return _ENTITY.sub(_letter, address)


def _letter(sign: re.Match[str]) -> str:
    if not sign[2]:
        return ""
    code = int(sign[2], 16)
    fits = code <= 0x10FFFF and unicodedata.category(chr(code)) != "Cs"
    return chr(code) if fits else sign[0]
