"""How commands speak: JSON for programs, columns for people."""

import json
import unicodedata
from collections.abc import Sequence
from typing import Any

import click

from bot.model import CHARACTER_LIMIT, Bundle


def print_json(value: Any) -> None:
    """One JSON document on stdout, Chinese as Chinese."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=1))


def print_columns(rows: Sequence[Sequence[str]]) -> None:
    """Aligned columns; a Chinese character is two columns wide."""
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell + " " * (size - width(cell)) for cell, size in zip(row, widths, strict=True)]
        click.echo("  ".join(cells).rstrip())


def width(text: str) -> int:
    """How many columns of a terminal `text` takes."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def length(bundle: Bundle) -> str:
    """`5,779 / 20,000 字符`; of several articles, the longest."""
    several = f"{len(bundle.articles)} 篇文章，最长 " if len(bundle.articles) > 1 else ""
    return f"{several}{bundle.characters:,} / {CHARACTER_LIMIT:,} 字符"
