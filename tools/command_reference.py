"""The reference in `docs/commands.md`: each command with its example and options, as its own help says them."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

import click

from provisioner.cli.main import provisioner
from tools.marked_blocks import DOCS, escape_pipes, replace_block

PAGE = DOCS / "commands.md"


def pages() -> dict[Path, str]:
    """The page with its reference as the commands are now."""
    return {PAGE: replace_block(PAGE.read_text(encoding="utf-8"), "commands", reference())}


def reference() -> str:
    """The options that all commands share, then a section for each command."""
    contexts = list(leaf_commands())
    shared = set.intersection(*(set(_option_rows(context)) for context in contexts))
    options = _table([row for row in _option_rows(contexts[0]) if row in shared])
    return f"\nEvery command takes\n\n{options}" + "".join(_section(context, shared) for context in contexts)


def leaf_commands() -> Iterator[click.Context]:
    """A context for each command, groups unfolded, in the order of the workflow."""
    root = click.Context(provisioner, info_name="provisioner", **provisioner.context_settings)
    pending = [root]
    while pending:
        context = pending.pop(0)
        group = context.command
        if isinstance(group, click.Group):
            members = ((name, group.get_command(context, name)) for name in group.list_commands(context))
            pending[:0] = [click.Context(command, context, name) for name, command in members if command is not None]
        else:
            yield context


def _section(context: click.Context, shared: set[str]) -> str:
    text, example = _help_and_example(context.command)
    usage = context.command.get_usage(context).removeprefix("Usage: ")
    options = _table([row for row in _option_rows(context) if row not in shared])
    title = context.command_path.removeprefix("provisioner ")
    return f"\n## {title}\n\n{text}\n\n```text\n{usage}\n```\n\n{options}\nFor example:\n\n```text\n{example}\n```\n"


def _help_and_example(command: click.Command) -> tuple[str, str]:
    """A command's help as paragraphs, and the lines of its example. Raises ValueError where it shows none."""
    text, separator, example = inspect.cleandoc(command.help or "").replace("\b\n", "").partition("Example: ")
    if not separator:
        raise ValueError(f"the help of {command.name!r} shows no example")
    return text.strip(), "\n".join(line.strip() for line in example.splitlines())


def _option_rows(context: click.Context) -> list[str]:
    options = (option for option in context.command.get_params(context) if isinstance(option, click.Option))
    records = filter(None, (option.get_help_record(context) for option in options))
    return [f"| `{escape_pipes(names)}` | {escape_pipes(' '.join(text.split()))} |" for names, text in records]


def _table(rows: list[str]) -> str:
    return "\n".join(["| option | does |", "| --- | --- |", *rows, ""]) if rows else ""
