"""Progress as JSON lines on stderr, for a program that runs this one."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import click

from provisioner.reports.json_envelope import VERSION
from provisioner.text import escape_invisible

_KEY = "provisioner.progress"


def progress_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--progress`; the console asks `progress_is_json` for what it says."""

    # Kept with the context: the console is made before the command, and neither needs the value as an argument.
    def keep(context: click.Context, _: click.Parameter, value: str) -> None:
        context.meta[_KEY] = value

    return click.option(
        "--progress",
        type=click.Choice(("text", "json")),
        default="text",
        expose_value=False,
        is_eager=True,
        callback=keep,
        help="Form of what stderr says: text, or one JSON object a line.",
    )(command)


def progress_is_json() -> bool:
    """Whether the running command line asks for JSON lines."""
    context = click.get_current_context(silent=True)
    return context is not None and context.meta.get(_KEY) == "json"


def write_event(event: str, **fields: Any) -> None:
    """Print one event to stderr as a JSON object on a line of its own, with the time; None is left out."""
    time = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    given = {name: value for name, value in fields.items() if value is not None}
    # ASCII: stderr may have any encoding, and a line break inside of a text is written as an escape.
    line = json.dumps({"version": VERSION, "time": time, "event": event, **given})
    click.echo(escape_invisible(line), err=True)
