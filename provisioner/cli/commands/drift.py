"""`provisioner drift`."""

from __future__ import annotations

import sys

import click

from provisioner.cli import options
from provisioner.cli.console import Console
from provisioner.cli.online import online
from provisioner.project import Project


@click.command()
@options.output("text", "json", "markdown", "sarif", "junit")
@click.option("--strict", is_flag=True, help="What could not be read fails: it is not known to be in sync.")
@click.option("--strict-undeclared", is_flag=True, help="What strangers own counts as a difference.")
@options.project
def drift(project: Project, console: Console, form: str, strict: bool, strict_undeclared: bool) -> int:
    """Compare Azure with the manifest.

    \b
    Example: provisioner drift -e prod --format markdown --strict
    """  # noqa: D301
    from provisioner.plan import drift_report

    with online(project, console) as azure:
        found = project.drift(azure, strict_undeclared=strict_undeclared)
    match form:
        case "json":
            text = drift_report.json(found, project.document.place)
        case "markdown":
            text = drift_report.markdown(found)
        case "sarif":
            text = drift_report.sarif(found, project.document.place)
        case "junit":
            text = drift_report.junit(found)
        case _:
            text = drift_report.text(found, color=console.color and sys.stdout.isatty())
    console.data(text)
    if strict and found.gaps:
        return 1
    return 2 if found.drifted else 0
