"""`provisioner outputs`."""

from __future__ import annotations

import click

from provisioner.cli import options
from provisioner.cli.azure_session import azure_session
from provisioner.cli.console import Console
from provisioner.project import Project
from provisioner.reports.format_registry import render_report


@click.command()
@options.output("outputs")
@options.project_with_templates
def outputs(project: Project, console: Console, format_name: str) -> int:
    """Show what a sender needs.

    \b
    Example: provisioner outputs -e prod --format env > sender.env
    """  # noqa: D301
    from provisioner.reports.sender_report import SenderReport

    with azure_session(project, console) as azure:
        sender_outputs = project.outputs(azure)
        console.data(
            render_report("outputs", format_name, SenderReport(sender_outputs, azure.cloud, project.manifest.streams))
        )
    # Exit code 1 although there is output: a pipeline must not configure a sender with half of its endpoints.
    if missing := [name for name in project.manifest.dcrs if name not in sender_outputs.dcrs]:
        console.note(f"not there, or nobody can send to it: {', '.join(missing)}; run `provisioner apply`")
        return 1
    return 0
