"""`provisioner log`."""

from __future__ import annotations

import json

import click

from provisioner.cli import options
from provisioner.cli.console import Console
from provisioner.project import Project


@click.command()
@options.output("text", "json")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="The last so many changes.")
@options.project
def log(project: Project, console: Console, form: str, limit: int) -> int:
    """Show the journal of applies.

    \b
    Example: provisioner log --limit 20
    """  # noqa: D301
    from provisioner.apply import journal

    found = [
        each
        for each in journal.changes(project.state)
        if project.environment is None or each["environment"] == project.environment
    ][-limit:]
    if not found:
        project.manifest  # noqa: B018 - raises where there is no such manifest or environment
    if form == "json":
        console.data(json.dumps({"version": 1, "changes": found}, indent=2, ensure_ascii=False))
    else:
        console.data(journal.text(found))
    return 0
