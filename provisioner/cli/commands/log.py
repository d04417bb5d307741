"""`provisioner log`."""

from __future__ import annotations

from dataclasses import replace

import click

from provisioner.cli import options
from provisioner.cli.console import Console
from provisioner.project import Project
from provisioner.reports.format_registry import render_report


@click.command()
@options.output("log")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="The last so many changes.")
@options.project
def log(project: Project, console: Console, format_name: str, limit: int) -> int:
    """Show the journal of applies.

    \b
    Example: provisioner log --limit 20
    """  # noqa: D301
    from provisioner.apply import journal

    recorded = journal.recorded_changes(project.state_directory)
    changes = [
        change
        for change in recorded.changes
        if project.environment is None or change["environment"] == project.environment
    ][-limit:]
    if not changes:
        project.manifest  # noqa: B018 - raises where there is no such manifest or environment
    console.data(render_report("log", format_name, replace(recorded, changes=changes), console.report_options()))
    return 0
