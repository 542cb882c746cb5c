"""The canonical Markdown of an issue: what is written here reads back to the same issue, exactly.

    ---
    rikan: 1
    title: …
    ---

    ## 摘要
    ## 1 …
    ### 1.1 …
    ## 参考文献

Bold words, lists, tables and pictures are written as Markdown writes them, footnotes at the end of
their section. Any editor of Markdown shows it as it is meant. Whatever a mark of Markdown would mislead has a
backslash before it; what cannot be seen, a tab or a space at an end, is written as `&#x9;`.
"""

import json
import re
from collections.abc import Iterator, Sequence

from bot.ingest.escape import escaped, escaped_address
from bot.ingest.reference import read_reference
from bot.ingest.shaped import Notes, write_shape
from bot.model import Issue, Reference, Section, Shapes
from bot.shape import Listing

VERSION = "1"
SUMMARY, REFERENCES = "摘要", "参考文献"
# How a reference's fields are written where they cannot be read out of its text.
FIELDS = {"来源": "source", "标题": "title", "日期": "date", "用途": "note"}

# Two lists that touch would be one.
LIST_END = "<!-- -->"

# A `#` at the end of a heading would belong to its mark.
_CLOSING = re.compile(r"#(?=#*$)")
_PLAIN = re.compile(r"\w[^:#'\"\\]*")


def write_markdown(issue: Issue) -> str:
    """Write an issue as canonical Markdown."""
    return "\n\n".join(_written(issue)) + "\n"


def _written(issue: Issue) -> Iterator[str]:
    notes = Notes()
    yield _written_head(issue)
    if issue.summary or issue.shapes:
        yield f"## {SUMMARY}"
        yield from _written_passages(issue.summary.split("\n"), issue.shapes, notes)
    for section in issue.sections:
        yield from _written_section(section, "##", notes)
        for part in section.subsections:
            yield from _written_section(part, "###", notes)
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


def _written_section(section: Section, mark: str, notes: Notes) -> Iterator[str]:
    title = _CLOSING.sub(r"\\\g<0>", escaped(section.title))
    yield f"{mark} {section.number} {title}".rstrip()
    yield from _written_passages(section.paragraphs, section.shapes, notes)


def _written_passages(paragraphs: Sequence[str], shapes: Shapes, notes: Notes) -> Iterator[str]:
    kept = shapes or (None,) * len(paragraphs)
    for words, shape, above in zip(paragraphs, kept, (None, *kept), strict=False):
        if isinstance(shape, Listing) and isinstance(above, Listing):
            yield LIST_END
        yield write_shape(shape, notes) if shape else escaped(words)
    yield from notes.written()


def _written_reference(number: int, reference: Reference) -> Iterator[str]:
    yield f"{number}. {escaped(reference.text)}".rstrip()
    if reference.url:
        yield f"<{escaped_address(reference.url)}>"
    if read_reference(reference.text, reference.url) != reference:
        for label, name in FIELDS.items():
            yield f"{label}：{escaped(getattr(reference, name))}".rstrip()
