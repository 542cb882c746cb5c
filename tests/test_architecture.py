"""What the documents say of the code is so."""

import ast
import pkgutil
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli.main import COMMANDS, Commands, main
from bot.jobs.queue import TASKS

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "bot").rglob("*.py"))
LONGEST = 300  # lines
LAZY = {"bot/services/__init__.py"}


def table() -> dict[str, tuple[set[str], set[str]]]:
    """part: (what it may import from bot, what third party), as the document says."""
    rows = {}
    for line in (ROOT / "docs/architecture.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("| `"):
            parts, own, third = line.split("|")[1:4]
            for part in re.findall(r"`([\w.]+)`", parts):
                allowed = {"anything"} if "anything" in own else set(re.findall(r"`([\w.]+)`", own))
                rows[part] = (allowed, set(third.split()))
    return rows


def module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT / "bot").with_suffix("").parts)


def part_of(name: str, parts: dict) -> str | None:
    """`jobs.queue` for bot.jobs.queue, `archive` for bot.archive.store."""
    found = [part for part in parts if name == part or name.startswith(f"{part}.")]
    return max(found, key=len, default=None)


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{name.name}" for name in node.names)


@pytest.mark.parametrize("path", FILES, ids=module)
def test_a_part_imports_only_what_the_table_allows(path):
    parts, name = table(), module(path)
    part = part_of(name, parts)
    if part is None:
        assert path.name == "__init__.py"
        return
    own, third = parts[part]
    for imported in imports(path):
        top = imported.split(".")[0]
        if top == "bot":
            target = part_of(imported.removeprefix("bot."), parts)
            fine = (
                target in own
                or target == part
                or "anything" in own
                or imported == "bot.__version__"
            )
            assert fine, f"{name} imports {imported}"
        elif top not in sys.stdlib_module_names:
            assert top in third, f"{name} imports {imported}"


def test_the_table_names_every_part_and_nothing_else():
    parts = table()
    named = {part_of(module(path), parts) for path in FILES if path.name != "__init__.py"}
    assert named == set(parts)


@pytest.mark.parametrize("path", FILES, ids=module)
def test_no_file_is_longer_than_a_sitting(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("path", FILES, ids=module)
def test_imports_stand_at_the_top(path):
    if str(path.relative_to(ROOT)) in LAZY:
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    top = {id(node) for node in tree.body}
    inner = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom) and id(node) not in top
    ]
    assert inner == []


@pytest.mark.parametrize("task", TASKS)
def test_a_job_can_be_found_by_its_name(task):
    assert callable(pkgutil.resolve_name(task))


def commands() -> Iterator[str]:
    for name in COMMANDS:
        command = main.get_command(main.make_context("rikan", [], resilient_parsing=True), name)
        subcommands = getattr(command, "commands", None)
        yield from (f"{name} {sub}" for sub in subcommands) if subcommands else [name]


@pytest.mark.parametrize("command", list(commands()))
@pytest.mark.parametrize("page", ["docs/commands.md", "docs/commands.zh-CN.md"])
def test_every_command_is_documented(command, page):
    assert f"`rikan {command}" in (ROOT / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_in_the_list_is_the_one_that_is_loaded(name):
    assert isinstance(main, Commands)
    command = main.get_command(main.make_context("rikan", [], resilient_parsing=True), name)
    assert command is not None
    assert command.name == name


def test_every_option_of_a_command_is_documented():
    context = main.make_context("rikan", [], resilient_parsing=True)
    text = (ROOT / "docs/commands.md").read_text(encoding="utf-8")
    for name in COMMANDS:
        command = main.get_command(context, name)
        for parameter in getattr(command, "params", []):
            for option in parameter.opts:
                assert not option.startswith("--") or f"`{option}" in text, f"{name} {option}"
