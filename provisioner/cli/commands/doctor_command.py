"""`provisioner doctor`."""

from __future__ import annotations

import click

from provisioner.cli import options
from provisioner.cli.console import Console
from provisioner.project import Project
from provisioner.reports.format_registry import render_report


@click.command()
@options.output("doctor")
@options.project_with_templates
def doctor(project: Project, console: Console, format_name: str) -> int:
    """Tell what would stop an apply, and the next step.

    Sign-in, network, clock, providers, region, quotas, rights, reach of the endpoints. Nothing is written.

    \b
    Example: provisioner doctor -e prod
    """  # noqa: D301
    project.raise_if_invalid()
    # Not the session of other commands: it signs in first, and a failed sign-in is a result here.
    with project.connect() as azure:
        report = project.check_up(azure)
    console.data(render_report("doctor", format_name, report, console.report_options()))
    return 0 if report.ok else 1
