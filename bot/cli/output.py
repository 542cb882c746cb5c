"""How commands speak: JSON for programs, columns for people."""

import json
import unicodedata
from collections.abc import Sequence
from typing import Any

import click


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
